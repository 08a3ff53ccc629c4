internal import ArgumentParser
internal import FeedParsing
internal import FoundationEssentials
internal import Syndication

struct ParseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "parse",
    abstract: "Parses a feed without touching any state.",
    discussion: """
      --json prints one normalised JSON document; what is no feed prints "ok": false and exits 65. \
      --batch reads one request {"file","url","ctype"} a line and answers one \
      document a line, whatever is wrong with a request; blank lines are skipped.
      """)

  @Argument(help: "The document, or - for standard input.", completion: .file())
  var file = "-"

  @Flag(help: "Print the normalised document.")
  var json = false

  @Flag(help: "Answer requests from standard input.")
  var batch = false

  @Option(help: "The address that the document came from.")
  var url: String?

  @Option(help: "The Content-Type that it came with.")
  var contentType: String?

  func run() async throws {
    var output = StandardOutput()
    if batch {
      try InputFile(path: "-").lines { (line: ArraySlice<UInt8>, _: Int) throws(CommandFailure) in
        try output.write(ParseBatch.answer(line))
        try output.write(CollectionOfOne(UInt8(ascii: "\n")))
        try output.flush()
      }
      return
    }
    let bytes = try InputFile(path: file).bytes()
    let request = ParseRequest(url: url, contentType: contentType, sanitizesHTML: true)
    try print(bytes, request, to: &output)
    try output.flush()
  }

  private func print(
    _ bytes: [UInt8], _ request: ParseRequest, to output: inout StandardOutput
  ) throws(CommandFailure) {
    let feed: ParsedFeed
    do throws(FeedParsingError) {
      feed = try FeedParser.parse(bytes, request)
    } catch {
      if json { try output.write(NormalizedDocument.json(of: error) + [UInt8(ascii: "\n")]) }
      try output.flush()
      throw CommandFailure(.notAFeed, "\(InputFile(path: file).name): not a feed: \(error.detail)")
    }
    try output.write(
      json
        ? NormalizedDocument.json(of: feed) + [UInt8(ascii: "\n")]
        : Array(FeedSummary.text(of: feed).utf8))
  }
}

/// One line of `parse --batch`: a request in, a document out, whatever happens.
enum ParseBatch {
  private struct Request: Decodable {
    var file: String
    var url: String?
    var ctype: String?
  }

  static func answer(_ line: ArraySlice<UInt8>) -> [UInt8] {
    do {
      let request = try JSONDecoder().decode(Request.self, from: Data(line))
      let bytes = try InputFile(path: request.file).bytes()
      let feed = try FeedParser.parse(
        bytes,
        ParseRequest(
          url: request.url?.nonBlank, contentType: request.ctype?.nonBlank, sanitizesHTML: true))
      return NormalizedDocument.json(of: feed)
    } catch let error as FeedParsingError {
      return NormalizedDocument.json(of: error)
    } catch let failure as CommandFailure {
      return NormalizedDocument.json(
        of: FeedParsingError(.binary, failure.messages.joined(separator: "; ")))
    } catch {
      return NormalizedDocument.json(of: FeedParsingError(.text, "not a request: \(error)"))
    }
  }
}
