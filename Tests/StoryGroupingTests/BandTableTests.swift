import Testing

@testable import StoryGrouping

@Suite struct BandTableTests {
  private func visits(_ table: BandTable, _ bins: CopySignature.Bins) -> [UInt32] {
    var found: [UInt32] = []
    table.forEachStory(sharing: bins) { found.append($0) }
    return found
  }

  private func bins(_ seed: UInt64) -> CopySignature.Bins {
    var bins = CopySignature.Bins()
    for place in 0..<64 {
      let value = StableHash.finish(seed &* 64 &+ UInt64(place) &+ 1)
      bins.first[place] = UInt8(truncatingIfNeeded: value)
      bins.second[place] = UInt8(truncatingIfNeeded: value >> 8)
    }
    return bins
  }

  @Test func `stories are found by any band that is the same`() {
    var table = BandTable()
    var signatures: [CopySignature.Bins] = []
    for story in 0..<3000 as Range<UInt64> {
      signatures.append(bins(story))
      table.insert(signatures)
    }
    for story in stride(from: 0, to: 3000, by: 7) {
      var similar = bins(UInt64(story) + 100_000)
      let band = story % CopySignature.bandCount * CopySignature.rowCount
      for row in 0..<CopySignature.rowCount {
        similar.first[band + row] = signatures[story].first[band + row]
      }
      #expect(visits(table, similar).contains(UInt32(story)), "story \(story)")
    }
  }

  @Test func `every story is found at every moment, also while the table grows`() {
    var table = BandTable()
    var signatures: [CopySignature.Bins] = []
    // Three doublings.
    for newest in 0..<500 as Range<UInt32> {
      signatures.append(bins(UInt64(newest)))
      table.insert(signatures)
      let lost = (0...newest).filter { !visits(table, signatures[Int($0)]).contains($0) }
      #expect(lost.isEmpty, "after \(newest)")
    }
  }

  @Test func `the newest of a crowded bucket stay when older ones are taken over`() {
    var table = BandTable()
    var signatures: [CopySignature.Bins] = []
    for story in 0..<400 as Range<UInt32> {
      // Every other story is a copy of one text.
      signatures.append(bins(story % 2 == 0 ? 1_000_000 : UInt64(story)))
      table.insert(signatures)
      let met = visits(table, bins(1_000_000))
      let newest = stride(from: Int(story & ~1), through: 0, by: -2).prefix(Parameters.bucketLimit)
      #expect(Set(met).isSuperset(of: newest.map { UInt32($0) }), "after \(story)")
      // While the table grows there are two buckets of each band, and what a neighbour's adds.
      #expect(met.count <= 3 * Parameters.bucketLimit * CopySignature.bandCount)
    }
  }

  @Test func `a table that was written and read goes on as if it had not been`() throws {
    var table = BandTable()
    var restored = BandTable()
    var signatures: [CopySignature.Bins] = []
    for story in 0..<260 as Range<UInt64> {
      signatures.append(bins(story))
      table.insert(signatures)
      restored.insert(signatures)
      let written = try bytes(of: table)
      #expect(try bytes(of: restored) == written, "after \(story)")
      restored = try written.withUnsafeBytes {
        var reader = try SnapshotReader($0) { _ in }
        return try BandTable(from: &reader, storyCount: signatures.count)
      }
    }
  }

  private func bytes(of table: BandTable) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var writer = SnapshotWriter { bytes += $0 }
    try table.write(to: &writer)
    try writer.finish()
    return bytes
  }

  @Test func `of stories that collide in every bucket the newest are met and no more than a few`() {
    var table = BandTable()
    var signatures: [CopySignature.Bins] = []
    for _ in 0..<20_000 {
      signatures.append(bins(1))
      table.insert(signatures)
    }
    let met = visits(table, bins(1))
    #expect(met.count == Parameters.bucketLimit * CopySignature.bandCount)
    #expect(Set(met) == [19_996, 19_997, 19_998, 19_999])
  }

  @Test func `equal bins are counted one by one`() {
    var other = bins(5)
    #expect(other.equalCount(bins(5)) == CopySignature.binCount)
    for place in 0..<64 {
      other.first[place] &+= 1
      other.second[place] &+= 1
      #expect(other.equalCount(bins(5)) == CopySignature.binCount - 2 * (place + 1))
    }
  }
}
