import Foundation
import Syndication
import Testing

@Suite struct ShippedConfigurationTests {
  @Test func `the feeds.conf that comes with the program has feeds and no problem`() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
    let text = try Data(contentsOf: root.appending(path: "feeds.conf"))
    let (configuration, problems) = FeedsConfigurationParser.parse(
      Array(text), file: "feeds.conf"
    ) { _, _ in [] }
    #expect(problems.map(\.description) == [])
    #expect(configuration.feeds.count >= 12)
    #expect(configuration.feeds.allSatisfy { $0.title != nil && !$0.tags.isEmpty })
  }
}
