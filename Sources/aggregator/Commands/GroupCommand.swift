internal import ArgumentParser
internal import StoryGrouping

struct GroupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "group",
    abstract: "Groups a JSON Lines stream of documents, outside any archive.",
    discussion: """
      Reads {"id","title","text","published"?,"source"?,"lang"?} a line in arrival order and prints \
      {"id","cluster","similarity","duplicate"?} a line in the same order.
      """)

  @Argument(help: "The documents, or - for standard input.", completion: .file())
  var file = "-"

  func run() async throws {
    var filter = GroupFilter()
    let input = InputFile(path: file)
    try input.lines { (line: ArraySlice<UInt8>) throws(CommandFailure) in
      do throws(GroupingError) {
        try filter.read(line: line)
      } catch {
        throw CommandFailure(.notAFeed, "\(input.name): \(error)")
      }
    }
    var output = StandardOutput()
    for answer in filter.answers() { try output.line(answer) }
    try output.flush()
  }
}

struct CompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Scores pairs of documents, outside any archive.",
    discussion: """
      Reads {"a":{…},"b":{…}} a line and prints {"similarity": 0…1, "same": true or false, \
      "relation": "duplicate", "same-event" or "different"} a line.
      """)

  @Argument(help: "The pairs, or - for standard input.", completion: .file())
  var file = "-"

  func run() async throws {
    var output = StandardOutput()
    var number = 0
    let input = InputFile(path: file)
    try input.lines { (line: ArraySlice<UInt8>) throws(CommandFailure) in
      number += 1
      let answer: String
      do throws(GroupingError) {
        answer = try CompareFilter.answer(line: line, number: number)
      } catch {
        throw CommandFailure(.notAFeed, "\(input.name): \(error)")
      }
      try output.line(answer)
    }
    try output.flush()
  }
}
