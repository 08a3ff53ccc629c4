import Aggregation
import Foundation
import StoryArchive
import Syndication
import Testing

/// The sample feeds of `make demo`, which fetches them side by side, so that any may be read first.
@Suite struct DemoFeedsTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Examples/demo")
  private static let names = [
    "norrvik-courier.xml", "skerry-coast.rdf", "meridian-dispatch.xml", "field-notes.json",
    "brackford-post.xml",
  ]

  @Test func `two desks' reports and a reprint are one story, whichever feed is read first`() throws
  {
    let documents = try Self.names.map {
      (Sample.feed($0), Array(try Data(contentsOf: Self.folder.appending(path: $0))))
    }
    let orders = orders(of: Array(documents.indices))
    #expect(orders.count == 120)
    for order in orders {
      let shared = try sharedStories(of: order.map { documents[$0] })
      #expect(
        shared == [
          [
            "Investigators look at steering fault after ferry with 214 passengers grounds near Hallö",
            "Passengers lifted off stranded ferry after a night on the rocks",
            "Passengers lifted off stranded ferry after a night on the rocks at Hallö",
          ]
        ], "\(order.map { Self.names[$0] })")
    }
  }

  /// The titles of each cluster that holds more than one story.
  private func sharedStories(of documents: [(Feed, [UInt8])]) throws -> [[String]] {
    let folder = try TemporaryFolder()
    let aggregator = try Aggregator(storage: folder.path, now: Sample.noon)
    for (feed, bytes) in documents {
      _ = try aggregator.refresh(feed, with: Sample.answer(bytes), now: Sample.noon)
    }
    var titles: [StoryID: String] = [:]
    var clusters: [StoryID: StoryID] = [:]
    try Archive.open(at: folder.path, access: .readOnly, now: Sample.noon).replay { record in
      switch record {
      case .story(let story, let cluster, _):
        titles[story.id] = story.title
        clusters[story.id] = cluster
      case .move(let story, let cluster, _): clusters[story] = cluster
      case .revision, .relocation, .removed: break
      }
    }
    return Dictionary(grouping: titles.keys) { clusters[$0] }.values
      .filter { $0.count > 1 }
      .map { $0.compactMap { titles[$0] }.sorted() }
  }

  private func orders(of places: [Int]) -> [[Int]] {
    guard places.count > 1 else { return [places] }
    return places.flatMap { first in
      orders(of: places.filter { $0 != first }).map { [first] + $0 }
    }
  }
}
