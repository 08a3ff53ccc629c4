internal import ArgumentParser
internal import StoryGrouping

struct CompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Scores pairs of documents, outside any archive.",
    discussion: """
      Reads {"a":{…},"b":{…}} a line and prints {"similarity": 0…1, "same": true or false, \
      "relation": "duplicate", "same-event" or "different"} a line. Blank lines are skipped. Each \
      answer is written before the next line is read. A line that is no pair is answered with \
      {"error": …} and named on standard error; the others go on, and the exit code is 65. \
      A line over 16 MiB ends the reading. The two are judged by themselves; what group and the \
      archive know of other stories may decide otherwise.
      """)

  @Argument(help: "The pairs, or - for standard input.", completion: .file())
  var file = "-"

  func run() async throws {
    var output = StandardOutput()
    var lines = RefusedLines(of: InputFile(path: file))
    try lines.forEach { (line: ArraySlice<UInt8>, number: Int) throws(CommandFailure) in
      let answer: String
      do throws(GroupingError) {
        answer = try CompareFilter.answer(line: line, number: number)
      } catch {
        try output.line(CompareFilter.refusal(error))
        try output.flush()
        return error.problem
      }
      try output.line(answer)
      // Who asks waits for it before asking again.
      try output.flush()
      return nil
    }
    try lines.end()
  }
}
