internal import CRarityTable

/// Asks for what placing a story will look up of its shingles while the story is still read, so that the caches hold
/// it by then: each shingle is looked up at up to five places of large tables, and reading has time to wait for none.
///
/// It knows addresses and reads nothing there, so that tables which grow or move meanwhile do no harm.
package struct Foresight: Sendable {
  /// Of both generations of counts, the older one's 0 before there is one.
  let counts: (younger: UInt, older: UInt)
  let postings: SlotForesight
  /// The story's.
  var source: UInt32 = 0

  /// Begins to bring what is looked up of a shingle into the caches, by its stem: its kinds take no part in that.
  @inline(__always)
  func ask(for stem: UInt64) {
    forEachAddress(of: stem) { memory_prefetch(UnsafeRawPointer(bitPattern: $0)) }
  }

  /// Calls `body` with where the shingle is counted, of all stories and of the source's, in each generation, and with
  /// where the search for its postings begins.
  @inline(__always)
  func forEachAddress(of stem: UInt64, _ body: (UInt) -> Void) {
    let hash = TermKey(stem: stem, kinds: []).hash
    let (ofAll, ofSource) = (
      DocumentFrequencies.offset(hash, source: 0), DocumentFrequencies.offset(hash, source: source)
    )
    body(counts.younger &+ ofAll)
    body(counts.younger &+ ofSource)
    if counts.older != 0 {
      body(counts.older &+ ofAll)
      body(counts.older &+ ofSource)
    }
    body(postings.address(PlaceTable.hash(hash)))
  }
}

/// Where the slots of a table lie.
struct SlotForesight: Sendable {
  let start: UInt
  let mask: UInt
  let stride: UInt

  /// Where a search for a hash begins.
  @inline(__always)
  func address(_ hash: UInt64) -> UInt {
    start &+ (UInt(truncatingIfNeeded: hash) & mask) &* stride
  }
}
