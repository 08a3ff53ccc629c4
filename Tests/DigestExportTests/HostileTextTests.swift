import DigestExport
import Foundation
import Syndication
import Testing

@Suite struct HostileTextTests {
  private let digest = Sample.hostileDigest()

  @Test(arguments: DigestFormat.allCases)
  func `no format shows a character that a terminal obeys or a reader cannot see`(
    format: DigestFormat
  ) {
    let structure: Set<Unicode.Scalar> = format == .tsv ? ["\n", "\t"] : ["\n"]
    for scalar in Sample.text(digest, format).unicodeScalars where !structure.contains(scalar) {
      let category = scalar.properties.generalCategory
      let isHidden = [.control, .format, .lineSeparator, .paragraphSeparator, .privateUse].contains(
        category)
      #expect(!isHidden, "U+\(String(scalar.value, radix: 16))")
    }
  }

  @Test func `only http and https addresses become links in HTML`() {
    let html = Sample.text(digest, .html)
    let links = Set(html.matches(of: /href="([^"]*)"/).map { String($0.1) })
    let own = Set((100..<112).map { "https://www.paper\($0).example/\($0)" })
    #expect(
      links.subtracting(own) == [
        "https://a.example/%22onclick=%22x", "HTTPS://A.example/%3Cx%3E", "https://a.example/)](x",
      ])
  }

  @Test func `HTML has no tag and no attribute that a publisher wrote`() {
    let html = Sample.text(digest, .html)
    let tags = Set(html.matches(of: /<\/?([A-Za-z!]+)/).map { String($0.1) })
    #expect(
      tags == [
        "!DOCTYPE", "html", "head", "meta", "title", "style", "body", "header", "h", "p", "main",
        "article", "a", "ul", "li", "b", "bdi", "time", "br", "span",
      ])
    let attributes = Set(html.matches(of: /[ \n]([a-z-]+)="/).map { String($0.1) })
    #expect(
      attributes == [
        "charset", "http-equiv", "content", "name", "lang", "id", "dir", "href", "rel", "class",
        "datetime",
      ])
    #expect(!html.contains("lang=\"en&"))
  }

  @Test(arguments: [
    ("](javascript:x)", #"\](javascript:x)"#), ("<b>&amp;", #"\<b>\&amp;"#),
    ("A & B; C", "A & B; C"),
    ("# not a heading #", ##"\# not a heading \#"##), ("C# and F#", "C# and F#"),
    ("- no list", #"\- no list"#), ("+1", #"\+1"#), ("===", #"\==="#),
    ("> no quotation", #"\> no quotation"#),
    ("12. no list", #"12\. no list"#), ("12.5 percent", #"12\.5 percent"#),
    ("1) no list", #"1\) no list"#),
    ("2026 begins", "2026 begins"), ("snake_case _x_", #"snake_case \_x\_"#),
    ("*x* `y`", #"\*x\* \`y\`"#),
    ("a|b ~~c~~", #"a\|b \~\~c\~\~"#), ("back\\slash", #"back\\slash"#), ("$5", "$5"),
    ("$5 and $6", #"\$5 and \$6"#), ("![x](y)", #"!\[x\](y)"#), ("a\nb", "a b"), ("(3)", "(3)"),
  ])
  func `markdown shows a title's characters as they are`(title: String, markdown: String) {
    let story = Sample.story(1, title: title, text: "x", link: .some(nil))
    let text = Sample.text(Sample.digest(Sample.cluster(story)), .markdown)
    #expect(text.contains("\n## \(markdown)\n"))
  }

  @Test(arguments: [
    ("https://a.example/x", "(https://a.example/x)"),
    ("https://a.example/(x)", "(<https://a.example/(x)>)"),
    ("https://a.example/a>b\\", "(https://a.example/a%3Eb%5C)"),
    ("https://a.example/?a=1&copy;", "(https://a.example/?a=1&amp;copy;)"),
  ])
  func `markdown links end where the address ends`(link: String, destination: String) {
    let story = Sample.story(1, title: "T", text: "x", link: .some(link))
    let text = Sample.text(Sample.digest(Sample.cluster(story)), .markdown)
    #expect(text.contains("\n## [T]\(destination)\n"))
  }

  @Test func `JSON Lines are one object a line and give every text back`() throws {
    let lines = Sample.text(digest, .jsonl).split(separator: "\n")
    #expect(lines.count == digest.clusters.count)
    for (line, cluster) in zip(lines, digest.clusters) {
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      let reports = object?["reports"] as? [[String: Any]] ?? []
      #expect(reports.map { $0["title"] as? String } == cluster.members.map(\.story.title))
    }
  }

  @Test func `a tower of marks and a text of megabytes stay bounded`() {
    let tower = "e" + String(repeating: "\u{301}", count: 100_000)
    let story = Sample.story(1, title: tower, text: String(repeating: "word ", count: 500_000))
    for format in [DigestFormat.markdown, .html, .text] {
      #expect(Sample.text(Sample.digest(Sample.cluster(story)), format).utf8.count < 8000)
    }
  }
}
