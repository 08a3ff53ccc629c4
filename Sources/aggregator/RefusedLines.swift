/// The lines of an input of which each stands by itself: one that is refused is told with its number, and the others
/// go on.
struct RefusedLines {
  /// Refused lines that are told one by one: of a file that is something else all are.
  static let toldLimit = 100

  private let input: InputFile
  private var count = 0

  init(of input: InputFile) {
    self.input = input
  }

  /// Calls `body` with each line that is not blank and its number, counted from 1; it returns what is wrong with a
  /// line that it refuses.
  mutating func forEach(
    _ body: (ArraySlice<UInt8>, Int) throws(CommandFailure) -> String?
  ) throws(CommandFailure) {
    try input.lines { (line: ArraySlice<UInt8>, number: Int) throws(CommandFailure) in
      guard let problem = try body(line, number) else { return }
      count += 1
      guard count <= Self.toldLimit else { return }
      StandardError.line("aggregator: \(input.name): line \(number): \(problem)")
    }
  }

  /// Throws where a line was refused.
  func end() throws(CommandFailure) {
    guard count > 0 else { return }
    var failure = CommandFailure(.notAFeed)
    if count > Self.toldLimit {
      failure.messages = [
        "\(input.name): \(count) lines refused, of which \(Self.toldLimit) are named"
      ]
    }
    throw failure
  }
}
