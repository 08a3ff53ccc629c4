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
