internal import ArgumentParser
internal import StoryGrouping

struct CompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Scores pairs of documents, outside any archive.",
    discussion: """
      Reads {"a":{…},"b":{…}} a line and prints {"similarity": 0…1, "same": true or false, \
      "relation": "duplicate", "same-event" or "different"} a line. Blank lines are skipped. A line \
      that is no pair ends the reading: the answers to the lines before it are printed, and the exit \
      code is 65.
      """)

  @Argument(help: "The pairs, or - for standard input.", completion: .file())
  var file = "-"

  func run() async throws {
    var output = StandardOutput()
    do throws(CommandFailure) {
      try answer(InputFile(path: file), to: &output)
    } catch {
      try output.flush()
      throw error
    }
    try output.flush()
  }

  private func answer(
    _ input: InputFile, to output: inout StandardOutput
  ) throws(CommandFailure) {
    try input.lines { (line: ArraySlice<UInt8>, number: Int) throws(CommandFailure) in
      let answer: String
      do throws(GroupingError) {
        answer = try CompareFilter.answer(line: line, number: number)
      } catch {
        throw CommandFailure(.notAFeed, "\(input.name): \(error)")
      }
      try output.line(answer)
    }
  }
}
