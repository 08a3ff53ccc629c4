package import Syndication

/// A request that is about to go out, for which every process that shares the archive makes room.
package struct RequestSlot: Hashable, Sendable {
  package enum Ruling: Hashable, Sendable {
    /// Every process knows that the request goes out now.
    case granted
    /// Its line was asked a moment ago, by whichever process.
    case wait(until: Timestamp)
    /// The server asked for a pause meanwhile.
    case leftAlone(LinePause)
    /// Another process asked the feed since the request was planned.
    case askedElsewhere(at: Timestamp)
  }

  /// The feed's address in feeds.conf.
  package let feed: String
  /// Where it waits its turn (`FeedsConfiguration.queueHost`).
  package let line: String
  /// The least time between the starts of two requests of the line, as far as the operator says.
  package let gap: Duration
  /// When the feed was asked last, as far as was known when the request was planned.
  package let lastAsked: Timestamp?
  /// Whether it goes out even if another process asked the feed since then.
  package let isForced: Bool

  package init(
    feed: String, line: String, gap: Duration, lastAsked: Timestamp?, isForced: Bool = false
  ) {
    self.feed = feed
    self.line = line
    self.gap = gap
    self.lastAsked = lastAsked
    self.isForced = isForced
  }

  /// A file on this machine is nobody's server.
  var isLocal: Bool { feed.hasPrefix("file:") }
}
