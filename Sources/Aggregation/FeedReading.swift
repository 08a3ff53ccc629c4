package import FeedFetching
internal import FeedParsing
package import Syndication

/// What a fetch result says once its document is read. No state is consulted or changed.
package enum FeedReading: Sendable {
  case feed(ParsedFeed, ResponseFacts, finalURL: String)
  case notModified(ResponseFacts)
  case gone
  case failed(FailureNote, Freshness)

  /// Reads `result`; never throws, since a feed's failure is a value.
  init(of result: FetchResult) {
    switch result {
    case .document(let document, let facts):
      self = Self.reading(document, facts)
    case .notModified(let facts):
      self = .notModified(facts)
    case .gone:
      self = .gone
    case .failed(let failure, let facts):
      let kind = failure.kind == .http ? "http-\(facts?.status ?? 0)" : failure.kind.rawValue
      let note = FailureNote(kind: kind, detail: failure.detail)
      self = .failed(note, facts?.freshness ?? Freshness())
    }
  }

  /// The document, where there is one.
  var parsed: ParsedFeed? {
    guard case .feed(let parsed, _, _) = self else { return nil }
    return parsed
  }

  private static func reading(_ document: Document, _ facts: ResponseFacts) -> FeedReading {
    let request = ParseRequest(
      url: document.finalURL, contentType: document.contentType,
      contentLocation: document.contentLocation, contentLanguage: document.contentLanguage,
      isWhole: document.isWhole, keepsUnfinishedEntry: false)
    do {
      let feed = try FeedParser.parse(document.bytes, request)
      return .feed(feed, facts, finalURL: document.finalURL)
    } catch {
      let kind = document.isWhole ? "not-a-feed" : FetchFailure.Kind.incomplete.rawValue
      let named = error.namingFeeds(of: document.bytes, base: document.finalURL) {
        MaskedAddress($0).description
      }
      return .failed(FailureNote(kind: kind, detail: named.detail), facts.freshness)
    }
  }
}
