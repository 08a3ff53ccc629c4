import EntryImport
import Syndication
import Testing

@Suite struct SfeedLineTests {
  private func line(_ fields: String...) -> [UInt8] { Array(fields.joined(separator: "\t").utf8) }

  @Test func `every field of a line arrives`() throws {
    let entry = try SfeedLine(
      line(
        "1794981300", "Ferry aground", "https://courier.example/ferry",
        "<p>One\\ttwo\\nthree\\\\n</p>",
        "html", "courier-1", "Ola Brandt", "https://courier.example/ferry.mp3", "sea|ships"),
      subject: "courier"
    ).entry
    #expect(entry.published == Timestamp(milliseconds: 1_794_981_300_000))
    #expect(entry.title == TextConstruct("Ferry aground"))
    #expect(entry.permalink == "https://courier.example/ferry")
    #expect(entry.content?.value == "<p>One\ttwo\nthree\\n</p>")
    #expect(entry.content?.kind == .html)
    #expect(entry.guid == "courier-1")
    #expect(entry.authors == [Person(name: "Ola Brandt")])
    #expect(entry.enclosures == [Enclosure(url: "https://courier.example/ferry.mp3")])
    #expect(entry.categories == [Category(term: "sea"), Category(term: "ships")])
  }

  @Test func `an older line ends with its author, and an empty field says nothing`() throws {
    let entry = try SfeedLine(
      line("", "Ferry aground", "", "Fog.", "plain", "", ""), subject: "courier"
    ).entry
    #expect(entry.published == nil)
    #expect(entry.permalink == nil)
    #expect(entry.guid == nil)
    #expect(entry.content == TextConstruct("Fog."))
    #expect(entry.enclosures.isEmpty && entry.authors.isEmpty && entry.categories.isEmpty)
  }

  @Test(
    arguments: [
      (["1", "title", "link"], "courier: not a line of sfeed: 3 fields between tabs, not 9"),
      (
        ["today", "title", "link", "", "", "", ""],
        "courier: not a line of sfeed: its first field is no UNIX time"
      ),
    ])
  func `what is no line is named`(fields: [String], message: String) {
    let error = #expect(throws: ImportError.self) {
      try SfeedLine(Array(fields.joined(separator: "\t").utf8), subject: "courier")
    }
    #expect(error.map { "\($0)" } == message)
  }

  @Test(arguments: ["99999999999999", "-99999999999999", "9223372036854775807", "0"])
  func `a time that no calendar has is none`(time: String) throws {
    let entry = try SfeedLine(
      line(time, "Ferry", "", "", "", "", "", "", ""), subject: "courier"
    ).entry
    #expect(entry.published == nil)
    #expect(entry.title?.value == "Ferry")
  }
}
