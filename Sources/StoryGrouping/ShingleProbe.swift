/// A vector's shingles laid out so that those of many other vectors are quickly found among them.
struct ShingleProbe: Sendable {
  /// Elements of the largest vector: places are bytes, and a mark for each fits `Marks`.
  private static let elementLimit = Parameters.clusterTermLimit
  private static let bucketBits: UInt32 = 11

  /// A bit for each element.
  typealias Marks = SIMD4<UInt64>

  let elements: [TermVector.Element]
  /// One more than the place of the first element whose hash begins as the bucket says; 0 for none.
  private var starts = [UInt8](repeating: 0, count: 1 << bucketBits)
  /// The place of the weightiest word of a title or lead; nil for none.
  private var weightiest: Int?

  init(_ vector: TermVector) {
    precondition(vector.elements.count <= Self.elementLimit, "a vector is kept short")
    elements = vector.elements
    for (place, element) in elements.enumerated() {
      if starts[Self.bucket(element.key)] == 0 {
        starts[Self.bucket(element.key)] = UInt8(place + 1)
      }
      if element.key.isLeading, element.weight > weightiest.map({ elements[$0].weight }) ?? 0 {
        weightiest = place
      }
    }
  }

  /// Calls `both` with every shingle that `other` has too, by ascending hash; returns marks for the
  /// elements that were found, and the largest weight of a word of a title or lead that `other` has
  /// alone, or 0.
  @inline(__always)
  func match(
    _ other: some WeighedShingles, both: (TermVector.Element, TermVector.Element) -> Void
  ) -> (found: Marks, topMissed: Float) {
    var marks = Marks()
    var topMissed: UInt32 = 0
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: other.count + 1) { maybe in
      let count = starts.withUnsafeBufferPointer { starts in
        sift(other, starts, into: maybe, &topMissed)
      }
      for index in maybe[..<count] {
        let (index, key) = (Int(index), other.key(at: Int(index)))
        let start = Int(starts[Self.bucket(key)])
        if let place = place(of: key.hash, from: start - 1, marks) {
          marks[place >> 6] |= 1 << UInt64(place & 63)
          both(elements[place], TermVector.Element(key: key, weight: other.weight(at: index)))
        } else if key.isLeading {
          topMissed = max(topMissed, other.rank(at: index))
        }
      }
    }
    return (marks, other.weight(ofRank: topMissed))
  }

  /// Leaves the places of those shingles that may be among the elements, few of many, and returns how
  /// many there are. Without a branch that depends on them: they come in no order.
  @inline(__always)
  private func sift(
    _ other: some WeighedShingles, _ starts: UnsafeBufferPointer<UInt8>,
    into maybe: UnsafeMutableBufferPointer<Int32>, _ topMissed: inout UInt32
  ) -> Int {
    var count = 0
    var top = topMissed
    for index in 0..<other.count {
      let key = other.key(at: index)
      let isMissed = starts[Self.bucket(key)] == 0
      maybe[count] = Int32(truncatingIfNeeded: index)
      count &+= isMissed ? 0 : 1
      top = max(top, isMissed && key.isLeading ? other.rank(at: index) : 0)
    }
    topMissed = top
    return count
  }

  /// The largest weight of a word of a title or lead among the elements without a mark, or 0.
  func topUnmarked(_ marks: Marks) -> Float {
    guard let weightiest else { return 0 }
    if !Self.isMarked(weightiest, marks) { return elements[weightiest].weight }
    var top: Float = 0
    for place in elements.indices where !Self.isMarked(place, marks) {
      if elements[place].key.isLeading { top = max(top, elements[place].weight) }
    }
    return top
  }

  /// The first element from `start` on with this hash that was not found before.
  private func place(of hash: UInt32, from start: Int, _ marks: Marks) -> Int? {
    var place = start
    while place < elements.count, elements[place].key.hash <= hash {
      if elements[place].key.hash == hash, !Self.isMarked(place, marks) { return place }
      place += 1
    }
    return nil
  }

  @inline(__always)
  private static func bucket(_ key: TermKey) -> Int {
    Int(key.bits >> (32 - bucketBits))
  }

  @inline(__always)
  private static func isMarked(_ place: Int, _ marks: Marks) -> Bool {
    marks[place >> 6] >> UInt64(place & 63) & 1 == 1
  }
}

extension TermKey {
  /// Whether this is one word of a title or lead.
  @inline(__always)
  var isLeading: Bool {
    // A bit for each set of kinds: those of titles and leads without those of pairs.
    0x00FF_00AA as UInt32 >> (bits & 31) & 1 == 1
  }
}
