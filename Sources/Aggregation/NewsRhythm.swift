package import Syndication

/// When a feed had news, as far as it takes to know a silence that is not its own way.
package struct NewsRhythm: Hashable, Sendable {
  /// No silence is worth a word before it has lasted this long.
  static let shortestSilence = Duration.seconds(7 * 86_400)
  /// A silence whose probability is below 1 in 10,000, were entries to come at random at the feed's
  /// rate (Poisson): so many entries should have come in it, -ln(1/10,000).
  static let expectedEntries = 9.21
  /// Entries come in bursts rather than at random: a silence is also measured by the longest before.
  static let pauseFactor = 2.0
  /// News or dated entries that it takes to speak of a rhythm.
  static let leastNewsCount = 5

  /// When the newest entry came, or was published where the feed was not read yet.
  package var lastNews: Timestamp?
  /// The longest time between two of its news so far.
  package var longestPause = Duration.zero
  /// New entries a day when `lastNews` came: the silence since then does not lower what it is measured
  /// by. Nil while too little is known.
  package var entriesPerDay: Double?
  /// Polls that brought news, up to `leastNewsCount`.
  package var newsCount = 0

  package init() {}

  /// What the first document says by the dates of its entries.
  package mutating func begin(publishedDates: [Timestamp], now: Timestamp) {
    let dates = publishedDates.filter { $0 <= now && $0.milliseconds > 0 }.sorted()
    lastNews = dates.last ?? now
    longestPause = zip(dates, dates.dropFirst()).map { $1.since($0) }.max() ?? .zero
    guard dates.count >= Self.leastNewsCount, let first = dates.first, let last = dates.last else {
      return
    }
    newsCount = Self.leastNewsCount
    entriesPerDay = Double(dates.count - 1) / max(1, last.since(first).days)
  }

  /// A poll at `now` brought new entries; the poll before it, at `lastPoll`, had none.
  package mutating func note(newsAt now: Timestamp, lastPoll: Timestamp?, entriesPerDay: Double) {
    if let lastNews, let lastPoll { longestPause = max(longestPause, lastPoll.since(lastNews)) }
    lastNews = max(lastNews?.believable(at: now) ?? now, now)
    newsCount = min(newsCount + 1, Self.leastNewsCount)
    if newsCount >= Self.leastNewsCount { self.entriesPerDay = entriesPerDay }
  }

  /// Whether a feed that was read at `moment` without news has been silent for far longer than its
  /// rate and its pauses explain.
  func isBroken(by moment: Timestamp) -> Bool {
    guard let lastNews, let entriesPerDay else { return false }
    let silence = moment.since(lastNews)
    return silence >= Self.shortestSilence && silence.days * entriesPerDay >= Self.expectedEntries
      && silence >= longestPause * Self.pauseFactor
  }
}

extension Duration {
  var days: Double { Double(milliseconds) / 86_400_000 }
}
