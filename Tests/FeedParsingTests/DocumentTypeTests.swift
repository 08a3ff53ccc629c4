import FeedParsing
import Syndication
import Testing

/// A document type is cut away before the parser sees it: it declares short texts and nothing else.
@Suite struct DocumentTypeTests {
  @Test(arguments: [
    "SYSTEM 'http://127.0.0.1:9/rss.dtd'", "SYSTEM 'file:///etc/passwd'",
    "PUBLIC '-//Netscape Communications//DTD RSS 0.91//EN' 'http://127.0.0.1:9/rss.dtd'",
    "[<!ENTITY % all SYSTEM 'http://127.0.0.1:9/all'> %all;]",
    "[<!ENTITY % f SYSTEM 'file:///etc/passwd'><!ENTITY % d \"<!ENTITY send SYSTEM 'http://127.0.0.1:9/?%f;'>\">%d;]",
    "[<!NOTATION n SYSTEM 'file:///bin/sh'><!ENTITY x SYSTEM '/etc/passwd' NDATA n>]",
  ])
  func `nothing outside the document is asked for`(type: String) throws {
    let feed = try parse(
      "<!DOCTYPE rss \(type)>" + rss("<title>Calm</title><description>A &send; &x; B</description>")
    )
    #expect(feed.entries.map(\.title?.value) == ["Calm"])
    #expect(feed.entries.first?.summary?.value == "A &send; &x; B")
  }

  @Test(arguments: [true, false])
  func `a document type in UTF-16 declares nothing more`(isBig: Bool) throws {
    let text =
      "<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" + rss("<title>A &x; B</title>")
    let bytes = text.utf16.flatMap {
      isBig ? [UInt8($0 >> 8), UInt8($0 & 0xFF)] : [UInt8($0 & 0xFF), UInt8($0 >> 8)]
    }
    let feed = try FeedParser.parse(bytes, ParseRequest())
    #expect(feed.entries.first?.title?.value == "A &x; B")
  }

  @Test func `inclusions include nothing`() throws {
    let inclusion =
      "<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='file:///etc/passwd' parse='text'/>"
    let feed = try parse(
      rss("<title>A \(inclusion)B</title><guid>1</guid>\(inclusion)"),
      ParseRequest(sanitizesHTML: true))
    #expect(feed.entries.first?.title?.value == "A B")
    #expect(feed.entries.first?.guid == "1")
  }

  @Test func `attributes by default are not given`() throws {
    let types =
      "<!ATTLIST enclosure url CDATA '/by-default.mp3'><!ATTLIST guid isPermaLink CDATA 'false'>"
    let feed = try parse(
      "<!DOCTYPE rss [\(types)]>"
        + rss("<enclosure type='audio/mpeg'/><guid>https://news.example/1</guid>"))
    #expect(feed.entries.first?.enclosures == [])
    #expect(feed.entries.first?.permalink == "https://news.example/1")
  }

  @Test func `much white space and a long document type hide no feed`() throws {
    let types = (0..<20_000).map { "<!ATTLIST item a\($0) CDATA 'x'>" }.joined()
    let space = String(repeating: " ", count: 1 << 20)
    let feed = try parse(
      "\(space)<!DOCTYPE rss [\(types)]>" + rss("<title>Calm</title><title/>"))
    #expect(feed.entries.map(\.title?.value) == ["Calm"])
  }

  private func rss(_ item: String) -> String {
    "<rss version=\"2.0\"><channel><title>T</title><item>\(item)</item></channel></rss>"
  }
}
