import FeedParsing
import Syndication
import Testing

/// What publishers break, each with the entries that must survive it.
@Suite struct BreakageTests {
  private static let rest = "<item><title>Two</title><guid>g2</guid></item>"

  /// What the first title became; the second entry must be whole.
  @Test(arguments: [
    ("I <3 you", "I <3 you"), ("heart </3 broken", "heart </3 broken"),
    ("a <- b <= c", "a <- b <= c"),
    ("Tom & Jerry", "Tom & Jerry"), ("D&D rocks; AT&T", "D&D rocks; AT&T"),
    ("a\u{B}b\u{C}c", "a b c"), ("a\u{8}b", "ab"), ("a\u{FFFE}b", "ab"),
    ("a\u{7F}b&#127;c", "abc"), ("<![CDATA[a\u{7F}b]]>", "ab"), ("a&#x9D;b", "ab"),
    ("&#xD83D;&#xDE00;", "😀"), ("&#55357;&#56832;", "😀"), ("a&#xD83D;b&#xDE00;", "ab"),
    ("&#146;&#x93;", "’“"), ("a\u{80}b\u{93}c\u{81}", "a€b“c"), ("a\u{A0}b", "a\u{A0}b"),
    ("a&#x110000;b&#0;c", "abc"),
    ("<![CDATA[One]>", "One"), ("<![CDATA[One]] >", "One"), ("<![CDATA[One]]&gt;", "One"),
    ("<![CDATA[One]", "One"), ("<![CDATA[One", "One"), ("<![CDATA[a\u{1}b", "ab"),
    ("<![CDATA[One [1]]]>", "One [1]"), ("<![CDATA[a]]]]><![CDATA[>b]]>", "a]]>b"),
    ("<![cdata[One]]>", "One"), ("One <!-- a -- b --> two", "One  two"),
    ("One<!-- a --!> two", "One two"), ("One<!-- a", "One"), ("One<?php echo", "One"),
    ("One <!-> two", "One <!-> two"), ("One <? two", "One <? two"),
    ("One <!d don't", "One <!d don't"), ("One<!d don't> two", "One two"),
    ("One ]]> two", "One ]]> two"),
  ])
  func `a broken title is mended within itself`(title: String, mended: String) throws {
    let feed = try parse("<item><title>\(title)</title><guid>g1</guid></item>\(Self.rest)")
    #expect(feed.entries.map(\.title?.value) == [mended, "Two"])
    #expect(feed.entries.map(\.guid) == ["g1", "g2"])
  }

  /// Wherever a document may hold one: a terminal obeys it, whatever XML and JSON say.
  @Test(arguments: [
    "<rss version='2.0'><channel><item><title>A\u{7F}\u{9D}</title><guid>g\u{7F}\u{8D}</guid><category domain='d\u{7F}\u{8F}'>c</category></item></channel></rss>",
    "<!DOCTYPE rss [<!ENTITY e 'g\u{7F}'><!ENTITY f 'g&#127;'>]><rss version='2.0'><channel><item><guid>&e;&f;&#127;</guid><category domain='&#127;&#x9D;'>c</category></item></channel></rss>",
    "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>g</id><content mode='base64'>QX/CnUE=</content><summary type='xhtml'><div title='\u{7F}\u{90}'>\u{7F}\u{90}<p>x</p></div></summary></entry></feed>",
    "{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{\"id\":\"g\u{7F}\u{9D}\",\"title\":\"\\u007f\\u0081\"}]}",
  ])
  func `no control character is kept, with a defect`(document: String) throws {
    let feed = try FeedParser.parse(Array(document.utf8), ParseRequest())
    let entry = try #require(feed.entries.first)
    let texts =
      [entry.guid, entry.title?.value, entry.summary?.value, entry.content?.value]
      + entry.categories.map(\.scheme)
    #expect(texts.contains { $0?.isEmpty == false })
    for text in texts.compactMap({ $0 }) {
      #expect(
        !text.unicodeScalars.contains { $0.properties.generalCategory == .control },
        "\(text.debugDescription)")
    }
    #expect(!feed.defects.isEmpty)
  }

  @Test(arguments: [("<!d don't", "it's"), ("<? one", "two ?>")])
  func `what only looks like a declaration takes no entry with it`(
    first: String, last: String
  ) throws {
    let feed = try parse(
      "<item><title>\(first)</title><guid>g1</guid></item>\(Self.rest)<item><title>\(last)</title><guid>g3</guid></item>"
    )
    #expect(feed.entries.map(\.title?.value) == [first, "Two", last])
    #expect(feed.entries.map(\.guid) == ["g1", "g2", "g3"])
  }

  @Test(arguments: [
    "<![CDATA[Two]]>", "<![CDATA[T]]><![CDATA[wo]]>", "Two",
  ])
  func `a CDATA section that is never closed ends with its element`(second: String) throws {
    let items = (0..<3).map { "<item><title><![CDATA[One \($0)</title><guid>\($0)</guid></item>" }
    let feed = try parse(
      items.joined() + "<item><title>\(second)</title><guid>g2</guid></item>")
    #expect(feed.entries.map(\.title?.value) == ["One 0", "One 1", "One 2", "Two"])
    #expect(feed.entries.map(\.guid) == ["0", "1", "2", "g2"])
    #expect(feed.defects.contains { $0.kind == .malformed })
  }

  @Test func `five thousand CDATA sections without an end are read in one go`() throws {
    let count = 5000
    let item = "<item><title><![CDATA[a</title></item>"
    let feed = try parse(String(repeating: item, count: count))
    #expect(feed.entries.count == count)
    #expect(feed.entries.allSatisfy { $0.title?.value == "a" })
  }

  @Test func `a CDATA section inside another changes no text after it`() throws {
    let feed = try parse(
      "<item><title><![CDATA[A <![CDATA[B]]> C</title><guid>g1</guid></item>\(Self.rest)")
    #expect(feed.entries.map(\.title?.value) == ["A <![CDATA[B C", "Two"])
  }

  /// Elements whose end tags are missing, and what became of title, summary, GUID and link.
  @Test(arguments: [
    "<title>One<description>Body</description><guid>g1</guid>",
    "<title>One<guid>g1</guid><description>Body</description>",
    "<title>One</title><description>Body<guid>g1</guid>",
    "<title>One</title><description>Body<guid>g1",
    "<guid>g1<title>One<description>Body",
    "<title>One<author>x</author><description>Body<category>y</category><guid>g1</guid>",
    "<guid>g1<pubDate>2026-11-21<description>Body</description><title>One</title>",
    "<title>One</title><description>Body<enclosure url='http://x.example/a' type='a/b'/><guid>g1",
  ])
  func `an element without an end tag ends where the next property begins`(item: String) throws {
    let feed = try parse("<item>\(item)</item>\(Self.rest)")
    let entry = try #require(feed.entries.first)
    #expect(entry.title?.value == "One")
    #expect(entry.summary?.value == "Body")
    #expect(entry.guid == "g1")
    #expect(feed.entries.map(\.guid) == ["g1", "g2"])
    #expect(feed.defects.map(\.kind).allSatisfy { $0 == .malformed })
    #expect(!feed.defects.isEmpty)
  }

  @Test func `HTML as it is in a description stays its text`() throws {
    let body = "<p>a</p><title>b</title><summary>c</summary><i>d</i>"
    let feed = try parse("<item><description>\(body)</description></item>")
    #expect(feed.entries.first?.summary?.value == body)
  }

  @Test(arguments: [
    "<enclosure url=http://x.example/a type=a/b />",
    "<enclosure url='http://x.example/a'type='a/b'/>",
    "<enclosure url='http://x.example/a' checked/>",
    "<enclosure url='http://x.example/a' />\u{20}<br>",
    "<enclosure url='http://x.example/a' url='http://x.example/b'/>",
    "<enclosure url='http://x.example/a'/ >",
    "<enclosure url='http://x.example/a' title='a<b'/>",
    "<enclosure url='http://x.example/a'></enclosure foo>",
  ])
  func `tags that are not well-formed are mended with a defect`(markup: String) throws {
    let feed = try parse("<item><title>One</title>\(markup)</item>\(Self.rest)")
    #expect(feed.entries.first?.enclosures.map(\.url) == ["http://x.example/a"])
    #expect(feed.entries.last?.title?.value == "Two")
    #expect(feed.defects.map(\.kind) == [.malformed])
  }

  @Test(arguments: [
    "garbage", "<html><body>sorry</body></html>", "<rss><channel><item/></channel></rss>",
    "<!-- end --> x", "<?php ?>x", "<?xml version='1.0'?><rss/>",
  ])
  func `what follows the root is dropped with a defect`(rest: String) throws {
    let feed = try parse(Self.rest, after: rest)
    #expect(feed.entries.count == 1)
    #expect(feed.defects.map(\.kind) == [.malformed])
  }

  @Test(arguments: ["", "\n", "<!-- end -->\n<!-- 2 -->", "<?pi x?>"])
  func `comments and white space after the root are no defect`(rest: String) throws {
    #expect(try parse(Self.rest, after: rest).defects.isEmpty)
  }

  @Test func `an element that HTML never ends may be ended at once`() throws {
    let feed = try parse(
      "<item><title>One</title><description>a<br></br>b<img src='http://x.example/i'></img></description></item>"
    )
    #expect(feed.entries.first?.summary?.value == "a<br>b<img src=\"http://x.example/i\">")
    #expect(feed.defects.isEmpty)
  }

  @Test(arguments: [
    ("<!ENTITY co \"A &#38; B\">", "A & B"), ("<!ENTITY co \"A &amp; B\">", "A & B"),
    ("<!ENTITY co '&#x263A;'>", "☺"), ("<!ENTITY co 'x'>", "x"),
    ("<!ENTITY d 'x'><!ENTITY co '&d;&d;'>", "&co;"),
    ("<!ENTITY co SYSTEM 'file:///etc/passwd'>", "&co;"),
    ("<!ENTITY co '<b>x</b>'>", "&co;"), ("<!ENTITY % co 'x'>", "&co;"),
  ])
  func `entities of characters alone are followed`(declaration: String, title: String) throws {
    let text =
      "<!DOCTYPE rss [\(declaration)]><rss><channel><title>&co;</title></channel></rss>"
    let feed = try FeedParser.parse(Array(text.utf8), ParseRequest())
    #expect(feed.properties.title?.value == title)
  }

  private func parse(_ items: String, after rest: String = "") throws -> ParsedFeed {
    let text = "<rss version='2.0'><channel><title>F</title>\(items)</channel></rss>\(rest)"
    return try FeedParser.parse(Array(text.utf8), ParseRequest())
  }
}
