import Foundation
import Testing

/// The commands that need no archive, and text that would steer a terminal.
@Suite struct FilterTests {
  private let program: Program

  init() throws {
    program = try Program()
  }

  private static let document = #"{"id":"a","title":"Ship strikes pier","text":"In thick fog."}"#
  private static let pair = #"{"a":{"title":"Ship strikes pier"},"b":{"title":"Market opens"}}"#

  private static let other = #"{"id":"b","title":"Ship strikes pier","text":"In thick fog."}"#

  @Test(arguments: [("group", document, other), ("compare", pair, pair)])
  func `blank lines are skipped and a bad one is named while the others go on`(
    command: String, line: String, next: String
  ) throws {
    defer { program.remove() }
    let good = try program.run(command, input: "\n\(line)\n \t\r\n\n\(next)")
    #expect(good.status == 0, "\(good.errors)")
    #expect(good.output.split(separator: "\n").count == 2)
    let lone = line.replacing("Ship", with: "\\ud800")
    let bad = try program.run(command, input: "\(line)\n\nnonsense\n\(lone)\n\(next)\n")
    #expect(bad.status == 65)
    let answers = bad.output.split(separator: "\n").filter { !$0.hasPrefix(#"{"error":"#) }
    #expect(answers == good.output.split(separator: "\n"))
    #expect(
      bad.errors.split(separator: "\n").map { $0.prefix(36) } == [
        "aggregator: standard input: line 3: ", "aggregator: standard input: line 4: ",
      ])
  }

  @Test func `a document with a date that is none leaves the others as they are`() throws {
    defer { program.remove() }
    let bad = Self.document.replacing(#""a""#, with: #""c","published":"soon""#)
    let run = try program.run("group", input: "\(Self.document)\n\(bad)\n\(Self.other)\n")
    #expect(run.status == 65)
    #expect(
      run.output == (try program.run("group", input: "\(Self.document)\n\(Self.other)")).output)
    #expect(
      run.errors == "aggregator: standard input: line 2: published: not a date and time: soon\n")
  }

  @Test func `compare answers a line that is no pair in its place`() throws {
    defer { program.remove() }
    let run = try program.run("compare", input: "\(Self.pair)\n[]\n\(Self.pair)\n")
    #expect(run.status == 65)
    let answers = run.output.split(separator: "\n")
    #expect(answers.count == 3)
    #expect(answers.dropFirst().first == #"{"error":"not a JSON object"}"#)
  }

  @Test func `compare answers a pair before there is another one`() throws {
    defer { program.remove() }
    try program.file("pair.jsonl", Self.pair + "\n")
    let run = try program.script(
      """
      mkfifo asked answered
      "$aggregator" compare < asked > answered &
      exec 3> asked 4< answered
      cat pair.jsonl >&3
      timeout 60 head -n 1 <&4 || echo nothing
      exec 3>&-
      wait
      """)
    #expect(run.output.hasPrefix(#"{"relation":"different""#))
  }

  @Test func `of a file that is something else not every line is named`() throws {
    defer { program.remove() }
    let run = try program.run("group", input: String(repeating: "nonsense\n", count: 250))
    #expect(run.status == 65)
    #expect(run.output.isEmpty)
    let errors = run.errors.split(separator: "\n")
    #expect(errors.count == 101)
    #expect(errors.last == "aggregator: standard input: 250 lines refused, of which 100 are named")
  }

  @Test func `group names the line of a second document of one id and leaves it out`() throws {
    defer { program.remove() }
    let run = try program.run(
      "group", input: "\(Self.document)\n\n\(Self.document)\n\(Self.other)\n")
    #expect(run.status == 65)
    #expect(run.output.split(separator: "\n").count == 2)
    #expect(
      run.errors == "aggregator: standard input: line 3: id: an earlier document has the same: a\n")
  }

  @Test func `lines of any length arrive whole`() throws {
    defer { program.remove() }
    // Around the 1 MiB in which files are read.
    let lengths = [1 << 20, (1 << 20) - 1, 1, 3 << 20, 7, (1 << 20) + 1]
    let lines = lengths.enumerated().map { index, length in
      #"{"id":"\#(index)","title":""}"# + String(repeating: " ", count: length)
    }
    let run = try program.run("group", input: lines.joined(separator: "\n"))
    #expect(run.status == 0, "\(run.errors)")
    let answers = run.output.split(separator: "\n")
    #expect(answers.count == lengths.count)
    #expect(answers.enumerated().allSatisfy { $1.contains(#""id":"\#($0)""#) })
  }

  private static let steering =
    "Red \u{1B}[31malert\u{9B}2J \u{202E}txet\u{2066}\u{061C}\u{200B}\u{200F}\u{FEFF}\u{E0041} end"

  private static func isHarmless(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy {
      $0 == "\n" || $0 == "\t"
        || !($0.properties.generalCategory == .control || $0.properties.generalCategory == .format)
    }
  }

  @Test func `no publisher's text steers the terminal of any command`() throws {
    defer { program.remove() }
    let entity = Self.steering.unicodeScalars.map { "&#\($0.value);" }.joined()
    // XML has no escape character, so the feed is JSON.
    let title = Self.steering.replacing("\u{1B}", with: "\\u001b")
    try program.file(
      "feed.json",
      """
      {"version":"https://jsonfeed.org/version/1.1","title":"\(title)","items":[
      {"id":"1","title":"\(title) one","content_text":"\(title) fog"},
      {"id":"2","title":"\(title) two","content_text":"\(title) fog"}]}
      """)
    try program.file("feeds.conf", "[Test]\nfile://\(program.folder)/feed.json\n")
    let page = "<link rel=alternate type=application/rss+xml href=/f title='\(entity)'>"
    let runs = [
      try program.run("fetch", "--json"), try program.run("fetch", "--force"),
      try program.run("parse", "feed.json"), try program.run("explain", "one", "two"),
      try program.run("explain", "--json", "one", "two"),
      try program.run("discover", "--url", "https://herald.example/", input: page),
      try program.run("discover", "--url", "https://\u{202E}.example/\u{1B}", input: page),
    ]
    for (number, run) in runs.enumerated() {
      #expect(run.status == 0, "\(number): \(run.errors)")
      #expect(!run.output.isEmpty, "\(number)")
      #expect(Self.isHarmless(run.output), "\(number): \(run.output.debugDescription)")
      #expect(Self.isHarmless(run.errors), "\(number): \(run.errors.debugDescription)")
    }
  }

  @Test func `explain prints an object a pair`() throws {
    defer { program.remove() }
    let items = ["one", "two"].map {
      "<item><guid>\($0)</guid><title>Ship strikes pier \($0)</title></item>"
    }
    try program.file(
      "herald.xml", "<rss version='2.0'><channel>\(items.joined())</channel></rss>")
    try program.file("feeds.conf", "[Test]\nfile://\(program.folder)/herald.xml\n")
    try program.run("fetch")
    let run = try program.run("explain", "--json", "pier one", "pier two")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    #expect(
      Set(object.keys) == [
        "stories", "relation", "similarity", "threshold", "shared", "against",
      ])
    #expect((object["stories"] as? [String])?.count == 2)
  }
}
