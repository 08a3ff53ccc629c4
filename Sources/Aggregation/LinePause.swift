internal import FeedFetching
package import Syndication

/// Until when a line is left alone, and whose answer asked for that.
package struct LinePause: Hashable, Sendable {
  package var until: Timestamp
  /// The address of the feed, or of the page of its archive, that the server answered; nil where an older
  /// version wrote the pause down.
  package var cause: String?

  package init(until: Timestamp, cause: String? = nil) {
    self.until = until
    self.cause = cause
  }

  /// Whether the feed at `url` waits for what another one was told.
  package func isBorrowed(by url: String) -> Bool {
    cause.map { $0 != url } ?? false
  }

  /// Who asked for it, as the rest of a sentence on the feed at `url`.
  package func reason(for url: String) -> String {
    guard let cause, isBorrowed(by: url) else { return "its server wants to be left alone" }
    return "its host wants to be left alone: \(MaskedAddress(cause)) was told so"
  }

  /// What a person can do for the feed at `url`, without a full stop; nil where the pause is its own.
  package func advice(for url: String) -> String? {
    guard isBorrowed(by: url), let host = WebAddress.host(of: url)?.nonBlank else { return nil }
    return
      "where other servers answer for its other feeds: host \(host) scope=url in feeds.conf, see feeds.conf(5)"
  }
}
