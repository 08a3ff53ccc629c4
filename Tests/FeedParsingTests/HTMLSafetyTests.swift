import FeedParsing
import Testing

/// What publishers, or those who broke into their sites, put into feeds.
@Suite struct HTMLSafetyTests {
  private static let attacks: [String] = [
    "<script>attack()</script>", "<SCRIPT SRC=//evil.test/x.js></SCRIPT >", "<script",
    "<script>never closed",
    "<scr<script>ipt>attack()</scr</script>ipt>", "<script/x>attack()</script>",
    "<\u{0}script>attack()</script>",
    "<script><!--<script></script>--></script><img onerror=attack()>",
    "</script><script>attack()</script>",
    "<style>@import '//evil.test'</style>",
    "<p style=\"background:url(javascript:attack())\">x</p>",
    "<svg onload=attack()>", "<svg><script>attack()</script></svg>",
    "<svg><a xlink:href=javascript:attack()>x</a></svg>",
    "<svg><style><img src=\"</style><img src=x onerror=attack()>\"></svg>",
    "<svg><animate attributeName=href values=javascript:attack() /></svg>",
    "<svg></p><style><a id=\"</style><img src=1 onerror=attack()>\">",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=attack()&gt;\">",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=attack()>",
    "<math><annotation-xml encoding=text/html><script>attack()</script></annotation-xml></math>",
    "<noscript><p title=\"</noscript><img src=x onerror=attack()>\">",
    "<template><script>attack()</script></template>",
    "<noembed><img title=\"</noembed><img src onerror=attack()>\"></noembed>",
    "<textarea><img title=\"</textarea><img src onerror=attack()>\">",
    "<title><p title=\"</title><img src onerror=attack()>\">",
    "<xmp><p title=\"</xmp><svg/onload=attack()>\">",
    "<select><style></select><img src=x onerror=attack()></style>",
    "<!--><img src onerror=attack()>-->", "<!-- --!><img src onerror=attack()> -->",
    "<![CDATA[<img src onerror=attack()>]]>",
    "<!doctype x [<!entity y '<script>attack()</script>'>]>&y;",
    "<?php <img src=x onerror=attack()> ?>",
    "<iframe src=javascript:attack()></iframe>",
    "<iframe srcdoc=\"&lt;script&gt;attack()&lt;/script&gt;\"></iframe>",
    "<object data=javascript:attack()><param name=x></object>", "<embed src=//evil.test/x.swf>",
    "<applet code=x></applet>",
    "<base href=//evil.test/>", "<meta http-equiv=refresh content='0;url=javascript:attack()'>",
    "<link rel=stylesheet href=//evil.test>",
    "<form action=javascript:attack()><button formaction=javascript:attack()>x</button></form>",
    "<input type=image src=x onerror=attack()>", "<input autofocus onfocus=attack()>",
    "<isindex action=javascript:attack()>",
    "<a href=javascript:attack()>x</a>", "<a href=' \u{1}javascript:attack()'>x</a>",
    "<a href='java\tscript:attack()'>x</a>",
    "<a href=java&#x0A;script:attack()>x</a>", "<a href=javascript&colon;attack()>x</a>",
    "<a href='&#106&#97&#118&#97script:attack()'>x</a>",
    "<a href='jav&Tab;ascript:attack()'>x</a>",
    "<a href='data:text/html,<script>attack()</script>'>x</a>",
    "<a href='vbscript:attack()'>x</a>", "<a href='&amp;#106;avascript:attack()'>x</a>",
    "<a href='\u{AD}javascript:attack()'>x</a>",
    "<a href=https://news.test ping=https://evil.test>x</a>", "<area href=javascript:attack()>",
    "<img src=javascript:attack()>",
    "<img src=x onerror=attack()>", "<img/src=x/onerror=attack()>",
    "<img src='x' 'onerror=attack()'>", "<img src=x\u{C}onerror=attack()>",
    "<img srcset='javascript:attack() 1x, data:image/svg+xml,x 2x'>",
    "<img lowsrc=javascript:attack() dynsrc=javascript:attack()>",
    "<img src=data:image/svg+xml;base64,PHN2Zy8+>",
    "<img usemap=javascript:attack() longdesc=javascript:attack()>",
    "<video poster=javascript:attack()><source src=data:x><track src=javascript:attack()></video>",
    "<audio src=javascript:attack() autoplay>",
    "<blockquote cite=javascript:attack()>x</blockquote>",
    "<table background=javascript:attack()><td background=javascript:attack()>",
    "<body onload=attack()>", "<details open ontoggle=attack()>x</details>",
    "<div onclick=attack() ONCLICK=attack()>x</div>",
    "<p title='\"><script>attack()</script>'>x</p>",
    "<p title=\"`><script>attack()</script>\">x</p>",
    "<x:script xmlns:x=http://www.w3.org/1999/xhtml>attack()</x:script>",
    "<img name=getElementById id=body>", "<form id=document><input name=cookie></form>",
    "<a id=__proto__ name=constructor href=x>y</a>",
    "<p =onclick=attack()>x</p>", "<p \"=\"x\" onclick=attack()>x</p>",
    "<a href=\"x\"onclick=attack()>x</a>", "<div/onclick=attack()/>x",
    "<b\u{0}onclick=attack()>x</b>", "<image src=x onerror=attack()>",
    "<marquee onstart=attack()>x</marquee>", "<keygen autofocus onfocus=attack()>",
    "&lt;script&gt;attack()&lt;/script&gt;", "&amp;lt;script&amp;gt;",
    "<plaintext><script>attack()</script>", "<a href=\"https://x.test/\u{2028}\">x</a>",
    "<custom-element onclick=attack()>x</custom-element>",
    "<img src=//evil.test/p.gif width=1 height=1>", "<portal src=x></portal>",
    "<xml id=x><script>attack()</script></xml>",
  ]

  private func check(_ html: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let safe = HTMLSanitizer(base: "https://news.test/dir/page").sanitize(html)
    let problems = HTMLStrictMarkup.problems(in: safe)
    #expect(problems == [], "\(html) became \(safe)", sourceLocation: sourceLocation)
    let again = HTMLSanitizer(base: "https://news.test/dir/page").sanitize(safe)
    #expect(again == safe, "from \(html)", sourceLocation: sourceLocation)
  }

  @Test(arguments: attacks)
  func `nothing active survives`(attack: String) {
    check(attack)
    check("<p>before " + attack + " after</p>")
    check("<table><tr><td><svg>" + attack)
    check("<select><option>" + attack)
    check("<a title='" + attack + "'>")
  }

  @Test func `no truncation of an attack is worse than the whole`() {
    for attack in Self.attacks {
      let bytes = Array(attack.utf8)
      for end in bytes.indices { check(String(decoding: bytes[..<end], as: UTF8.self)) }
    }
  }

  @Test(arguments: [5, 2026, 0xC0FFEE] as [UInt64])
  func `no mixture of attacks is worse than its parts`(seed: UInt64) {
    var noise = HTMLNoise(seed: seed)
    for _ in 0..<400 { check(noise.text(of: Self.attacks)) }
  }

  @Test func `an attack in one story leaves the next one alone`() {
    let sanitizer = HTMLSanitizer(base: nil)
    for attack in Self.attacks {
      _ = sanitizer.sanitize(attack)
      #expect(sanitizer.sanitize("<p>calm</p>") == "<p>calm</p>")
    }
  }
}

/// Mixtures of texts, the same for the same seed.
struct HTMLNoise {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next(below bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(bound))
  }

  /// Some of `pieces`, cut and joined, with a byte of mark-up thrown in here and there.
  mutating func text(of pieces: [String]) -> String {
    var bytes: [UInt8] = []
    for _ in 0..<1 + next(below: 4) {
      let piece = Array(pieces[next(below: pieces.count)].utf8)
      let start = next(below: 3) == 0 ? next(below: piece.count) : 0
      bytes += piece[start...].prefix(next(below: 3) == 0 ? next(below: piece.count) : piece.count)
      if next(below: 4) == 0 { bytes.append(Array("<>/\"'&=-! ]\0\u{C}".utf8)[next(below: 13)]) }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
