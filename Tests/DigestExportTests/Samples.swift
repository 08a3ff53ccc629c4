import DigestExport
import Syndication

/// Stories of an invented harbour town.
enum Sample {
  static let morning = Timestamp(milliseconds: 1_795_248_000_000)
  static let dayBefore = morning - .seconds(86_400)

  static func story(
    _ bits: UInt64, outlet: String? = nil, title: String = "Ferry line to the islands reopens",
    minutesBefore: Int64 = 60, text: String = "The ferry sails again.", summary: String? = nil,
    published: Timestamp?? = nil, link: String?? = nil, revision: Int = 0, language: String? = "en"
  ) -> Story {
    let outlet = outlet ?? "paper\(bits).example"
    let seen = morning - .seconds(60 * minutesBefore)
    return Story(
      id: StoryID(bits: bits), revision: revision, seen: seen, feed: "https://\(outlet)/feed",
      source: outlet.prefix(1).uppercased() + outlet.dropFirst().prefix { $0 != "." },
      link: link ?? "https://www.\(outlet)/\(bits)", title: title, published: published ?? seen,
      language: language, categories: ["Harbour"],
      enclosures: [Enclosure(url: "https://\(outlet)/a.mp3", type: "audio/mpeg", length: "12")],
      summary: summary, text: text)
  }

  static func cluster(_ stories: Story..., copies: [UInt64: UInt64] = [:]) -> DigestCluster {
    DigestAssembly.cluster(
      id: stories[0].id,
      members: stories.map {
        DigestMember(story: $0, original: copies[$0.id.bits].map(StoryID.init(bits:)))
      })
  }

  static func digest(_ clusters: DigestCluster...) -> Digest {
    DigestAssembly.digest(since: dayBefore, until: morning, clusters: clusters)
  }

  /// Two independent reports and a reprint; a story of one outlet.
  static let harbour = digest(
    cluster(
      story(
        1, outlet: "harbour.example", title: "Council votes for the new breakwater",
        minutesBefore: 300, text: "The council voted for it. Work begins in May."),
      story(
        2, outlet: "gazette.example", title: "New breakwater approved: work begins in May",
        minutesBefore: 240, text: "After a night of talks the council approved the breakwater."),
      story(
        3, outlet: "wire.example", title: "Council votes for the new breakwater",
        minutesBefore: 200, text: "The council voted for it. Work begins in May."),
      copies: [3: 1]),
    cluster(
      story(
        4, outlet: "islands.example", minutesBefore: 30,
        summary: "Twice a day, weather permitting.")))

  static func text(_ digest: Digest, _ format: DigestFormat) -> String {
    String(decoding: DigestRenderer.render(digest, as: format), as: UTF8.self)
  }

  /// What hostile publishers put everywhere.
  static let hostileText = """
    ](javascript:alert(1)) <script>alert('1')</script> &lt;b&gt; *x* `y` | ~z~ \u{1B}[31m\u{9B}2J\
    \u{7} \u{202E}reversed\u{2066} \u{200B}\u{FEFF}zero\u{0} \r\n# heading\u{2028}- item\u{2029}> q \
    "quote" ]]> {{x}} =1+1 \u{E0041}\u{F8FF}
    """

  static func hostileDigest() -> Digest {
    let links = [
      "javascript:alert(1)", "data:text/html,x", "https://a.example/\"onclick=\"x", "//a.example/",
      "https://a.example/ b", "https://u:p@a.example/", " https://a.example/", "https://",
      "HTTPS://A.example/<x>", "https://a.example/)](x", "vbscript:x", "https://a.example/\u{202E}",
    ]
    let clusters = links.enumerated().map { index, link in
      var story = story(
        UInt64(index + 1), title: hostileText, text: hostileText, summary: hostileText,
        link: .some(link), language: "en\"><script>")
      story.source = hostileText
      story.author = hostileText
      story.guid = hostileText
      story.categories = [hostileText]
      return cluster(story, self.story(UInt64(100 + index), title: hostileText))
    }
    return DigestAssembly.digest(since: dayBefore, until: morning, clusters: clusters)
  }
}
