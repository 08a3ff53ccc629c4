import Aggregation
import Foundation
import StoryArchive
import Syndication
import Testing

/// `status` of archives whose state was written by hand.
@Suite final class StatusTests {
  private let written: WrittenArchive
  private var program: Program { written.program }

  init() throws {
    written = try WrittenArchive()
  }

  private static func ago(_ hours: Int) -> String { WrittenArchive.ago(hours) }

  private func archive(_ feeds: String, state: String...) throws {
    try written.write(feeds, state: state)
  }

  private let feeds = """
    https://herald.example/rss
    https://courier.example/rss?token=s3cret title="The Courier"
    https://gone.example/rss paused=yes
    https://new.example/rss
    """

  private func broken(_ hours: Int) -> String {
    """
    {"feed":"https://courier.example/rss?token=s3cret","failures":7,"polls":40,"notModified":30,\
    "received":123456,"stored":12,"firstFailure":"\(Self.ago(hours))",\
    "lastSuccess":"\(Self.ago(hours + 1))","failure":{"kind":"http-404","detail":"the server \
    answered 404: there is no document at this address"}}
    """
  }

  private var fine: String {
    """
    {"feed":"https://herald.example/rss","title":"The Herald","polls":10,"notModified":9,\
    "lastSuccess":"\(Self.ago(1))","due":"\(Self.ago(-3))","rule":"rate","stored":5,"received":5000}
    """
  }

  @Test func `the table says how each feed fares, and of a broken one what to do`() throws {
    try archive(feeds, state: fine, broken(72))
    let run = try program.run("status")
    #expect(run.status == 1, "\(run.errors)")
    let lines = run.output.split(separator: "\n").map(String.init)
    #expect(lines[0].hasPrefix("HEALTH  FEED"))
    #expect(lines[1].contains("The Herald") && lines[1].hasPrefix("fine"))
    #expect(lines[1].contains("90%") && lines[1].contains("1h") && lines[1].contains("2h"))
    #expect(lines[2].hasPrefix("broken  The Courier") && lines[2].contains("75%"))
    #expect(run.output.contains("http-404 since "))
    #expect(run.output.contains("→ find the feed's new address"))
    #expect(run.output.contains("https://courier.example/rss?token=***"))
    #expect(lines.last == "4 feeds: 1 fine, 1 paused, 1 new, 1 broken")
    #expect(!(run.output + run.errors).contains("s3cret"))
  }

  @Test(arguments: [40, 60, 80, 200])
  func `no line is wider than the terminal, whatever a feed calls itself`(columns: Int) throws {
    let title = "\\u001b[31m\\u202e報道 " + String(repeating: "Ünïcode 新聞 ", count: 20)
    let state = fine.replacing("The Herald", with: title)
    try archive(feeds, state: state, broken(72))
    let run = try program.run("status", environment: ["COLUMNS": "\(columns)"])
    for line in run.output.split(separator: "\n") where !line.contains("https://") {
      #expect(width(line) <= columns, "\(line)")
    }
    #expect(!run.output.unicodeScalars.contains { $0.isHidden && $0 != "\n" })
    #expect(run.output.contains("…"))
  }

  /// Wide characters of this test's title count two columns.
  private func width(_ line: Substring) -> Int {
    line.reduce(0) { $0 + ("報道新聞".contains($1) ? 2 : 1) }
  }

  @Test func `without a terminal no line is cut or broken`() throws {
    let title = String(repeating: "Unbroken title ", count: 20)
    try archive(feeds, state: fine.replacing("The Herald", with: title), broken(72))
    let run = try program.run("status")
    #expect(run.output.contains(title.dropLast()) && !run.output.contains("…"))
  }

  @Test func `with --failing only what will not pass by itself is shown`() throws {
    try archive(feeds, state: fine, broken(72))
    let run = try program.run("status", "--failing")
    #expect(run.status == 1)
    #expect(!run.output.contains("Herald"))
    #expect(run.output.hasSuffix("1 of 4 feeds: 1 broken\n"))
    try archive(feeds, state: fine, broken(5))
    let passing = try program.run("status", "--failing")
    #expect(passing.status == 0 && passing.output == "0 of 4 feeds\n")
    #expect(try program.run("status").output.contains("failing  The Courier"))
  }

  @Test func `a pattern chooses feeds, and the exit code speaks of those`() throws {
    try archive(feeds, state: fine, broken(72))
    let run = try program.run("status", "herald")
    #expect(run.status == 0)
    #expect(run.output.hasSuffix("1 of 4 feeds: 1 fine\n"))
    #expect(try program.run("status", "-q", "COURIER").status == 1)
    let none = try program.run("status", "nobody")
    #expect(none.status == 64 && none.errors == "aggregator: nobody: no feed matches\n")
    let mistyped = try program.run("status", "heralt")
    #expect(
      mistyped.status == 64
        && mistyped.errors == "aggregator: heralt: no feed matches; did you mean \"The Herald\"?\n")
  }

  @Test func `a host that refuses fast requests is named with its gap, once`() throws {
    let slow =
      #"{"line":"herald.example","learnedMilliseconds":124001,"refused":"\#(Self.ago(1))"}"#
    let pause = #"{"host":"courier.example","until":"\#(Self.ago(-2))"}"#
    try archive(
      feeds + "\nhttps://herald.example/sport", state: fine, broken(72), slow, pause)
    let run = try program.run("status", environment: ["COLUMNS": "120"])
    let said = "herald.example: refuses to be asked fast: 2m between two requests of 2 feeds\n"
    #expect(run.output.components(separatedBy: said).count == 2, "\(run.output)")
    let json = try program.run("status", "--json", "herald").output
    #expect(json.components(separatedBy: "\"learnedGap\":125").count == 3, "\(json)")
    #expect(
      try program.run("why", "--json", "herald.example/rss").output.contains("\"learnedGap\":125"))
    let paused = try program.run("status", "--json", "courier").output
    #expect(paused.contains("\"leftAloneUntil\":\"") && !paused.contains("learnedGap"))
  }

  @Test func `a host that wants to be left alone is named with the feed that was told so`() throws {
    let pause =
      #"{"host":"courier.example","until":"\#(Self.ago(-2))","cause":"https://courier.example/b"}"#
    try archive(feeds, state: fine, pause)
    let output = try program.run("status", environment: ["COLUMNS": "200"]).output
    #expect(
      output.contains(": https://courier.example/b was told so; 1 more feed waits\n"), "\(output)")
    #expect(output.contains("\n→ where other servers answer for its other feeds: host courier"))
    let own =
      #"{"host":"courier.example","until":"\#(Self.ago(-2))","cause":"https://courier.example/rss?token=s3cret"}"#
    try archive(feeds, state: fine, own)
    #expect(!(try program.run("status").output.contains("was told so")))
  }

  @Test func `colours come where they are asked for, and text stays the same`() throws {
    try archive(feeds, state: fine, broken(72))
    let plain = try program.run("status").output
    #expect(!plain.contains("\u{1B}"), "no terminal, no colour")
    let painted = try program.run(
      "status", "--color", "always", environment: ["NO_COLOR": "1"]
    ).output
    #expect(painted.contains("\u{1B}[31mbroken\u{1B}[0m") && painted.contains("\u{1B}[32mfine"))
    #expect(painted.replacing(/\u{1B}\[[0-9]*m/, with: "") == plain)
    #expect(try program.run("status", "--color", "never").output == plain)
    let bad = try program.run("status", "--color", "mauve")
    #expect(bad.status == 64 && bad.errors.contains("mauve"))
  }

  @Test func `json is an object a feed with stable keys and no secret`() throws {
    try archive(feeds, state: fine, broken(72))
    let run = try program.run("status", "--json")
    let objects = try run.output.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(objects.compactMap { $0["health"] as? String } == ["fine", "broken", "paused", "new"])
    #expect(objects.compactMap { $0["persistent"] as? Bool } == [false, true, false, false])
    #expect(objects[0]["nextPoll"] as? String != nil && objects[1]["nextPoll"] == nil)
    #expect(objects[1]["feed"] as? String == "https://courier.example/rss?token=***")
    #expect(objects[1]["line"] as? Int == 2 && objects[1]["file"] as? String == "./feeds.conf")
    let error = try #require(objects[1]["error"] as? [String: Any])
    #expect(error["kind"] as? String == "http-404" && error["polls"] as? Int == 7)
    #expect(Set(error.keys) == ["kind", "detail", "advice", "since", "polls"])
    let troubles = try #require(objects[1]["troubles"] as? [[String: Any]])
    #expect(troubles.map { $0["kind"] as? String } == ["broken"])
    let always: Set = [
      "feed", "file", "line", "tags", "health", "persistent", "troubles", "polls", "notModified",
      "receivedBytes", "stored",
    ]
    for object in objects { #expect(always.isSubset(of: object.keys)) }
    #expect(run.status == 1)
  }

  @Test func `without an archive, without a state and with an unreadable one it says so`() throws {
    try program.file("feeds.conf", feeds)
    let without = try program.run("status")
    #expect(without.status == 66 && without.errors.contains("run `aggregator fetch` first"))
    try archive(feeds)
    try FileManager.default.removeItem(atPath: program.folder + "/Storage/state")
    let stateless = try program.run("status")
    #expect(stateless.status == 0 && stateless.output.hasSuffix("4 feeds: 1 paused, 3 new\n"))
    try archive(feeds, state: fine, "{\"feed\":", broken(72))
    let damaged = try program.run("status")
    #expect(damaged.status == 1)
    #expect(damaged.errors.contains("state/feeds.jsonl: 1 line cannot be read, ignoring"))
    let log = program.folder + "/Storage/state/feeds.jsonl"
    try FileManager.default.removeItem(atPath: log)
    try FileManager.default.createDirectory(atPath: log, withIntermediateDirectories: false)
    let unreadable = try program.run("status")
    #expect(unreadable.status == 74 && unreadable.errors.contains("state/feeds.jsonl: cannot "))
  }

  @Test func `status leaves every byte as it is, also beside one that writes`() throws {
    try archive(feeds, state: fine)
    let log = program.folder + "/Storage/state/feeds.jsonl"
    let before = try Data(contentsOf: URL(filePath: log))
    let store = try Archive.open(
      at: program.folder + "/Storage", access: .readWrite, now: Timestamp(milliseconds: 0))
    let run = try store.withWriterLock(waiting: .seconds(1)) { _ in try program.run("status") }
    #expect(run.status == 0, "\(run.errors)")
    #expect(try Data(contentsOf: URL(filePath: log)) == before)
  }

  @Test func `fetch says what to do, and shows no secret of an address`() throws {
    try program.file(
      "feeds.conf", "file:///nowhere/feed.xml\nhttp://127.0.0.1:1/rss?token=s3cret\n")
    let run = try program.run("fetch")
    #expect(run.status == 69)
    #expect(run.errors.contains("feed.xml: file: "))
    #expect(run.errors.contains("→ see that the file is there"))
    #expect(run.errors.contains("http://127.0.0.1:1/rss?token=***: blocked-address: "))
    let json = try program.run("fetch", "--force", "--json").output
    #expect(json.contains("\"advice\":\"see that the file is there"))
    let status = try program.run("status")
    #expect(status.status == 1)
    #expect(status.output.hasSuffix("2 feeds: 1 failing, 1 broken\n"))
    #expect(!(run.output + run.errors + json + status.output).contains("s3cret"))
  }

  @Test func `a digest ends with what is broken, unless it is told not to or is an old one`() throws
  {
    let gone = { (days: Int) in
      """
      {"feed":"https://new.example/rss","title":"Lost","gone":true,\
      "failure":{"kind":"gone","detail":"410"},"firstFailure":"\(Self.ago(days * 24))"}
      """
    }
    for (days, isNamed) in [(6, true), (8, false)] {
      try archive(feeds, state: fine, gone(days))
      #expect(try program.run("export").output.contains("**Lost** (gone)") == isNamed)
      #expect(try program.run("status", "--failing").output.contains("gone    Lost"))
    }
    try archive(feeds, state: fine, broken(72))
    let heading = "## Feeds that need attention"
    let run = try program.run("export")
    #expect(run.status == 0 && run.output.contains(heading), "\(run.errors)")
    #expect(run.output.contains("**The Courier** (broken): http-404 since"))
    #expect(!run.output.contains("Herald"))
    #expect(try !program.run("export", "--no-feed-health").output.contains(heading))
    #expect(try !program.run("export", "--since", "9d", "--until", "2d").output.contains(heading))
    let json = try program.run("export", "--format", "json").output
    #expect(json.contains("\"attention\":[{\"name\":\"The Courier\""))
    try archive(feeds, state: fine, broken(5))
    #expect(try !program.run("export").output.contains(heading))
    try program.file("feeds.conf", "nonsense\n")
    #expect(try program.run("export", "--storage", "Storage").status == 0)
  }
}
