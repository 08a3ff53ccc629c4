import FeedParsing
import Testing

@Suite struct HTMLPlainTextTests {
  @Test(arguments: [
    ("<p>One  two</p><p>three", "One two\nthree"), ("", ""), (" \n ", ""), ("<p></p>", ""),
    ("a<br>b<div>c</div>d", "a\nb\nc\nd"), ("a<br><br><br>b", "a\nb"),
    ("<ul><li>first</li><li>second</ul>after", "• first\n• second\nafter"),
    ("<ul><li><p>a</p><ul><li>b</ul><li></li></ul>c", "• a\n• b\nc"),
    ("in<b>ter</b>rupted <i>words</i>, joined", "interrupted words, joined"),
    ("Tom &amp; Jerry&nbsp;&lt;3 &hellip; &#8364;5 AT&T", "Tom & Jerry <3 … €5 AT&T"),
    ("<pre>x = 1\n  y = 2\n\nz</pre>end", "x = 1\n  y = 2\n\nz\nend"),
    ("<pre>\n\ta\r\n\tb\n</pre>", "\ta\n\tb"), ("a <pre>b</pre> c", "a\nb\nc"),
    ("<script>no</script>yes<style>no</style><!-- no -->", "yes"),
    ("a<template>no</template>b<svg><metadata>no</metadata><text>d</text></svg>c", "ab d c"),
    ("<table><tr><td>1<td>2<tr><th>3</th>\n<td>4</table>x", "1 2\n3 4\nx"),
    ("<dl><dt>term<dd>meaning</dl>", "term\nmeaning"), ("<h1>Head</h1>text", "Head\ntext"),
    ("<blockquote>a</blockquote><hr>b", "a\nb"), ("a<img src=x alt=no>b", "ab"),
    ("<math><mi>x</mi><mo>=</mo><mn>2</mn><annotation>x=2</annotation></math>", "x=2"),
    ("<textarea>a <b>b</textarea><title>c</title>", "a <b>b\nc"), ("<plaintext>a<b>", "a<b>"),
    ("<select><option>a<option>b</select>", "a\nb"), ("<unknown>a</unknown>b", "ab"),
    ("&lt;b&gt;not a tag&lt;/b&gt;", "<b>not a tag</b>"), ("1 < 2 & 3", "1 < 2 & 3"),
  ])
  func `text keeps the boundaries of blocks and joins no words`(html: String, text: String) {
    #expect(PlainText.text(ofHTML: html) == text)
  }

  @Test(arguments: [
    ("a\u{202E}b\u{2066}c\u{2069}d", "abcd"), ("a\u{0}\u{7}\u{1B}[31mb\u{7F}\u{9B}c", "a[31mbc"),
    ("soft\u{AD}hy\u{200B}phen\u{FEFF}ated", "softhyphenated"), ("a\u{FFFE}\u{FFFF}b", "ab"),
    ("a\u{A0}\u{2003}\u{3000} \u{202F}b", "a b"), ("a\u{85}b\u{B}c", "a b c"),
    ("👩\u{200D}👧 e\u{301} \u{200F}שלום", "👩\u{200D}👧 e\u{301} \u{200F}שלום"),
    ("“quoted” – ‘dash’ 日本語、テスト", "“quoted” – ‘dash’ 日本語、テスト"), ("é ñ ü ß £ ¥", "é ñ ü ß £ ¥"),
    ("&#x202E;a&#8203;b&shy;c&#7;", "abc"), ("&ensp;&emsp;a&NewLine;b&Tab;c", "a b c"),
  ])
  func `characters that do not belong into text are dropped`(html: String, text: String) {
    #expect(PlainText.text(ofHTML: html) == text)
    #expect(PlainText.line(ofHTML: html) == text)
  }

  @Test func `separators of lines are line ends, or spaces on one line`() {
    #expect(PlainText.text(ofHTML: "a\u{2028}b\u{2029}c") == "a\nb\nc")
    #expect(PlainText.line(ofHTML: "a\u{2028}b\u{2029}c") == "a b c")
  }

  @Test func `a line has no line ends and keeps its words apart`() {
    #expect(
      PlainText.line(ofHTML: "<h1>A &lt;b&gt;</h1>\n<p>c</p><li>d<pre>e\nf</pre>")
        == "A <b> c d e f")
    #expect(PlainText.line(ofText: " a &amp; <b>\r\n\tc\u{202E} ") == "a &amp; <b> c")
    #expect(PlainText.line(ofText: "") == "")
  }

  @Test(arguments: [7, 2026, 0xABCD] as [UInt64])
  func `plain text of noise is plain`(seed: UInt64) {
    let pieces = [
      "<p>", "</p>", "<pre>", "</pre>", "<li>", "<br>", "word", " ", "\n", "\t", "\r", "&nbsp;",
      "&#10;", "&#x2028;", "\u{202E}", "\u{85}", "é", "日", "\u{200B}", "<script>", "</script>",
      "<td>",
    ]
    var noise = HTMLNoise(seed: seed)
    for _ in 0..<600 {
      let html = (0..<5).map { _ in noise.text(of: pieces) }.joined()
      let (text, line) = (PlainText.text(ofHTML: html), PlainText.line(ofHTML: html))
      #expect(line == PlainText.line(ofText: line), "seed \(seed): \(html)")
      #expect(!line.utf8.contains { $0 < 0x20 }, "seed \(seed): \(html)")
      #expect(
        !text.utf8.contains { $0 < 0x20 && $0 != 0x0A && $0 != 0x09 }, "seed \(seed): \(html)")
      // The bullets of lists are all that text has and its line has not.
      let words = PlainText.line(ofText: text).split(separator: " ").filter { $0 != "•" }
      #expect(words == line.split(separator: " "), "seed \(seed): \(html)")
    }
  }
}
