/// How another reader decides when to poll again, in minutes.
enum RivalRule: CaseIterable {
  case hourly
  case entryFrequency
  case commaFeed
  case newsBlur

  var name: String {
    switch self {
    case .hourly: "every hour"
    case .entryFrequency: "Miniflux entry_frequency"
    case .commaFeed: "CommaFeed"
    case .newsBlur: "NewsBlur, one reader"
    }
  }

  /// The wait after a poll at `now` that left the reader knowing `history.published[..<seen]`, with
  /// `window` in the document.
  func minutes(
    _ history: FeedHistory, seen: Int, window: Range<Int>, now: Int64
  ) -> Double {
    switch self {
    case .hourly: 60
    case .entryFrequency: Self.entryFrequency(history, seen: seen, now: now)
    case .commaFeed: Self.commaFeed(history, window: window, now: now)
    case .newsBlur: Self.newsBlur(history, seen: seen, now: now)
    }
  }

  /// miniflux 2.2: a week by the entries a week, which are extrapolated from the distances of those of
  /// the last seven days; 5 minutes to 24 hours, factor 1.
  private static func entryFrequency(_ history: FeedHistory, seen: Int, now: Int64) -> Double {
    let week = 7 * 24 * 60.0
    let recent = history.published[..<seen].suffix { $0 >= now - 7 * 86_400_000 }
    guard let first = recent.first, let last = recent.last, recent.count > 1, last > first else {
      return 24 * 60
    }
    let distance = Double(last - first) / 60_000 / Double(recent.count - 1)
    let weekly = (week / distance).rounded(.up)
    return min(max(week / weekly, 5), 24 * 60)
  }

  /// commafeed 5: half the mean distance of the entries in the document, 5 minutes to 1 hour; 1, 2, 4
  /// hours when there was none for 7, 14, 30 days.
  private static func commaFeed(_ history: FeedHistory, window: Range<Int>, now: Int64) -> Double {
    guard let last = window.last, window.count > 1 else { return 240 }
    switch (now - history.published[last]) / 86_400_000 {
    case 30...: return 240
    case 14...: return 120
    case 7...: return 60
    default:
      let span = history.published[last] - history.published[window.lowerBound]
      let distance = Double(span) / 60_000 / Double(window.count - 1)
      return min(max(distance / 2, 5), 60)
    }
  }

  /// newsblur's get_next_scheduled_update for a feed with one subscriber: an hour from one story a day
  /// on, longer below; 12 hours for each month of silence, two days at most.
  private static func newsBlur(_ history: FeedHistory, seen: Int, now: Int64) -> Double {
    let month: Int64 = 30 * 86_400_000
    let daily = Double(history.published[..<seen].suffix { $0 >= now - month }.count) / 30
    if daily >= 1 { return 60 }
    if daily > 0 { return max(12 * 60 * (1 - daily), 5) }
    let silence = history.published[..<seen].last.map { Double(now - $0) / Double(month) } ?? 1
    return min(12 * 60 * max(1, silence), 2 * 24 * 60)
  }
}

extension ArraySlice<Int64> {
  /// The longest end of an ascending array whose elements all satisfy `isLate`.
  fileprivate func suffix(_ isLate: (Int64) -> Bool) -> ArraySlice<Int64> {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = (low + high) / 2
      if isLate(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return self[low...]
  }
}
