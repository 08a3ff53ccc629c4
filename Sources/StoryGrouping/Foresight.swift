internal import CRarityTable

/// Asks for what placing a story will look up of its shingles while the story is still read, so that the caches hold
/// it by then: each shingle is looked up at three places of large tables, and reading has time to wait for none.
///
/// It knows addresses and reads nothing there, so that tables which grow or move meanwhile do no harm.
package struct Foresight: Sendable {
  /// Of both generations of counts, the older one's 0 before there is one.
  let counts: (younger: UInt, older: UInt)
  let postings: SlotForesight
  /// The story's.
  var source: UInt32 = 0

  @inline(__always)
  func ask(for stem: UInt64) {
    let hash = TermKey(stem: stem, kinds: []).hash
    let slots = (
      DocumentFrequencies.offset(hash, source: 0), DocumentFrequencies.offset(hash, source: source)
    )
    memory_prefetch(UnsafeRawPointer(bitPattern: counts.younger &+ slots.0))
    memory_prefetch(UnsafeRawPointer(bitPattern: counts.younger &+ slots.1))
    if counts.older != 0 {
      memory_prefetch(UnsafeRawPointer(bitPattern: counts.older &+ slots.0))
      memory_prefetch(UnsafeRawPointer(bitPattern: counts.older &+ slots.1))
    }
    memory_prefetch(UnsafeRawPointer(bitPattern: postings.address(PlaceTable.hash(hash))))
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
