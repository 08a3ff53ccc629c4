internal import EntryImport
internal import FeedFetching
internal import Syndication

/// Under which feed what is imported is filed.
struct FeedShelves {
  private let only: Feed?
  private var byAddress: [String: Feed] = [:]
  private var byTitle: [String: [Feed]] = [:]

  /// - Parameters:
  ///   - configuration: The feeds that are followed.
  ///   - address: The feed that everything is of; nil for what the files say.
  init(of configuration: FeedsConfiguration, all address: String?) {
    for feed in configuration.feeds {
      let key = FeedAddress.key(of: feed.url)
      byAddress[key.withoutScheme] = byAddress[key.withoutScheme] ?? feed
      if let title = feed.title { byTitle[title.fileName, default: []].append(feed) }
    }
    only = address.map { [byAddress] in
      byAddress[FeedAddress.key(of: $0).withoutScheme] ?? Feed(url: $0)
    }
  }

  /// Whether `feed` is one that is followed.
  func follows(_ feed: Feed) -> Bool {
    byAddress[FeedAddress.key(of: feed.url).withoutScheme] != nil
  }

  /// The feed that was followed at these addresses, the last one first.
  func feed(followedAt addresses: [String]) -> Feed {
    let followed = addresses.lazy.compactMap {
      byAddress[FeedAddress.key(of: $0).withoutScheme]
    }
    return only ?? followed.first ?? Feed(url: addresses.last ?? "")
  }

  /// The feed that `imported` is of. A feed that moved to https since is the same.
  ///
  /// - Throws: `CommandFailure` for what is no address, and where neither address nor title tells.
  func feed(of imported: ImportedFeed, in file: String) throws(CommandFailure) -> Feed {
    if let only { return only }
    guard let listed = imported.address else { return try feed(titled: imported.name, in: file) }
    let address = FeedAddress.withoutFeedScheme(listed)
    do throws(FeedAddress.Problem) {
      let key = try FeedAddress(address).key
      return byAddress[key.withoutScheme] ?? Feed(url: address)
    } catch {
      throw CommandFailure(.notAFeed, "\(file): \(MaskedAddress(address)): \(error.message)")
    }
  }

  private func feed(titled name: String?, in file: String) throws(CommandFailure) -> Feed {
    let named = name.flatMap { byTitle[$0.fileName] } ?? []
    if let feed = named.first, named.count == 1 { return feed }
    let said = name.map { "\(named.isEmpty ? "no feed" : "\(named.count) feeds") titled “\($0)”" }
    throw CommandFailure(
      .notAFeed,
      "\(file): which feed it is of is not said: \(said.map { $0 + "; " } ?? "")give --feed URL")
  }
}

extension String {
  /// A title as sfeed names its file.
  fileprivate var fileName: String { replacing("/", with: "_") }

  fileprivate var withoutScheme: String {
    for scheme in ["https:", "http:"] where hasPrefix(scheme) {
      return String(dropFirst(scheme.count))
    }
    return self
  }
}
