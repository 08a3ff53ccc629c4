import FeedParsing
import Testing

@Suite struct HTMLPlainTextTests {
  @Test(arguments: [
    ("<p>One  two</p><p>three", "One two\nthree"),
    ("a<br>b<div>c</div>d", "a\nb\nc\nd"),
    ("<ul><li>first</li><li>second</ul>after", "• first\n• second\nafter"),
    ("in<b>ter</b>rupted &amp; joined", "interrupted & joined"),
    ("<pre>x = 1\n  y = 2\n</pre>z", "x = 1\n  y = 2\nz"),
    ("a\u{202E}b\u{7}c\u{AD}d&nbsp;&nbsp;e", "abcd e"),
    ("<script>no</script>yes<style>no</style>", "yes"),
    ("<table><tr><td>1<td>2<tr><td>3", "1 2\n3"),
  ])
  func `text keeps the boundaries of blocks`(html: String, text: String) {
    #expect(PlainText.text(ofHTML: html) == text)
  }

  @Test func `a line has no line ends`() {
    #expect(PlainText.line(ofHTML: "<h1>A &lt;b&gt;</h1>\n<p>c</p>") == "A <b> c")
    #expect(PlainText.line(ofText: " a &amp; <b>\r\n\tc ") == "a &amp; <b> c")
  }
}
