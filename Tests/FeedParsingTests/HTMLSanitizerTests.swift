import FeedParsing
import Testing

@Suite struct HTMLSanitizerTests {
  private func sanitize(_ html: String, base: String? = "https://news.test/dir/page") -> String {
    HTMLSanitizer(base: base).sanitize(html)
  }

  private func expect(
    _ html: String, becomes safe: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(sanitize(html) == safe, sourceLocation: sourceLocation)
    #expect(sanitize(safe) == safe, sourceLocation: sourceLocation)
  }

  @Test(arguments: [
    ("plain & simple < done", "plain &amp; simple &lt; done"), ("", ""),
    ("&copy; &#8364; &#x20AC; &unknown; &amp;lt;", "© € € &amp;unknown; &amp;lt;"),
    ("a&#8;b&#8c&#x7F;d&#xFFFE;e&#129;f", "abcdef"),
    ("<a href=\"java&#8;script:x\">a</a>&#9;b", "<a>a</a>\tb"),
    ("a <3 b <- c", "a &lt;3 b &lt;- c"), ("1 < 2 > 3", "1 &lt; 2 &gt; 3"),
    ("safe<!-- -- odd >fe", "safefe"), ("a<!-- b --!>c<!-->d<!--->e", "acde"), ("a<!-- never", "a"),
    ("<![CDATA[<i>in</i>]]> out ]]>", "<i>in</i> out ]]&gt;"),
    ("a <!DOCTYPE b", "a &lt;!DOCTYPE b"),
    ("a<?php x ?>b</ >c", "abc"), ("nul\u{0}l", "null"), ("x <a href=\"cut", "x "),
  ])
  func `text stays text`(html: String, safe: String) {
    expect(html, becomes: safe)
  }

  @Test(arguments: [
    ("<p>one<p>two", "<p>one</p><p>two</p>"),
    ("<ul><li>a<li>b</ul>c", "<ul><li>a</li><li>b</li></ul>c"),
    ("<ul><li>a<ul><li>b</ul><li>c</ul>", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"),
    ("<dl><dt>a<dd>b<dt>c</dl>", "<dl><dt>a</dt><dd>b</dd><dt>c</dt></dl>"),
    ("<b>bold<i>both</b>none", "<b>bold<i>both</i></b>none"), ("</p>x</div></b>", "x"),
    (
      "<table><tr><td>a<td>b<tr><td>c</table>",
      "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>"
    ),
    ("<table><tr><td>a</div></b>b</table>", "<table><tr><td>ab</td></tr></table>"),
    ("<table><caption>a<tr><td>b", "<table><caption>a</caption><tr><td>b</td></tr></table>"),
    (
      "<table><thead><tr><th><caption>a<tbody><tr><td>b",
      "<table><thead><tr><th><caption>a</caption></th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>"
    ),
    (
      "<table><caption>a<caption>b<tr><td>c<tr><td>d",
      "<table><caption>a</caption><caption>b</caption><tr><td>c</td></tr><tr><td>d</td></tr></table>"
    ),
    ("<p>a<ul><li>b</ul>", "<p>a</p><ul><li>b</li></ul>"), ("<h1>a<h2>b", "<h1>a</h1><h2>b</h2>"),
    ("<p>a<div>b</div>", "<p>a</p><div>b</div>"), ("<p>a<span>b</p>c", "<p>a<span>b</span></p>c"),
    (
      "<select><option>a<option>b</select>", "<select><option>a</option><option>b</option></select>"
    ),
    ("<ruby>字<rp>(<rt>ji<rp>)</ruby>", "<ruby>字<rp>(</rp><rt>ji</rt><rp>)</rp></ruby>"),
    ("a<br></br>b<br/>c</br>d", "a<br>b<br>c<br>d"), ("<hr></hr>x<img></img>", "<hr>x<img>"),
    ("<textarea><b>a</textarea>", "<textarea>&lt;b&gt;a</textarea>"),
    ("<pre>\n a\n  b</pre>", "<pre>\n a\n  b</pre>"),
    ("<P CLASS=lead>a</P>", "<p class=\"lead\">a</p>"),
    (
      "<figure><picture><source media=x><img alt=a></picture><figcaption>b</figcaption></figure>",
      "<figure><picture><source media=\"x\"><img alt=\"a\"></picture><figcaption>b</figcaption></figure>"
    ),
    ("<html><head><title>a</title></head><body>b</body></html>", "ab"),
    ("<iframe>a <b>b</b></iframe><noscript>c</noscript><object>d</object>", "a <b>b</b>cd"),
    ("<svg><text>a</text><p>after", " a<p>after</p>"),
    ("b<svg><metadata>x</metadata><path d=''/>a</svg>d<math/>e", "b a d<math></math>e"),
    ("<svg><title/><desc>a</desc></svg><i>b</i>", " a <i>b</i>"),
    ("<![CDATA[<script>x</script>]]&gt;", "&lt;![CDATA[]]&gt;"),
    ("<![CDATA[a]]>b<![CDATA[c", "abc"),
    ("<script>a</script>b<style>c</style>d<template>e</template>f", "bdf"),
  ])
  func `what opens closes, as browsers close it`(html: String, safe: String) {
    expect(html, becomes: safe)
  }

  @Test(arguments: [
    (
      "<img src=../a.png longdesc=d usemap=#m>",
      "<img src=\"https://news.test/a.png\" longdesc=\"https://news.test/dir/d\" usemap=\"https://news.test/dir/page#m\">"
    ),
    (
      "<a href=../up>x</a>",
      "<a href=\"https://news.test/up\" rel=\"nofollow noopener noreferrer\">x</a>"
    ),
    (
      "<a href=''>x</a>",
      "<a href=\"https://news.test/dir/page\" rel=\"nofollow noopener noreferrer\">x</a>"
    ),
    (
      "<a href='/?a=1&copy=2&amp;b=3'>x</a>",
      "<a href=\"https://news.test/?a=1&amp;copy=2&amp;b=3\" rel=\"nofollow noopener noreferrer\">x</a>"
    ),
    ("<a name=top rel=me target=_top>x</a>", "<a name=\"top\">x</a>"),
    (
      "<img srcset='a.png, b.png 2x,c,d.png 300w , javascript:x 3x'>",
      "<img srcset=\"https://news.test/dir/a.png, https://news.test/dir/b.png 2x, https://news.test/dir/c,d.png 300w\">"
    ),
    (
      "<video poster=p.jpg src=v.mp4 controls><source src=v.webm><track src=t.vtt></video>",
      "<video poster=\"https://news.test/dir/p.jpg\" src=\"https://news.test/dir/v.mp4\" controls=\"\"><source src=\"https://news.test/dir/v.webm\"><track src=\"https://news.test/dir/t.vtt\"></video>"
    ),
    (
      "<q cite=s>x</q><ins cite=s>y</ins>",
      "<q cite=\"https://news.test/dir/s\">x</q><ins cite=\"https://news.test/dir/s\">y</ins>"
    ),
    ("<span src=x cite=y action=z ping>a</span>", "<span ping=\"\">a</span>"),
    ("<img src=data:image/png;base64,AAAA alt=a>", "<img alt=\"a\">"),
    (
      "<p id=ok name=\"body\" title='<\"&>'>x</p>",
      "<p id=\"ok\" title=\"&lt;&quot;&amp;&gt;\">x</p>"
    ),
    ("<p class=a CLASS=b onclick=c unknown=d>x</p>", "<p class=\"a\">x</p>"),
    (
      "<img src=x.gif width=1 height=1>a<img width=1px height=&#48;>b<img width=1 height=9>",
      "ab<img width=\"1\" height=\"9\">"
    ),
  ])
  func `attributes are chosen and addresses resolved`(html: String, safe: String) {
    expect(html, becomes: safe)
  }

  @Test(arguments: [
    (
      "<p>Let <math display=block xmlns=x><msup><mi>x</mi><mn href=javascript:x>2</mn></msup><mspace/></math> be",
      "<p>Let <math display=\"block\"><msup><mi>x</mi><mn>2</mn></msup><mspace></mspace></math> be</p>"
    ),
    ("<math><mi>a<p>b</p></mi></math>", "<math><mi>a</mi></math><p>b</p>"),
    ("<math><mtext>a<a href=x>b</a><math>c</math>d", "<math><mtext>abc</mtext></math>d"),
    (
      "<math><semantics><mi>x</mi><annotation>$x$</annotation></semantics></math>y",
      "<math><semantics><mi>x</mi><annotation>$x$</annotation></semantics></math>y"
    ),
    ("<mi>x</mi><mglyph>", "x"), ("<div><math><mi>x</div>y", "<div><math><mi>x</mi></math></div>y"),
    ("<math><annotation-xml><svg><p>x", "<math></math><p>x</p>"),
    ("<math><style><img onerror=attack()></style><mglyph><mi>x", "<math><mi>x</mi></math>"),
  ])
  func `formulas hold MathML and text only`(html: String, safe: String) {
    expect(html, becomes: safe)
  }

  @Test func `commas around a host stay one address`() {
    let safe = sanitize("<img srcset='http://,,quay.test,,/ 1x, http://,quay.test, 2x'>")
    #expect(sanitize(safe) == safe)
  }

  @Test func `an address within escaped quotes is none of its scheme, with and without a base`() {
    let html = #"<a href=\"javascript:x\">y</a>"#
    #expect(
      HTMLStrictMarkup.problems(in: sanitize(html, base: nil), allowsRelativeAddresses: true) == [])
    #expect(HTMLStrictMarkup.problems(in: sanitize(html)) == [])
    #expect(
      HTMLStrictMarkup.problems(
        in: "<a href=\"javascript:&quot;x\"></a>", allowsRelativeAddresses: true) != [])
  }

  @Test func `without a base relative addresses stay`() {
    let safe = sanitize("<img src=a.png><a href='javascript:x'>y</a>", base: nil)
    #expect(safe == "<img src=\"a.png\"><a>y</a>")
  }

  @Test func `depth and the number of attributes are bounded`() {
    let deep = String(repeating: "<div>", count: 20_000) + "bottom"
    let safe = sanitize(deep)
    #expect(safe.utf8.count < 200 * 11 + 10 && safe.contains("bottom"))
    #expect(sanitize(safe) == safe)
    let wide = "<p " + (0..<2_000).map { "title\($0)=x " }.joined() + "title=late>x</p>"
    #expect(sanitize(wide) == "<p>x</p>")
  }

  /// Each of these makes a parser slow that searches the rest again from every mark.
  @Test(arguments: [
    "<", "<!--", "<![CDATA[", "]]", "<!", "</", "<a href='", "<script>", "<svg>", "&", "<p><b>",
    "</p>", "<textarea></", "<!-- -- ", "<a b='>", "&#", "<table>", "<li>",
  ])
  func `time grows with length only`(piece: String) {
    let text = String(repeating: piece, count: 60_000 / piece.utf8.count)
    let safe = sanitize(text)
    #expect(HTMLStrictMarkup.problems(in: safe) == [])
    _ = PlainText.text(ofHTML: text)
  }
}
