import Syndication
import Testing

@Suite struct NetworkRulesTests {
  private func rules(_ text: String) -> (rules: NetworkRules, problems: [String]) {
    let (configuration, problems) = FeedsConfigurationParser.parse(
      Array((text + "\nhttps://a.example/").utf8), file: "feeds.conf"
    ) { _, _ in [] }
    return (configuration.network, problems.map(\.description))
  }

  @Test func `the rule for exactly this host holds, else the nearest domain's`() {
    var rules = NetworkRules(
      hosts: [
        HostRule(host: "example", scope: .registrableDomain),
        HostRule(host: "news.example", scope: .registrableDomain),
        HostRule(host: "a.news.example"), HostRule(host: "b.example"),
      ])
    func found(_ host: String) -> String? { rules.rule(forHost: host)?.host }
    #expect(found("a.news.example") == "a.news.example")
    #expect(found("x.a.news.example") == "news.example", "a rule of a host is for it alone")
    #expect(found("x.news.example") == "news.example")
    #expect(found("x.b.example") == "example")
    #expect(found("xnews.example") == "example")
    #expect(found("newsexample") == nil)
    #expect(found("elsewhere.invalid") == nil)
    rules.hosts.append(HostRule(host: "elsewhere.invalid"))
    #expect(found("elsewhere.invalid") == "elsewhere.invalid")
  }

  @Test func `a host is reached as its rule says, else as holds for all`() throws {
    let (rules, problems) = rules(
      """
      set proxy    http://proxy.example:3128
      set ca-file  /etc/aggregator/ca.pem
      host direct.example   proxy=none
      host tor.example      proxy=socks5h://127.0.0.1:9050/  scope=registrable-domain
      host inside.example   ca=inside-ca certificate=me.pem key=/etc/aggregator/me.key allow-private=yes
      """)
    #expect(problems == [])
    #expect(rules.route(to: "any.example").proxy == (try ProxyAddress("http://proxy.example:3128")))
    #expect(rules.route(to: "any.example").authorities == .path("/etc/aggregator/ca.pem"))
    #expect(rules.route(to: "Direct.example.").proxy == nil)
    #expect(rules.route(to: "a.tor.example").proxy?.description == "socks5h://127.0.0.1:9050")
    let inside = rules.route(to: "inside.example")
    #expect(inside.authorities == .credential("inside-ca"))
    #expect(inside.certificate == .credential("me.pem"))
    #expect(inside.key == .path("/etc/aggregator/me.key"))
    #expect(inside.allowsPrivateAddresses && inside.proxy?.host == "proxy.example")
    #expect(rules.route(to: "a.inside.example").certificate == nil)
  }

  @Test(arguments: [
    ("inside.example", true), ("inside.example INSIDE.example.", true),
    ("a.domain.example b.domain.example", true), ("any.example inside.example", false),
    ("inside.example any.example inside.example", false), ("other.example inside.example", false),
    ("a.domain.example inside.example", false), ("inside.example any.example", false),
  ])
  func `what is opened or shown to a host's own feeds holds while nothing leads elsewhere`(
    way: String, holds: Bool
  ) {
    let options = "allow-private=yes ca=own certificate=me.pem key=me.key"
    let route = rules(
      """
      host inside.example \(options)
      host other.example  \(options)
      host domain.example \(options) scope=registrable-domain
      """
    ).rules.route(along: way.split(separator: " ").map(String.init))
    #expect(route.allowsPrivateAddresses == holds)
    #expect(route.certificate == (holds ? .credential("me.pem") : nil))
    #expect(route.key == (holds ? .credential("me.key") : nil))
    #expect((route.authorities == nil) == way.hasSuffix("any.example"), "whom to trust stays")
  }

  @Test(arguments: [
    ("http://p.example", "http://p.example:80"), ("https://p.example/", "https://p.example:443"),
    ("socks5h://[::1]", "socks5h://[::1]:1080"), ("http://P.example:3128", "http://p.example:3128"),
  ])
  func `a proxy has a scheme, a host and a port`(text: String, described: String) throws {
    #expect(try ProxyAddress(text).description == described)
  }

  @Test(arguments: [
    "", "p.example", "p.example:80", "socks5://p.example", "socks4://p.example", "HTTP://p.example",
    "ftp://p.example", "http://", "http://:80", "http://p.example/path", "http://p.example:0",
    "http://u:s3cret@p.example", "http://a b", "http://p.example?x", "http://a\\@b",
  ])
  func `what is no proxy is refused, and no secret repeated`(text: String) {
    let problem = #expect(throws: FeedAddress.Problem.self) { try ProxyAddress(text) }
    #expect(problem?.message.contains("s3cret") == false)
  }

  @Test(arguments: [
    (
      "set proxy socks5://a",
      "1:11: no proxy's address (http://, https:// or socks5h://, a host and a port)"
    ),
    (
      "set proxy http://u:p@a",
      "1:11: a user name or password in a URL; the credentials-file has a place for the proxy"
    ),
    (
      "set ca-file ca/own.pem",
      #"1:13: neither an absolute path nor the name of a credential: "ca/own.pem""#
    ),
    ("host a ca=../x", #"1:11: neither an absolute path nor the name of a credential: "../x""#),
    ("host a key=/k", "1:6: a key without its certificate"),
    (
      "host a proxy=direct",
      "1:14: no proxy's address (http://, https:// or socks5h://, a host and a port)"
    ),
  ])
  func `what is wrong with the network's settings is named where it stands`(
    line: String, problem: String
  ) {
    #expect(rules(line).problems == ["feeds.conf:\(problem)"])
  }
}
