import Foundation
import Testing

/// What the program does with the streams and files that it is given.
@Suite struct StreamTests {
  private let program: Program

  init() throws {
    program = try Program()
    let rss = """
      <rss version="2.0"><channel><title>The Herald</title>
      <item><guid>urn:1</guid><title>Harbour closed after storm</title></item>
      <item><guid>urn:2</guid><title>Market opens</title></item></channel></rss>
      """
    try program.file("herald.xml", rss)
    try program.file("feeds.conf", "[Test]\nfile://\(program.folder)/herald.xml\n")
  }

  private func path(_ name: String) -> String { program.folder + "/" + name }

  private func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(folder)).sorted()
  }

  private func export(to file: String) throws -> Program.Run {
    try program.run("export", "--since", "1970-01-01", "-o", file)
  }

  @Test func `a digest takes its file's place and permissions, through links, and leaves nothing`()
    throws
  {
    defer { program.remove() }
    try program.run("fetch")
    let files = FileManager.default
    try program.file("out/real/digest.md", "yesterday's")
    try files.setAttributes(
      [.posixPermissions: 0o600], ofItemAtPath: path("out/real/digest.md"))
    try files.createSymbolicLink(
      atPath: path("out/link.md"), withDestinationPath: "real/digest.md")
    try files.createSymbolicLink(
      atPath: path("out/dangling.md"), withDestinationPath: "real/new.md")
    for name in ["out/link.md", "out/dangling.md"] {
      #expect(try export(to: name).status == 0)
      #expect(try files.destinationOfSymbolicLink(atPath: path(name)).hasPrefix("real/"))
      let text = try String(contentsOfFile: path(name), encoding: .utf8)
      #expect(text.contains("Harbour closed"))
    }
    let attributes = try files.attributesOfItem(atPath: path("out/real/digest.md"))
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    #expect(try names(in: "out") == ["dangling.md", "link.md", "real"])
    #expect(try names(in: "out/real") == ["digest.md", "new.md"])
  }

  @Test func `a file that waits where a temporary might be written is left alone`() throws {
    defer { program.remove() }
    try program.run("fetch")
    try program.file("victim", "precious")
    try FileManager.default.createSymbolicLink(
      atPath: path("digest.md.partial"), withDestinationPath: "victim")
    #expect(try export(to: "digest.md").status == 0)
    #expect(try String(contentsOfFile: path("victim"), encoding: .utf8) == "precious")
    #expect(try names(in: ".").contains("digest.md.partial"))
  }

  @Test(arguments: ["absent/digest.md", ".", "loop"])
  func `a digest that cannot be written is an output error that names the file`(
    name: String
  ) throws {
    defer { program.remove() }
    try program.run("fetch")
    try FileManager.default.createSymbolicLink(atPath: path("loop"), withDestinationPath: "loop")
    let before = try names(in: ".")
    let run = try export(to: name)
    #expect(run.status == 73)
    #expect(run.errors.hasPrefix("aggregator: \(name): "))
    #expect(try names(in: ".") == before)
  }

  @Test func `closed streams get nothing and harm no file`() throws {
    defer { program.remove() }
    let fetched = try program.script(#""$aggregator" fetch <&- >&- 2>&-"#)
    #expect(fetched.status == 74)
    #expect(try program.run("verify", "--read-data").status == 0)
    #expect(try program.script(#""$aggregator" parse <&-"#).status == 66)
    // Without a guard the number belongs to something else by now, which refuses for its own reason.
    let unheeded = try program.script(#""$aggregator" fetch --force <&- >&-"#)
    #expect(unheeded.status == 74)
    #expect(unheeded.errors == "aggregator: standard output: cannot write: Bad file descriptor\n")
    let unheard = try program.script(#""$aggregator" fetch --force 2>&-"#)
    #expect(unheard.status == 0)
    #expect(unheard.output == "The Herald: not modified\n")
  }

  @Test(arguments: ["--help", "--version", "completions bash", "help fetch"])
  func `what was asked for and cannot be written is an error, a closed pipe is none`(
    arguments: String
  ) throws {
    defer { program.remove() }
    let full = try program.script(#""$aggregator" \#(arguments) > /dev/full"#)
    #expect(full.status == 74)
    #expect(full.errors.contains("standard output"))
    let closed = Pipe()
    try closed.fileHandleForReading.close()
    let quiet = try program.run(
      arguments.split(separator: " ").map(String.init), output: closed.fileHandleForWriting)
    #expect(quiet.status == 0)
    #expect(quiet.errors.isEmpty)
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func `a pass ends on a signal though nobody reads what it says`(number: Int32) throws {
    defer { program.remove() }
    // More than a pipe holds.
    for count in 1...400 { try program.file("\(count).xml", "<rss version='2.0'><channel/></rss>") }
    try program.file(
      "feeds.conf",
      (1...400).map { "file://\(program.folder)/\($0).xml\n" }.joined())
    let (process, output, _) = try program.start(["fetch", "--json"])
    let pipe = output.fileHandleForReading.fileDescriptor
    var filled: Int32 = 0
    while filled < 60_000, process.isRunning {
      _ = ioctl(pipe, UInt(FIONREAD), &filled)
      usleep(10_000)
    }
    #expect(process.isRunning, "it waits for a reader")
    kill(process.processIdentifier, number)
    process.waitUntilExit()
    #expect(process.terminationStatus == 128 + number)
    #expect(try program.run("verify").status == 0)
  }

  @Test(arguments: [["parse", "/dev/zero"], ["group", "/dev/zero"], ["compare", "/dev/zero"]])
  func `a document without end is refused by name and limit`(arguments: [String]) throws {
    defer { program.remove() }
    let run = try program.run(arguments)
    #expect(run.status == 65)
    #expect(run.errors.contains("/dev/zero"))
    #expect(run.errors.contains(arguments[0] == "parse" ? "256 MiB" : "line 1: too long"))
  }

  @Test func `a damaged archive is named and has an exit code`() throws {
    defer { program.remove() }
    try program.run("fetch")
    let stories = path("Storage/stories")
    let segment = try #require(
      FileManager.default.subpathsOfDirectory(atPath: stories)
        .first { $0.hasSuffix(".open") || $0.hasSuffix(".jsonl") })
    let text = try String(contentsOfFile: stories + "/" + segment, encoding: .utf8)
    #expect(text.contains("Harbour"))
    try Data(text.replacing("Harbour", with: "Arbours").utf8)
      .write(to: URL(filePath: stories + "/" + segment))
    let run = try program.run("verify", "--read-data")
    #expect(run.status == 65)
    #expect(run.errors.contains(segment))
    #expect(run.output.isEmpty)
  }

  @Test(arguments: ["markdown", "html", "json", "text", "atom", "jsonfeed", "mbox", "tsv"])
  func `without grouping each report stands in the digest once`(format: String) throws {
    defer { program.remove() }
    let copy = "A ship struck the pier in thick fog and nobody on board was hurt in the collision."
    let items = ["urn:1", "urn:2"].map {
      "<item><guid>\($0)</guid><title>Ship strikes pier</title><description>\(copy)</description></item>"
    }
    try program.file(
      "herald.xml", "<rss version='2.0'><channel>\(items.joined())</channel></rss>")
    try program.run("fetch")
    let entries = { (grouping: String) in
      let run = try program.run(
        "export", "--since", "1970-01-01", "--format", "jsonl", "--group", grouping)
      return run.output.split(separator: "\n").count
    }
    #expect(try [entries("story"), entries("none")] == [1, 2])
    let window = ["export", "--since", "1970-01-01", "--until", "2100-01-01", "--format", format]
    let grouped = try program.run(window)
    let ungrouped = try program.run(window + ["--group", "none"])
    #expect(ungrouped.status == 0, "\(ungrouped.errors)")
    #expect(ungrouped.output.contains("Ship strikes pier"))
    #expect(ungrouped.output != grouped.output)
    let limited = try program.run(window + ["--group", "none", "--limit", "1"])
    #expect(limited.output.count < ungrouped.output.count)
  }
}
