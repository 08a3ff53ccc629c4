import Foundation
import Testing

@Suite struct CommandLineTests {
  private let program: Program

  init() throws {
    program = try Program()
  }

  private static let rss = """
    <?xml version="1.0"?><rss version="2.0"><channel><title>The Herald</title>
    <item><guid>urn:1</guid><title>Harbour closed after storm</title>
    <link>https://www.herald.example/1</link><description>Ships wait outside.</description></item>
    <item><guid>urn:2</guid><title>Market opens</title>
    <link>https://www.herald.example/2</link><description>Apples are cheap.</description></item>
    </channel></rss>
    """

  private func configure(_ feeds: [String: String]) throws {
    for (name, text) in feeds { try program.file("feeds/\(name)", text) }
    let lines = feeds.keys.sorted().map { "file://\(program.folder)/feeds/\($0)" }
    try program.file("feeds.conf", "[Test]\n" + lines.joined(separator: "\n") + "\n")
  }

  @Test(arguments: [
    ["--nonsense"], ["nonsense"], ["fetch", "--nonsense"], ["fetch", "--jobs", "0"],
    ["export", "--format", "papyrus"], ["export", "--since", "yesteryear"],
    ["export", "--limit", "0"], ["export", "--since", "1d", "--until", "2d"],
    ["export", "--explain", "--group", "none"], ["export", "--explain", "--format", "tsv"],
  ])
  func `an unknown command, flag or value is a usage error`(arguments: [String]) throws {
    defer { program.remove() }
    try configure(["herald.xml": Self.rss])
    let run = try program.run(arguments)
    #expect(run.output.isEmpty)
    #expect(run.status == 64)
    #expect(!run.errors.isEmpty)
  }

  @Test func `who mistypes a command, an option or a feed is asked what was meant`() throws {
    defer { program.remove() }
    try configure(["herald.xml": Self.rss])
    try program.run("fetch")
    for (arguments, question) in [
      (["fetc"], "Did you mean 'fetch'?"), (["serach", "x"], "Did you mean 'search'?"),
      (["opml", "imprt"], "Did you mean 'import'?"), (["fetch", "--forse"], "'--force'?"),
      (["fetch", "Hearld"], ": no feed matches; did you mean \"The Herald\"?"),
      (["why", "heradl"], "did you mean \"The Herald\"?"),
    ] {
      let run = try program.run(arguments)
      #expect(run.status == 64 && run.output.isEmpty && run.errors.contains(question), "\(run)")
    }
    let nothing = try program.run("frobnicate")
    #expect(nothing.status == 64 && !nothing.errors.contains("Did you mean"))
    #expect(try program.run("explain", "nothing").errors.contains("aggregator search finds"))
  }

  @Test func `fetch stores every entry once and export prints them`() throws {
    defer { program.remove() }
    try configure(["herald.xml": Self.rss])
    let first = try program.run("fetch")
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.output.contains("The Herald: 2 new"))
    let second = try program.run("fetch", "--force")
    #expect(second.status == 0)
    #expect(second.output == "The Herald: not modified\n")
    let lines = try program.run(
      "export", "--since", "1970-01-01", "--format", "jsonl", "--group", "none")
    #expect(lines.output.split(separator: "\n").count == 2)
    #expect(try program.run("verify", "--read-data").status == 0)
  }

  @Test func `the digest says on request why reports are one story`() throws {
    defer { program.remove() }
    let copy = Self.rss.replacing("The Herald", with: "The Mail").replacing("herald", with: "mail")
    try configure(["herald.xml": Self.rss, "mail.xml": copy])
    try program.run("fetch")
    let window = ["export", "--since", "1970-01-01"]
    #expect(try !program.run(window).output.contains("Why: "))
    let run = try program.run(window + ["--explain"])
    #expect(run.status == 0)
    #expect(run.output.contains("\n  - Why: a copy (similarity 1.0): "), "\(run.output)")
    let json = try program.run(window + ["--format", "jsonl", "--group", "none"]).output
    let id = try #require(json.firstMatch(of: /"id":"([0-9a-f]{16})","title":"Harbour/)?.output.1)
    let one = try program.run("explain", String(id), String(id))
    #expect(one.status == 64 && one.output.isEmpty, "\(one)")
    #expect(one.errors == "aggregator: \(id) and \(id) name one story\n")
  }

  @Test func `the same archive and window give the same bytes in every format`() throws {
    defer { program.remove() }
    try configure(["herald.xml": Self.rss])
    try program.run("fetch")
    for format in ["markdown", "html", "json", "jsonl", "text"] {
      let window = ["export", "--since", "1970-01-01", "--until", "2100-01-01", "--format", format]
      let runs = try (0..<2).map { _ in
        try program.run(window).output
      }
      #expect(runs[0] == runs[1])
      #expect(runs[0].contains("Harbour closed"), "\(format)")
    }
  }

  @Test func `an export says what it had to leave out`() throws {
    defer { program.remove() }
    try configure(["herald.xml": Self.rss])
    try program.run("fetch")
    try program.run("seal")
    let folder = program.folder + "/Storage/stories"
    let years = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
      $0.hasPrefix("2")
    }
    let year = try #require(years.first)
    let name = try #require(
      try FileManager.default.contentsOfDirectory(atPath: folder + "/" + year).first)
    let path = folder + "/" + year + "/" + name
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
    try Data(text.replacing("Apples", with: "Pears!").utf8).write(to: URL(filePath: path))
    let run = try program.run("export", "--since", "1970-01-01")
    #expect(run.status == 65)
    #expect(run.output.contains("Harbour closed") && !run.output.contains("Pears!"))
    #expect(run.errors.contains(name))
  }

  @Test func `bad feeds are named and counted, good ones stored`() throws {
    defer { program.remove() }
    try configure([
      "good.xml": Self.rss,
      "page.xml": "<!DOCTYPE html><html><head><title>x</title></head><body>Hello</body></html>",
      "empty.xml": "", "cut.xml": String(Self.rss.prefix(300)),
    ])
    try FileManager.default.createDirectory(
      atPath: program.folder + "/feeds/folder", withIntermediateDirectories: true)
    try program.file(
      "more.conf",
      "file://\(program.folder)/feeds/folder\nfile://\(program.folder)/feeds/none.xml\n")
    let text = try String(contentsOfFile: program.folder + "/feeds.conf", encoding: .utf8)
    try program.file("feeds.conf", text + "include more.conf\n")
    let run = try program.run("fetch")
    #expect(run.status == 1)
    for name in ["page.xml", "empty.xml", "cut.xml", "folder", "none.xml"] {
      #expect(
        run.errors.split(separator: "\n").filter { $0.contains("/\(name): ") }.count == 1,
        "\(name) in \(run.errors)")
    }
    #expect(run.output.contains("The Herald: 2 new"))
    #expect(try program.run("verify", "--read-data").status == 0)
  }

  @Test func `when every feed fails the exit code says so, unless told otherwise`() throws {
    defer { program.remove() }
    try configure(["page.xml": "<html></html>"])
    #expect(try program.run("fetch").status == 69)
    #expect(try program.run("fetch", "--fail-on", "none").status == 0)
  }

  @Test func `a malformed configuration shows every problem at once and fetches nothing`() throws {
    defer { program.remove() }
    try program.file(
      "feeds.conf",
      """
      set interval sometimes
      ftp://example.org/feed
      https://user:secret@example.org/feed
      """)
    let run = try program.run("fetch")
    #expect(run.status == 78)
    #expect(run.errors.contains("feeds.conf:1:14: "))
    #expect(run.errors.contains("feeds.conf:2:1: "))
    #expect(run.errors.contains("feeds.conf:3:"))
    #expect(!run.errors.contains("secret"))
    #expect(!FileManager.default.fileExists(atPath: program.folder + "/Storage"))
  }

  @Test func `more complaints than a pipe holds all arrive`() throws {
    defer { program.remove() }
    let lines = (0..<2000).map { "ftp://herald.example/a-rather-long-address/\($0)" }
    try program.file("feeds.conf", lines.joined(separator: "\n"))
    let run = try program.run("check")
    #expect(run.status == 78)
    #expect(run.errors.utf8.count > 64 << 10)
    #expect(run.errors.split(separator: "\n").count > 1000)
  }

  @Test(arguments: ["", "# nothing but a comment\n"])
  func `a configuration without feeds is refused`(text: String) throws {
    defer { program.remove() }
    try program.file("feeds.conf", text)
    #expect(try program.run("fetch").status == 78)
    #expect(try program.run("check").status == 78)
  }

  @Test func `a configuration that is not there is refused by name`() throws {
    defer { program.remove() }
    let run = try program.run("fetch", "--config", "absent.conf")
    #expect(run.status == 78)
    #expect(run.errors.contains("absent.conf"))
    #expect(try program.run("fetch").status == 78)
  }

  @Test func `storage that cannot be made is an output error and nothing is acknowledged`() throws {
    defer { program.remove() }
    try configure(["herald.xml": Self.rss])
    try program.file("file", "")
    let run = try program.run("fetch", "--storage", "file/archive")
    #expect(run.status == 74, "\(run.errors)")
    #expect(run.output.isEmpty)
  }

  @Test func `a full device is an I/O error, a closed pipe is a quiet end`() throws {
    defer { program.remove() }
    try configure(["herald.xml": Self.rss])
    try program.run("fetch")
    let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
    let run = try program.run("export", "--since", "1970-01-01", output: full)
    #expect(run.status == 74)
    #expect(run.errors.contains("standard output"))
    let closed = Pipe()
    try closed.fileHandleForReading.close()
    let quiet = try program.run(
      "export", "--since", "1970-01-01", output: closed.fileHandleForWriting)
    #expect(quiet.status == 0)
    #expect(quiet.errors.isEmpty)
  }

  @Test func `parse prints one document, and says what is no feed`() throws {
    defer { program.remove() }
    let feed = try program.run("parse", "--json", input: Self.rss)
    #expect(feed.status == 0)
    #expect(feed.output.contains(#""ok":true"#))
    let page = try program.run("parse", "--json", input: "<!DOCTYPE html><html></html>")
    #expect(page.status == 65)
    #expect(page.output.contains(#""ok":false"#))
  }

  @Test func `parse marks a date in the future`() throws {
    defer { program.remove() }
    let item = "<item><title>Eclipse</title><pubDate>Sat, 01 Jan 9000 00:00:00 GMT</pubDate></item>"
    let feed = try program.run("parse", input: "<rss><channel>\(item)</channel></rss>")
    #expect(feed.output.contains("9000-01-01T00:00:00.000Z (in the future)  Eclipse"))
    let past = try program.run("parse", input: Self.rss)
    #expect(!past.output.contains("in the future"))
  }

  @Test func `parse batch answers one document a line and survives bad requests`() throws {
    defer { program.remove() }
    try program.file("a.xml", Self.rss)
    let run = try program.run(
      "parse", "--batch",
      input: """
        {"file":"\(program.folder)/a.xml","url":"","ctype":""}
        {"file":"\(program.folder)/none.xml"}
        nonsense
        {"file":"\(program.folder)/a.xml"}

        """)
    #expect(run.status == 0)
    let answers = run.output.split(separator: "\n").map { $0.contains(#""ok":true"#) }
    #expect(answers == [true, false, false, true])
    #expect(run.output.contains(#""kind":"unreadable""#))
    #expect(run.output.contains(#""kind":"bad-request""#))
    #expect(!run.output.contains("DecodingError") && !run.output.contains("dataCorrupted"))
  }

  @Test(arguments: [
    (["parse", "ftp://quay.example/f"], 64, "an address begins with http or https"),
    (["parse", "quay.example"], 66, "the address would be https://quay.example\n"),
    (["discover", "quay.example/news"], 66, "the address would be https://quay.example/news\n"),
    (["parse", "quay.xml"], 66, "cannot read"), (["parse", "../quay"], 66, "cannot read"),
  ])
  func `what was meant as an address is named as one`(
    arguments: [String], status: Int32, says: String
  ) throws {
    defer { program.remove() }
    let run = try program.run(arguments)
    #expect(run.status == status)
    #expect(run.errors.contains(says), "\(run.errors)")
  }

  @Test func `what is no feed is said to be none once`() throws {
    defer { program.remove() }
    let run = try program.run("parse", input: "<!DOCTYPE html><html><title>Quay</title></html>")
    #expect(run.status == 65)
    #expect(
      run.errors
        == "aggregator: standard input: an HTML page titled “Quay”, not a feed\n", "\(run.errors)")
  }

  /// Every line of `fetch` is longer than half of the pipe that it is written to: after two more
  /// lines than were read the program waits for its reader, in the middle of its work.
  @Test func `a fetch that is killed after any line loses and doubles nothing`() throws {
    defer { program.remove() }
    let long = String(repeating: "long ", count: 450)
    var feeds: [String: String] = [:]
    for number in 0..<40 {
      let items = (0..<25).map {
        "<item><guid>\(number)-\($0)</guid><title>Story \(number) \($0)</title></item>"
      }
      feeds["\(number).xml"] =
        "<rss version='2.0'><channel><title>\(long)</title>\(items.joined())</channel></rss>"
    }
    try configure(feeds)
    #expect(try program.run("fetch", "/0.xml").status == 0)
    var partialCounts: Set<Int> = []
    for round in 0..<6 {
      try killFetch(afterLines: 1 + round % 3)
      let verified = try program.run("verify", "--read-data")
      #expect(verified.status == 0, "\(verified.errors)")
      let count = try storedLines().count
      if 25 < count, count < 1000 { partialCounts.insert(count) }
    }
    #expect(partialCounts.count > 1, "no kill hit the fetch half-way")
    #expect(try program.run("fetch", "--all").status == 0)
    #expect(try program.run("fetch", "--force").status == 0)
    let stored = try storedLines()
    #expect(stored.count == 1000 && Set(stored).count == 1000)
    #expect(try program.run("verify", "--read-data").status == 0)
  }

  private func killFetch(afterLines lineCount: Int) throws {
    let (process, output, _) = try program.start(["fetch", "--jobs", "1"])
    let reader = output.fileHandleForReading.fileDescriptor
    // The smallest pipe that Linux makes: a page. F_SETPIPE_SZ is 1031.
    try #require(fcntl(reader, 1031, Int32(4096)) >= 4096)
    var (count, byte) = (0, UInt8(0))
    while count < lineCount, read(reader, &byte, 1) == 1 {
      if byte == UInt8(ascii: "\n") { count += 1 }
    }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal)
  }

  private func storedLines() throws -> [Substring] {
    try program.run("export", "--since", "1970-01-01", "--format", "jsonl", "--group", "none")
      .output.split(separator: "\n")
  }
}
