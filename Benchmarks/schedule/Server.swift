/// One feed's server and what a reader has seen of it.
struct Server {
  let history: FeedHistory
  /// Entries published and asked about so far.
  private(set) var seen: Int
  private var published: Int

  /// What a poll finds.
  struct Answer {
    /// Entries not seen before that are still in the document.
    var new: Range<Int>
    /// The document.
    var window: Range<Int>
  }

  init(_ history: FeedHistory) {
    self.history = history
    (seen, published) = (0, 0)
  }

  /// The first poll sees the document as it is; nothing of it counts as late.
  mutating func begin(at now: Int64) -> Answer {
    advance(to: now)
    seen = published
    return Answer(new: window, window: window)
  }

  mutating func poll(at now: Int64, _ tally: inout Tally) -> Answer {
    advance(to: now)
    tally.polls += 1
    let first = max(seen, window.lowerBound)
    tally.lost += first - seen
    for index in first..<published { tally.saw(history.published[index], at: now) }
    seen = published
    return Answer(new: first..<published, window: window)
  }

  private var window: Range<Int> { max(0, published - history.windowCount)..<published }

  private mutating func advance(to now: Int64) {
    while published < history.published.count, history.published[published] <= now {
      published += 1
    }
  }
}
