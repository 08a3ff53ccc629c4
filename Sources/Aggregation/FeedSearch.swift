package import FeedFetching
package import FeedParsing
package import Syndication

/// A feed that was found and read.
package struct FoundFeed: Sendable, Equatable {
  /// To subscribe to: where permanent redirects lead.
  package var url: String
  package var title: String?
  package var format: ParsedFeed.Format
  package var version: String
  package var entryCount: Int
  package var origin: FeedCandidate.Origin
}

/// Finds the feeds of a site: asks for the page, and for each candidate whether it is a feed.
///
/// Polite to the site: one request after the other, usual places only where the page names no feed,
/// and no further ones once one was found there or the server asks to be left alone.
package struct FeedSearch {
  /// Requests besides the one for the page.
  package static let requestLimit = 24

  private let fetch: (String) async -> FetchResult
  /// What the page names and is no feed, as far as it was asked for.
  package private(set) var disappointments: [Disappointment] = []
  private var asked = 0
  private var found: [FoundFeed] = []
  /// Where what was found, or was no feed, came from.
  private var seen: Set<String> = []
  private var isLeftAlone = false

  /// An address that the page names, and why it is no feed: a sentence without the address.
  package struct Disappointment: Sendable, Equatable {
    package var url: String
    package var reason: String
  }

  /// `fetch` asks for one address.
  package init(fetch: @escaping (String) async -> FetchResult) {
    self.fetch = fetch
  }

  /// The feeds of the page at `address`, the best first; one when the document there is a feed itself.
  ///
  /// - Throws: a `FetchFailure` when there is no document at `address`.
  package mutating func feeds(at address: String) async throws(FetchFailure) -> [FoundFeed] {
    let (document, facts) = try await page(at: address)
    seen.insert(document.finalURL)
    if let feed = try? Self.reading(document).get() {
      return [Self.found(feed, at: facts.permanentURL ?? address, as: .itself)]
    }
    for candidate in FeedDiscovery.candidates(inHTML: document.bytes, base: document.finalURL) {
      await verify(candidate)
    }
    if found.isEmpty {
      for candidate in FeedDiscovery.usualPlaces(of: document.finalURL) where found.isEmpty {
        await verify(candidate)
      }
    }
    return Self.ordered(found)
  }

  private func page(at address: String) async throws(FetchFailure) -> (Document, ResponseFacts) {
    switch await fetch(address) {
    case .document(let document, let facts): return (document, facts)
    case .failed(let failure, _): throw failure
    case .gone: throw FetchFailure(.http, "410 Gone: the publisher took it away")
    case .notModified: throw FetchFailure(.protocolError, "a 304 to an unconditional request")
    }
  }

  private mutating func verify(_ candidate: FeedCandidate) async {
    guard !isLeftAlone, asked < Self.requestLimit, !seen.contains(candidate.url) else { return }
    asked += 1
    seen.insert(candidate.url)
    switch await fetch(candidate.url) {
    case .document(let document, let facts):
      let isNew = document.finalURL == candidate.url || seen.insert(document.finalURL).inserted
      guard isNew else { return }
      switch Self.reading(document) {
      case .success(let feed):
        found.append(
          Self.found(feed, at: facts.permanentURL ?? candidate.url, as: candidate.origin))
      case .failure(let error): disappoint(candidate, error.detail)
      }
    case .failed(let failure, let facts):
      isLeftAlone = facts?.status == 429 || facts?.status == 503
      disappoint(candidate, failure.detail)
    case .gone: disappoint(candidate, "410 Gone: the publisher took it away")
    case .notModified: return
    }
  }

  private mutating func disappoint(_ candidate: FeedCandidate, _ reason: String) {
    guard candidate.origin != .usualPlace else { return }
    disappointments.append(Disappointment(url: candidate.url, reason: reason))
  }

  private static func reading(_ document: Document) -> Result<ParsedFeed, FeedParsingError> {
    let request = ParseRequest(
      url: document.finalURL, contentType: document.contentType,
      contentLocation: document.contentLocation, contentLanguage: document.contentLanguage,
      isWhole: document.isWhole)
    return Result { () throws(FeedParsingError) in try FeedParser.parse(document.bytes, request) }
  }

  private static func found(
    _ feed: ParsedFeed, at url: String, as origin: FeedCandidate.Origin
  ) -> FoundFeed {
    FoundFeed(
      url: url, title: feed.properties.title.map(Self.line), format: feed.format,
      version: feed.version, entryCount: feed.entries.count, origin: origin)
  }

  private static func line(_ text: TextConstruct) -> String {
    text.kind == .html ? PlainText.line(ofHTML: text.value) : PlainText.line(ofText: text.value)
  }

  /// The page's own order, but feeds of comments and empty ones last.
  private static func ordered(_ feeds: [FoundFeed]) -> [FoundFeed] {
    func rank(_ feed: FoundFeed) -> Int {
      let names = "\(feed.url) \(feed.title ?? "")".lowercased()
      return (names.contains("comment") ? 2 : 0) + (feed.entryCount == 0 ? 1 : 0)
    }
    return feeds.enumerated()
      .sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }
      .map(\.element)
  }
}
