import Aggregation
import FeedFetching
import Syndication
import Testing

@testable import AggregatorDaemon

@Suite struct StoringLineTests {
  private func answer(_ number: Int, storyCount: Int) -> ReadAnswer {
    let items = (0..<storyCount).map { "<item><guid>\($0)</guid><title>T</title></item>" }
    let rss = "<rss version=\"2.0\"><channel>\(items.joined())</channel></rss>"
    let document = Document(
      bytes: Array(rss.utf8), contentType: nil, finalURL: "https://f.example/", isWhole: true)
    return ReadAnswer(
      of: .document(document, ResponseFacts(status: 200)),
      feed: Feed(url: "https://f.example/\(number)"), policy: RefreshPolicy(interval: nil),
      line: "f.example", now: Timestamp(milliseconds: 0))
  }

  @Test func `a batch ends at its limit of answers, and the rest follows in its order`() {
    var line = StoringLine()
    let limit = StoringLine.batchLimit
    for number in 0..<limit + 3 { line.append(answer(number, storyCount: 0)) }
    #expect(line.batch.count == limit)
    line.removeFirst(line.batch.count)
    let rest = (limit..<limit + 3).map { "https://f.example/\($0)" }
    #expect(line.batch.map(\.feed.url) == rest)
    line.removeFirst(3)
    #expect(line.isEmpty && line.batch.isEmpty)
  }

  @Test func `a batch ends with the answer that fills it with stories, however many that has`() {
    var line = StoringLine()
    let half = StoringLine.batchStoryLimit / 2
    for (number, count) in [half, half + 1, 1, 2 * half + 5, 1].enumerated() {
      line.append(answer(number, storyCount: count))
    }
    #expect(line.batch.count == 2)
    line.removeFirst(2)
    #expect(line.batch.count == 2)
    line.removeFirst(2)
    #expect(line.batch.count == 1)
  }

  @Test func `another process is waited for so often, counted anew after each batch`() {
    var line = StoringLine()
    line.append(answer(0, storyCount: 0))
    for _ in 0..<2 {
      let tries = (0...StoringLine.lockTryLimit).map { _ in line.mayTryAgain() }
      #expect(tries == Array(repeating: true, count: StoringLine.lockTryLimit) + [false])
      line.removeFirst(0)
    }
    let given = line.removeAll()
    #expect(given.count == 1 && line.isEmpty)
  }
}
