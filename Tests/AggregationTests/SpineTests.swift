import Aggregation
import FeedFetching
import Foundation
import StoryArchive
import Syndication
import Testing

@Suite struct SpineTests {
  private let folder: TemporaryFolder
  private let herald = Sample.feed("herald")

  init() throws {
    folder = try TemporaryFolder()
  }

  private func aggregator(now: Timestamp = Sample.noon) throws -> Aggregator {
    try Aggregator(storage: folder.path, now: now)
  }

  private func storedTitles() throws -> [String] {
    let archive = try Archive.open(at: folder.path, access: .readOnly, now: Sample.noon)
    var titles: [String] = []
    try archive.replay { record in
      switch record {
      case .story(let story, _, _): titles.append(story.title)
      case .revision(let story): titles.append("edited: \(story.title)")
      case .move: titles.append("moved")
      case .relocation: titles.append("relocated")
      case .removed: titles.append("removed")
      }
    }
    return titles
  }

  private let harbour = Sample.Item(guid: "1", title: "Harbour closed")
  private let market = Sample.Item(guid: "2", title: "Market opens")

  @Test func `a document's entries are stored oldest first, once`() throws {
    let aggregator = try aggregator()
    let document = Sample.answer(Sample.rss([market, harbour]))
    let first = try aggregator.refresh(herald, with: document, now: Sample.noon)
    let second = try aggregator.refresh(herald, with: document, now: Sample.noon + .seconds(60))
    #expect(first.counts.new == 2)
    #expect(second.counts.new == 0 && second.counts.known == 2)
    #expect(try storedTitles() == ["Harbour closed", "Market opens"])
  }

  @Test func `what a page names is shown without its secrets`() throws {
    let page = "<html><link rel=alternate type=application/rss+xml href='/f?token=hunter2&n=1'>"
    let outcome = try aggregator()
      .refresh(herald, with: Sample.answer(Array(page.utf8)), now: Sample.noon)
    let failure = try #require(outcome.failure)
    #expect(failure.kind == "not-a-feed")
    #expect(failure.detail.contains("https://herald.example/f?token=***"), "\(failure.detail)")
    #expect(!failure.detail.contains("hunter2"))
  }

  @Test func `a date of a clock that was never set is none`() throws {
    let rss = """
      <rss version="2.0"><channel>
      <item><title>Epoch</title><pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate></item>
      <item><title>Year 1</title><pubDate>0001-01-01T00:00:00Z</pubDate></item>
      <item><title>Old</title><pubDate>1970-01-01T00:00:01Z</pubDate></item>
      </channel></rss>
      """
    _ = try aggregator().refresh(
      herald, with: Sample.answer(Array(rss.utf8)), now: Sample.noon)
    var dates: [Timestamp?] = []
    try Archive.open(at: folder.path, access: .readOnly, now: Sample.noon).replay {
      if case .story(let story, _, _) = $0 { dates.append(story.published) }
    }
    #expect(dates == [Timestamp(rfc3339: "1970-01-01T00:00:01Z"), nil, nil])
  }

  @Test func `answers of several feeds are stored together, each with its own outcome`() throws {
    let aggregator = try aggregator()
    let other = Sample.feed("mirror")
    func answer(_ feed: Feed, _ result: FetchResult) -> ReadAnswer {
      ReadAnswer(
        of: result, feed: feed, policy: RefreshPolicy(interval: nil), line: feed.url,
        now: Sample.noon)
    }
    let outcomes = try aggregator.refresh(
      [
        answer(herald, Sample.answer(Sample.rss([harbour]))),
        answer(Sample.feed("gone"), .gone(ResponseFacts(status: 410))),
        answer(other, Sample.answer(Sample.rss([harbour, market]))),
      ], now: Sample.noon)
    #expect(outcomes.map(\.counts.new) == [1, 0, 2])
    #expect(outcomes.map(\.feed) == [herald.url, Sample.feed("gone").url, other.url])
    #expect(try storedTitles().sorted() == ["Harbour closed", "Harbour closed", "Market opens"])
    #expect(aggregator.state(of: other).validators.etag == "\"1\"")
    #expect(aggregator.state(of: Sample.feed("gone")).isGone)
  }

  @Test func `a restart knows what was stored`() throws {
    let document = Sample.answer(Sample.rss([market, harbour]))
    _ = try aggregator().refresh(herald, with: document, now: Sample.noon)
    let later = Sample.noon + .seconds(30 * 86_400)
    let outcome = try aggregator(now: later).refresh(herald, with: document, now: later)
    #expect(outcome.counts.known == 2 && outcome.counts.new == 0)
    #expect(try storedTitles().count == 2)
  }

  @Test func `two processes on one archive neither lose nor double anything`() throws {
    let daemon = try aggregator()
    let byHand = try aggregator()
    for round in 0..<6 {
      let items = (0...round).map { Sample.Item(guid: "\($0)", title: "Story \($0)") }
      let document = Sample.answer(Sample.rss(items))
      let now = Sample.noon + .seconds(round * 60)
      _ = try (round.isMultiple(of: 2) ? daemon : byHand).refresh(herald, with: document, now: now)
      _ = try (round.isMultiple(of: 2) ? byHand : daemon).refresh(herald, with: document, now: now)
    }
    #expect(try storedTitles() == (0..<6).map { "Story \($0)" })
    try daemon.catchUp()
    try byHand.catchUp()
    #expect(daemon.state(of: herald) == byHand.state(of: herald))
  }

  @Test func `an edit is one revision, and a day keeps a bounded number`() throws {
    let aggregator = try aggregator()
    var outcomes: [StoryCounts] = []
    for edit in 0..<12 {
      let item = Sample.Item(guid: "1", title: "Harbour closed", text: "Version \(edit).")
      let now = Sample.noon + .seconds(edit * 60)
      outcomes.append(
        try aggregator.refresh(herald, with: Sample.answer(Sample.rss([item])), now: now).counts)
    }
    #expect(outcomes.map(\.new).reduce(0, +) == 1)
    #expect(outcomes.map(\.edited).reduce(0, +) == 8)
    #expect(outcomes.map(\.withheld).reduce(0, +) == 3)
    let item = Sample.Item(guid: "1", title: "Harbour closed", text: "Version 11.")
    let tomorrow = Sample.noon + .seconds(86_400)
    let next = try aggregator.refresh(
      herald, with: Sample.answer(Sample.rss([item])), now: tomorrow)
    #expect(next.counts.edited == 1)
  }

  @Test func `a story that is edited into another event moves, and is found by it`() throws {
    let texts = [
      "A ferry with 140 people on board ran aground off Skerrin, captain Niall Brodie of the MV Harrow said.",
      "Captain Niall Brodie of the MV Harrow said his ferry ran onto rocks off Skerrin with 140 people.",
      "Brennick voted by 21 to 17 on Monday to close four of nine libraries, councillor Ada Merrow said.",
      "Councillor Ada Merrow said four libraries of nine must go: Brennick voted 21 to 17 for it on Monday.",
    ]
    let told = [("herald", 0), ("mirror", 1), ("mirror", 2), ("echo", 3)]
    for (place, (feed, text)) in told.enumerated() {
      let title = text < 2 ? "Ferry runs aground off Skerrin" : "Brennick closes four libraries"
      let item = Sample.Item(guid: "1", title: title, text: texts[text])
      // Anew each time: whoever folds the archive knows the same.
      let now = Sample.noon + .seconds(place * 3600)
      _ = try aggregator(now: now)
        .refresh(Sample.feed(feed), with: Sample.answer(Sample.rss([item])), now: now)
    }
    var records: [String] = []
    var order: [StoryID] = []
    let name = { (story: StoryID) in order.firstIndex(of: story) ?? -1 }
    try Archive.open(at: folder.path, access: .readOnly, now: Sample.noon).replay { record in
      switch record {
      case .story(let story, let cluster, _):
        order.append(story.id)
        records.append("story \(name(story.id)) in \(name(cluster))")
      case .revision(let story): records.append("edit of \(name(story.id))")
      case .move(let story, let cluster, _):
        records.append("\(name(story)) to \(name(cluster))")
      default: records.append("other")
      }
    }
    #expect(
      records == ["story 0 in 0", "story 1 in 0", "edit of 1", "1 to 1", "story 2 in 1"])
  }

  @Test func `validators advance with what is durable`() throws {
    let aggregator = try aggregator()
    _ = try aggregator.refresh(
      herald, with: Sample.answer(Sample.rss([harbour]), etag: "\"a\""), now: Sample.noon)
    #expect(aggregator.state(of: herald).validators.etag == "\"a\"")
    #expect(try self.aggregator().state(of: herald).validators.etag == "\"a\"")
  }

  @Test func `a page that is no feed leaves validators and stories as they were`() throws {
    let aggregator = try aggregator()
    _ = try aggregator.refresh(
      herald, with: Sample.answer(Sample.rss([harbour]), etag: "\"a\""), now: Sample.noon)
    let page = Sample.answer(
      Array("<!DOCTYPE html><html><body>Busy</body></html>".utf8), etag: "\"b\"")
    let outcome = try aggregator.refresh(herald, with: page, now: Sample.noon + .seconds(60))
    #expect(outcome.failure?.kind == "not-a-feed")
    #expect(aggregator.state(of: herald).validators.etag == "\"a\"")
    #expect(aggregator.state(of: herald).failureCount == 1)
    #expect(try storedTitles() == ["Harbour closed"])
  }

  @Test func `of a cut transfer whole entries are stored and no validators`() throws {
    let bytes = Sample.rss([harbour, market])
    for count in stride(from: 1, to: bytes.count, by: 7) {
      let folder = try TemporaryFolder()
      let aggregator = try Aggregator(
        storage: folder.path, now: Sample.noon)
      let cut = Sample.answer(Array(bytes.prefix(count)), isWhole: false)
      let outcome = try aggregator.refresh(herald, with: cut, now: Sample.noon)
      #expect(outcome.failure != nil, "cut after \(count) bytes")
      #expect(aggregator.state(of: herald).validators.isEmpty, "cut after \(count) bytes")
      let whole = try aggregator.refresh(herald, with: Sample.answer(bytes), now: Sample.noon)
      #expect(outcome.counts.new + whole.counts.new == 2, "cut after \(count) bytes")
      #expect(whole.counts.edited == 0, "cut after \(count) bytes")
    }
  }

  @Test func `an entry that a document leaves open is stored once it is whole`() throws {
    let aggregator = try aggregator()
    let bytes = Sample.rss([harbour, market])
    let half = try #require(String(decoding: bytes, as: UTF8.self).range(of: "Market op"))
    let cut = Array(String(decoding: bytes, as: UTF8.self)[..<half.upperBound].utf8)
    let outcome = try aggregator.refresh(herald, with: Sample.answer(cut), now: Sample.noon)
    #expect(outcome.failure?.kind == "truncated")
    #expect(try storedTitles() == ["Harbour closed"])
    _ = try aggregator.refresh(herald, with: Sample.answer(bytes), now: Sample.noon + .seconds(60))
    #expect(try storedTitles() == ["Harbour closed", "Market opens"])
  }

  @Test func `a 304 refreshes validators and nothing else`() throws {
    let aggregator = try aggregator()
    _ = try aggregator.refresh(
      herald, with: Sample.answer(Sample.rss([harbour]), etag: "\"a\""), now: Sample.noon)
    let facts = ResponseFacts(status: 304, validators: Validators(etag: "\"b\""))
    let outcome = try aggregator.refresh(
      herald, with: .notModified(facts), now: Sample.noon + .seconds(60))
    #expect(outcome.result == .notModified)
    #expect(aggregator.state(of: herald).validators.etag == "\"b\"")
    #expect(try storedTitles().count == 1)
  }

  @Test func `a 304 to an unconditional request leaves the next request conditional`() throws {
    let aggregator = try aggregator()
    let validators = Validators(etag: "\"1\"")
    _ = try aggregator.refresh(
      herald, with: Sample.answer(Sample.rss([harbour])), now: Sample.noon)
    let later = Sample.noon + .seconds(8 * 86_400)
    let configuration = FeedsConfiguration(feeds: [herald])
    #expect(
      configuration.request(for: herald, aggregator.state(of: herald), now: later).validators
        .isEmpty)
    let answer = FetchFailure(.protocolError, "304 without conditions")
    _ = try aggregator.refresh(herald, with: .failed(answer, nil), now: later)
    let next = configuration.request(
      for: herald, aggregator.state(of: herald), now: later + .seconds(1))
    #expect(next.validators == validators)
  }

  @Test func `a gone feed is said to be gone and keeps its stories`() throws {
    let aggregator = try aggregator()
    _ = try aggregator.refresh(herald, with: Sample.answer(Sample.rss([harbour])), now: Sample.noon)
    let outcome = try aggregator.refresh(
      herald, with: .gone(ResponseFacts(status: 410)), now: Sample.noon + .seconds(60))
    #expect(outcome.failure?.kind == "gone")
    #expect(aggregator.state(of: herald).due?.rule == .gone)
    #expect(try storedTitles().count == 1)
  }

  @Test func `Retry-After blocks the whole host for every process`() throws {
    let answer = FetchResult.failed(
      FetchFailure(.http, "the server asks for patience (429)"),
      ResponseFacts(status: 429, freshness: Freshness(retryAfter: .seconds(7200))))
    let outcome = try aggregator().refresh(herald, with: answer, now: Sample.noon)
    #expect(outcome.failure?.kind == "http-429")
    let other = try aggregator()
    #expect(other.state(of: herald).failureCount == 0)
    #expect(outcome.pause?.until == Sample.noon + .seconds(7200))
    for (after, isBlocked) in [(60, true), (7199, true), (7200, false), (-40 * 86_400, false)] {
      let until = other.blockedUntil(line: "herald", now: Sample.noon + .seconds(after))
      #expect((until != nil) == isBlocked, "\(after) s later")
    }
  }

  @Test func `a month's Retry-After outlasts a clock that is put back a day`() throws {
    let answer = FetchResult.failed(
      FetchFailure(.http, "the server asks for patience (429)"),
      ResponseFacts(status: 429, freshness: Freshness(retryAfter: .seconds(30 * 86_400))))
    let aggregator = try aggregator()
    _ = try aggregator.refresh(herald, with: answer, now: Sample.noon)
    let yesterday = Sample.noon - .seconds(86_400)
    #expect(aggregator.blockedUntil(line: "herald", now: yesterday) != nil)
  }

  @Test func `what is remembered of feeds stays small, and every process follows`() throws {
    let aggregator = try aggregator()
    let bystander = try self.aggregator()
    let facts = ResponseFacts(
      status: 304, validators: Validators(etag: "\"\(String(repeating: "x", count: 40_000))\""))
    for poll in 0..<120 {
      _ = try aggregator.refresh(
        herald, with: .notModified(facts), now: Sample.noon + .seconds(poll * 3600))
    }
    let log = folder.path + "/state/feeds.jsonl"
    let size = try FileManager.default.attributesOfItem(atPath: log)[.size] as? Int
    #expect(try #require(size) < 2 << 20)
    try bystander.catchUp()
    #expect(bystander.state(of: herald) == aggregator.state(of: herald))
    #expect(try self.aggregator().state(of: herald).pollCount == 120)
  }

  @Test func `the operator's rules leave entries out`() throws {
    var feed = herald
    feed.rules = [
      StoryRule(action: .ignore, field: .title, comparison: .equals("Harbour closed"))
    ]
    let outcome = try aggregator().refresh(
      feed, with: Sample.answer(Sample.rss([harbour, market])), now: Sample.noon)
    #expect(outcome.counts.new == 1 && outcome.counts.ignored == 1)
    #expect(try storedTitles() == ["Market opens"])
  }

  @Test func `differences are merged: what they leave out stays, and time for the whole comes`()
    throws
  {
    let aggregator = try aggregator()
    _ = try aggregator.refresh(
      herald, with: Sample.answer(Sample.rss([market, harbour])), now: Sample.noon)
    let later = Sample.noon + .seconds(3600)
    let news = [
      Sample.Item(guid: "3", title: "Bridge opened"), Sample.Item(guid: "4", title: "Ferry late"),
    ]
    guard case .document(let document, var facts) = Sample.answer(Sample.rss(news), etag: "\"2\"")
    else { return }
    facts.status = 226
    let outcome = try aggregator.refresh(herald, with: .document(document, facts), now: later)
    #expect(outcome.counts.new == 2 && outcome.failure == nil)
    #expect(!outcome.leavesGap, "that all of it is new says nothing")
    let state = aggregator.state(of: herald)
    #expect(state.validators.etag == "\"2\"" && state.lastSuccess == later)
    #expect(state.lastDocument == Sample.noon, "the whole is asked for eight days after the whole")
    let whole = Sample.answer(Sample.rss(news + [market, harbour]), etag: "\"3\"")
    #expect(try aggregator.refresh(herald, with: whole, now: later).counts.known == 4)
  }
}
