import FeedParsing
import Syndication
import Testing

/// One breakage of the wild each: the words survive and the entries stay apart.
@Suite struct RepairTests {
  struct Breakage: CustomTestStringConvertible {
    var name: String
    var document: String
    var titles: [String]
    var testDescription: String { name }
  }

  static let breakages: [Breakage] = [
    Breakage(
      name: "white space before the declaration",
      document: "\n\n <?xml version='1.0'?>" + rss("<title>A</title>"), titles: ["A"]),
    Breakage(
      name: "a warning before the feed",
      document: "<br />\n<b>Warning</b>: x in y.php on line 3<br />\n<?xml version='1.0'?>"
        + rss("<title>A</title>"), titles: ["A"]),
    Breakage(
      name: "bare ampersands", document: rss("<title>Salt & Son; R&D &x; &amp B</title>"),
      titles: ["Salt & Son; R&D &x; &amp B"]),
    Breakage(
      name: "a bare less-than sign", document: rss("<title>1 < 2, I <3 it</title>"),
      titles: ["1 < 2, I <3 it"]),
    Breakage(
      name: "entities of HTML", document: rss("<title>A&nbsp;B&hellip;&NotEqualTilde;</title>"),
      titles: ["A\u{A0}B…≂̸"]),
    Breakage(
      name: "a code of windows-1252 as a reference", document: rss("<title>A&#150;B&#x92;</title>"),
      titles: ["A–B’"]),
    Breakage(
      name: "a reference without its semicolon", document: rss("<title>A&#66 C</title>"),
      titles: ["AB C"]),
    Breakage(
      name: "an entity of the document's own",
      document: "<!DOCTYPE rss [<!ENTITY who 'Ann'><!ENTITY deg \"&#176;\">]>"
        + rss("<title>&who; 5&deg;</title>"), titles: ["Ann 5°"]),
    Breakage(
      name: "an item inside an item", document: rss("<title>A</title><item><title>B</title>"),
      titles: ["A", "B"]),
    Breakage(
      name: "an item inside an unclosed description",
      document: rss("<title>A</title><description><p>x<item><title>B</title>"), titles: ["A", "B"]),
    Breakage(
      name: "an empty item inside an item", document: rss("<item/><title>A</title>"), titles: ["A"]),
    Breakage(
      name: "crossed tags",
      document: rss("<description><b><i>x</b></i></description><title>A</title>"), titles: ["A"]),
    Breakage(
      name: "a title closed by another name", document: rss("<title>A</titel><link>/a</link>"),
      titles: ["A"]),
    Breakage(name: "a stray end tag", document: rss("</font><title>A</title></p>"), titles: ["A"]),
    Breakage(name: "end tags in another case", document: rss("<TITLE>A</Title>"), titles: ["A"]),
    Breakage(
      name: "an attribute without quotes",
      document: rss("<enclosure url=/a.mp3 length=1/><title>A</title>"), titles: ["A"]),
    Breakage(
      name: "attributes without values and twice",
      document: rss("<guid isPermaLink a a='1' a='2'>x</guid><title>A</title>"), titles: ["A"]),
    Breakage(
      name: "CDATA ended inside and outside",
      document: rss("<title><![CDATA[A]]>]]><![CDATA[B]]></title>"), titles: ["A]]>B"]),
    Breakage(
      name: "a comment and an instruction inside text",
      document: rss("<title>A<!-- x -->B<?y z?>C</title>"), titles: ["ABC"]),
    Breakage(
      name: "junk after the root", document: rss("<title>A</title>") + "<script>x</script> & <",
      titles: ["A"]),
    Breakage(
      name: "a missing end of everything", document: "<rss><channel><item><title>A", titles: ["A"]),
    Breakage(
      name: "undeclared prefixes",
      document: rss("<dc:title>A</dc:title><x:y><title>not this</title></x:y>"), titles: ["A"]),
    Breakage(
      name: "a slash apart from its bracket",
      document: rss("<enclosure url='/a' / ><title>A</title>"),
      titles: ["A"]),
    Breakage(
      name: "carriage returns", document: rss("<title>A\r\nB\rC</title>"), titles: ["A\nB\nC"]),
    Breakage(
      name: "entries inside an element of another vocabulary",
      document: rss("<title>A</title><s:conflict><item><title>B</title></item></s:conflict>"),
      titles: ["A"]),
  ]

  @Test func `an attribute with a name beyond ASCII costs nothing but itself`() throws {
    let feed = try parse("<rss é='1' s•='2' version='2.0'><title>A</title></rss>")
    #expect(feed.properties.title?.value == "A")
    #expect(feed.version == "2.0")
    #expect(Set(feed.defects.map(\.kind)) == [.malformed])
  }

  @Test(arguments: breakages)
  func `a breakage costs no words and no entries`(breakage: Breakage) throws {
    let feed = try parse(breakage.document)
    #expect(feed.entries.compactMap(\.title?.value) == breakage.titles)
  }

  @Test func `a well-formed document has no defects`() throws {
    let feed = try parse(
      "\u{FEFF}<?xml version='1.0'?><!-- x --><?style y?><!DOCTYPE rss SYSTEM 'x.dtd'>\n"
        + RepairTests.rss("<title>A &lt; B &#38; C</title><br/><a b='1' c=\"2\" />"))
    #expect(feed.defects == [])
  }

  @Test func `what was mended is counted once a kind`() throws {
    let feed = try parse(RepairTests.rss("<title>a & b & c</title>"))
    #expect(feed.defects.map(\.kind) == [.bareMarkup])
    #expect(feed.defects.first?.detail.contains("2 times") == true)
  }

  private static func rss(_ item: String) -> String {
    "<rss version='2.0'><channel><item>\(item)</item></channel></rss>"
  }
}
