internal import AggregatorDaemon
internal import ArgumentParser
internal import FeedFetching
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

  @Argument(help: "The document's address or file, or - for standard input.", completion: .file())
  var file = "-"

  @Flag(help: "Print the normalised document.")
  var json = false

  @Flag(help: "Answer requests from standard input.")
  var batch = false

  @Option(help: "The address that the document came from.")
  var url: String?

  @Option(help: "The Content-Type that it came with.")
  var contentType: String?

  @OptionGroup var web: WebOptions

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
    let (bytes, request) = try await document()
    if json {
      try printDocument(bytes, request, to: &output)
    } else {
      try printSummary(bytes, request, to: &output)
    }
    try output.flush()
  }

  /// From the network or a file; what the options say comes before what a server says.
  private func document() async throws -> ([UInt8], ParseRequest) {
    guard WebOptions.isAddress(file) else {
      try WebOptions.refuseStrangeAddress(file)
      let request = ParseRequest(url: url, contentType: contentType, sanitizesHTML: true)
      return (try InputFile(path: file).bytes(), request)
    }
    let document = try await web.document(at: file)
    let request = ParseRequest(
      url: url ?? document.finalURL, contentType: contentType ?? document.contentType,
      contentLocation: document.contentLocation, contentLanguage: document.contentLanguage,
      isWhole: document.isWhole, sanitizesHTML: true)
    return (document.bytes, request)
  }

  /// Prints each entry as it is read, so that a large feed takes little more memory than its bytes.
  private func printDocument(
    _ bytes: [UInt8], _ request: ParseRequest, to output: inout StandardOutput
  ) throws(CommandFailure) {
    var document = NormalizedDocument()
    let result = try FeedParser.parse(bytes, request) { (entry: Entry) throws(CommandFailure) in
      document.append(entry)
      try output.write(document.take())
    }
    switch result {
    case .success(let feed):
      document.end(feed)
      try output.write(document.take() + [UInt8(ascii: "\n")])
    case .failure(let error):
      let error = error.namingFeeds(of: bytes, base: request.url)
      try output.write(NormalizedDocument.json(of: error) + [UInt8(ascii: "\n")])
      try output.flush()
      throw notAFeed(error)
    }
  }

  private func printSummary(
    _ bytes: [UInt8], _ request: ParseRequest, to output: inout StandardOutput
  ) throws(CommandFailure) {
    var summary = FeedSummary(now: Clock.now())
    do throws(FeedParsingError) {
      let feed = try FeedParser.parse(bytes, request) { summary.append($0) }.get()
      summary.head(feed)
    } catch {
      throw notAFeed(error.namingFeeds(of: bytes, base: request.url))
    }
    try output.write(summary.text.utf8)
  }

  private func notAFeed(_ error: FeedParsingError) -> CommandFailure {
    let name =
      WebOptions.isAddress(file) ? "\(MaskedAddress(file))" : InputFile(path: file).name
    let says = error.detail.contains("not a feed") ? "" : "not a feed: "
    return CommandFailure(.notAFeed, "\(name): \(says)\(error.detail)")
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
      let url = request.url?.nonBlank
      do throws(FeedParsingError) {
        let feed = try FeedParser.parse(
          bytes,
          ParseRequest(url: url, contentType: request.ctype?.nonBlank, sanitizesHTML: true))
        return NormalizedDocument.json(of: feed)
      } catch {
        return NormalizedDocument.json(of: error.namingFeeds(of: bytes, base: url))
      }
    } catch let failure as CommandFailure {
      return NormalizedDocument.json(
        of: FeedParsingError(.unreadable, failure.messages.joined(separator: "; ")))
    } catch {
      return NormalizedDocument.json(of: FeedParsingError(.badRequest, "not a request: \(form)"))
    }
  }

  private static let form =
    "a request is a JSON object with a string “file”, and may have strings “url” and “ctype”"
}
