import Aggregation
import FeedFetching
import Foundation
import StoryArchive
import Syndication
import Testing

/// Feeds that move for good, and whose stories must not come a second time.
@Suite struct RelocationTests {
  private let folder: TemporaryFolder
  private static let day = Duration.seconds(86_400)
  private let old = "https://herald.example/rss"
  private let new = "https://new.example/feed"
  private let third = "https://third.example/feed"

  init() throws {
    folder = try TemporaryFolder()
  }

  private func aggregator(day: Double = 0) throws -> Aggregator {
    try Aggregator(storage: folder.path, now: Sample.noon + Self.day * day)
  }

  /// One that follows these feeds and no others.
  private func aggregator(day: Double, following urls: String...) throws -> Aggregator {
    let aggregator = try aggregator(day: day)
    aggregator.follow(urls.map { Feed(url: $0) })
    return aggregator
  }

  private let items = [
    Sample.Item(guid: "2", title: "Market opens"), Sample.Item(guid: "1", title: "Harbour closed"),
  ]

  private func answer(_ items: [Sample.Item], movedTo target: String?) -> FetchResult {
    guard case .document(let document, var facts) = Sample.answer(Sample.rss(items)) else {
      return Sample.answer([])
    }
    facts.permanentURL = target
    return .document(document, facts)
  }

  /// Polls the feed at `url` on each of these days.
  @discardableResult
  private func poll(
    _ aggregator: Aggregator, _ url: String, _ items: [Sample.Item]? = nil,
    movedTo target: String? = nil, days: Double...
  ) throws -> RefreshOutcome {
    var outcome: RefreshOutcome?
    for day in days {
      outcome = try aggregator.refresh(
        Feed(url: url, file: "feeds.conf", line: 1),
        with: answer(items ?? self.items, movedTo: target),
        now: Sample.noon + .milliseconds(Int64(day * 86_400_000)))
    }
    return try #require(outcome)
  }

  private func relocations() throws -> [String] {
    let archive = try Archive.open(at: folder.path, access: .readOnly, now: Sample.noon)
    var found: [String] = []
    try archive.replay {
      if case .relocation(let feed, let address, _) = $0 { found.append("\(feed) → \(address)") }
    }
    return found
  }

  @Test func `a settled move is written into the archive once it is followed, and once`() throws {
    let aggregator = try aggregator(day: 0, following: old)
    #expect(try poll(aggregator, old, movedTo: new, days: 0, 1).successor == nil)
    #expect(try poll(aggregator, old, movedTo: new, days: 3, 4).successor == new)
    #expect(try relocations() == [])
    aggregator.follow([Feed(url: new)])
    try poll(aggregator, new, days: 5, 6)
    #expect(try relocations() == ["\(old) → \(new)"])
    #expect(try self.aggregator(day: 7).named(Feed(url: new)).firstAddress == old)
  }

  @Test func `a move is known by its target however that is spelled`() throws {
    let aggregator = try aggregator(day: 0, following: old)
    let spellings = [new, "HTTPS://New.Example:443/feed#top", "https://new.example:443/feed"]
    for (day, target) in zip([0, 1, 3], spellings) {
      try poll(aggregator, old, movedTo: target, days: Double(day))
    }
    #expect(aggregator.state(of: Feed(url: old)).move?.pollCount == 3)
    let followed = "https://NEW.example/feed"
    aggregator.follow([Feed(url: followed)])
    #expect(try poll(aggregator, followed, days: 4).counts.new == 0)
    #expect(try relocations() == ["\(old) → \(followed)"])
  }

  @Test func `a feed that is followed under another spelling has not gone`() throws {
    let aggregator = try aggregator(day: 0, following: old)
    try poll(aggregator, old, movedTo: new, days: 0, 1, 3)
    aggregator.follow([Feed(url: "https://HERALD.example/rss"), Feed(url: new)])
    #expect(aggregator.named(Feed(url: new)).firstAddress == nil)
  }

  @Test func `who redirects to another publisher does not write under its identifiers`() throws {
    let aggregator = try aggregator(day: 0, following: old)
    try poll(aggregator, old, [], movedTo: new, days: 0, 1, 3)
    aggregator.follow([Feed(url: old), Feed(url: new)])
    #expect(try poll(aggregator, new, days: 4).counts.new == 2)
    let forged = [Sample.Item(guid: "2", title: "Market opens", text: "Send money.")]
    let outcome = try poll(aggregator, old, forged, days: 5)
    #expect(outcome.counts.edited == 0 && outcome.counts.new == 1)
    #expect(try relocations() == [])
    #expect(aggregator.state(of: Feed(url: new)).pollCount == 1)
  }

  @Test func `a former address that is followed again is a stranger`() throws {
    try poll(aggregator(day: 0, following: old), old, movedTo: new, days: 0, 1, 3)
    try poll(aggregator(day: 4, following: new), new, days: 4)
    let both = try aggregator(day: 5, following: old, new)
    #expect(both.named(Feed(url: new)).firstAddress == nil)
    try poll(both, new, [Sample.Item(guid: "7", title: "Ferry late")], days: 5)
    let alone = try aggregator(day: 6, following: new)
    #expect(alone.named(Feed(url: new)).firstAddress == nil, "its name stays")
  }

  @Test(arguments: [false, true])
  func `at the new address no story comes twice, also when the state is lost`(
    losesState: Bool
  ) throws {
    try poll(aggregator(), old, movedTo: new, days: 0, 1, 3)
    try poll(aggregator(day: 3.5, following: new), new, days: 3.5)
    if losesState { try FileManager.default.removeItem(atPath: folder.path + "/state") }
    let next = [Sample.Item(guid: "3", title: "Bridge painted")] + items
    let outcome = try poll(aggregator(day: 4, following: new), new, next, days: 4)
    #expect(outcome.counts.new == 1 && outcome.counts.known == 2)
    let archive = try Archive.open(at: folder.path, access: .readOnly, now: Sample.noon)
    var feeds: [String] = []
    try archive.replay { if case .story(let story, _, _) = $0 { feeds.append(story.feed) } }
    #expect(feeds == [old, old, old])
  }

  @Test func `an entry that lost its GUID is known at the new address too`() throws {
    try poll(aggregator(), old, movedTo: new, days: 0, 1, 3)
    let changed = items.map { item in
      var item = item
      item.guid = "x\(item.guid)"
      return item
    }
    let bytes = String(decoding: Sample.rss(changed), as: UTF8.self)
      .replacing("herald.example/x", with: "herald.example/")
    let outcome = try aggregator(day: 4, following: new).refresh(
      Feed(url: new), with: Sample.answer(Array(bytes.utf8)), now: Sample.noon + Self.day * 4)
    #expect(outcome.counts.known == 2)
  }

  @Test func `its state goes with it, but for what belongs to an address`() throws {
    let aggregator = try aggregator()
    try poll(aggregator, old, movedTo: new, days: 0, 1, 3)
    let before = aggregator.state(of: Feed(url: old))
    aggregator.follow([Feed(url: new)])
    let after = aggregator.state(of: Feed(url: new))
    #expect(after.validators.isEmpty && after.finalURL == nil && after.move == nil)
    #expect(after.feed == new && after.title == before.title)
    #expect(after.rate == before.rate && after.rhythm == before.rhythm)
    #expect(after.pollCount == 3 && after.storedCount == 2)
    try aggregator.carryState(of: old, to: new)
    let archive = try Archive.open(at: folder.path, access: .readOnly, now: Sample.noon)
    let configuration = FeedsConfiguration(feeds: [Feed(url: new)])
    let roster = try FeedRoster(configuration, archive: archive, now: Sample.noon)
    #expect(roster.rows[0].state == after)
    #expect(aggregator.state(of: Feed(url: third)) == FeedState(feed: third))
  }

  @Test func `an address that is gone says nothing of the new one`() throws {
    let aggregator = try aggregator()
    try poll(aggregator, old, movedTo: new, days: 0, 1, 3)
    for day in 4...5 {
      _ = try aggregator.refresh(
        Feed(url: old), with: .failed(FetchFailure(.dns, "silence"), nil),
        now: Sample.noon + Self.day * day)
    }
    _ = try aggregator.refresh(
      Feed(url: old), with: .gone(ResponseFacts(status: 410)), now: Sample.noon + Self.day * 6)
    let before = aggregator.state(of: Feed(url: old))
    #expect(before.isGone && before.failure != nil)
    let after = before.moved(to: new)
    #expect(!after.isGone && after.failureCount == 0 && after.failure == nil)
    #expect(after.firstFailure == nil && after.lastAttempt == before.lastAttempt)
    func isAsked(at moment: Timestamp) -> Bool {
      !FetchPlan(
        FeedsConfiguration(feeds: [Feed(url: new)]), selection: .due, now: moment,
        pause: { _ in nil }, askedAt: { _ in nil }, state: { _ in after }
      ).requests.isEmpty
    }
    #expect(!isAsked(at: Sample.noon + Self.day * 6 + .seconds(60)))
    #expect(isAsked(at: Sample.noon + Self.day * 6 + RefreshPolicy.floor))
  }

  @Test func `status knows a feed that was moved by hand before it is polled again`() throws {
    try poll(aggregator(day: 0, following: old), old, movedTo: new, days: 0, 1, 3)
    let archive = try Archive.open(at: folder.path, access: .readOnly, now: Sample.noon)
    let configuration = FeedsConfiguration(feeds: [Feed(url: new)])
    let roster = try FeedRoster(configuration, archive: archive, now: Sample.noon + Self.day * 4)
    let state = try aggregator(day: 4, following: new).state(of: Feed(url: new))
    #expect(roster.rows[0].state == state && state.pollCount == 3)
  }

  @Test func `moved twice, and back again, stories keep their identifiers`() throws {
    let aggregator = try aggregator()
    try poll(aggregator, old, movedTo: new, days: 0, 1, 3)
    aggregator.follow([Feed(url: new)])
    try poll(aggregator, new, movedTo: third, days: 4, 5)
    #expect(try poll(aggregator, new, movedTo: third, days: 7).successor == third)
    aggregator.follow([Feed(url: third)])
    #expect(try poll(aggregator, third, days: 8).counts.known == 2)
    #expect(try relocations() == ["\(old) → \(new)", "\(old) → \(third)"])
    #expect(aggregator.state(of: Feed(url: third)).pollCount == 7)
    try poll(aggregator, third, movedTo: old, days: 9, 10)
    #expect(try poll(aggregator, third, movedTo: old, days: 12).successor == old)
    aggregator.follow([Feed(url: old)])
    #expect(try poll(aggregator, old, days: 13).counts.known == 2)
    #expect(try relocations().count == 2, "the first address needs no word")
  }

  @Test func `of two feeds that move to one address the second stays where it is`() throws {
    let aggregator = try aggregator()
    let other = "https://courier.example/rss"
    let theirs = [Sample.Item(guid: "9", title: "Quiet night")]
    try poll(aggregator, other, theirs, movedTo: nil, days: 0)
    try poll(aggregator, old, movedTo: new, days: 0, 1, 3)
    try aggregator.carryState(of: old, to: new)
    try poll(aggregator, new, days: 3.5)
    let outcome = try poll(aggregator, other, theirs, movedTo: new, days: 1, 2, 4)
    #expect(outcome.successor == nil && outcome.counts.new == 0)
    #expect(try relocations() == ["\(old) → \(new)"])
    let state = aggregator.state(of: Feed(url: other))
    #expect(FeedHealth(of: state, now: Sample.noon + Self.day * 4).word == .moved)
  }

  @Test func `an address with stories of its own is not given another feed's name`() throws {
    let aggregator = try aggregator()
    try poll(aggregator, new, days: 0)
    #expect(try poll(aggregator, old, movedTo: new, days: 0, 1, 3).successor == nil)
    #expect(try relocations() == [])
    #expect(try poll(self.aggregator(day: 4), new, days: 4).counts.known == 2)
  }

  @Test func `a digest of tagged feeds has what they brought before and after`() throws {
    try poll(aggregator(), old, movedTo: new, days: 0, 1, 3)
    let next = [Sample.Item(guid: "3", title: "Bridge painted")]
    try poll(aggregator(day: 4, following: new), new, next, days: 4)
    let archive = try Archive.open(at: folder.path, access: .readOnly, now: Sample.noon)
    var selection = DigestSelection(
      since: Sample.noon - Self.day, until: Sample.noon + Self.day * 9, feeds: [new])
    try selection.includeFormerAddresses(archive)
    #expect(try selection.stories(of: archive).map(\.title).count == 3)
  }
}
