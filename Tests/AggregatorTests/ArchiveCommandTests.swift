import FoundationEssentials
import Testing

@testable import aggregator

/// The archive's own commands, from the shell.
@Suite struct ArchiveCommandTests {
  let program: Program

  init() throws {
    program = try Program()
    try program.file(
      "feeds.conf",
      """
      file://\(program.folder)/feeds/herald.xml tags=city
      """)
    let items = [("urn:1", "Ferry sinks"), ("urn:2", "Harbour opens")].map {
      "<item><guid>\($0.0)</guid><title>\($0.1)</title><description>\($0.1) today.</description></item>"
    }
    try program.file(
      "feeds/herald.xml",
      "<rss version=\"2.0\"><channel><title>The Herald</title>\(items.joined())</channel></rss>")
  }

  private func lines(_ arguments: String...) throws -> [Substring] {
    let run = try program.run(arguments)
    #expect(run.status == 0, "\(arguments): \(run.errors)")
    return run.output.split(separator: "\n")
  }

  private func titles() throws -> String {
    try lines("export", "--since", "1970-01-01", "--format", "text", "--no-feed-health")
      .joined(separator: "\n")
  }

  @Test func `a digest says where a clock that was ahead keeps stories from it`() throws {
    defer { program.remove() }
    let early = try program.run(["fetch"], environment: ["AGGREGATOR_CLOCK_SHIFT": "+9000d"])
    #expect(early.status == 0)
    let empty = try program.run("export", "--format", "text", "--no-feed-health")
    #expect(!empty.output.contains("Ferry sinks"))
    #expect(empty.errors.contains("times are ahead of this machine's clock"))
    let all = try program.run("export", "--until", "2100-01-01", "--format", "text")
    #expect(all.output.contains("Ferry sinks"))
    #expect(all.errors.isEmpty)
  }

  @Test func `commands say that acknowledged stories are gone`() throws {
    defer { program.remove() }
    try program.run("fetch")
    _ = try lines("seal")
    let stories = "\(program.folder)/Storage/stories"
    let year = try #require(
      try FileManager.default.contentsOfDirectory(atPath: stories).first { $0.hasPrefix("20") })
    let segment = try #require(
      try FileManager.default.contentsOfDirectory(atPath: "\(stories)/\(year)")
        .first { $0.hasSuffix(".jsonl") })
    try FileManager.default.removeItem(atPath: "\(stories)/\(year)/\(segment)")
    for arguments in [
      ["export"], ["search", "ferry"], ["index"], ["compact"], ["prune", "--keep", "2y"],
    ] {
      let run = try program.run(arguments)
      #expect(run.status == 65, "\(arguments): \(run.errors)")
      #expect(run.errors.contains("\(segment):0: damaged: the segment is gone"), "\(arguments)")
    }
    let run = try program.run("fetch", "--force")
    #expect(run.status == 0)
    #expect(run.errors.contains("the segment is gone"))
  }

  @Test func `what is compressed, redacted and pruned reads as it should and does not come again`()
    throws
  {
    defer { program.remove() }
    try program.run("fetch")
    _ = try lines("seal")
    #expect(try lines("compact")[0].contains("nothing to compress"))
    #expect(try lines("compact", "--older-than", "0s")[0].contains("1 segment compressed"))
    #expect(try titles().contains("Ferry sinks"))
    let redacted = try lines("redact", "Ferry sinks").last ?? ""
    #expect(
      redacted.hasSuffix(
        "1 line redacted in 1 segment; looked at: stories/ and quarantine/, and no other file"))
    #expect(try lines("verify", "--read-data", "--json")[0].contains("\"sound\":true"))
    #expect(!(try titles().contains("Ferry sinks")))
    #expect(try titles().contains("Harbour opens"))
    #expect(try lines("prune", "--tag", "city", "-n").last?.contains("would go") == true)
    #expect(
      try lines("prune", "--tag", "city").last?.contains("1 line in 1 segment went") == true)
    _ = try lines("fetch", "--force", "--all")
    #expect(!(try titles().contains("Ferry")))
    #expect(!(try titles().contains("Harbour")))
    #expect(try lines("repair")[0].contains("nothing to repair"))
    #expect(try lines("verify", "--read-data")[0].contains("sound"))
  }

  @Test func `prune wants to be told what, and redact a story that is there`() throws {
    defer { program.remove() }
    try program.run("fetch")
    for arguments in [
      ["prune"], ["prune", "--keep", "soon"], ["prune", "--max-size", "20X"],
      ["prune", "--forget", "--tag", "city"], ["prune", "--tag", "sea"],
      ["verify", "--read-data=0%"],
    ] {
      #expect(try program.run(arguments).status == 64, "\(arguments)")
    }
    let redact = try program.run("redact", "No such")
    #expect(redact.status == 66)
    #expect(redact.errors.contains("No such: no story has this link or title"))
  }

  @Test func `a damaged segment is repaired from a backup`() throws {
    defer { program.remove() }
    try program.run("fetch")
    _ = try lines("seal")
    let storage = program.folder + "/Storage"
    try FileManager.default.copyItem(atPath: storage, toPath: program.folder + "/backup")
    let segment = try #require(
      FileManager.default.subpathsOfDirectory(atPath: storage).first {
        $0.hasSuffix("1.jsonl") || $0.hasSuffix(".jsonl") && $0.contains("0001-")
      })
    let path = storage + "/" + segment
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try FileManager.default.removeItem(atPath: path)
    try Data(text.replacing("Ferry", with: "Fairy").utf8).write(to: URL(filePath: path))
    #expect(try program.run("verify", "--read-data").status == 65)
    let deeds = try lines("repair", "--from", program.folder + "/backup")
    #expect(deeds.contains { $0.contains("restored from") })
    #expect(try titles().contains("Ferry sinks"))
    #expect(try lines("verify", "--read-data")[0].contains("sound"))
  }

  @Test func `a share behind an equals sign counts whatever follows`() throws {
    defer { program.remove() }
    try program.run("fetch")
    for _ in 0..<3 {
      try program.file(
        "feeds/herald.xml",
        """
        <rss version="2.0"><channel><title>The Herald</title><item><guid>urn:\(UInt64.random(in: 9 ... .max))</guid>\
        <title>Tide</title></item></channel></rss>
        """)
      _ = try lines("seal")
      _ = try lines("fetch", "--force", "--all")
    }
    let line = try lines("verify", "--read-data=5%", "--json")[0]
    #expect(line.contains("\"read\":1,"), "\(line)")
  }

  @Test func `commands on what is there make no archive`() throws {
    defer { program.remove() }
    for command in [
      ["seal"], ["compact"], ["repair"], ["redact", "Ferry"], ["prune", "--keep", "1d"],
    ] {
      let run = try program.run(command + ["--storage", "nowhere"])
      #expect(run.status != 0, "\(command)")
      #expect(run.errors.contains("nowhere: "), "\(run.errors)")
    }
    #expect(try program.run("verify", "--storage", "nowhere").status != 0)
  }

  @Test(arguments: [["export"], ["search", "ferry"], ["verify"], ["explain", "a"], ["index"]])
  func `before the first fetch a command says that it comes first`(command: [String]) throws {
    defer { program.remove() }
    let run = try program.run(command + ["--storage", "nowhere"])
    #expect(run.status == 66, "\(run.errors)")
    #expect(
      run.errors.hasSuffix(
        "nowhere: no archive: no such folder: run `aggregator fetch` first, which makes it\n"),
      "\(run.errors)")
  }

  @Test func `a backup that is not there is not to be fetched`() throws {
    defer { program.remove() }
    try program.run("fetch")
    let run = try program.run("repair", "--from", "nowhere")
    #expect(run.status == 66)
    #expect(run.errors.hasSuffix("nowhere: no archive: no such folder\n"), "\(run.errors)")
  }

  @Test func `the help of verify gives an example of a share and names no type`() throws {
    defer { program.remove() }
    let help = try program.run("verify", "--help").output.split(whereSeparator: \.isWhitespace)
      .joined(separator: " ")
    #expect(help.contains("--read-data=5%") && help.contains("(default as flag: 100%)"), "\(help)")
    #expect(!help.contains("ArgumentShare"), "\(help)")
  }

  @Test func `what code 1 means stands wherever codes are told`() throws {
    defer { program.remove() }
    let help = try program.run("--help").output.split(whereSeparator: \.isWhitespace)
      .joined(separator: " ")
    for command in ["search", "status", "redact"] {
      #expect(help.contains("of \(command): "), "\(help)")
    }
  }

  @Test func `a lost segment is told until the loss is accepted, and feeds are asked again`() throws
  {
    defer { program.remove() }
    try program.run("fetch")
    _ = try lines("seal")
    try program.file(
      "feeds/herald.xml",
      """
      <rss version="2.0"><channel><title>The Herald</title><item><guid>urn:1</guid>\
      <title>Ferry sinks</title><description>Ferry sinks today.</description></item><item><guid>urn:3</guid><title>Tide</title></item></channel></rss>
      """)
    _ = try lines("fetch", "--force", "--all")
    _ = try program.script("rm -f Storage/stories/2*/000001*")
    let sealed = try program.run("seal")
    #expect(sealed.status == 65)
    #expect(sealed.errors.contains("000001"), "\(sealed.errors)")
    #expect(try !program.script("ls Storage/stories/2*").output.contains(".open"))
    let export = try program.run("export", "--since", "1970-01-01", "--format", "text")
    #expect(export.status == 65)
    #expect(export.errors.contains("the segment is gone"))
    #expect(try program.run("repair").status == 65)
    #expect(try lines("repair", "--accept-loss")[0].contains("given up"))
    #expect(try lines("verify", "--read-data")[0].contains("sound"))
    _ = try lines("fetch", "--all")
    #expect(try titles().contains("Ferry sinks"))
  }
}
