import FeedParsing
import Foundation
import Syndication
import Testing

/// Documentation/parse.md is all that readers of the JSON have.
@Suite struct DocumentationTests {
  private static let package = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private func text(_ path: String) throws -> String {
    try String(contentsOf: Self.package.appending(path: path), encoding: .utf8)
  }

  @Test func `every key of the normalised document is described`() throws {
    let page = try text("Documentation/parse.md")
    let source = try text("Sources/FeedParsing/Normalized/NormalizedDocument.swift")
    let written =
      /\b(?:field|objects?|openArray|strings|raw|links|text)\("([a-z_]+)"(?:, "([a-z_]+)")?/
    let keys = source.matches(of: written).flatMap { [$0.1, $0.2].compactMap { $0 } }
    #expect(keys.count > 100)
    for key in Set(keys) {
      // "Texts, each with its `_type`".
      let isCompanion = key.hasSuffix("_type") && page.contains("`\(key.dropLast(5))`")
      #expect(page.contains("`\(key)`") || isCompanion, "\(key) is not in parse.md")
    }
  }

  @Test func `every kind of defect, of what is no feed, and every format is described`() throws {
    let page = try text("Documentation/parse.md")
    for kind in ParseDefect.Kind.allCases { #expect(page.contains("\n| `\(kind.rawValue)` | ")) }
    for kind in FeedParsingError.Kind.allCases {
      #expect(page.contains("\n| `\(kind.rawValue)` | "), "\(kind)")
    }
  }
}
