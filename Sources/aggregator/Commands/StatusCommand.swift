internal import Aggregation
internal import AggregatorDaemon
internal import ArgumentParser
internal import Syndication

struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "How each feed fares, and what needs a person.",
    discussion: """
      Reads what the last polls left, asks no server, and may run beside the daemon. Exits with 1 when \
      one of the feeds shown has a trouble that will not pass by itself: gone, broken, moved, silent \
      against its own rhythm, or polled too seldom for its pace. A failure of a few hours is none.
      """)

  @OptionGroup var options: ConfigurationOptions

  @OptionGroup var colors: ColorOptions

  @Argument(help: "Feeds whose title, address, group or tag contains this.")
  var patterns: [String] = []

  @Flag(help: "Only feeds with a trouble that will not pass by itself.")
  var failing = false

  @Flag(help: "One JSON object a feed.")
  var json = false

  func run() async throws {
    let configuration = try options.configuration()
    let now = Clock.now()
    let roster = try options.roster(of: configuration, now: now)
    let rows = try chosen(roster.rows).filter { !failing || $0.health.isPersistent }
    if !options.quiet { try show(rows, of: roster, now: now) }
    guard rows.allSatisfy({ !$0.health.isPersistent }) else {
      throw CommandFailure(.someFeedsFailed, messages: [])
    }
  }

  private func chosen(_ rows: [FeedRoster.Row]) throws(CommandFailure) -> [FeedRoster.Row] {
    for pattern in patterns where !rows.contains(where: { $0.matches(pattern) }) {
      throw rows.unmatched(pattern)
    }
    guard !patterns.isEmpty else { return rows }
    return rows.filter { row in patterns.contains { row.matches($0) } }
  }

  private func show(
    _ rows: [FeedRoster.Row], of roster: FeedRoster, now: Timestamp
  ) throws(CommandFailure) {
    var output = StandardOutput()
    if json {
      for row in rows { try output.line(StatusLine(row, now: now).json) }
    } else {
      let table = StatusTable(
        rows: rows, now: now, columns: Terminal.columns ?? .max, paint: colors.paint)
      for line in table.lines + table.summary(among: roster.rows.count) { try output.line(line) }
    }
    try output.flush()
  }
}
