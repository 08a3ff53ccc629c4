internal import ArgumentParser
internal import StoryGrouping

struct GroupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "group",
    abstract: "Groups a JSON Lines stream of documents, outside any archive.",
    discussion: """
      Reads {"id","title","text","published"?,"source"?,"lang"?} a line in arrival order and prints \
      {"id","cluster","similarity","duplicate"?} a line in the same order, when all are read. Blank \
      lines are skipped. A line that is no document, or has the id of an earlier one, is named on \
      standard error and left out; the others go on, and the exit code is 65. \
      A line over 16 MiB ends the reading.
      """)

  @Argument(help: "The documents, or - for standard input.", completion: .file())
  var file = "-"

  func run() async throws {
    var filter = GroupFilter()
    var lines = RefusedLines(of: InputFile(path: file))
    var problem: CommandFailure?
    do throws(CommandFailure) {
      try lines.forEach { (line: ArraySlice<UInt8>, _: Int) throws(CommandFailure) in
        do throws(GroupingError) {
          try filter.read(line: line)
        } catch {
          return error.problem
        }
        return nil
      }
    } catch {
      problem = error
    }
    filter.end()
    var output = StandardOutput()
    for answer in filter.answers() { try output.line(answer) }
    try output.flush()
    if let problem { throw problem }
    try lines.end()
  }
}
