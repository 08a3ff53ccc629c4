internal import ArgumentParser
internal import FeedParsing
internal import Syndication

struct DiscoverCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "discover",
    abstract: "The feeds that a page offers.")

  @Argument(help: "The page, or - for standard input.", completion: .file())
  var file = "-"

  @Option(help: "The address that the page came from.")
  var url = ""

  func run() async throws {
    let candidates = FeedDiscovery.candidates(inHTML: try InputFile(path: file).bytes(), base: url)
    var output = StandardOutput()
    for candidate in candidates {
      let title = (candidate.title ?? "").showingHidden
      try output.line("\(candidate.url.showingHidden)\t\(title)")
    }
    try output.flush()
  }
}
