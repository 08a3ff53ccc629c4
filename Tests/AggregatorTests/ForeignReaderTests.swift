import Foundation
import Testing

/// Other programs read a live archive and find in it what `export` finds; copies of it are sound.
@Suite struct ForeignReaderTests {
  private let program: Program

  init() throws {
    program = try Program()
    try program.file(
      "feeds.conf",
      "set storage archive\nfile://\(program.folder)/a.xml\nfile://\(program.folder)/b.xml\n")
  }

  private static let package =
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").path()

  /// A berth that is closed is told of in the same words by both outlets.
  private static func item(_ outlet: String, _ number: Int, _ words: String? = nil) -> String {
    let text =
      words ?? """
        The harbour master of Port \(number) said on Tuesday that berth \(number * 3) stays closed until \
        crane \(number * 7) has been mended, which may take \(number + 11) days. “Nobody likes it,” said a \
        skipper in shed \(number * 5), “least of all the 5 < 7 of us & the cat”.
        """
    return """
      <item><guid isPermaLink="false">\(outlet)\(number)</guid><title>Berth \(number), \(outlet)</title>
      <link>https://\(outlet).example/\(number)</link>
      \(number.isMultiple(of: 2) ? "<author>ann@a.example (Ann)</author>" : "")
      \(number > 6 ? "" : "<pubDate>Tue, 17 Nov 2026 1\(number):00:00 GMT</pubDate>")
      \(number == 3 ? "<category>sea &amp; sky</category><category>work</category>" : "")
      \(number == 4 ? "<enclosure url='https://a.example/4.mp3' type='audio/mpeg' length='9'/>" : "")
      <description><![CDATA[\(text)]]></description></item>
      """
  }

  private func publish(_ outlet: String, _ items: [String]) throws {
    try program.file(
      "\(outlet).xml",
      """
      <rss version="2.0"><channel><title>\(outlet)</title><link>https://\(outlet).example/</link>
      \(items.joined())</channel></rss>
      """)
  }

  private func succeed(_ arguments: String...) throws {
    let run = try program.run(arguments)
    #expect(run.status == 0, "\(arguments): \(run.errors)")
  }

  /// Stories, copies, edits of either, a redaction; compressed, sealed and growing segments.
  private func writeArchive() throws {
    try publish("a", (1...8).map { Self.item("a", $0) })
    try publish("b", [])
    try succeed("fetch", "--force", "/a.xml")
    try succeed("seal")
    try succeed("compact", "--older-than", "0s")
    try publish("b", [1, 2, 5].map { Self.item("b", $0) })
    try succeed("fetch", "--force", "/b.xml")
    try succeed("seal")
    // What the first copy repeats is no longer what its original says.
    try publish("a", [Self.item("a", 1, "Open \u{2028} \"again\" \\ at last.")])
    try publish("b", [Self.item("b", 2, "A correction: shed 9.")])
    try succeed("fetch", "--force")
    let redacted = try #require(try exported().first { $0["guid"] as? String == "a6" }?["id"])
    try succeed("redact", try #require(redacted as? String))
    try publish("b", [Self.item("b", 9, "Late.")])
    try succeed("fetch", "--force")
  }

  private func exported(from storage: String = "archive") throws -> [[String: Any]] {
    try objects(
      program.run(
        "export", "--storage", storage, "--since", "1970-01-01", "--format", "jsonl", "--group",
        "none"
      ).output)
  }

  private func objects(_ lines: String) throws -> [[String: Any]] {
    try lines.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  /// Equal exactly if all stories and all that is said of them are.
  private func canonical(_ stories: [[String: Any]]) throws -> [String] {
    try stories.map {
      let data = try JSONSerialization.data(
        withJSONObject: $0, options: [.sortedKeys, .withoutEscapingSlashes])
      return String(decoding: data, as: UTF8.self)
    }
  }

  @Test(.enabled(if: Installed.runs("python3 --version"), "python3 is not installed"))
  func `forty lines of Python find what export finds`() throws {
    defer { program.remove() }
    try writeArchive()
    let run = try program.script("python3 '\(Self.package)/Documentation/read-archive.py' archive")
    #expect(run.errors == "")
    let names = ["uid": "id", "id": "guid", "rev": "revision"]
    let read = try objects(run.output).map { line -> [String: Any] in
      var story: [String: Any] = ["revision": 0, "categories": [], "enclosures": []]
      for key in ["published", "updated", "lang", "guid", "link", "author", "summary"] {
        story[key] = NSNull()
      }
      for (key, value) in line where !["v", "type", "cluster", "copyOf", "sum"].contains(key) {
        story[names[key] ?? key] = value
      }
      return story
    }
    let expected = try canonical(exported())
    #expect(expected.count == 11)
    #expect(try canonical(read) == expected)
  }

  @Test(
    .enabled(
      if: Installed.runs("\(Installed.python) -c 'import duckdb'"), "duckdb is not installed"))
  func `one statement of DuckDB finds what export finds`() throws {
    defer { program.remove() }
    try writeArchive()
    let statement = "\(Self.package)/Documentation/read-archive.sql"
    let run = try program.script(
      """
      cd archive && \(Installed.python) -c '
      import duckdb, json, sys
      found = duckdb.connect().execute(open(sys.argv[1]).read())
      names = [column[0] for column in found.description]
      for row in found.fetchall(): print(json.dumps(dict(zip(names, row))))
      ' '\(statement)'
      """)
    #expect(run.status == 0, "\(run.errors)")
    let read = try objects(run.output).map { line in
      var story = line
      let enclosures = line["enclosures"] as? [[String: Any]] ?? []
      story["enclosures"] = enclosures.map { $0.filter { !($0.value is NSNull) } }
      return story
    }
    let expected = try canonical(exported())
    #expect(expected.count == 11)
    #expect(try canonical(read) == expected)
  }

  @Test(.enabled(if: Installed.runs("jq --version"), "jq is not installed"))
  func `jq, zgrep, zcat and sha256sum read the sealed segments of a live archive`() throws {
    defer { program.remove() }
    try writeArchive()
    let titles = try program.script(
      "zcat -f archive/stories/*/*.jsonl* | jq -r 'select(.type == \"story\" or .type == \"copy\").title'"
    )
    #expect(titles.output.split(separator: "\n").count == 10)
    let found = try program.script("zgrep -h '\"Berth 3, a\"' archive/stories/*/*.jsonl*")
    #expect(found.output.split(separator: "\n").count == 1)
    let sums = try program.script("cd archive/stories && sha256sum -c --strict --quiet SHA256SUMS")
    #expect(sums.status == 0, "\(sums.output)\(sums.errors)")
  }

  @Test(.enabled(if: Installed.runs("rsync --version"), "rsync is not installed"))
  func `a copy that rsync takes at any moment is a sound archive of what was stored by then`()
    throws
  {
    defer { program.remove() }
    try publish("a", [])
    try publish("b", [])
    try succeed("fetch", "--force")
    let writing = try program.start(
      [
        "-c",
        """
        for number in $(seq 1 24); do
          sed "s/NUMBER/$number/g" pattern >a.xml
          "$aggregator" fetch --force --quiet /a.xml
          [ $((number % 7)) -ne 0 ] || "$aggregator" seal
          [ $((number % 13)) -ne 0 ] || "$aggregator" compact --quiet --older-than 0s
          touch "done-$number"
        done
        touch finished
        """,
      ], executable: "/bin/sh")
    try program.file(
      "pattern",
      """
      <rss version="2.0"><channel><title>a</title><item><guid isPermaLink="false">NUMBER</guid>
      <title>Report NUMBER</title></item></channel></rss>
      """)
    var stored = 0
    var rounds = 0
    while !FileManager.default.fileExists(atPath: program.folder + "/finished") {
      let before = (1...24).prefix { exists("done-\($0)") }.count
      let copying = try program.script("rsync -a --delete --exclude=/state archive/ copy/")
      // Something was sealed meanwhile: what was in it is whole after the next copy.
      if copying.status == 24 { continue }
      #expect(copying.status == 0, "\(copying.errors)")
      stored = try exported(from: "copy").count
      #expect(stored >= before, "after \(rounds) rounds")
      rounds += 1
    }
    writing.0.waitUntilExit()
    #expect(rounds > 1)
    #expect(try program.script("rsync -a --delete --exclude=/state archive/ copy/").status == 0)
    let check = try program.run("verify", "--read-data", "--storage", "copy")
    #expect(check.status == 0, "\(check.errors)")
    #expect(try canonical(exported(from: "copy")) == canonical(exported()))
  }

  private func exists(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: program.folder + "/" + name)
  }
}

/// Programs of others that this machine may have.
private enum Installed {
  /// The Python that this machine's owner installs packages for.
  static let python =
    "PATH='\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin")' python3"

  static func runs(_ command: String) -> Bool {
    guard let program = try? Program() else { return false }
    defer { program.remove() }
    return (try? program.script(command))?.status == 0
  }
}
