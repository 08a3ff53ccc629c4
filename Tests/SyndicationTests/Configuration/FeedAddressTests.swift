import Syndication
import Testing

@Suite struct FeedAddressTests {
  @Test(arguments: [
    ("https://example.org/rss.xml", "https://example.org/rss.xml"),
    ("HTTPS://Example.ORG:443/Rss?A=b#top", "https://example.org/Rss?A=b"),
    ("http://example.org", "http://example.org/"),
    ("http://example.org.:80", "http://example.org/"),
    ("http://example.org?x=@", "http://example.org/?x=@"),
    ("http://[::1]:8080/f", "http://[::1]:8080/f"),
    ("https://münchen.example/", "https://münchen.example/"),
    ("file:///srv/feed.xml", "file:///srv/feed.xml"),
    ("file://localhost/srv/feed.xml", "file:///srv/feed.xml"),
  ])
  func `an address has a key that its spellings share`(text: String, key: String) throws {
    let address = try FeedAddress(text)
    #expect(address.text == text)
    #expect(address.key == key)
  }

  @Test(arguments: [
    "", "example.org/feed", "ftp://example.org/", "exec:fetch", "|cmd",
    "filter:x:https://a.example",
    "javascript:alert(1)", "http:/a.example", "http://", "http:///path", "https://a.example:0/",
    "https://a.example:65536/", "https://a.example:/", "https://a.example:8o/", "https://a..b/",
    "https://.a.example/", "https://good.example\\@127.0.0.2/", "https://a b.example/",
    "https://a.example/a b", "https://a.example/\u{A0}", "https://a.example/\r\nHost: b",
    "https://a.example/\u{0}", "https://a.example/%00", "https://a\u{202E}.example/",
    "https://a%2e.example/", "https://[::1/", "https://[not]/", "file:feed.xml", "file://host/a",
    "file:///", "feed:https://a.example/",
  ])
  func `what two programs could read differently is refused`(text: String) {
    #expect(throws: FeedAddress.Problem.self) { try FeedAddress(text) }
  }

  @Test(arguments: ["https://anna:pass-word@a.example/", "ftp://anna:pass-word@a.example/"])
  func `a password in a URL is refused and not repeated`(text: String) {
    let problem = #expect(throws: FeedAddress.Problem.self) { try FeedAddress(text) }
    #expect(problem?.message.contains("pass-word") == false)
  }

  @Test func `an address longer than servers accept is refused`() {
    let start = "https://a.example/"
    let rest = FeedAddress.byteLimit - start.utf8.count
    #expect(throws: Never.self) { try FeedAddress(start + String(repeating: "x", count: rest)) }
    #expect(throws: FeedAddress.Problem.self) {
      try FeedAddress(start + String(repeating: "x", count: rest + 1))
    }
  }
}
