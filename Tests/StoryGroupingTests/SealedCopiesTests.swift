import Syndication
import Testing

@testable import StoryGrouping

@Suite struct SealedCopiesTests {
  private let sketcher = Sketcher()

  private func record(_ number: Int) -> SealedCopies.Record {
    let words = (0..<200).map { "word\(number)x\($0 / 2 + number)" }.joined(separator: " ")
    let sketch = sketcher.sketch(
      GroupingDocument(
        id: StoryID(bits: UInt64(number)), title: "", text: words,
        seen: Timestamp(milliseconds: 0)))
    return SealedCopies.Record(
      bins: sketch.signature.bins, story: UInt64(number), original: UInt64(number),
      cluster: UInt64(number / 2), time: 1, source: 2, title: 3,
      shingleCount: UInt32(sketch.signature.shingleCount))
  }

  private func found(_ table: SealedCopies, _ number: Int) -> Set<UInt64> {
    found(table, record(number).bins)
  }

  private func found(_ table: SealedCopies, _ bins: CopySignature.Bins) -> Set<UInt64> {
    var stories: Set<UInt64> = []
    table.forEachStory(sharing: bins) { stories.insert($0.story) }
    return stories
  }

  @Test(arguments: [0, 1, 2, 200])
  func `every story of a table is found, after joining tables too`(count: Int) throws {
    let records = (0..<count).map(record)
    let one = SealedCopies([], Array(records.prefix(count / 3)))
    let other = SealedCopies([], Array(records.dropFirst(count / 3)))
    let joined = SealedCopies([one, other], [])
    #expect(joined.checksum == SealedCopies([], records).checksum)
    #expect(joined.storyCount == count)
    for number in 0..<count { #expect(found(joined, number).contains(UInt64(number))) }
    #expect(found(joined, 100_000).isEmpty)
  }

  @Test func `a table is read back as it was, and damage is noticed`() throws {
    let records = (0..<20).map(record)
    let table = SealedCopies([], records)
    let bytes = table.plainBytes
    let read = try SealedCopies(bytes)
    #expect(read.isIntact)
    #expect(found(read, 7) == [7])
    for length in stride(from: 0, to: bytes.count, by: 7) {
      #expect(throws: SnapshotError.damaged) { try SealedCopies(Array(bytes.prefix(length))) }
    }
    for place in stride(from: 32, to: bytes.count, by: 41) {
      var damaged = bytes
      damaged[place] ^= 0x40
      let table = try SealedCopies(damaged)
      #expect(!table.isIntact, "byte \(place)")
      // Whatever it says, it leads nowhere outside.
      for record in records { _ = found(table, record.bins) }
    }
  }

  @Test func `no header makes a table of bytes that are not there`() {
    let record = record(1)
    let whole = SealedCopies([], [record, record]).plainBytes
    for place in 0..<32 {
      for value in [0, 1, 0x7F, 0xFF] as [UInt8] {
        var bytes = whole
        bytes[place] = value
        guard let table = try? SealedCopies(bytes) else { continue }
        _ = found(table, record.bins)
      }
    }
  }

  @Test func `slots that name no story lead to none`() throws {
    let record = record(1)
    var bytes = SealedCopies([], [record]).plainBytes
    let slots = 32 + MemoryLayout<SealedCopies.Record>.stride
    let keys = record.bins.bandKeys
    let tags = (0..<SealedCopies.bandCount).map { UInt8(truncatingIfNeeded: keys[$0]) }
    for number in [0, 2, 0xFF_FFFF] as [UInt32] {
      for tag in tags {
        for slot in stride(from: slots, to: bytes.count - 3, by: 4) {
          withUnsafeBytes(of: UInt32(tag) << 24 | number) {
            bytes.replaceSubrange(slot..<slot + 4, with: $0)
          }
        }
        #expect(found(try SealedCopies(bytes), record.bins).isEmpty)
      }
    }
  }

  @Test func `no table is joined from a damaged one as if it were sound`() throws {
    let records = (0..<20).map(record)
    let damaged = try SealedCopies(PerishedBytes(bytes: SealedCopies([], records).plainBytes))
    #expect(!SealedCopies([damaged, SealedCopies([], records)], []).isSound)
    #expect(SealedCopies([SealedCopies([], records)], records).isSound)
  }
}

extension SealedCopies {
  var plainBytes: [UInt8] {
    bytes.withBytes(0..<bytes.byteCount) { Array($0) } ?? []
  }
}

/// Bytes of which nothing but the beginning can be read.
private struct PerishedBytes: SealedBytes {
  let bytes: [UInt8]
  var byteCount: Int { bytes.count }
  var isSound: Bool { true }

  func withBytes<Result>(
    _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result? {
    range.upperBound > 64 ? nil : bytes.withBytes(range, body)
  }
}
