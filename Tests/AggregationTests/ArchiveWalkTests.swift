import Aggregation
import FeedFetching
import Syndication
import Testing

@Suite struct ArchiveWalkTests {
  private static let feed = "https://herald.example/rss"

  private func page(_ links: [String: String]) -> FeedProperties {
    var properties = FeedProperties()
    for (relation, href) in links.sorted(by: { $0.key < $1.key }) {
      var link = WebLink(href: href)
      link.relation = relation
      properties.links.append(link)
    }
    return properties
  }

  private func archive(_ number: Int) -> String { "https://herald.example/archive/\(number)" }

  @Test func `archives are followed to the oldest and known from then on`() {
    var walk = ArchiveWalk(feed: Self.feed, progress: nil)
    #expect(
      walk.step(from: page(["prev-archive": archive(2), "next": "https://herald.example/?page=2"]))
        == .read(archive(2)))
    #expect(walk.progress == ArchiveProgress(next: archive(2), first: archive(2)))
    #expect(
      walk.step(
        from: page(["prev-archive": archive(1)]), at: archive(2), receivedByteCount: 9, newCount: 0)
        == .read(archive(1)))
    #expect(walk.progress == ArchiveProgress(next: archive(1), first: archive(2)))
    #expect(
      walk.step(from: page([:]), at: archive(1), receivedByteCount: 9, newCount: 3)
        == .end(.oldest))
    #expect(walk.progress == ArchiveProgress(known: archive(2)))

    var later = ArchiveWalk(feed: Self.feed, progress: walk.progress)
    #expect(later.step(from: page(["prev-archive": archive(3)])) == .read(archive(3)))
    #expect(
      later.step(
        from: page(["prev-archive": archive(2)]), at: archive(3), receivedByteCount: 9, newCount: 5)
        == .end(.known))
    #expect(later.progress == ArchiveProgress(known: archive(3)))
    var again = ArchiveWalk(feed: Self.feed, progress: later.progress)
    #expect(again.step(from: page(["prev-archive": archive(3)])) == .end(.known))
    #expect(again.progress == later.progress)
  }

  @Test func `moving pages are known by what they bring, once all were read`() {
    let second = "https://herald.example/rss?page=2"
    for (known, newCount, isRead) in [
      (nil, 0, true), ("x", 0, false), ("x", 1, true), (nil, 1, true),
    ] as [(String?, Int, Bool)] {
      var walk = ArchiveWalk(feed: Self.feed, progress: ArchiveProgress(known: known))
      _ = walk.step(from: page(["next": second]))
      let step = walk.step(
        from: page(["next": second + "0"]), at: second, receivedByteCount: 1, newCount: newCount)
      #expect((step == .read(second + "0")) == isRead, "\(known ?? "never"), \(newCount) new")
    }
  }

  @Test(arguments: [
    "https://elsewhere.example/2", "http://127.0.0.1/", "file:///etc/passwd",
    "ftp://herald.example/",
    "https://herald.example@127.0.0.1/", "https://www.herald.example/2", "nonsense",
    "https://herald.example/rss",
  ])
  func `what leads elsewhere, round or nowhere is not followed`(href: String) {
    var walk = ArchiveWalk(feed: Self.feed, progress: nil)
    guard case .end(.refused(let reason)) = walk.step(from: page(["prev-archive": href])) else {
      Issue.record("\(href) is followed")
      return
    }
    #expect(!reason.isEmpty && walk.progress.next == nil)
  }

  @Test func `the host that the feed was redirected to is the publisher's too`() {
    var walk = ArchiveWalk(feed: Self.feed, progress: nil)
    walk.begin(at: "https://www.herald.example/feed")
    #expect(
      walk.step(from: page(["next": "https://www.herald.example/feed?2"]))
        == .read("https://www.herald.example/feed?2"))
  }

  @Test func `circles of any length end`() {
    for length in 1...5 {
      var walk = ArchiveWalk(feed: Self.feed, progress: nil)
      var step = walk.step(from: page(["prev-archive": archive(0)]))
      var readCount = 0
      while case .read(let href) = step, readCount < 100 {
        readCount += 1
        step = walk.step(
          from: page(["prev-archive": archive(readCount % length)]), at: href, receivedByteCount: 1,
          newCount: 1)
      }
      #expect(readCount == length)
      #expect(step == .end(.refused("the pages lead round in a circle")))
    }
  }

  @Test func `a walk ends at its limits of pages and bytes, and the next one goes on`() {
    for (pages, bytes, limit) in [
      (3, 1 << 20, ArchiveWalk.Limit.pages(3)), (100, 2500, .bytes(2500)),
    ] {
      var limits = ArchiveWalk.Limits()
      limits.pages = pages
      limits.bytes = bytes
      var walk = ArchiveWalk(feed: Self.feed, progress: nil, limits: limits)
      var step = walk.step(from: page(["prev-archive": archive(10)]))
      for number in stride(from: 10, to: 7, by: -1) {
        #expect(step == .read(archive(number)))
        step = walk.step(
          from: page(["prev-archive": archive(number - 1)]), at: archive(number),
          receivedByteCount: 1000, newCount: 1)
      }
      #expect(step == .end(.limit(limit)))
      #expect(walk.progress == ArchiveProgress(next: archive(7), first: archive(10)))
      #expect(walk.resumption == .end(.limit(limit)))
      let tomorrow = ArchiveWalk(feed: Self.feed, progress: walk.progress, limits: limits)
      #expect(tomorrow.resumption == .read(archive(7)))
    }
  }

  @Test func `pages of the day before this walk count, and no more than the polls of a day`() {
    let limits = ArchiveWalk.Limits(pollsPerDay: 7)
    #expect(limits.pages == 7 && ArchiveWalk.Limits(pollsPerDay: 9000).pages == 100)
    let progress = ArchiveProgress(next: archive(7), first: archive(10))
    for (earlier, step) in [
      (6, ArchiveWalk.Step.read(archive(7))), (7, .end(.limit(.pages(7)))),
    ] {
      let walk = ArchiveWalk(
        feed: Self.feed, progress: progress, limits: limits, earlierPageCount: earlier)
      #expect(walk.resumption == step)
    }
  }

  @Test func `a walk does not go on at a host that is the feed's no more`() {
    let progress = ArchiveProgress(next: "https://former.example/7", first: archive(10))
    var walk = ArchiveWalk(feed: Self.feed, progress: progress)
    #expect(walk.resumption == nil)
    walk.begin(at: "https://former.example/feed")
    #expect(walk.resumption == .read("https://former.example/7"))
  }
}
