internal import FeedFetching
internal import FoundationEssentials
internal import Syndication

/// feeds.conf with the feeds of a list that it did not have.
struct SubscriptionAddition {
  private let file: ConfigurationFile
  private let isNew: Bool
  private let before: [UInt8]
  private let addedCount: Int
  private let knownCount: Int
  /// What feeds.conf says then.
  let text: [UInt8]
  /// Addresses that were left out, with the reason, a sentence each.
  let problems: [String]

  /// - Throws: `CommandFailure` when the configuration in force has problems.
  init(of listed: [OPMLSubscription], to file: ConfigurationFile) throws(CommandFailure) {
    self.file = file
    isNew = !FileManager.default.fileExists(atPath: file.path)
    var known: Set<String> = []
    if isNew {
      before = []
    } else {
      let (configuration, texts) = try file.configurationWithTexts(mayBeEmpty: true)
      known = Set(configuration.feeds.map { FeedAddress.key(of: $0.url) })
      before = texts[0].text
    }
    var added: [(feed: FeedSubscription, group: String?)] = []
    var problems: [String] = []
    for subscription in listed {
      do throws(FeedAddress.Problem) {
        let text = FeedAddress.withoutFeedScheme(subscription.address)
        let address = try FeedAddress(text)
        // The scheme feed: does not say whether it stands for http or https.
        if text != subscription.address, known.contains(address.key.securely) { continue }
        guard known.insert(address.key).inserted else { continue }
        added.append((subscription.line(at: address), subscription.groups.last))
      } catch {
        problems.append("\(MaskedAddress(subscription.address)): \(error.message)".showingHidden)
      }
    }
    text = FeedsConfigurationEditor.adding(added, in: before) ?? before
    addedCount = added.count
    knownCount = listed.count - added.count - problems.count
    self.problems = problems
  }

  var summary: String {
    "\(file.path): \(CountText.of(addedCount, "feed")) added, \(knownCount) known"
  }

  /// Puts the text in the file's place, which holds what it held then or what it is to hold.
  ///
  /// - Throws: `CommandFailure` when it cannot be written, was changed meanwhile, or would not be read.
  func write() throws(CommandFailure) {
    guard text != before else { return }
    _ = try file.configuration(with: [(file.path, text)])
    if isNew { return try OutputFile(path: file.path).replace(with: text) }
    let replacement = try OutputFile(path: file.path, keepsOwner: true).prepare(text)
    guard try InputFile(path: file.path).bytes() == before else {
      replacement.drop()
      throw CommandFailure(.temporary, "\(file.path): was changed meanwhile: try again")
    }
    try replacement.put()
  }
}

extension String {
  /// The key of the same address with https.
  fileprivate var securely: String { hasPrefix("http:") ? "https:" + dropFirst(5) : self }
}

extension OPMLSubscription {
  /// The feed's line. feeds.conf has no groups in groups, so those around its own become tags.
  fileprivate func line(at address: FeedAddress) -> FeedSubscription {
    FeedSubscription(address: address, title: title, tags: groups.dropLast() + tags)
  }
}
