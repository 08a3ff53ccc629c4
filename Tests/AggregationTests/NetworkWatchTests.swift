import Aggregation
import FeedFetching
import Syndication
import Testing

@Suite struct NetworkWatchTests {
  private typealias Watch = NetworkWatch
  private static let noon = Sample.noon

  private func report(
    _ feed: String, _ evidence: Watch.Evidence, isPrivate: Bool = false, failedBefore: Bool = false
  ) -> Watch.Report {
    Watch.Report(
      feed: feed, host: String(feed.prefix { $0 != "/" }), evidence: evidence,
      isPrivate: isPrivate, hasFailedBefore: failedBefore)
  }

  private func note(
    _ watch: inout Watch, _ report: Watch.Report, underWay: Int = 0, waiting: Int = 0,
    at seconds: Int = 0
  ) -> Watch.Ruling {
    watch.note(
      report, underWay: underWay, waiting: waiting, now: Self.noon + .seconds(seconds))
  }

  /// A watch that three hosts in a row told of.
  private func offline() -> Watch {
    var watch = Watch()
    for (second, host) in ["a", "b", "c"].enumerated() {
      _ = note(&watch, report(host, .unreachable), at: second)
    }
    return watch
  }

  @Test func `three hosts that cannot be reached, and none that can, are a network that is gone`() {
    var watch = Watch()
    #expect(note(&watch, report("a", .unreachable)) == Watch.Ruling())
    #expect(note(&watch, report("b", .unreachable), at: 100) == Watch.Ruling())
    let last = note(&watch, report("c", .unreachable), at: 200)
    #expect(last.excused == ["a", "b", "c"] && last.believed == [])
    #expect(last.turn == .wentOffline(since: Self.noon))
    #expect(watch.isOffline)
  }

  @Test func `feeds of one host say nothing of the network`() {
    var watch = Watch()
    for feed in 1...20 {
      #expect(note(&watch, report("a/\(feed)", .unreachable)) == Watch.Ruling())
    }
    #expect(watch.conclude().believed.count == 20)
  }

  @Test func `a host that answers clears it up, and what was held back counts`() {
    var watch = Watch()
    _ = note(&watch, report("a", .unreachable))
    _ = note(&watch, report("b", .unreachable))
    let ruling = note(&watch, report("c", .reached), at: 5)
    #expect(ruling == Watch.Ruling(believed: ["a", "b", "c"]))
    #expect(watch.wakeUp == nil)
    _ = note(&watch, report("d", .unreachable), at: 6)
    #expect(!watch.isOffline)
  }

  @Test func `in a large pass requests under way may still clear it up, for a while`() {
    var watch = Watch()
    for host in 1...9 {
      _ = note(&watch, report("dead\(host)", .unreachable), underWay: 50, waiting: 900)
      #expect(watch.isDoubting == (host >= 8), "\(host) hosts")
    }
    #expect(watch.look(underWay: 50, waiting: 900, now: Self.noon + .seconds(19)).turn == nil)
    var slow = watch
    #expect(slow.look(underWay: 50, waiting: 900, now: Self.noon + .seconds(20)).turn != nil)
    let ruling = note(&watch, report("alive", .reached), underWay: 49, waiting: 900, at: 3)
    #expect(ruling.believed.count == 10 && ruling.turn == nil)
  }

  @Test func `one at a time, the dead among many new feeds may come first`() {
    var watch = Watch()
    for host in 1...7 {
      let ruling = note(&watch, report("dead\(host)", .unreachable), waiting: 5)
      #expect(ruling == Watch.Ruling() && !watch.isDoubting)
    }
    #expect(note(&watch, report("dead8", .unreachable), waiting: 5).turn != nil)
  }

  @Test func `feeds that failed before say nothing new, and are blamed`() {
    var watch = Watch()
    for host in ["a", "b", "c", "d"] {
      let ruling = note(&watch, report(host, .unreachable, failedBefore: true))
      #expect(ruling == Watch.Ruling(believed: [host]))
    }
    #expect(!watch.isOffline)
  }

  @Test func `a failure is held back for ten minutes at most`() {
    var watch = Watch()
    _ = note(&watch, report("a", .unreachable))
    #expect(watch.wakeUp == Self.noon + .seconds(600))
    #expect(watch.look(underWay: 0, waiting: 0, now: Self.noon + .seconds(599)) == Watch.Ruling())
    let ruling = watch.look(underWay: 0, waiting: 0, now: Self.noon + .seconds(600))
    #expect(ruling == Watch.Ruling(believed: ["a"]) && watch.wakeUp == nil)
  }

  @Test func `while offline every failure is excused, and one feed is tried now and then`() {
    var watch = offline()
    var tried: [String] = []
    var moment = Self.noon + .seconds(2)
    for _ in 0..<7 {
      let wake = watch.wakeUp ?? moment
      #expect(watch.probe(among: ["a", "z"], now: wake - .milliseconds(1)) { _ in false } == nil)
      tried.append("\(wake.since(moment).components.seconds)")
      moment = wake
      let feed = watch.probe(among: ["a", "z"], now: moment) { _ in false }
      tried.append(feed ?? "nobody")
      #expect(note(&watch, report(feed ?? "", .unreachable)).excused == [feed])
    }
    #expect(
      tried == [
        "60", "z", "120", "a", "240", "z", "480", "a", "900", "z", "900", "a", "900", "z",
      ])
  }

  @Test func `with nothing due there is nothing to try, and no timer runs wild`() {
    var watch = offline()
    let moment = Self.noon + .seconds(100)
    #expect(watch.probe(among: [], now: moment) { _ in false } == nil)
    #expect(watch.wakeUp == moment + .seconds(60))
  }

  @Test func `a probe is not put off by a clock that went back`() {
    var watch = offline()
    #expect(watch.probe(among: ["a"], now: Self.noon - .seconds(86_400)) { _ in false } == "a")
  }

  @Test func `the first answer ends it, and who was excused is blamed from then on`() {
    var watch = offline()
    let ruling = note(&watch, report("a", .reached), at: 900)
    #expect(
      ruling == Watch.Ruling(believed: ["a"], turn: .cameBack(since: Self.noon)))
    #expect(!watch.isOffline && watch.wakeUp == nil)
    #expect(note(&watch, report("b", .unreachable), at: 901).believed == ["b"])
    #expect(note(&watch, report("a", .unreachable), at: 902) == Watch.Ruling())
    #expect(note(&watch, report("b", .reached), at: 903).believed == ["a", "b"])
    #expect(note(&watch, report("b", .unreachable), at: 904) == Watch.Ruling())
  }

  @Test func `a server of one's own says nothing of the Internet`() {
    var watch = Watch()
    _ = note(&watch, report("a", .unreachable))
    _ = note(&watch, report("b", .unreachable))
    #expect(note(&watch, report("home", .reached, isPrivate: true)).believed == ["home"])
    #expect(note(&watch, report("c", .unreachable)).turn != nil)
    #expect(note(&watch, report("home", .reached, isPrivate: true)).turn == nil)
    #expect(watch.isOffline)
    var local = Watch()
    for host in ["x", "y", "z"] { _ = note(&local, report(host, .unreachable, isPrivate: true)) }
    #expect(local.isOffline)
    #expect(note(&local, report("x", .reached, isPrivate: true)).turn != nil)
  }

  @Test func `what a result says of the network`() {
    let facts = ResponseFacts(status: 503)
    let document = Document(bytes: [], contentType: nil, finalURL: "", isWhole: true)
    let expected: [(FetchResult, Watch.Evidence)] = [
      (.document(document, ResponseFacts(status: 200)), .reached),
      (.document(document, ResponseFacts(status: 0)), .silent),
      (.notModified(facts), .reached), (.gone(facts), .reached),
      (.failed(FetchFailure(.http, ""), facts), .reached),
      (.failed(FetchFailure(.incomplete, ""), facts), .reached),
    ]
    for (result, evidence) in expected { #expect(Watch.Evidence(of: result) == evidence) }
    let unreachable = FetchFailure.Kind.allCases.filter {
      Watch.Evidence(of: .failed(FetchFailure($0, ""), nil)) == .unreachable
    }
    #expect(Set(unreachable) == [.dns, .refused, .unreachable, .connectTimeout, .proxy])
  }
}
