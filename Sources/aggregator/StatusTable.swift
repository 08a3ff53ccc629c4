internal import Aggregation
internal import DigestExport
internal import FeedFetching
internal import Syndication

/// `status` for a person: a line a feed within the width of the terminal, and below a feed with a
/// trouble what it is and what to do.
struct StatusTable {
  let rows: [FeedRoster.Row]
  let now: Timestamp
  /// Of the terminal.
  let columns: Int
  let paint: Paint

  /// Hosts that refuse fast requests which are named; the others are counted.
  private static let slowHostLimit = 8
  private static let heads = ["HEALTH", "FEED", "LAST OK", "NEXT", "RATE", "304", "SIZE", "STORED"]
  private static let gap = 2
  private static let leastNameWidth = 12
  private static let margin = "  "
  /// Columns that are left out, the first first, where the feeds' names would have too little room.
  private static let dispensable = [6, 5, 4, 7]

  var lines: [String] {
    guard !rows.isEmpty else { return [] }
    let cells = [Self.heads] + rows.map(cells)
    let kept = keptColumns(cells)
    let widths = kept.map { column in cells.map { $0[column].displayWidth }.max() ?? 0 }
    let taken = widths.reduce(0, +) - widths[1] + Self.gap * (kept.count - 1)
    let nameWidth = min(widths[1], max(columns - taken, Self.leastNameWidth))
    var lines: [String] = []
    for (index, row) in cells.enumerated() {
      let word = index > 0 ? rows[index - 1].health.word : nil
      lines.append(line(kept.map { row[$0] }, word, widths: widths, nameWidth: nameWidth))
      if index > 0 { lines += remarks(on: rows[index - 1]) }
    }
    return lines
  }

  /// `12 feeds: 9 fine, 1 failing, 2 broken`
  func summary(among feedCount: Int) -> [String] {
    let counted = FeedHealth.Word.allCases.reversed().compactMap { word in
      let count = rows.count { $0.health.word == word }
      return count == 0 ? nil : "\(count) \(word.rawValue)"
    }
    let feeds = feedCount == 1 ? "1 feed" : "\(feedCount) feeds"
    let shown = rows.count == feedCount ? feeds : "\(rows.count) of \(feeds)"
    let text = counted.isEmpty ? shown : "\(shown): \(counted.joined(separator: ", "))"
    return (restingHosts + slowHosts + [text]).flatMap { $0.wrapped(columns: columns) }
  }

  /// The hosts that want to be left alone, where feeds wait for what another one was told.
  private var restingHosts: [String] {
    let waiting = rows.filter { $0.pause?.isBorrowed(by: $0.feed.url) ?? false }
    let hosts = Dictionary(grouping: waiting, by: \.line).sorted { $0.key < $1.key }
    let named = hosts.prefix(Self.slowHostLimit).flatMap { line, rows -> [String] in
      guard let pause = rows[0].pause, let cause = pause.cause else { return [] }
      let text =
        "\(MaskedAddress(line)): wants to be left alone until \(pause.until.rfc3339): "
        + "\(MaskedAddress(cause)) was told so; \(CountText.of(rows.count, "more feed")) "
        + (rows.count == 1 ? "waits" : "wait")
      return [text, pause.advice(for: rows[0].feed.url).map { "→ " + $0 }].compactMap(\.self)
        .map(\.showingHidden)
    }
    let rest = hosts.count - min(hosts.count, Self.slowHostLimit)
    let others = CountText.of(rest, "more host")
    return named + (rest > 0 ? ["\(others) \(rest == 1 ? "wants" : "want") to be left alone"] : [])
  }

  /// The hosts that are asked more slowly than feeds.conf says, since they refused requests.
  private var slowHosts: [String] {
    let slow = Dictionary(grouping: rows.filter { $0.learnedGap > .zero }, by: \.line)
      .sorted { ($1.value[0].learnedGap, $0.key) < ($0.value[0].learnedGap, $1.key) }
    let named = slow.prefix(Self.slowHostLimit).map { line, rows in
      let feeds = rows.count == 1 ? "1 feed" : "\(rows.count) feeds"
      let gap = BriefText.span(.seconds(rows[0].learnedGapSeconds ?? 0))
      return
        "\(MaskedAddress(line)): refuses to be asked fast: \(gap) between two requests of \(feeds)"
        .showingHidden
    }
    let rest = slow.count - named.count
    return named
      + (rest > 0
        ? [
          "\(CountText.of(rest, "more host")) \(rest == 1 ? "refuses" : "refuse") to be asked fast"
        ] : [])
  }

  private func keptColumns(_ cells: [[String]]) -> [Int] {
    var kept = Array(Self.heads.indices)
    for column in Self.dispensable {
      let others = kept.filter { $0 != 1 }
      let taken = others.reduce(0) { sum, column in
        sum + Self.gap + (cells.map { $0[column].displayWidth }.max() ?? 0)
      }
      if columns - taken >= Self.leastNameWidth * 2 { break }
      kept.removeAll { $0 == column }
    }
    return kept
  }

  /// The first two columns are words and begin at the left, the others are numbers.
  private func line(
    _ cells: [String], _ word: FeedHealth.Word?, widths: [Int], nameWidth: Int
  ) -> String {
    let padded = cells.enumerated().map { column, text in
      switch column {
      case 0: paint(text, word.flatMap(\.color)) + text.padding(to: widths[0])
      case 1: text.cut(to: nameWidth).padded(to: nameWidth)
      default: text.padded(to: widths[column], atEnd: true)
      }
    }
    let line = padded.joined(separator: String(repeating: " ", count: Self.gap))
    return String(line.reversed().drop { $0 == " " }.reversed())
  }

  private func cells(of row: FeedRoster.Row) -> [String] {
    let state = row.state
    return [
      row.health.word.rawValue,
      row.name.showingHidden,
      state.lastSuccess.map { BriefText.span(now.since($0)) } ?? "-",
      row.feed.isPaused || state.isGone
        ? "-" : row.nextPoll(now: now).map { BriefText.span($0.since(now)) } ?? "now",
      state.lastSuccess == nil ? "-" : RateText.brief(state.rate.entriesPerDay),
      state.notModifiedShare.map { "\(Int(($0 * 100).rounded()))%" } ?? "-",
      BriefText.size(state.receivedByteCount),
      "\(state.storedCount)",
    ]
  }

  private func remarks(on row: FeedRoster.Row) -> [String] {
    var remarks = row.health.troubles.flatMap { [$0.sentence, "→ " + row.advice(on: $0)] }
    if remarks.isEmpty, row.health.word == .failing, let failure = row.state.failure {
      remarks.append("\(failure.kind): \(failure.detail)")
    }
    if !remarks.isEmpty { remarks.append("\(MaskedAddress(row.feed.url))") }
    let width = columns - Self.margin.count
    return remarks.flatMap { $0.showingHidden.wrapped(columns: width) }.map { Self.margin + $0 }
  }
}

extension FeedState {
  /// Of all polls, those that a 304 answered; nil before the first poll.
  var notModifiedShare: Double? {
    pollCount > 0 ? Double(notModifiedCount) / Double(pollCount) : nil
  }
}

/// Numbers with a unit in few columns.
enum BriefText {
  /// `12s`, `5m`, `3h`, `9d`
  static func span(_ duration: Duration) -> String {
    let seconds = max(duration.milliseconds / 1000, 0)
    return switch seconds {
    case ..<60: "\(seconds)s"
    case ..<3600: "\(seconds / 60)m"
    case ..<(48 * 3600): "\(seconds / 3600)h"
    default: "\(seconds / 86_400)d"
    }
  }

  /// `512`, `12K`, `3.4M`, `1.2G`
  static func size(_ byteCount: Int) -> String {
    var number = Double(byteCount)
    var unit = ""
    for next in ["K", "M", "G", "T"] where number >= 1000 {
      (number, unit) = (number / 1024, next)
    }
    guard number < 10, !unit.isEmpty else { return "\(Int(number.rounded()))\(unit)" }
    let tenths = Int((number * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)\(unit)"
  }
}

extension String {
  /// At most `width` columns of the text, its end cut off with `…`.
  fileprivate func cut(to width: Int) -> String {
    guard displayWidth > width else { return self }
    var kept = ""
    var keptWidth = 0
    for character in self {
      guard keptWidth + character.displayWidth < width else { break }
      kept.append(character)
      keptWidth += character.displayWidth
    }
    return kept + "…"
  }

  fileprivate func padded(to width: Int, atEnd: Bool = false) -> String {
    atEnd ? padding(to: width) + self : self + padding(to: width)
  }

  fileprivate func padding(to width: Int) -> String {
    String(repeating: " ", count: max(width - displayWidth, 0))
  }
}

extension FeedHealth.Word {
  fileprivate var color: Paint.Color? {
    switch self {
    case .fine: .green
    case .failing: .yellow
    case .paused, .new: .dim
    default: .red
    }
  }
}
