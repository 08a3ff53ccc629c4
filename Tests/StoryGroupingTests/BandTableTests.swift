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
