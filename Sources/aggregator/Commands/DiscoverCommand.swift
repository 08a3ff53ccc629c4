internal import Aggregation
internal import ArgumentParser
internal import FeedFetching
internal import FeedParsing
internal import Syndication

struct DiscoverCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "discover",
    abstract: "The feeds that a page offers.",
    discussion: """
      The page at an address is fetched, and so is every feed that it names, which is then listed with \
      its title, format and number of entries, the best first; where it names none, the usual places \
      of its site are tried one after the other. Of a file only what it names is listed, and nothing is \
      fetched. Exits 65 when there is no feed.
      """)

  @Argument(help: "The page's address or file, or - for standard input.", completion: .file())
  var page = "-"

  @Option(help: "The address that a file came from.")
  var url = ""

  @Flag(help: "One JSON object a feed.")
  var json = false

  @OptionGroup var web: WebOptions

  func run() async throws {
    let isAddress = WebOptions.isAddress(page)
    let feeds = isAddress ? try await search() : try named()
    var output = StandardOutput()
    for feed in feeds { try output.line(json ? feed.json : feed.line) }
    try output.flush()
    guard !feeds.isEmpty else {
      let name = isAddress ? "\(MaskedAddress(page))" : InputFile(path: page).name
      throw CommandFailure(.notAFeed, "\(name): no feed found")
    }
  }

  /// The feeds of a site, each read.
  private func search() async throws -> [DiscoveredFeed] {
    try await web.withWeb(at: page) { fetch in
      var search = FeedSearch(fetch: fetch)
      do {
        let feeds = try await search.feeds(at: page).map(DiscoveredFeed.init)
        if feeds.isEmpty { throw Self.noFeed(at: page, search.disappointments) }
        return feeds
      } catch let error as FetchFailure {
        throw WebOptions.failure(error, at: page)
      }
    }
  }

  private static func noFeed(
    at page: String, _ disappointments: [FeedSearch.Disappointment]
  ) -> CommandFailure {
    let named = disappointments.map { "\(MaskedAddress($0.url)): \($0.reason)".showingHidden }
    return CommandFailure(
      .notAFeed, messages: ["\(MaskedAddress(page)): no feed found"] + named)
  }

  /// What a file names; the file itself where it is a feed.
  private func named() throws(CommandFailure) -> [DiscoveredFeed] {
    try WebOptions.refuseStrangeAddress(page)
    let bytes = try InputFile(path: page).bytes()
    if let feed = try? FeedParser.parse(bytes, ParseRequest(url: url.nonBlank)) {
      return [DiscoveredFeed(feed, at: url.nonBlank ?? feed.selfLink ?? page)]
    }
    return FeedDiscovery.candidates(inHTML: bytes, base: url).map(DiscoveredFeed.init)
  }
}

/// A line of `discover`.
struct DiscoveredFeed {
  private let url: String
  private let title: String?
  private let origin: FeedCandidate.Origin
  /// Nil for a feed that was not read.
  private var format: String?
  private var version: String?
  private var entryCount: Int?

  init(_ found: FoundFeed) {
    (url, title, origin) = (found.url, found.title, found.origin)
    (format, version, entryCount) = (found.format.rawValue, found.version, found.entryCount)
  }

  init(_ candidate: FeedCandidate) {
    (url, title, origin) = (candidate.url, candidate.title, candidate.origin)
  }

  init(_ feed: ParsedFeed, at url: String) {
    self.url = url
    title = feed.properties.title.map {
      $0.kind == .html ? PlainText.line(ofHTML: $0.value) : PlainText.line(ofText: $0.value)
    }
    origin = .itself
    (format, version, entryCount) = (feed.format.rawValue, feed.version, feed.entries.count)
  }

  /// Address and title; of a feed that was read also its format and the number of its entries.
  var line: String {
    var columns = [url, title ?? ""]
    if let format, let entryCount {
      columns += [
        ([format, version ?? ""].filter { !$0.isEmpty }).joined(separator: " "), "\(entryCount)",
      ]
    }
    return columns.map(\.showingHidden).joined(separator: "\t")
  }

  private struct Object: Encodable {
    var url: String
    var title: String?
    var format: String?
    var version: String?
    var entries: Int?
    var origin: String
  }

  var json: String {
    JSONLine.text(
      of: Object(
        url: url, title: title, format: format, version: version, entries: entryCount,
        origin: origin.rawValue))
  }
}

extension ParsedFeed {
  /// Where the feed says that it is.
  fileprivate var selfLink: String? {
    properties.links.first { $0.relation == "self" }?.href
  }
}
