import FeedFetching
import TestNumbers
import Testing

@Suite struct FetchAddressTests {
  @Test(arguments: [
    ("http://example.org", "http://example.org/", "http://example.org:80"),
    (
      "HTTPS://Example.ORG/Feed?a=b%20c&d#top", "https://example.org/Feed?a=b%20c&d",
      "https://example.org:443"
    ),
    (
      "http://example.org:8080/a;b,c?x=[1]|{2}", "http://example.org:8080/a;b,c?x=[1]|{2}",
      "http://example.org:8080"
    ),
    ("http://[2001:DB8::1]/", "http://[2001:db8::1]/", "http://[2001:db8::1]:80"),
    (
      "http://bücher.example/ü", "http://xn--bcher-kva.example/%c3%bc",
      "http://xn--bcher-kva.example:80"
    ),
    ("http://2130706433/", "http://127.0.0.1/", "http://127.0.0.1:80"),
    ("http://0x7f.1/", "http://127.0.0.1/", "http://127.0.0.1:80"),
    ("http://0177.0.0.1/", "http://127.0.0.1/", "http://127.0.0.1:80"),
    ("http://localhost./", "http://localhost./", "http://localhost.:80"),
  ])
  func `an address is read as it will be used`(text: String, sent: String, origin: String) throws {
    let address = try FetchAddress(parsing: text)
    #expect(address.text.lowercased() == sent.lowercased())
    #expect(address.origin == origin)
  }

  @Test(arguments: [
    "", "feed.xml", "example.org/feed", "//example.org/", "http://", "http:///", "http://:80/",
    "http://a b/", " http://example.org/", "http://example.org/\t", "http://example.org/a\r\nX: y",
    "http://example.org/\u{0}", "http://example.org/\u{7f}", "http://example.org/\u{a0}x",
    "http://u@example.org/", "http://u:p@example.org/", "http://@example.org/",
    "http://good\\@127.0.0.2/", "http:\\\\example.org", "http://example.org:0/",
    "http://example.org:99999/", "http://example.org:-1/", "http://example.org:80a/",
    "http://[::1/", "http://[fe80::1%25lo0]x/", "http://[fe80::1%25l\u{F6}0]/",
    "ftp://example.org/", "gopher://example.org/",
    "dict://example.org/", "javascript:alert(1)", "data:text/xml,x", "feed://example.org/",
    "file://other.host/etc/passwd", "file:", "file:///a?b", "file:a/b", "file:http:9/x",
    "http://a%25b/", "http://%31%32%37/", "http://a%3%32%37/", "|cat",
    "exec:ls", "filter:x",
  ])
  func `what is no plain address is refused with a reason`(text: String) {
    #expect(FetchAddress(text) == nil)
    do {
      _ = try FetchAddress(parsing: text)
    } catch {
      #expect(error.kind == .address && !error.detail.isEmpty)
    }
  }

  @Test func `eight kilobytes are an address, one byte more is none`() {
    let base = "http://example.org/"
    let room = FetchAddress.byteLimit - base.utf8.count
    #expect(FetchAddress(base + String(repeating: "a", count: room)) != nil)
    #expect(FetchAddress(base + String(repeating: "a", count: room + 1)) == nil)
    #expect(FetchAddress(base + String(repeating: "a", count: 64 << 10)) == nil)
  }

  @Test func `a file's address gives its decoded path`() throws {
    #expect(try FetchAddress(parsing: "file:///srv/my%20feeds/a.xml").path == "/srv/my feeds/a.xml")
    #expect(try FetchAddress(parsing: "file://localhost/srv/a.xml").path == "/srv/a.xml")
  }

  // What has a fragment is always left to libcurl, and no address keeps it.
  @Test(arguments: [
    "http://news.example/feed", "https://news.example/feed?tag=rail&page=2",
    "http://127.0.2.1:8480/00001.atom", "https://a-b.example:8443/", "http://news.example:80/feed",
    "https://news.example:443/", "http://news.example//feed", "http://news.example/a?b?c",
    "http://news.example/a?", "http://news.example/a/../b", "http://news.example/a?/../b",
    "http://news.example:0080/feed", "http://news.example:65536/feed", "http://news.example:/feed",
    "http://127.1/feed", "http://127.0.0.01/feed", "http://2130706433/", "http://news.example./",
    "http://news..example/", "http://-a.example/", "http://a_b.example/", "http://news.example",
    "http://news.example?q", "http://me@news.example/", "http://news.example/%7Eme", "http:///feed",
    "http://xn--zeitng-3ya.example/feed", "http://news.example/~me/.well-known/feed", "ftp://a/b",
    "https://news.1/feed", "http://0x7f.1/feed", "http://news.example/a~b_c-d.e/F",
  ])
  func `an address is read as libcurl reads it, plain as it may be`(text: String) {
    #expect(FetchAddress(text) == FetchAddress(text + "#top"))
  }

  @Test func `any address that is nearly plain is read as libcurl reads it`() {
    var numbers = SeededNumbers(seed: 7)
    let pieces = [
      "http://", "https://", "news", "example", ".", ".", "-", "/", "/", ":", "80", "0", "443", "?",
      "a", "B", "_", "~", "=", "&", "%41", "127", "@", "..", "\\", "+", "é",
    ]
    for number in 0..<20_000 {
      let tail = (0..<numbers.within(1...9)).map { _ in pieces[numbers.next(below: pieces.count)] }
      let text = pieces[number % 2] + tail.joined()
      #expect(FetchAddress(text) == FetchAddress(text + "#top"), "\(text)")
    }
  }
}
