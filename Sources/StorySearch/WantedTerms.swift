/// The terms that a query asks for: what is remembered of a segment that is read for this query alone.
package struct WantedTerms: Sendable {
  private let hashes: Set<UInt64>
  /// Each with the byte that says in which field.
  private let beginnings: [[UInt8]]
  /// A bit for what the lowest ten bits of a hash may be: most words are none of these.
  private let filter: [16 of UInt64]

  init(whole: [[UInt8]], beginnings: [[UInt8]]) {
    var filter = [16 of UInt64](repeating: 0)
    var hashes: Set<UInt64> = []
    for bytes in whole {
      var term = TermBuffer()
      term.fill(with: bytes)
      let hash = term.hash()
      hashes.insert(hash)
      filter[Int(hash >> 6 & 15)] |= 1 << (hash & 63)
    }
    self.hashes = hashes
    self.filter = filter
    self.beginnings = beginnings
  }

  /// Another term may pass for one that is wanted, which costs room and nothing else.
  @inline(__always)
  func contains(_ term: borrowing TermBuffer, hash: UInt64) -> Bool {
    if filter[Int(hash >> 6 & 15)] >> (hash & 63) & 1 == 1, hashes.contains(hash) { return true }
    return !beginnings.isEmpty && beginsAsWanted(term)
  }

  private func beginsAsWanted(_ term: borrowing TermBuffer) -> Bool {
    for beginning in beginnings where beginning.count <= term.count {
      var place = 0
      while place < beginning.count, term.bytes[place] == beginning[place] { place += 1 }
      if place == beginning.count { return true }
    }
    return false
  }
}
