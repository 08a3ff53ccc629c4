/// The terms of a segment while its index is made: a hash table over one run of letters.
struct TermTable {
  struct Term {
    var start: UInt32
    var byteCount: UInt32
    var hash: UInt64
    /// Documents that have it, and the last of them.
    var documentCount: UInt32 = 0
    var lastDocument = UInt32.max
  }

  /// The most terms of an index: four times those of 64 MiB in several languages. Bounds the memory
  /// that hostile words can take.
  static let termLimit = 1 << 20
  private static let smallestSlotCount = 1 << 12

  private(set) var terms: [Term] = []
  private(set) var letters: [UInt8] = []
  /// Numbers of terms, plus one; at most half of them are taken.
  private var slots = [UInt32](repeating: 0, count: smallestSlotCount)

  /// The number of the term, which is added if it is new and `adds`; nil when it is not there.
  @inline(__always)
  mutating func number(of term: borrowing TermBuffer, hash: UInt64, adds: Bool) -> Int? {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 {
      let number = Int(slots[slot] - 1)
      if terms[number].hash == hash, equals(term, number) { return number }
      slot = (slot + 1) & mask
    }
    return adds ? add(term, hash, at: slot) : nil
  }

  @inline(__always)
  mutating func count(_ number: Int, in document: UInt32) -> Bool {
    guard terms[number].lastDocument != document else { return false }
    terms[number].lastDocument = document
    terms[number].documentCount += 1
    return true
  }

  mutating func uncount(_ number: Int) {
    terms[number].documentCount -= 1
  }

  /// Takes the terms that were added last back.
  mutating func shrink(to count: Int) {
    let mask = slots.count - 1
    while terms.count > count {
      var slot = homeSlot(of: terms.count - 1)
      // What was added last, no other search passes.
      while slots[slot] != UInt32(terms.count) { slot = (slot + 1) & mask }
      slots[slot] = 0
      letters.removeLast(letters.count - Int(terms.removeLast().start))
    }
  }

  func bytes(of number: Int) -> ArraySlice<UInt8> {
    let start = Int(terms[number].start)
    return letters[start..<start + Int(terms[number].byteCount)]
  }

  /// The numbers of the terms that some document has, by the bytes of the terms.
  func sortedNumbers() -> [Int] {
    let keys = terms.indices.filter { terms[$0].documentCount > 0 }.map { (key(of: $0), $0) }
    return keys.sorted { left, right in
      left.0 != right.0
        ? left.0 < right.0 : bytes(of: left.1).lexicographicallyPrecedes(bytes(of: right.1))
    }.map(\.1)
  }

  /// The first eight bytes, as a number of the same order.
  private func key(of number: Int) -> UInt64 {
    var key: UInt64 = 0
    for byte in bytes(of: number).prefix(8) { key = key << 8 | UInt64(byte) }
    return key << UInt64(8 * (8 - min(8, Int(terms[number].byteCount))))
  }

  @inline(__always)
  private func equals(_ term: borrowing TermBuffer, _ number: Int) -> Bool {
    let known = terms[number]
    guard Int(known.byteCount) == term.count else { return false }
    return letters.withUnsafeBufferPointer { letters in
      let start = Int(known.start)
      for place in 0..<term.count where letters[start + place] != term.bytes[place] {
        return false
      }
      return true
    }
  }

  private mutating func add(
    _ term: borrowing TermBuffer, _ hash: UInt64, at slot: Int
  ) -> Int {
    terms.append(
      Term(start: UInt32(letters.count), byteCount: UInt32(term.count), hash: hash))
    letters += term.bytes
    slots[slot] = UInt32(terms.count)
    if 2 * terms.count > slots.count { grow() }
    return terms.count - 1
  }

  private func homeSlot(of number: Int) -> Int {
    Int(truncatingIfNeeded: terms[number].hash) & (slots.count - 1)
  }

  private mutating func grow() {
    slots = [UInt32](repeating: 0, count: 2 * slots.count)
    for number in terms.indices {
      var slot = homeSlot(of: number)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = UInt32(number + 1)
    }
  }
}
