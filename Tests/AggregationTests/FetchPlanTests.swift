import Aggregation
import FeedFetching
import Syndication
import Testing

@Suite struct FetchPlanTests {
  private let now = Sample.noon

  private func plan(
    _ selection: FetchPlan.Selection, _ feeds: [Feed], hosts: [HostRule] = [],
    state: (inout FeedState) -> Void = { _ in }
  ) -> FetchPlan {
    FetchPlan(FeedsConfiguration(hosts: hosts, feeds: feeds), selection: selection, now: now) {
      var remembered = FeedState(feed: $0.url)
      state(&remembered)
      return remembered
    }
  }

  @Test func `the limits of time are the operator's where there are some`() {
    var configuration = FeedsConfiguration()
    #expect(configuration.fetchLimits == FetchLimits())
    configuration.timeouts = [
      .connect: .seconds(1), .firstByte: .seconds(2), .stall: .seconds(3), .total: .seconds(4),
    ]
    let limits = configuration.fetchLimits
    #expect(limits.connectTimeout == .seconds(1))
    #expect(limits.firstByteTimeout == .seconds(2))
    #expect(limits.stallTimeout == .seconds(3))
    #expect(limits.totalTimeout == .seconds(4))
  }

  @Test func `a feed that was never asked is due`() {
    let plan = plan(.due, [Sample.feed("herald")])
    #expect(plan.requests.map(\.feed.url) == ["https://herald.example/rss"])
    #expect(plan.requests[0].request.validators.isEmpty)
  }

  @Test func `what waits longest comes first, and what kept us waiting the last time comes last`() {
    let ages = ["slow": 9, "new": nil, "young": 1, "old": 5, "slower": 7]
    let names = ["slow", "young", "new", "old", "slower"]
    let plan = FetchPlan(
      FeedsConfiguration(feeds: names.map(Sample.feed)), selection: .due, now: now
    ) { feed in
      var state = FeedState(feed: feed.url)
      let name = names.first { Sample.feed($0).url == feed.url } ?? ""
      state.due = ages[name]?.map { DueDecision(at: now - .seconds($0), rule: .rate) }
      if name.hasPrefix("slow") {
        state.failure = FailureNote(kind: "timeout-first-byte", detail: "no answer within 30 s")
      }
      return state
    }
    let expected = ["new", "old", "young", "slow", "slower"]
    #expect(plan.requests.map(\.feed.url) == expected.map { Sample.feed($0).url })
  }

  @Test func `a feed is asked from the moment that it is due`() {
    for (offset, isAsked) in [(-1, true), (0, true), (1, false)] {
      let plan = plan(.due, [Sample.feed("herald")]) {
        $0.due = DueDecision(at: now + .milliseconds(offset), rule: .rate)
      }
      #expect(plan.requests.isEmpty != isAsked)
      #expect((plan.nextDue == now + .milliseconds(offset)) != isAsked)
    }
  }

  @Test func `by hand a feed is left alone within the floor, unless forced`() {
    let feed = Sample.feed("herald")
    for (age, isForced, isAsked) in [
      (60, false, false), (60, true, true), (30 * 60, false, true),
      // The clock was put back a minute, a day; or was years ahead when the request was noted.
      (-60, false, false), (-86_400, false, false), (-5 * 365 * 86_400, false, true),
    ] {
      let plan = plan(.chosen([feed.url], isForced: isForced), [feed]) {
        $0.lastAttempt = now - .seconds(age)
        $0.validators = Validators(etag: "\"a\"")
        $0.lastDocument = now - .seconds(7 * 86_400)
      }
      #expect(plan.requests.isEmpty != isAsked, "\(age) s ago, forced: \(isForced)")
      #expect(plan.requests.allSatisfy { $0.request.validators.etag == "\"a\"" })
    }
  }

  @Test func `an answer noted years ahead does not hide a request of a minute ago`() {
    let feed = Sample.feed("herald")
    let asked = now - .seconds(60)
    var state = FeedState(feed: feed.url)
    state.lastAttempt = now + .seconds(5 * 365 * 86_400)
    let plan = FetchPlan(
      FeedsConfiguration(feeds: [feed]), selection: .chosen([feed.url], isForced: false), now: now,
      askedAt: { _ in asked }, state: { _ in state })
    #expect(plan.skipped.map(\.reason) == [.tooSoon(since: asked)])
  }

  @Test func `once in eight days a request is unconditional, whatever the server answers`() {
    for (days, isConditional) in [(7, true), (8, false), (100, false)] {
      let plan = plan(.due, [Sample.feed("herald")]) {
        $0.validators = Validators(etag: "\"a\"")
        $0.lastDocument = now - .seconds(days * 86_400)
      }
      #expect(plan.requests[0].request.validators.isEmpty != isConditional)
    }
  }

  @Test func `a feed whose server wants to be left alone is asked by nobody`() {
    let feed = Sample.feed("herald")
    let until = now + .seconds(60)
    for selection in [FetchPlan.Selection.due, .chosen([feed.url], isForced: true)] {
      let plan = FetchPlan(
        FeedsConfiguration(feeds: [feed]), selection: selection, now: now,
        pause: { $0 == "herald.example" ? LinePause(until: until) : nil },
        state: { FeedState(feed: $0.url) })
      #expect(plan.requests.isEmpty)
      #expect(plan.skipped.map(\.reason) == [.leftAlone(LinePause(until: until))])
      #expect(plan.nextDue == until)
    }
  }

  @Test func `a gone feed is asked only by force, and a clock that was wrong silences no feed`() {
    let feed = Sample.feed("herald")
    for (isForced, isAsked) in [(false, false), (true, true)] {
      let plan = plan(.chosen([feed.url], isForced: isForced), [feed]) { $0.isGone = true }
      #expect(plan.requests.isEmpty != isAsked)
    }
    #expect(plan(.due, [feed]) { $0.isGone = true }.requests.isEmpty)
    let late = plan(.due, [feed]) {
      $0.due = DueDecision(at: now + .seconds(3600 * 24 * 365), rule: .rate)
    }
    #expect(late.requests.count == 1)
  }

  @Test func `only the chosen feeds are asked, a paused one only when chosen`() {
    var paused = Sample.feed("paused")
    paused.isPaused = true
    let herald = Sample.feed("herald")
    #expect(plan(.due, [paused, herald]).requests.map(\.feed.url) == [herald.url])
    let chosen = plan(.chosen([paused.url], isForced: false), [paused, herald])
    #expect(chosen.requests.map(\.feed.url) == [paused.url])
  }

  @Test(arguments: [
    (-1, true), (0, true), (60, true), (1799, true), (1800, false), (-86_400, true),
    (-3 * 86_400, false),
  ])
  func `a feed whose answer is outstanding waits until the floor has passed`(
    age: Int, waits: Bool
  ) {
    let feed = Sample.feed("herald")
    for selection in [FetchPlan.Selection.due, .chosen([feed.url], isForced: false)] {
      let plan = FetchPlan(
        FeedsConfiguration(feeds: [feed]), selection: selection, now: now,
        askedAt: { _ in now - .seconds(age) }, state: { FeedState(feed: $0.url) })
      #expect(plan.requests.isEmpty == waits)
      #expect(plan.nextDue == (waits ? now + .seconds(1800 - age) : nil))
    }
    let forced = FetchPlan(
      FeedsConfiguration(feeds: [feed]), selection: .chosen([feed.url], isForced: true), now: now,
      askedAt: { _ in now }, state: { FeedState(feed: $0.url) })
    #expect(forced.requests.count == 1)
    #expect(forced.isForced)
  }

  @Test func `what waits longest is asked first, so that an interrupted pass is gone on with`() {
    let names = ["a", "b", "c", "d", "e"]
    let feeds = names.map(Sample.feed)
    let ages: [String: Int] = ["b": 100, "c": 300, "d": 100]
    let configuration = FeedsConfiguration(feeds: feeds)
    func order(_ selection: FetchPlan.Selection) -> [String] {
      FetchPlan(configuration, selection: selection, now: now) { feed in
        var state = FeedState(feed: feed.url)
        if let name = zip(names, feeds).first(where: { $1.url == feed.url })?.0,
          let age = ages[name]
        {
          state.lastAttempt = now - .seconds(age + 3600)
          state.due = DueDecision(at: now - .seconds(age), rule: .rate)
        }
        return state
      }.requests.compactMap { request in
        zip(names, feeds).first { $1.url == request.feed.url }?.0
      }
    }
    #expect(order(.due) == ["a", "e", "c", "b", "d"])
    #expect(order(.chosen(Set(feeds.map(\.url)), isForced: false)) == ["a", "e", "c", "b", "d"])
  }

  @Test func `hosts that share a rule wait in one line`() {
    let feeds = ["https://a.tumblr.example/rss", "https://b.tumblr.example/rss"].map {
      Feed(url: $0, file: "feeds.conf", line: 1)
    }
    func lines(_ rules: [HostRule]) -> Set<String> {
      let configuration = FeedsConfiguration(hosts: rules, feeds: feeds)
      return Set(feeds.map(configuration.queueHost))
    }
    #expect(lines([]) == ["a.tumblr.example", "b.tumblr.example"])
    #expect(
      lines([HostRule(host: "tumblr.example", scope: .registrableDomain)]) == ["tumblr.example"])
    #expect(lines([HostRule(host: "tumblr.example", scope: .host)]).count == 2)
    #expect(lines([HostRule(host: "a.tumblr.example", scope: .url)]).contains(feeds[0].url))
  }

  @Test func `a host is one line on all its ports, unless its rule says that they are others'`() {
    let feeds = ["https://paper.example/rss", "https://paper.example:8443/rss"].map {
      Feed(url: $0, file: "feeds.conf", line: 1)
    }
    func lines(_ rules: [HostRule]) -> Set<String> {
      Set(feeds.map(FeedsConfiguration(hosts: rules, feeds: feeds).queueHost))
    }
    #expect(lines([]) == ["paper.example"])
    #expect(lines([HostRule(host: "paper.example", gap: .seconds(61))]) == ["paper.example"])
    #expect(lines([HostRule(host: "paper.example", scope: .url)]) == Set(feeds.map(\.url)))
  }

  @Test(arguments: [
    ("tumblr.com", "https://a.tumblr.com/rss", "tumblr.com"),
    ("tumblr.com", "https://TUMBLR.com./rss", "tumblr.com"),
    ("tumblr.com", "https://b.pics.tumblr.com/rss", "tumblr.com"),
    ("tumblr.com", "https://nottumblr.com/rss", "nottumblr.com"),
    ("github.io", "https://a.github.io/rss", "a.github.io"),
    ("github.io", "https://news.b.github.io/rss", "b.github.io"),
    ("github.io", "https://github.io/rss", "github.io"),
    ("co.uk", "https://www.paper.co.uk/rss", "paper.co.uk"),
    ("xn--55qx5d.cn", "https://a.xn--85x722f.xn--55qx5d.cn/rss", "xn--85x722f.xn--55qx5d.cn"),
    ("intranet", "http://wiki.intranet/rss", "intranet"),
    ("intranet", "http://intranet/rss", "intranet"),
    ("127.0.0.1", "http://127.0.0.1:8080/rss", "127.0.0.1"),
    ("[::1]", "http://[::1]/rss", "[::1]"),
  ])
  func `a rule for a domain makes one line of what one registrant has`(
    name: String, url: String, line: String
  ) {
    let rule = HostRule(host: name, gap: .seconds(61), scope: .registrableDomain)
    let configuration = FeedsConfiguration(hosts: [rule], feeds: [])
    #expect(configuration.queueHost(of: Feed(url: url, file: "feeds.conf", line: 1)) == line)
  }

  @Test func `private addresses are allowed to the hosts that feeds conf names`() {
    let feed = Sample.feed("herald")
    let rule = HostRule(host: "herald.example", allowsPrivate: true)
    let route = { plan(.due, [feed], hosts: $0).requests[0].request.route(to: $1) }
    #expect(!route([], "herald.example").allowsPrivateAddresses)
    #expect(route([rule], "HERALD.example.").allowsPrivateAddresses)
    #expect(!route([rule], "www.herald.example").allowsPrivateAddresses)
  }
}
