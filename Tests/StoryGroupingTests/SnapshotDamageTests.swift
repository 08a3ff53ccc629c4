import Syndication
import Testing

@testable import StoryGrouping

/// A snapshot may be cut, damaged or made up: it is refused, or what it says harms nobody.
@Suite struct SnapshotDamageTests {
  private static let documents = InventedNews.documents()
  private static let sketcher = Sketcher()
  /// Of the first few stories, two of them in one cluster.
  private static let bytes: [UInt8] = {
    var grouper = Grouper()
    for document in documents.prefix(4) { grouper.place(document) }
    final class Sink { var bytes: [UInt8] = [] }
    let sink = Sink()
    try? grouper.writeSnapshot { sink.bytes += $0 }
    return sink.bytes
  }()

  private func load(_ bytes: some Collection<UInt8>) throws -> Grouper {
    try Array(bytes).withUnsafeBytes { try Grouper(snapshot: $0) }
  }

  /// Does everything that reads or changes what is known.
  private func exercise(_ grouper: Grouper) {
    var grouper = grouper
    for document in Self.documents.prefix(6) {
      _ = grouper.members(of: document.id)
      let sketch = Self.sketcher.sketch(document)
      grouper.apply(sketch, grouper.decide(sketch))
    }
    grouper.apply([Move(story: Self.documents[3].id, to: Self.documents[0].id)])
    grouper.forget(before: Self.documents[4].seen)
    grouper.forget(before: Timestamp(milliseconds: .max))
  }

  @Test func `a snapshot cut anywhere is refused`() {
    for length in Self.bytes.indices {
      #expect(throws: SnapshotError.damaged, "cut at \(length)") {
        _ = try load(Self.bytes.prefix(length))
      }
    }
  }

  @Test func `a snapshot with any byte changed is refused`() {
    var bytes = Self.bytes
    let content = bytes.count - SnapshotWriter.alignment
    for place in 0..<content + 8 {
      bytes[place] ^= 1 << (place % 8)
      #expect(throws: SnapshotError.damaged, "byte \(place)") { _ = try load(bytes) }
      bytes[place] ^= 1 << (place % 8)
    }
  }

  /// Words that numbers, counts, places and fractions do not expect.
  private static let oddWords: [UInt32] = [
    0, 1, 2, 5, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFE, 0xFFFF_FFFF, 0x7F80_0000, 0x7FC0_0000,
    0xFF7F_FFFF, 0x3F80_0000, 0x8000_0001,
  ]

  @Test func `no made-up number with the right checksum leads astray`() throws {
    var taken = 0
    let words = (Self.bytes.count - SnapshotWriter.alignment) / 4
    for word in 0..<words {
      let isEmpty = Self.bytes[word * 4..<word * 4 + 4].allSatisfy { $0 == 0 }
      // Empty slots are many and alike, and so are counts.
      guard word.isMultiple(of: isEmpty ? 11 : 3) else { continue }
      var bytes = Self.bytes
      let odd = Self.oddWords[word % Self.oddWords.count]
      withUnsafeBytes(of: odd) { bytes.replaceSubrange(word * 4..<word * 4 + 4, with: $0) }
      sign(&bytes)
      guard let grouper = try? load(bytes) else { continue }
      exercise(grouper)
      taken += 1
    }
    // Most of them are counts, of which any will do.
    #expect(taken > 100)
  }

  private func sign(_ bytes: inout [UInt8]) {
    let content = bytes.count - SnapshotWriter.alignment
    var checksum = SnapshotChecksum()
    bytes.withUnsafeBytes { checksum.add(UnsafeRawBufferPointer(rebasing: $0[..<content])) }
    withUnsafeBytes(of: checksum.value) {
      bytes.replaceSubrange(content..<content + 8, with: $0)
    }
  }
}
