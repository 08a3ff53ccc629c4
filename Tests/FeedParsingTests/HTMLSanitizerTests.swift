import FeedParsing
import Testing

@Suite struct HTMLSanitizerTests {
  private func sanitize(_ html: String) -> String {
    HTMLSanitizer(base: "https://news.test/dir/page").sanitize(html)
  }

  @Test(arguments: [
    ("plain & simple < done", "plain &amp; simple &lt; done"),
    ("<p>one<p>two", "<p>one</p><p>two</p>"),
    ("<b>bold<script>alert(1)</script>!", "<b>bold!</b>"),
    ("<img src=x onerror=alert(1)>", "<img src=\"https://news.test/dir/x\">"),
    ("<a href='java\nscript:alert(1)'>x</a>", "<a>x</a>"),
    (
      "<a href=../up>x</a>",
      "<a href=\"https://news.test/up\" rel=\"nofollow noopener noreferrer\">x</a>"
    ),
    ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
    ("a<br></br>b", "a<br>b"), ("</p>x</div>", "x"),
    ("<svg><script>1</script><p>after", "<p>after</p>"),
    ("<img src=p.gif width=1 height=1>x", "x"), ("safe<!-- -- odd >fe", "safefe"),
    ("<![CDATA[<i>in</i>]]>", "<i>in</i>"),
  ])
  func `the output is built from the allowed nodes`(html: String, safe: String) {
    #expect(sanitize(html) == safe)
    #expect(sanitize(safe) == safe)
  }
}
