import DomainNames
import Testing

@Suite struct PublicSuffixListTests {
  @Test(arguments: [
    ("www.paper.co.uk", "paper.co.uk"),
    ("paper.co.uk", "paper.co.uk"),
    ("co.uk", nil),
    ("a.github.io", "a.github.io"),
    ("news.a.github.io", "a.github.io"),
    ("a.tumblr.com", "tumblr.com"),
    ("herald.b.kawasaki.jp", "herald.b.kawasaki.jp"),
    ("news.city.kawasaki.jp", "city.kawasaki.jp"),
    ("a.食狮.公司.cn", "食狮.公司.cn"),
    ("a.xn--85x722f.xn--55qx5d.cn", "xn--85x722f.xn--55qx5d.cn"),
    ("news.herald.unheard-of", "herald.unheard-of"),
    ("localhost", nil), ("", nil), (".", nil), ("com", nil),
    ("127.0.0.1", nil), ("[::1]", nil), ("1", nil), ("herald.example\0.com", nil),
  ])
  func `one registrant's names have this in common`(host: String, domain: String?) {
    #expect(PublicSuffixList.registrableDomain(of: host) == domain)
  }

  @Test(arguments: [
    ("com", true), ("co.uk", true), ("github.io", true), ("b.kawasaki.jp", true), ("公司.cn", true),
    ("xn--55qx5d.cn", true), ("city.kawasaki.jp", false), ("tumblr.com", false),
    ("intranet", false), ("localhost", false), ("", false), ("0.0.1", false), ("[::1]", false),
  ])
  func `anybody may register below what the list names`(host: String, isListed: Bool) {
    #expect(PublicSuffixList.contains(host) == isListed)
  }
}
