import Syndication
import Testing

@Suite struct WebAddressTests {
  /// RFC 3986 section 5.4.
  @Test(arguments: [
    ("g:h", "g:h"), ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"),
    ("/g", "http://a/g"), ("//g", "http://g"), ("?y", "http://a/b/c/d;p?y"),
    ("g?y", "http://a/b/c/g?y"), ("#s", "http://a/b/c/d;p?q#s"), ("g#s", "http://a/b/c/g#s"),
    ("g?y#s", "http://a/b/c/g?y#s"), (";x", "http://a/b/c/;x"), ("g;x", "http://a/b/c/g;x"),
    ("g;x?y#s", "http://a/b/c/g;x?y#s"), ("", "http://a/b/c/d;p?q"), (".", "http://a/b/c/"),
    ("./", "http://a/b/c/"), ("..", "http://a/b/"), ("../", "http://a/b/"),
    ("../g", "http://a/b/g"),
    ("../..", "http://a/"), ("../../", "http://a/"), ("../../g", "http://a/g"),
    ("../../../g", "http://a/g"), ("../../../../g", "http://a/g"), ("/./g", "http://a/g"),
    ("/../g", "http://a/g"), ("g.", "http://a/b/c/g."), (".g", "http://a/b/c/.g"),
    ("g..", "http://a/b/c/g.."), ("..g", "http://a/b/c/..g"), ("./../g", "http://a/b/g"),
    ("./g/.", "http://a/b/c/g/"), ("g/./h", "http://a/b/c/g/h"), ("g/../h", "http://a/b/c/h"),
    ("g;x=1/./y", "http://a/b/c/g;x=1/y"), ("g;x=1/../y", "http://a/b/c/y"),
    ("g?y/./x", "http://a/b/c/g?y/./x"), ("g#s/../x", "http://a/b/c/g#s/../x"),
    ("http:g", "http://a/b/c/g"),
  ])
  func `relative references resolve as RFC 3986 says`(reference: String, address: String) {
    #expect(WebAddress.resolve(reference, against: "http://a/b/c/d;p?q") == address)
  }

  @Test(arguments: [
    (" \n/x\t", "https://news.test/x"), ("a\nb", "https://news.test/dir/ab"),
    ("\\\\other.test\\y", "https://other.test/y"),
    ("HTTPS:////Other.TEST//y", "https://other.test//y"),
    ("a b\"<c>", "https://news.test/dir/a%20b%22%3Cc%3E"), ("%2e%2E/x", "https://news.test/x"),
    ("mailto:desk@news.test", "mailto:desk@news.test"),
    ("http://good\\@127.0.0.2/", "http://good/@127.0.0.2/"),
    ("\u{A0}x\u{FEFF}", "https://news.test/dir/x\u{FEFF}"),
  ])
  func `what browsers forgive is forgiven`(reference: String, address: String) {
    #expect(WebAddress.resolve(reference, against: "https://news.test/dir/feed.xml") == address)
  }
}

extension WebAddressTests {
  @Test(
    arguments: [
      ("/x", nil), ("x", nil), ("", nil), ("//host/x", nil), ("http://", nil), ("http:///", nil),
      ("https://host:99999/", nil), ("https://host:8x/", nil), ("https://[::1/", nil),
      ("https://a b/", nil), ("http://1.2.3.4.5/", nil), ("http://256.1.1.1/", nil),
      ("http://.t", nil), ("https://a..test/", nil), ("http://0xfffffffff/x", nil),
      ("http://0x/", "http://0x/"), ("http:host/x", "http://host/x"),
      ("urn:isbn:0451450523", "urn:isbn:0451450523"), ("x:/%2e//host/", "x:/.//host/"),
      ("x:/.//host/", "x:/.//host/"),
    ] as [(String, String?)])
  func `without a base only an absolute address with a host is one`(
    reference: String, address: String?
  ) {
    #expect(WebAddress.resolve(reference, against: nil) == address)
  }

  @Test(
    arguments: [
      ("x", "mailto:desk@news.test", nil), ("#part", "urn:news:1", "urn:news:1#part"),
      ("x", "https://news.test", "https://news.test/x"),
      ("?page=2", "https://news.test", "https://news.test?page=2"),
      ("//cdn.test/i.png", "http://news.test/", "http://cdn.test/i.png"),
      ("x", "not a base", nil), ("https://a.test/", "not a base", "https://a.test/"),
      ("photo.jpg", "file:///srv/feeds/one.xml", "file:///srv/feeds/photo.jpg"),
    ] as [(String, String, String?)])
  func `odd bases give what they can`(reference: String, base: String, address: String?) {
    #expect(WebAddress.resolve(reference, against: base) == address)
  }

  @Test(
    arguments: [
      ("http://127.0.0.1/", "127.0.0.1"), ("http://2130706433/", "127.0.0.1"),
      ("http://0x7f.1/", "127.0.0.1"), ("http://0177.0.0.1/", "127.0.0.1"),
      ("http://127.1", "127.0.0.1"), ("http://%31%32%37.0.0.1/", "127.0.0.1"),
      ("http://0/", "0.0.0.0"), ("http://[::1]:8080/", "[::1]"),
      ("http://[::FFFF:127.0.0.1]/", "[::ffff:127.0.0.1]"), ("http://localhost./", "localhost"),
      ("http://user:word@News.TEST:80/x", "news.test"), ("http://good\\@127.0.0.2/", "good"),
      ("http://a@b@c.test/", "c.test"), ("  hTTp:\\\\news.test", "news.test"),
      ("http://ne\nws.test/", "news.test"), ("https://zürich.test/", "zürich.test"),
      ("http://[fe80::1%25eth0]/", nil), ("http://a%2Fb/", nil), ("http://a%00b/", nil),
      ("http://4294967296/", nil), ("mailto:desk@news.test", nil), ("/path", nil), ("", nil),
      ("http://.../", nil),
    ] as [(String, String?)])
  func `every spelling of a host is read as browsers read it`(address: String, host: String?) {
    #expect(WebAddress.host(of: address) == host)
  }

  @Test(arguments: [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", " \u{1}javascript:alert(1)", "java\tscript:x",
    "java\u{0}script:x", "java\u{200B}script:x", "javascript\u{A0}:x", "javascript%3Aalert(1)",
    "%6Aavascript:x", "&#106;avascript:x", "javascript&colon;x", "vbscript:x", "data:text/html,x",
    "DATA:image/svg+xml,x", "file:///etc/passwd", "view-source:http://a.test", "blob:x",
    "livescript:x", "feed:javascript:x", "feed:feed:\tjavascript:x", "jar:x", "about:blank",
    "ws-x:y", ":x", "C:\\x", "feed\u{AD}x:y", "1http:x",
  ])
  func `an address that may run something is unsafe`(address: String) {
    #expect(!WebAddress.isSafe(address))
  }

  @Test(arguments: [
    "", "https://news.test/", "HTTP://news.test", "/path:with:colons", "path/x:y", "?q=a:b", "#a:b",
    "//host/x", "mailto:desk@news.test", "magnet:?xt=urn:x", "tel:+1", "gemini://news.test/",
    "tag:news.test,2026:1", "irc://chat.test/room", "feed:https://news.test/rss",
    "feed://news.test/rss",
    "page.html?title=javascript:x", "https://a.test/?x=1&copy=2", "?a=1&b=2",
  ])
  func `an address that only leads somewhere is safe`(address: String) {
    #expect(WebAddress.isSafe(address))
  }

  @Test(arguments: [
    ("https://a.test/x?utm_source=rss&id=7&UTM_Medium=feed", "https://a.test/x?id=7"),
    ("https://a.test/x?utm_source=rss", "https://a.test/x"),
    ("https://a.test/x?fbclid=1#utm_campaign=y", "https://a.test/x"),
    ("https://a.test/x?a=1&amp;utm_source=rss#part", "https://a.test/x?a=1#part"),
    ("https://a.test/x#xtor=RSS-3", "https://a.test/x"),
    ("https://a.test/x?q=utm_source&&b", "https://a.test/x?q=utm_source&&b"),
    ("https://a.test/utm_source=1", "https://a.test/utm_source=1"), ("", ""), ("?", "?"),
    ("https://a.test/?", "https://a.test/?"),
  ])
  func `parameters that only track are taken out`(address: String, tidied: String) {
    #expect(WebAddress.withoutTrackingParameters(address) == tidied)
    #expect(WebAddress.withoutTrackingParameters(tidied) == tidied)
  }

  private static let pieces = [
    "http:", "https:", "//", "/", "\\", ".", "..", "%2e", "?", "#", "@", ":", "80", "a", "B.test",
    "[", "]", "::1", "0x7f", "%", "%00", " ", "\t", "\n", "\u{A0}", "\u{FEFF}", "é", "javascript:",
    "&", ";", "<", "\"", "mailto:", "\u{0}",
  ]

  @Test(arguments: [3, 2026, 0xBEEF] as [UInt64])
  func `resolving noise gives nothing or an address that stays as it is`(seed: UInt64) {
    var noise = WebNoise(seed: seed)
    for _ in 0..<4_000 {
      let reference = noise.text(of: Self.pieces, limit: 10)
      let base =
        noise.next(below: 2) == 0 ? "https://news.test/a/b" : noise.text(of: Self.pieces, limit: 6)
      guard let address = WebAddress.resolve(reference, against: base) else { continue }
      #expect(
        WebAddress.resolve(address, against: base) == address,
        "seed \(seed): \(reference) in \(base)")
      #expect(!address.utf8.contains { $0 <= 0x20 || $0 == 0x22 || $0 == 0x3C || $0 == 0x3E })
      if address.hasPrefix("http") {
        #expect(WebAddress.host(of: address) != nil, "seed \(seed): \(address)")
      }
      _ = WebAddress.withoutTrackingParameters(address)
    }
  }

  @Test func `a host is the same with a user before it, however it is spelled`() {
    let hosts = [
      "a.example", "localhost", "127.0.0.1", "127.0.0.256", "127.0.1", "01.2.3.4", "0.0.0.0",
      "1.2.3.", "a..b", ".a", "a.", "a.1", "a.0x1", "1a", "-", "a-b.c-d", "A.example", "a_b",
      "é.example", "[::1]",
    ]
    for host in hosts {
      for port in ["", ":", ":8", ":8080", ":65535", ":65536", ":99999", ":0", ":8a", ":8 "] {
        for rest in ["", "/", "/x?y#z", "?q", "#f", "/\n", "@b.example/", "\\x"] {
          for scheme in ["http", "https"] {
            let plain = WebAddress.host(of: "\(scheme)://\(host)\(port)\(rest)")
            let other = WebAddress.host(of: "\(scheme)://user@\(host)\(port)\(rest)")
            #expect(plain == other, "\(host)\(port)\(rest)")
          }
        }
      }
    }
  }

  @Test func `an address beyond the limit is none`() {
    let path = String(repeating: "x", count: WebAddress.byteLimit)
    #expect(WebAddress.resolve("https://news.test/" + path, against: nil) == nil)
    #expect(WebAddress.resolve(path, against: "https://news.test/") != nil)
    #expect(WebAddress.resolve(path + "x", against: "https://news.test/") == nil)
  }
}
