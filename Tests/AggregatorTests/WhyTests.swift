import Aggregation
import Foundation
import StoryArchive
import Syndication
import Testing

/// `why` of archives whose state was written by hand.
@Suite final class WhyTests {
  private let written: WrittenArchive
  private var program: Program { written.program }

  init() throws {
    written = try WrittenArchive()
  }

  private static func ago(_ hours: Int) -> String { WrittenArchive.ago(hours) }

  private static let hourAgo = ago(1)
  /// Half a day from now, which no wait of whole days ends in.
  private static let farHour = ((Int(hourAgo.dropFirst(11).prefix(2)) ?? 0) + 12) % 24

  private let feeds = """
    set polls-per-day 200
    https://herald.example/rss?token=s3cret title="The Herald"
    https://courier.example/rss
    https://gone.example/rss
    https://new.example/rss
    https://idle.example/rss paused=yes
    """

  /// Polled an hour ago: a year of max-age, which counts as a month, and an hour to skip.
  private var herald: String {
    """
    {"feed":"https://herald.example/rss?token=s3cret","polls":10,"lastAttempt":"\(Self.hourAgo)",\
    "lastSuccess":"\(Self.hourAgo)","due":"\(Self.ago(-700))","rule":"freshness","etag":"1",\
    "lifetimeSeconds":31536000,"ttlSeconds":3600,"skipHours":[\(Self.farHour)],"window":20,\
    "rate":{"entries":60,"days":20}}
    """
  }

  private var courier: String {
    """
    {"feed":"https://courier.example/rss","polls":10,"lastAttempt":"\(Self.ago(1))",\
    "due":"\(Self.ago(-3))","rule":"backoff","failures":3,"firstFailure":"\(Self.ago(7))",\
    "failure":{"kind":"http-503","detail":"the server is busy"}}
    """
  }

  private func archive(_ state: String...) throws {
    try written.write(feeds, state: state)
  }

  private func lines(_ feed: String) throws -> [String] {
    let run = try program.run("why", feed)
    #expect(run.status == 0, "\(run.errors)")
    return run.output.split(separator: "\n").map(String.init)
  }

  @Test(arguments: [(40, 4), (60, 19)])
  func `on a narrow terminal what is said of a rule stands below it, and no word is torn`(
    columns: Int, margin: Int
  ) throws {
    try archive(herald)
    let wide = try program.run("why", "herald").output
    let run = try program.run(
      "why", "--color", "always", "herald", environment: ["COLUMNS": "\(columns)"])
    let plain = run.output.replacing(/\u{1B}\[[0-9]*m/, with: "")
    let lines = plain.split(separator: "\n")
    #expect(lines.count > wide.split(separator: "\n").count)
    for line in lines where !line.hasPrefix("https://") {
      #expect(line.count <= columns, "\(line)")
    }
    let further = lines.filter { $0.hasPrefix("   ") }
    #expect(!further.isEmpty && further.allSatisfy { $0.prefix { $0 == " " }.count == margin })
    #expect(
      plain.split(whereSeparator: \.isWhitespace) == wide.split(whereSeparator: \.isWhitespace))
    // The rule that decided is bold to its end.
    let bold = run.output.split(separator: "\n").filter { $0.hasPrefix("\u{1B}[1m") }
    #expect(bold.count > 1 && bold.allSatisfy { $0.hasSuffix("\u{1B}[0m") })
  }

  @Test func `every rule is named with its value, and the one that decided is marked`() throws {
    try archive(herald)
    let lines = try lines("herald")
    #expect(lines[0].hasPrefix("The Herald  https://herald.example/rss?"))
    #expect(!lines[0].contains("s3cret"))
    #expect(lines.filter { $0.hasPrefix("> ") }.count == 1)
    let painted = try program.run("why", "--color", "always", "herald").output
    #expect(painted.components(separatedBy: "\u{1B}[1m> max-age").count == 2, "\(painted)")
    for (name, words) in [
      ("  next poll", "its server says how long the last answer stays fresh"),
      ("> max-age, Expires", "365d, more than is believed; counts as 30d"),
      ("  own pace", "38m, the least"), ("  ttl", "1h"), ("  skipHours", " UTC"),
      ("  rate", "3 entries a day, learned from 60 entries in 20 days"),
      ("  budget", "200 polls a day for 4 feeds"), ("  window", "20 entries"),
      ("  expect", "polls a day"),
    ] {
      #expect(
        lines.contains { $0.hasPrefix(name) && $0.contains(words) },
        "\(name): \(words): \(lines.joined(separator: "\n"))")
    }
  }

  @Test func `a feed that fails says how long it is left alone for that`() throws {
    try archive(courier)
    let lines = try lines("courier")
    #expect(lines.contains { $0.hasPrefix("> backoff") && $0.contains("4h after 3 failures") })
    #expect(lines.contains { $0.contains("http-503: the server is busy") })
  }

  @Test func `what is not polled, or was never, says so`() throws {
    try archive(
      #"{"feed":"https://gone.example/rss","gone":true,"rule":"gone","due":"2030-01-01T00:00:00Z"}"#
    )
    #expect(try lines("gone")[1].contains("none: the publisher took it away (410)"))
    #expect(try lines("https://idle.example/rss")[1].contains("none: paused in feeds.conf"))
    #expect(try lines("new")[1].contains("now: it was never asked"))
  }

  @Test func `lines of the state that cannot be read are counted, before it says never`() throws {
    try archive("{", "nonsense")
    let run = try program.run("why", "new")
    #expect(run.status == 0 && run.output.contains("it was never asked"))
    #expect(run.errors == "aggregator: state/feeds.jsonl: 2 lines cannot be read, ignoring\n")
  }

  @Test func `a server that wants to be left alone is named`() throws {
    try archive(courier, #"{"host":"courier.example","until":"\#(Self.ago(-20))"}"#)
    let lines = try lines("courier")
    #expect(lines.contains { $0.hasPrefix("> host") })
    #expect(lines[1].contains("its server asked for a pause"))
  }

  @Test func `a feed that waits for what another one was told says which, and what to do`() throws {
    try archive(
      courier,
      #"{"host":"courier.example","until":"\#(Self.ago(-20))","cause":"https://courier.example/b?token=s3cret"}"#
    )
    let lines = try lines("courier")
    #expect(lines[1].contains("its host asked for a pause when another feed was asked"))
    let host = lines.firstIndex {
      $0.hasPrefix("> host") && $0.contains("/b?token=*** was told so")
    }
    let advice = try #require(host) + 1
    #expect(lines[advice].contains("→ where other servers answer"), "\(lines)")
    #expect(lines[advice].contains("host courier.example scope=url in feeds.conf"), "\(lines)")
    let json = try program.run("why", "--json", "courier").output
    #expect(json.contains(#""leftAloneAfter":"https://courier.example/b?token=***""#), "\(json)")
  }

  @Test func `one object of JSON says the same`() throws {
    try archive(herald)
    let run = try program.run("why", "--json", "herald")
    #expect(run.output.filter { $0 == "\n" }.count == 1)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    #expect(object["rule"] as? String == "freshness")
    #expect(object["entriesPerDay"] as? Double == 2.9512)
    let rules = try #require(object["rules"] as? [[String: Any]])
    let winner = try #require(rules.first { $0["decided"] as? Bool == true })
    #expect(winner["rule"] as? String == "freshness")
    #expect(winner["asked"] as? Int == 31_536_000)
    #expect(winner["counted"] as? Int == 30 * 86_400)
  }

  @Test(arguments: ["nobody", "example", ""])
  func `a name of no feed, or of several, is a usage error`(name: String) throws {
    try archive(herald)
    let run = try program.run("why", name)
    #expect(run.status == 64)
    #expect(run.output.isEmpty)
    #expect(run.errors.contains(name == "nobody" ? "no feed matches" : "feeds match"))
    #expect(name == "nobody" || run.errors.contains("rss?token=***  The Herald"))
    #expect(!run.errors.contains("s3cret"))
  }
}
