import Aggregation
import FeedFetching
import Foundation
import Syndication

/// Feeds and answers that the tests of the spine are told with.
enum Sample {
  static let noon = Timestamp(milliseconds: 1_795_262_400_000)

  static func feed(_ name: String) -> Feed {
    Feed(url: "https://\(name).example/rss", file: "feeds.conf", line: 1)
  }

  struct Item {
    var guid: String
    var title: String
    var text: String = "Nothing more is known."
  }

  static func rss(title: String = "The Herald", _ items: [Item]) -> [UInt8] {
    let items = items.map {
      """
      <item><guid isPermaLink="false">\($0.guid)</guid><title>\($0.title)</title>
      <link>https://www.herald.example/\($0.guid)</link>
      <description>\($0.text)</description></item>
      """
    }
    return Array(
      """
      <?xml version="1.0"?><rss version="2.0"><channel><title>\(title)</title>
      <link>https://www.herald.example/</link>\(items.joined())</channel></rss>
      """.utf8)
  }

  static func answer(
    _ bytes: [UInt8], etag: String? = "\"1\"", isWhole: Bool = true
  ) -> FetchResult {
    .document(
      Document(
        bytes: bytes, contentType: "application/rss+xml", finalURL: "https://herald.example/rss",
        isWhole: isWhole),
      ResponseFacts(status: 200, validators: Validators(etag: etag)))
  }
}

/// A folder of its own for one test, gone with it.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "aggregation-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }
}

extension Aggregator {
  func refresh(
    _ feed: Feed, with result: FetchResult, policy: RefreshPolicy = RefreshPolicy(interval: nil),
    line: String = "herald", now: Timestamp
  ) throws -> RefreshOutcome {
    let answer = ReadAnswer(of: result, feed: feed, policy: policy, line: line, now: now)
    return try refresh([answer], now: now)[0]
  }
}
