import Syndication
import Testing

@testable import StoryGrouping

@Suite struct SnapshotTests {
  private let sketcher = Sketcher()

  /// Weeks of news: the invented reports again and again, in other words, three days apart.
  private func documents(_ days: Range<Int>) -> [GroupingDocument] {
    days.flatMap { day in
      InventedNews.documents().enumerated().map { number, document in
        var document = document
        document.id = StoryID(bits: UInt64(day * 1000 + number))
        document.title = document.title.replacing("Kelmora", with: "Kelmora\(day)")
        document.text = document.text.split(separator: " ").enumerated().map { place, word in
          place.isMultiple(of: 3) ? String(word) : "\(word)\(day)"
        }.joined(separator: " ")
        document.published = document.published.map { $0 + .seconds(3 * 86_400 * day) }
        document.seen = document.seen + .seconds(3 * 86_400 * day)
        return document
      }
    }
  }

  private func live(_ days: Range<Int>, in grouper: inout Grouper) -> [Placement] {
    documents(days).map { document in
      grouper.forget(before: document.seen - Grouper.window)
      let placement = grouper.decide(sketcher.sketch(document))
      grouper.apply(sketcher.sketch(document), placement)
      return placement
    }
  }

  private func snapshot(_ grouper: Grouper) throws -> [UInt8] {
    final class Sink { var bytes: [UInt8] = [] }
    let sink = Sink()
    try grouper.writeSnapshot { sink.bytes += $0 }
    return sink.bytes
  }

  private func load(_ bytes: [UInt8], _ sealed: [SealedCopies] = []) throws -> Grouper {
    try bytes.withUnsafeBytes { try Grouper(snapshot: $0, sealed: sealed) }
  }

  @Test(arguments: [0, 5, 8])
  func `a snapshot and what came after give the bytes that everything gives`(day: Int) throws {
    var whole = Grouper()
    var placements = live(0..<8, in: &whole)
    var first = Grouper()
    _ = live(0..<day, in: &first)
    let sealed = try first.sealed.map { try SealedCopies($0.plainBytes) }
    var loaded = try load(try snapshot(first), sealed)
    placements.removeFirst(documents(0..<day).count)
    #expect(live(day..<8, in: &loaded) == placements)
    let isSame = try snapshot(loaded) == snapshot(whole)
    #expect(isSame)
    #expect(whole.sealed.map(\.checksum) == loaded.sealed.map(\.checksum))
    #expect(!whole.sealed.isEmpty)
  }

  @Test func `replaying recorded placements gives the same bytes as living through them`() throws {
    var lived = Grouper()
    let placements = live(0..<7, in: &lived)
    var replayed = Grouper()
    for (document, var placement) in zip(documents(0..<7), placements) {
      replayed.forget(before: document.seen - Grouper.window)
      let moves = placement.moves
      placement.moves = []
      placement.similarity = 0
      replayed.apply(sketcher.sketch(document), placement)
      replayed.apply(moves)
    }
    let isSame = try snapshot(replayed) == snapshot(lived)
    #expect(isSame)
  }

  @Test func `a damaged snapshot is refused wherever the damage is`() throws {
    var grouper = Grouper()
    _ = live(0..<2, in: &grouper)
    let bytes = try snapshot(grouper)
    for place in stride(from: 0, to: bytes.count, by: bytes.count / 12 + 1) {
      var damaged = bytes
      damaged[place] ^= 1 << (place % 8)
      #expect(throws: SnapshotError.damaged, "byte \(place)") { _ = try load(damaged) }
      #expect(throws: SnapshotError.damaged, "cut at \(place)") {
        _ = try load(Array(bytes.prefix(place)))
      }
    }
    #expect(throws: SnapshotError.damaged) { _ = try load([]) }
  }

  @Test func `a snapshot wants the sealed copies that it was written with`() throws {
    var grouper = Grouper()
    _ = live(0..<8, in: &grouper)
    let bytes = try snapshot(grouper)
    #expect(throws: SnapshotError.otherCopies) { _ = try load(bytes) }
    let isSame = try snapshot(load(bytes, grouper.sealed)) == bytes
    #expect(isSame)
  }

  @Test func `what is written as it lies in memory has no gaps`() {
    #expect(MemoryLayout<StoryTable.Record>.size == 6 * 8)
    #expect(MemoryLayout<StoryTable.Record>.stride == 6 * 8)
    #expect(MemoryLayout<ClusterTable.Record>.size == 136)
    #expect(MemoryLayout<ClusterTable.Record>.stride == 136)
    #expect(MemoryLayout<UnsettledMembers.Record>.size == 120)
    #expect(MemoryLayout<UnsettledMembers.Record>.stride == 120)
    #expect(MemoryLayout<TermVector.Element>.stride == 8)
    #expect(MemoryLayout<SealedCopies.Record>.size == 192)
    #expect(MemoryLayout<SealedCopies.Record>.stride == 192)
    #expect(MemoryLayout<SealedCopies.Header>.stride == SnapshotWriter.alignment)
  }
}
