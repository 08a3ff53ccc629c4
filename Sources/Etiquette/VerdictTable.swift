/// How verdicts are shown.
package enum VerdictTable: String, Sendable, CaseIterable {
  case text
  case markdown

  /// What stands above the first verdict; nil for nothing.
  package var heading: String? {
    switch self {
    case .text: nil
    case .markdown:
      """
      # How aggregator behaves towards servers

      Printed by `aggregator selftest --etiquette --format markdown`: the built program, run as a \
      process of its own against scripted servers on addresses of the loopback network, which remember \
      every request. Time passes by moving the program's clock (`AGGREGATOR_CLOCK_SHIFT`). `make test` \
      runs the same trials.

      | | behaviour | what was seen | |
      |--:|---|---|---|
      """
    }
  }

  /// The line of one verdict.
  package func line(_ verdict: Verdict) -> String {
    let number = verdict.behaviour.number
    let sentence = verdict.behaviour.sentence
    let result = verdict.isKept ? "ok" : "FAILED"
    switch self {
    case .text:
      let place = number < 10 ? " \(number)" : "\(number)"
      return "\(place) \(result): \(sentence)\n          \(verdict.seen)"
    case .markdown:
      let cells = ["\(number)", sentence, verdict.seen, result].map(Self.cell)
      return "| \(cells.joined(separator: " | ")) |"
    }
  }

  /// The last line.
  package func summary(kept: Int, of count: Int) -> String {
    self == .markdown ? "\n\(kept) of \(count)." : "\(kept) of \(count)"
  }

  private static func cell(_ text: String) -> String {
    text.replacing("|", with: "\\|").replacing("<", with: "&lt;").replacing("\n", with: " ")
  }
}
