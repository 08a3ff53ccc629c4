internal import Aggregation
internal import AggregatorDaemon
internal import ArgumentParser
internal import FeedFetching
internal import Syndication

struct WhyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "why",
    abstract: "When a feed is polled next, and the rule that decided it.",
    discussion: """
      Reads what the last poll left, asks no server, and may run beside the daemon. Each line is a rule \
      with its value; the one that decided is marked with ">". All times are UTC.
      """)

  @OptionGroup var options: ConfigurationOptions

  @OptionGroup var colors: ColorOptions

  @Argument(help: "A feed's address, or a part of its title, address, group or tag.")
  var feed: String

  @Flag(help: "One JSON object.")
  var json = false

  func run() async throws {
    let configuration = try options.configuration()
    let now = Clock.now()
    let roster = try options.roster(of: configuration, now: now)
    let row = try row(in: roster)
    let explanation = PollExplanation(row, of: roster, configuration, now: now)
    var output = StandardOutput()
    if json {
      try output.line(WhyLine(explanation, now: now).json)
    } else {
      let report = WhyReport(explanation: explanation, now: now)
      let paint = colors.paint
      for line in report.lines {
        for part in line.wrapped(columns: Terminal.columns) {
          try output.line(paint(part, line.decides ? .bold : nil))
        }
      }
    }
    try output.flush()
  }

  /// The feed of exactly this address, else the only one that matches.
  private func row(in roster: FeedRoster) throws(CommandFailure) -> FeedRoster.Row {
    if let exact = roster.rows.first(where: { $0.feed.url == feed }) { return exact }
    let matching = roster.rows.filter { $0.matches(feed) }
    guard let row = matching.first else { throw roster.rows.unmatched(feed) }
    guard matching.count == 1 else {
      let shown = matching.prefix(Self.nameLimit).map(Self.name)
      let rest = matching.count - shown.count
      let name = feed.isEmpty ? "\"\"" : feed
      throw CommandFailure(
        .usage,
        messages: ["\(name): \(matching.count) feeds match; say more of one, or its address:"]
          + shown
          + (rest > 0 ? ["  and \(rest) more"] : []))
    }
    return row
  }

  /// Feeds that are named where several match.
  private static let nameLimit = 8

  private static func name(_ row: FeedRoster.Row) -> String {
    let title = (row.feed.title ?? row.state.title).map { "  \($0)" } ?? ""
    return "  \(MaskedAddress(row.feed.url))\(title)"
  }
}
