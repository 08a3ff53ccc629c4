import FeedParsing
import Syndication
import Testing

/// What readers would miss, and what they are better off without.
@Suite struct HTMLReadingTests {
  private static let link = "rel=\"nofollow noopener noreferrer\""

  private func expect(
    _ html: String, becomes safe: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let sanitizer = HTMLSanitizer(base: "https://news.test/dir/page")
    #expect(sanitizer.sanitize(html) == safe, sourceLocation: sourceLocation)
    #expect(sanitizer.sanitize(safe) == safe, sourceLocation: sourceLocation)
    #expect(HTMLStrictMarkup.problems(in: safe) == [], sourceLocation: sourceLocation)
  }

  @Test(arguments: [
    "<ol start=\"5\" reversed=\"\" type=\"a\"><li value=\"9\">x</li></ol>",
    "<table summary=\"s\"><caption>c</caption><colgroup><col span=\"2\"></colgroup><thead><tr><th scope=\"col\" abbr=\"a\">h</th></tr></thead><tbody><tr><td colspan=\"2\" rowspan=\"3\" headers=\"h\">x</td></tr></tbody></table>",
    "<p lang=\"de\" dir=\"rtl\">x</p>", "<bdo dir=\"rtl\">x</bdo><bdi>y</bdi>",
    "<abbr title=\"long\">s</abbr>", "<time datetime=\"2026-01-02\">today</time>",
    "<img src=\"https://a.test/b.png\" alt=\"a picture\" title=\"t\" width=\"300\" height=\"200\">",
    "<img srcset=\"https://a.test/b.png 1x, https://a.test/c.png 2x\" sizes=\"(min-width: 1px) 50vw\" src=\"https://a.test/b.png\">",
    "<picture><source srcset=\"https://a.test/b.webp 300w\" type=\"image/webp\" media=\"print\"><img src=\"https://a.test/b.png\"></picture>",
    "<figure><img src=\"https://a.test/b.png\"><figcaption>c</figcaption></figure>",
    "<details open=\"\"><summary>s</summary>d</details>",
    "<ruby>字<rp>(</rp><rt>ji</rt><rp>)</rp></ruby>",
    "<pre><code class=\"swift\">a  b\n</code></pre>",
    "<dl><dt>t</dt><dd>d</dd></dl>",
    "a<sup>2</sup>b<sub>3</sub><wbr><kbd>k</kbd><samp>s</samp><var>v</var>",
    "<audio src=\"https://a.test/b.mp3\" controls=\"\"></audio>",
    "<video src=\"https://a.test/b.mp4\" controls=\"\" poster=\"https://a.test/b.png\"><track src=\"https://a.test/b.vtt\" kind=\"captions\" srclang=\"en\"></video>",
    "<blockquote cite=\"https://a.test/\">q</blockquote><del cite=\"https://a.test/d\" datetime=\"2026\">x</del>",
    "<math display=\"block\"><mfrac><mi>a</mi><mn>2</mn></mfrac></math>",
    "<span aria-hidden=\"true\">x</span>", "<meter min=\"0\" max=\"9\" value=\"3\">3</meter>",
  ])
  func `what is fit to read stays as it is`(html: String) {
    expect(html, becomes: html)
  }

  @Test(arguments: [
    ("src=data:image/gif;base64,R0 data-src=real.png", "src=\"https://news.test/dir/real.png\""),
    ("data-lazy-src='/real.png' alt=a", "alt=\"a\" src=\"https://news.test/real.png\""),
    (
      "class=lazyload src=small.png data-src=//a.test/real.png",
      "class=\"lazyload\" src=\"https://a.test/real.png\""
    ),
    ("src=real.png data-src=other.png", "src=\"https://news.test/dir/real.png\""),
    ("src='' data-original=real.png", "src=\"https://news.test/dir/real.png\""),
    ("data-src=javascript:attack()", ""), ("data-src=data:image/svg+xml,x src=about:blank", ""),
    (
      "srcset=data:image/gif;base64,R0 data-srcset='a.png 1x, b.png 2x'",
      "srcset=\"https://news.test/dir/a.png, https://news.test/dir/b.png 2x\""
    ),
  ])
  func `an image that waits for a script gets its address`(given: String, written: String) {
    let safe = written.replacing("a.png,", with: "a.png 1x,")
    expect("<img \(given)>", becomes: safe.isEmpty ? "<img>" : "<img \(safe)>")
  }

  @Test func `the image for readers without scripts is not shown twice`() {
    let image = "<img src=\"https://a.test/b.png\">"
    expect(
      "<img src=data:x data-src=https://a.test/b.png><noscript><img src=https://a.test/b.png></noscript>",
      becomes: image)
    expect("<p>a</p><noscript>\(image)</noscript>", becomes: "<p>a</p>\(image)")
    expect("\(image)b\(image)", becomes: "\(image)b\(image)")
  }

  @Test(arguments: [
    "src=https://news.test/x.gif width=1 height=1", "src=/x.gif width=0 height=0",
    "src=x.gif style='border:0; WIDTH: 1px;max-height:0 '",
    "src=x.gif style='width:\t1px;\n height\u{C}:\r\n0'", "src=x.gif hidden",
    "src=x.gif style='display:none !important'", "src=x.gif width='1px' height='1PX'",
    "src=//pixel.wp.com/b.gif?host=x",
    "src=https://stats.wordpress.com/b.gif", "src=http://feeds.feedburner.com/~r/News/~4/abc",
    "src=https://ad.doubleclick.net/ddm/trackimp/x;ord=1", "src=https://da.feedsportal.com/r/1.gif",
    "src=https://blogger.googleusercontent.com/tracker/1/2", "src=HTTPS://Pixel.WP.com/g.gif",
    "src=https://counter.theconversation.com/content/1/count.gif?x&amp;y",
    "data-src=https://pixel.wp.com/b.gif",
  ])
  func `an image that counts its readers goes`(image: String) {
    expect("a<img \(image)>b", becomes: "ab")
  }

  @Test(arguments: [
    "https://i0.wp.com/a.png", "https://images.medium.com/a.png", "https://feeds.example/~r/a.png",
    "https://notpixel.wp.com.test/b.gif", "https://ad.doubleclick.net/simgad/1",
  ])
  func `an image that shows something stays`(address: String) {
    expect("<img src=\"\(address)\">", becomes: "<img src=\"\(address)\">")
  }

  @Test(arguments: [
    ("https://a.test/?utm_source=x&amp;id=3", "https://a.test/?id=3"),
    ("https://a.test/b?fbclid=1#c", "https://a.test/b#c"),
    ("https://a.test/b?page=2&gclid=1&amp;mc_cid=3", "https://a.test/b?page=2"),
    ("https://a.test/?utm=1&amp;u=2", "https://a.test/?utm=1&amp;u=2"),
    ("?UTM_medium=x", "https://news.test/dir/page"),
  ])
  func `a link says nothing about who follows it`(given: String, written: String) {
    expect("<a href='\(given)'>x</a>", becomes: "<a href=\"\(written)\" \(Self.link)>x</a>")
  }

  @Test(arguments: [
    ("https://www.youtube.com/embed/a-B_9?rel=0", "https://www.youtube.com/watch?v=a-B_9"),
    ("//www.youtube-nocookie.com/embed/x", "https://www.youtube.com/watch?v=x"),
    ("https://player.vimeo.com/video/1", "https://player.vimeo.com/video/1"),
  ])
  func `a film in a frame becomes a link`(address: String, page: String) {
    expect(
      "<p><iframe src='\(address)'></iframe>",
      becomes: "<p><a href=\"\(page)\" \(Self.link)><img alt=\"\(page)\"></a></p>")
    expect("<iframe src=https://ads.test/embed/x></iframe>a", becomes: "a")
    expect("<iframe src=javascript:https://www.youtube.com/embed/x></iframe>a", becomes: "a")
  }

  @Test func `what plays can be started, and what is hidden stays so`() {
    expect(
      "<video src=//a.test/b>", becomes: "<video src=\"https://a.test/b\" controls=\"\"></video>")
    expect("<audio>x</audio>", becomes: "<audio controls=\"\">x</audio>")
    expect("<div style='color: red; DISPLAY : none'>x</div>", becomes: "<div hidden=\"\">x</div>")
    expect("<p style='display: block; -x-display:none'>x</p>", becomes: "<p>x</p>")
  }

  @Test func `a quote that never closes takes no text with it`() {
    expect("a <b title=\"x>bold</b> end", becomes: "a <b title=\"x\">bold</b> end")
    expect(
      "<a href='y>b</a><p title=\"z\">c",
      becomes:
        "<a href=\"https://news.test/dir/y\" \(Self.link)>b</a><p title=\"z\">c</p>")
  }

  @Test(arguments: [
    "https://a.test/b?c=d&e=f#g", "http://a.test", "http://a..b/", "http://1.0xf/",
    "http://0x7f.1/x",
    "http://2130706433/", "http://a.test./x", "https://a.test/./b/../c", "https://a.test/%2e%2E/b",
    "HTTPS://A.test/B", "http://a.test:80/", "http://u:p@a.test/", "http:\\\\a.test\\b",
    "http://a.test/a b",
    "http://a.test/é", "http://é.test/", "http://a.test/\u{A0}", "http://a.test/x\u{FEFF}", "/x",
    "x/../y", "//a.test/x",
    "?q", "#f", "http://-/", "http://a_b.test/", "http://[::1]/", "http:x", "https:/x",
    "http://.a/",
    "mailto:a@b.test", "http://a.test/`'|^{}",
  ])
  func `an address in HTML is what it is elsewhere`(address: String) {
    let base = "https://news.test/dir/page"
    let safe = HTMLSanitizer(base: base).sanitize("<blockquote cite=\"\(address)\"></blockquote>")
    let resolved = WebAddress.resolve(address, against: base).map {
      " cite=\"\($0.replacing("&", with: "&amp;"))\""
    }
    #expect(safe == "<blockquote\(resolved ?? "")></blockquote>")
  }

  @Test func `a long base makes no flood of a short text`() {
    let base = "https://news.test/" + String(repeating: "d", count: 6_000) + "/"
    let html = String(repeating: "<a href=x>", count: 8_000)
    let safe = HTMLSanitizer(base: base).sanitize(html)
    #expect(safe.utf8.count < 20 * html.utf8.count + (2 << 20))
    #expect(HTMLStrictMarkup.problems(in: safe) == [])
  }
}
