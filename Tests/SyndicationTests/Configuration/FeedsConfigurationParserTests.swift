import Syndication
import Testing

private func parse(
  _ text: String, files: [String: String] = [:]
) -> (configuration: FeedsConfiguration, problems: [String]) {
  let (configuration, problems) = FeedsConfigurationParser.parse(
    Array(text.utf8), file: "feeds.conf"
  ) { pattern, _ in
    let prefix = pattern.prefix { $0 != "*" }
    return files.keys.sorted().filter {
      pattern == $0 || pattern.contains("*") && $0.hasPrefix(prefix)
    }
    .map { .init(name: $0, content: .bytes(Array((files[$0] ?? "").utf8))) }
  }
  return (configuration, problems.map(\.description))
}

@Suite struct FeedsConfigurationParserTests {
  private let example = #"""
    # The morning's papers
    set storage       Storage            # beside this file
    set interval      45m
    set polls-per-day 2000
    set user-agent    "morning/1.0 (+https://reader.example/why)"

    host news.example  gap=61s scope=registrable-domain
    host 127.0.0.1     allow-private=yes max-in-flight=4

    [World]   # what happens far away
    tags = world, politics
    https://world.example/rss.xml#top    title="The \"World\" \\ Tonight"
    https://far.example/feed             interval=2h  credential=far tags=travel,world
      ignore title ~ /sponsored|\/ad\//i
      # only this section
      keep   category = "Far World"

    [Local]
    interval = auto
    header = "Accept-Language: en"
    keep language != de
    file:///srv/feeds/local.xml paused=yes
    """#

  @Test func `the whole grammar is understood`() throws {
    let (configuration, problems) = parse(example)
    #expect(problems == [])
    #expect(configuration.storage == "Storage")
    #expect(configuration.interval == .every(.seconds(2700)))
    #expect(configuration.pollsPerDay == 2000)
    #expect(configuration.userAgent == "morning/1.0 (+https://reader.example/why)")
    #expect(
      configuration.hosts == [
        HostRule(host: "news.example", gap: .seconds(61), scope: .registrableDomain),
        HostRule(host: "127.0.0.1", allowsPrivate: true, maxInFlight: 4),
      ])
    let ad = try TextPattern(#"sponsored|\/ad\/"#, ignoringCase: true)
    #expect(
      configuration.feeds == [
        Feed(
          url: "https://world.example/rss.xml#top", title: #"The "World" \ Tonight"#,
          group: "World", tags: ["world", "politics"], file: "feeds.conf", line: 12),
        Feed(
          url: "https://far.example/feed", group: "World", tags: ["world", "politics", "travel"],
          interval: .every(.seconds(7200)), credential: "far",
          rules: [
            StoryRule(action: .ignore, field: .title, comparison: .matches(ad)),
            StoryRule(action: .keep, field: .category, comparison: .equals("Far World")),
          ], file: "feeds.conf", line: 13),
        Feed(
          url: "file:///srv/feeds/local.xml", group: "Local", interval: .auto,
          headers: [Feed.Header(name: "Accept-Language", value: "en")],
          rules: [
            StoryRule(
              action: .keep, field: .language, comparison: .equals("de"), isNegated: true)
          ], isPaused: true, file: "feeds.conf", line: 22),
      ])
    #expect(configuration.interval(of: configuration.feeds[0]) == .every(.seconds(2700)))
    #expect(configuration.interval(of: configuration.feeds[2]) == .auto)
  }

  @Test func `a byte order mark and other systems' line ends change nothing`() {
    let other =
      "\u{FEFF}"
      + example.split(separator: "\n", omittingEmptySubsequences: false)
      .joined(separator: "\r\n")
    #expect(parse(other).configuration == parse(example).configuration)
    #expect(parse(other).problems == [])
  }

  @Test(arguments: [
    ("", "1:1: no feed in it"),
    ("\n# nothing yet\n", "1:1: no feed in it"),
    ("ftp://a.example/ä", #"1:1: not an http, https or file URL: "ftp://a.example/ä""#),
    ("stt interval auto", #"1:1: not an http, https or file URL: "stt"; did you mean "set"?"#),
    ("set intervall 2h", #"1:5: unknown setting: "intervall"; did you mean "interval"?"#),
    (
      "set stall-timeout 0s",
      #"1:19: no duration between 1s and 1h, like 30s: "0s""#
    ),
    ("set interval", "1:13: the value of interval is missing"),
    (
      "set polls-per-day 0",
      #"1:19: not a number of polls between 1 and 10000000: "0""#
    ),
    (
      "set polls-per-day 1e3",
      #"1:19: not a number of polls between 1 and 10000000: "1e3""#
    ),
    (
      "set interval 2x",
      #"1:14: neither auto nor a duration between 1s and 365d, like 30m or 2h: "2x""#
    ),
    (
      "set interval 0s",
      #"1:14: neither auto nor a duration between 1s and 365d, like 30m or 2h: "0s""#
    ),
    ("set storage a b", #"1:15: nothing is expected here: "b""#),
    ("set storage \"\"", "1:13: the path is empty"),
    ("set user-agent \"ü\"", "1:16: a user agent is 1 to 256 visible ASCII characters"),
    ("set storage a\nset storage b", "2:5: storage is set at feeds.conf:1 already"),
    (
      "host a.example gap=1s\nhost A.example gap=2s",
      "2:6: a.example has its rule at feeds.conf:1 already"
    ),
    (
      "host a/b",
      #"1:6: no host name or address (an IPv6 address in brackets, an international name in its xn-- form): "a/b""#
    ),
    ("host a.example gapp=1s", #"1:16: unknown option: "gapp"; did you mean "gap"?"#),
    (
      "host a.example scope=domain",
      #"1:22: no scope (host, registrable-domain, url): "domain"; did you mean "registrable-domain"?"#
    ),
    ("host a.example allow-private=maybe", #"1:30: neither yes nor no: "maybe""#),
    ("host a.example max-in-flight=0", #"1:30: no number from 1 to 64: "0""#),
    ("[World", "1:2: a [ without its ]"),
    ("[ ]", "1:2: a group without a name"),
    ("[World] x", #"1:9: nothing is expected here: "x""#),
    ("tags = a", "1:1: an option without a group; for all feeds: set tags VALUE"),
    ("[G]\ntag = a", #"2:1: unknown option of a group: "tag"; did you mean "tags"?"#),
    ("[G]\ntitle = a", #"2:1: unknown option of a group: "title""#),
    ("[G]\ntags = a b", #"2:8: a blank in a tag: "a b"; tags are parted by commas"#),
    ("[G]\ntags =", "2:7: an empty tag"),
    ("[G]\nhttps://a.example/\ntags = a", "3:1: an option of a group stands before its feeds"),
    (
      "ignore title ~ /x/",
      "1:1: a rule of a feed is indented below it; a rule of a group stands before its feeds"
    ),
    ("  ignore title ~ /x/", "1:3: a rule without a feed above it"),
    (
      "https://a.example/\n  https://b.example/",
      #"2:3: only rules (ignore …, keep …) are indented: "https://b.example/""#
    ),
    (
      "https://a.example/\n  keeep title = x",
      #"2:3: only rules (ignore …, keep …) are indented: "keeep"; did you mean "keep"?"#
    ),
    (
      "https://a.example/\n  keep titel = x",
      #"2:8: unknown part of a story: "titel"; did you mean "title"?"#
    ),
    ("https://a.example/\n  keep title == x", #"2:14: none of =, !=, ~ and !~: "==""#),
    ("https://a.example/\n  keep title ~ x", "2:16: no regular expression between slashes, /…/"),
    ("https://a.example/\n  keep title ~ /x", "2:17: a regular expression without its closing /"),
    ("https://a.example/\n  keep title ~ /x\\", "2:17: a regular expression without its closing /"),
    ("https://a.example/\n  keep title ~ /x/g", #"2:19: the only flag is i: "g""#),
    ("https://a.example/\n  keep title ~ /(x/", "2:17: regular expression: a ( without its )"),
    ("https://a.example/ title=\"x", "1:26: a quotation mark without its partner"),
    ("https://a.example/ title=\"\\n\"", #"1:27: an unknown escape; there are \", \\ and \t"#),
    ("https://a.example/ title=\"x\"y", "1:29: no blank after the closing quotation mark"),
    (
      "https://a.example/ title=x\"y",
      "1:27: a quotation mark inside an unquoted value; quote the whole value"
    ),
    ("https://a.example/ title= x", "1:20: no value directly after title="),
    ("https://a.example/ title=x title=y", "1:28: title stands twice"),
    ("https://a.example/ World", #"1:20: no option (key=value): "World""#),
    (
      "https://a.example/ credential=../key",
      "1:31: no name of a credential (letters, digits, - _ and .); the secret itself never stands in this file"
    ),
    (
      "https://a.example/ header=\"Authorization: Bearer x\"",
      "1:27: Authorization holds a secret; use credential=NAME"
    ),
    ("https://a.example/ header=Host:b", "1:27: Host is set by the program itself"),
    ("https://a.example/ header=b", "1:27: no header field, like \"Accept-Language: en\""),
    ("https://a.example/\u{0}x", "1:19: a control character, U+0000"),
    ("https://ä.example/\u{1B}[2J", "1:19: a control character, U+001B"),
    ("include none.conf", #"1:9: no such file: "none.conf""#),
    (
      "https://u:p@a.example/",
      "1:1: a user name or password in a URL; use credential=NAME, which names a file"
    ),
    (
      "https://a.example/ title=x\nHTTPS://a.example title=y",
      "2:1: the feed of feeds.conf:1 with another title"
    ),
  ])
  func `a problem is shown with its line and column`(text: String, problem: String) {
    #expect(parse(text).problems == ["feeds.conf:" + problem])
  }

  @Test func `all problems are reported at once, in the order of the text`() {
    let (configuration, problems) = parse(
      """
      set speed fast
      https://good.example/
      gopher://old.example/
        keep nonsense
      https://b.example/ intervall=2h paused=perhaps tags=,
      """)
    #expect(
      problems.map { $0.prefix(17) } == [
        "feeds.conf:1:5: u", "feeds.conf:3:1: n", "feeds.conf:4:8: u", "feeds.conf:5:20: ",
        "feeds.conf:5:40: ", "feeds.conf:5:53: ",
      ])
    #expect(configuration.feeds.map(\.url) == ["https://good.example/", "https://b.example/"])
  }

  @Test func `a rule below a wrong feed does not fall to the feed above`() {
    let (configuration, _) = parse("https://a.example/\nftp://b.example/\n  ignore title = x")
    #expect(configuration.feeds.map(\.rules) == [[]])
  }

  @Test func `a request that stands twice is one feed with the tags and rules of both`() {
    let (configuration, problems) = parse(
      """
      [A]
      tags = a
      https://x.example/feed
      [B]
      tags = b
      https://X.example:443/feed#again title=X
        ignore title = Y
      """)
    #expect(problems == [])
    #expect(configuration.feeds.count == 1)
    #expect(configuration.feeds.first?.url == "https://x.example/feed")
    #expect(configuration.feeds.first?.group == "A")
    #expect(configuration.feeds.first?.title == "X")
    #expect(configuration.feeds.first?.tags == ["a", "b"])
    #expect(configuration.feeds.first?.rules.count == 1)
  }

  @Test func `bytes that are no UTF-8 are named where they stand`() {
    let text =
      Array("https://a.example/\nhttps://b.example/ title=Z".utf8) + [0xFC] + Array("rich".utf8)
    let (_, problems) = FeedsConfigurationParser.parse(text, file: "f") { _, _ in [] }
    #expect(problems.map(\.description) == ["f:2:27: not UTF-8"])
    let (_, wide) = FeedsConfigurationParser.parse([0xFF, 0xFE, 0x68, 0], file: "f") { _, _ in [] }
    #expect(wide.map(\.description) == ["f:1:1: UTF-16; write the file as UTF-8"])
  }

  @Test func `an included file stands in the place of its line`() {
    let files = [
      "feeds.d/a.conf": "https://a.example/\n[Own]\nhttps://own.example/",
      "feeds.d/b.conf": "https://b.example/ bad",
    ]
    let (configuration, problems) = parse(
      "[Outer]\ntags = t\ninclude feeds.d/*.conf\nhttps://z.example/\nnonsense", files: files)
    #expect(
      problems == [
        #"feeds.conf:5:1: not an http, https or file URL: "nonsense""#,
        #"feeds.d/b.conf:1:20: no option (key=value): "bad""#,
      ])
    #expect(
      configuration.feeds.map { "\($0.group ?? "") \($0.tags) \($0.file):\($0.line)" } == [
        #"Outer ["t"] feeds.d/a.conf:1"#, "Own [] feeds.d/a.conf:3", #"Outer ["t"] feeds.conf:4"#,
      ])
  }

  @Test func `files that include themselves, each other or too deep are named`() {
    let loop = ["a.conf": "include b.conf", "b.conf": "\ninclude a.conf"]
    #expect(
      parse("include a.conf", files: loop).problems == [#"b.conf:2:9: "a.conf" includes itself"#])
    #expect(
      parse("include feeds.conf", files: ["feeds.conf": ""]).problems
        == [#"feeds.conf:1:9: "feeds.conf" includes itself"#])
    let deep = Dictionary(
      uniqueKeysWithValues: (1...9).map { ("\($0).conf", "include \($0 + 1).conf") })
    #expect(parse("include 1.conf", files: deep).problems == ["7.conf:1:9: more than 8 files deep"])
  }

  @Test func `an unreadable include is a problem of its line; an empty pattern is none`() {
    let (_, problems) = FeedsConfigurationParser.parse(
      Array("include secret.conf\ninclude none/*.conf\nhttps://a.example/".utf8), file: "f"
    ) { pattern, includer in
      #expect(includer == "f")
      return pattern == "secret.conf"
        ? [.init(name: pattern, content: .unreadable("permission denied"))] : []
    }
    #expect(problems.map(\.description) == [#"f:1:9: "secret.conf": permission denied"#])
  }

  @Test func `includes that multiply end at the limit of files`() {
    let twice = String(repeating: "include *.inc\n", count: 50)
    let (_, problems) = FeedsConfigurationParser.parse(Array(twice.utf8), file: "f") {
      _, includer in
      (1...20).map { .init(name: "\(includer)/\($0).inc", content: .bytes(Array(twice.utf8))) }
    }
    #expect(problems.count == FeedsConfigurationParser.problemLimit + 1)
    #expect(problems.last?.message.hasSuffix(" further problems") == true)
  }

  @Test func `thirty thousand lines are read, wrong ones counted beyond the limit`() {
    let lines = (0..<30_000).map { "https://h\($0).example/feed title=\"Feed \($0)\"" }
    let (good, none) = parse(lines.joined(separator: "\n"))
    #expect(good.feeds.count == 30_000 && none.isEmpty)
    let (_, problems) = parse(String(repeating: "wrong\n", count: 30_000))
    #expect(problems.count == FeedsConfigurationParser.problemLimit + 1)
    #expect(problems.last == "feeds.conf:1000:1: 29000 further problems")
  }

  @Test func `no prefix of a file and no changed byte of it crashes the parser`() {
    let bytes = Array(example.utf8)
    for end in bytes.indices {
      _ = FeedsConfigurationParser.parse(Array(bytes[..<end]), file: "f") { _, _ in [] }
    }
    for place in bytes.indices {
      for byte: UInt8 in [0, 0x22, 0x2F, 0x3D, 0xFF] {
        var changed = bytes
        changed[place] = byte
        _ = FeedsConfigurationParser.parse(changed, file: "f") { _, _ in [] }
      }
    }
  }
}
