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

  @Test func `a feed that was never asked is due`() {
    let plan = plan(.due, [Sample.feed("herald")])
    #expect(plan.requests.map(\.feed.url) == ["https://herald.example/rss"])
    #expect(plan.requests[0].request.validators.isEmpty)
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
      (60, false, false), (60, true, true), (30 * 60, false, true), (-60, false, true),
    ] {
      let plan = plan(.chosen([feed.url], isForced: isForced), [feed]) {
        $0.lastAttempt = now - .seconds(age)
        $0.validators = Validators(etag: "\"a\"")
      }
      #expect(plan.requests.isEmpty != isAsked, "\(age) s ago, forced: \(isForced)")
      #expect(plan.requests.allSatisfy { $0.request.validators.etag == "\"a\"" })
    }
  }

  @Test func `only the chosen feeds are asked, a paused one only when chosen`() {
    var paused = Sample.feed("paused")
    paused.isPaused = true
    let herald = Sample.feed("herald")
    #expect(plan(.due, [paused, herald]).requests.map(\.feed.url) == [herald.url])
    let chosen = plan(.chosen([paused.url], isForced: false), [paused, herald])
    #expect(chosen.requests.map(\.feed.url) == [paused.url])
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

  @Test func `private addresses are allowed to the hosts that feeds conf names`() {
    let feed = Sample.feed("herald")
    let rule = HostRule(host: "herald.example", allowsPrivate: true)
    #expect(!plan(.due, [feed]).requests[0].request.allowsPrivateAddresses)
    #expect(plan(.due, [feed], hosts: [rule]).requests[0].request.allowsPrivateAddresses)
  }
}
