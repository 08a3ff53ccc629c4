import FoundationEssentials
import Testing

@testable import aggregator

/// `aggregator search` and `index`, from the shell.
@Suite struct SearchCommandTests {
  private let program: Program

  init() throws {
    program = try Program()
    try program.file("feeds.conf", "file://\(program.folder)/herald.xml tags=city\n")
    let items = [
      ("1", "Ferry sinks", "The old ferry sank at the \u{1B}[31m quay."),
      ("2", "Harbour opens", "No <b>ferry</b> timetable & no \"fanfare\"."), ("3", "東京都", "地震"),
    ].map {
      "<item><guid>\($0.0)</guid><title>\($0.1)</title><link>https://herald.example/\($0.0)</link>"
        + "<description><![CDATA[\($0.2)]]></description></item>"
    }
    try program.file(
      "herald.xml",
      "<rss version=\"2.0\"><channel><title>The Herald</title>\(items.joined())</channel></rss>")
    try program.run("fetch")
  }

  private func urls(_ arguments: String...) throws -> [Substring] {
    try program.run(["search", "--format", "urls"] + arguments).output.split(separator: "\n")
      .map { $0.dropFirst("https://herald.example/".count) }
  }

  @Test func `words, fields, denials and scripts find their stories before and after sealing`()
    throws
  {
    defer { program.remove() }
    for _ in 0..<2 {
      #expect(try Set(urls("ferry")) == ["1", "2"])
      #expect(try urls("ferry", "-sank") == ["2"])
      #expect(try urls("-quay", "FERRY") == ["2"])
      #expect(try urls("ferry", "-vote", "-harbour") == ["1"])
      #expect(try urls("\"ferry timetable\"") == ["2"])
      #expect(try urls("--field", "title", "ferry") == ["1"])
      #expect(try urls("地震") == ["3"])
      #expect(try urls("ferry", "--tag", "city", "--feed", "herald", "--limit", "1").count == 1)
      #expect(try urls("tag:city", "harb*") == ["2"])
      #expect(try urls("ferry", "--until", "2001-01-01") == [])
      #expect(try urls("ferry", "--since", "1h").count == 2)
      try program.run("seal")
    }
    let index = try program.run("index")
    #expect(index.status == 0 && index.output.contains("0 of 1 sealed segments indexed now"))
  }

  @Test func `on a narrow terminal no word is torn, and what was found stays red`() throws {
    defer { program.remove() }
    let wide = try program.run("search", "--color", "never", "fanfare")
    let narrow = try program.run(
      "search", "--color", "always", "fanfare", environment: ["COLUMNS": "40"])
    let plain = narrow.output.replacing(/\u{1B}\[[0-9]*m/, with: "")
    #expect(wide.output.split(separator: "\n").contains { $0.count > 40 })
    let isAddress = { (line: Substring) in line.hasPrefix("https://") }
    #expect(plain.split(separator: "\n").allSatisfy { $0.count <= 40 || isAddress($0) }, "\(plain)")
    let words = { (text: String) in text.split(whereSeparator: \.isWhitespace) }
    #expect(words(plain) == words(wide.output))
    #expect(narrow.output.contains("\u{1B}[31mfanfare\u{1B}[0m"))
  }

  @Test func `every format is what it says`() throws {
    defer { program.remove() }
    let lines = try program.run("search", "ferry", "--format", "jsonl").output
    let exported = try program.run(
      "export", "--since", "1h", "--format", "jsonl", "--group", "none"
    ).output
    #expect(lines.split(separator: "\n").count == 2)
    #expect(Set(lines.split(separator: "\n")).isSubset(of: exported.split(separator: "\n")))
    for query in ["ferry", "nothing"] {
      let document = try program.run("search", query, "--format", "json").output
      #expect(throws: Never.self) {
        try JSONDecoder().decode([[String: JSONValue]].self, from: Data(document.utf8))
      }
    }
    #expect(try program.run("search", "ferry", "--count").output == "2\n")
    let text = try program.run("search", "sank").output
    #expect(text.contains("Ferry sinks") && text.contains("The Herald"))
    #expect(text.contains("https://herald.example/1") && text.contains("old ferry sank"))
    #expect(!text.contains("\u{1B}"))
    let colored = try program.run("search", "sank", "--color", "always").output
    #expect(colored.contains("\u{1B}[31msank\u{1B}[0m"))
    #expect(!colored.contains("\u{1B}[31m quay"))
  }

  @Test func `the exit status tells found from not found, and both from a wrong query`() throws {
    defer { program.remove() }
    #expect(try program.run("search", "ferry").status == 0)
    let none = try program.run("search", "nothing")
    #expect(none.status == 1 && none.output.isEmpty && none.errors.isEmpty)
    #expect(try program.run("search", "nothing", "--count").output == "0\n")
    let quiet = try program.run("search", "ferry", "-q")
    #expect(quiet.status == 0 && quiet.output.isEmpty)
    let wrong = try program.run("search", "ferry", "(quay")
    #expect(wrong.status == 64)
    #expect(wrong.errors == "aggregator: query:7: this parenthesis is not closed\n")
    #expect(try program.run("search").status == 64)
    #expect(try program.run("search", "ferry", "--limt", "1").status == 64)
    #expect(try program.run("search", "tag:nowhere").status == 64)
    #expect(try program.run("search", "ferry", "--storage", "nowhere").status != 1)
  }
}

/// Any JSON value.
private enum JSONValue: Decodable {
  case any

  init(from decoder: any Decoder) throws {
    self = .any
  }
}
