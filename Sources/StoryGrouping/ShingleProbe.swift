/// A vector's shingles laid out so that those of many other vectors are quickly found among them; lent for
/// as long as they are looked for.
struct ShingleProbe {
  /// Elements of the largest vector: places are bytes, and a mark for each fits `Marks`.
  private static let elementLimit = Parameters.clusterTermLimit
  private static let bucketBits: UInt32 = 11

  /// A bit for each element.
  private struct Marks {
    private var bits = InlineArray<4, UInt64>(repeating: 0)

    @inline(__always)
    mutating func insert(_ place: Int) { bits[place >> 6 & 3] |= 1 << UInt64(place & 63) }

    @inline(__always)
    func contains(_ place: Int) -> Bool {
      // A span reads one word where a subscript copies all.
      bits.span[place >> 6 & 3] >> UInt64(place & 63) & 1 == 1
    }
  }

  private let elements: UnsafeBufferPointer<TermVector.Element>
  /// One more than the place of the first element whose hash begins as the bucket says; 0 for none.
  private let starts: UnsafeBufferPointer<UInt8>
  private let leaders: Leaders

  /// The places of the weightiest words of titles and leads, the weightiest first: few are shared by
  /// another vector.
  private struct Leaders {
    var places = InlineArray<4, UInt8>(repeating: 0)
    var count = 0

    @inline(__always)
    init(_ elements: UnsafeBufferPointer<TermVector.Element>) {
      var least: Float = 0
      for place in 0..<elements.count
      where elements[place].key.isLeading && elements[place].weight > least {
        insert(place, elements)
        if count == places.count { least = elements[Int(places[count - 1])].weight }
      }
    }

    @inline(never)
    private mutating func insert(_ place: Int, _ elements: UnsafeBufferPointer<TermVector.Element>)
    {
      var rank = min(count, places.count - 1)
      count = rank + 1
      while rank > 0, elements[Int(places[rank - 1])].weight < elements[place].weight {
        places[rank] = places[rank - 1]
        rank -= 1
      }
      places[rank] = UInt8(truncatingIfNeeded: place)
    }
  }

  /// Calls `body` with a probe of a vector's shingles, which must not outlive the call.
  @inline(__always)
  static func withProbe<Result>(of vector: TermVector, _ body: (ShingleProbe) -> Result) -> Result {
    precondition(vector.elements.count <= Self.elementLimit, "a vector is kept short")
    var starts = InlineArray<2048, UInt8>(repeating: 0)
    return vector.elements.withUnsafeBufferPointer { elements in
      for place in 0..<elements.count {
        let bucket = bucket(elements[place].key)
        if starts[bucket] == 0 { starts[bucket] = UInt8(truncatingIfNeeded: place &+ 1) }
      }
      return starts.span.withUnsafeBufferPointer {
        body(ShingleProbe(elements: elements, starts: $0, leaders: Leaders(elements)))
      }
    }
  }

  /// What two vectors have of words of titles and leads that the other one lacks: the largest weights,
  /// 0 for none.
  struct Missing {
    var ofThese: Float
    var ofOther: Float
  }

  /// Calls `both` with every shingle that `other` has too, by ascending hash.
  @inline(__always)
  func match(
    _ other: some WeighedShingles, both: (TermVector.Element, TermVector.Element) -> Void
  ) -> Missing {
    precondition(other.count <= Self.elementLimit, "a vector is kept short")
    var found = Marks()
    var others = Marks()
    var maybe = InlineArray<193, UInt8>(repeating: 0)
    let count = sift(other, into: &maybe)
    // Both ascend: what was found lies before what is to be found.
    var next = 0
    for index in 0..<count {
      let index = Int(maybe[index])
      let key = other.key(at: index)
      let start = max(next, Int(starts[Self.bucket(key)]) &- 1)
      if let place = place(of: key.hash, from: start) {
        next = place &+ 1
        found.insert(place)
        others.insert(index)
        both(elements[place], TermVector.Element(key: key, weight: other.weight(at: index)))
      }
    }
    return Missing(ofThese: topUnmarked(found), ofOther: Self.topUnmarked(other, others))
  }

  /// Leaves the places of those shingles that may be among the elements, few of many, and returns how
  /// many there are. Without a branch that depends on them: they come in no order.
  @inline(__always)
  private func sift(_ other: some WeighedShingles, into maybe: inout InlineArray<193, UInt8>) -> Int
  {
    var places = maybe.mutableSpan
    return places.withUnsafeMutableBufferPointer { places in
      var count = 0
      for index in 0..<other.count {
        places[count] = UInt8(truncatingIfNeeded: index)
        // 1 unless it is 0.
        count &+= (Int(starts[Self.bucket(other.key(at: index))]) &+ 255) >> 8
      }
      return count
    }
  }

  /// The largest weight of a word of a title or lead among the elements without a mark, or 0.
  @inline(__always)
  private func topUnmarked(_ marks: Marks) -> Float {
    for rank in 0..<leaders.count {
      let place = Int(leaders.places[rank])
      if !marks.contains(place) { return elements[place].weight }
    }
    var top: Float = 0
    if leaders.count < leaders.places.count { return top }
    for place in 0..<elements.count where !marks.contains(place) {
      if elements[place].key.isLeading { top = max(top, elements[place].weight) }
    }
    return top
  }

  /// The same of other shingles.
  @inline(__always)
  private static func topUnmarked(_ other: some WeighedShingles, _ marks: Marks) -> Float {
    guard let weightiest = other.weightiest else { return 0 }
    if !marks.contains(weightiest) { return other.weight(at: weightiest) }
    var top: Float = 0
    for place in 0..<other.count where !marks.contains(place) {
      if other.key(at: place).isLeading { top = max(top, other.weight(at: place)) }
    }
    return top
  }

  /// The first element from `start` on with this hash.
  @inline(__always)
  private func place(of hash: UInt32, from start: Int) -> Int? {
    var place = start
    while place < elements.count, elements[place].key.hash < hash { place &+= 1 }
    guard place < elements.count, elements[place].key.hash == hash else { return nil }
    return place
  }

  @inline(__always)
  private static func bucket(_ key: TermKey) -> Int {
    Int(truncatingIfNeeded: key.bits >> (32 - bucketBits))
  }
}

/// The parts of a vector, by kind of shingle, each in a lane: all, titles, names, numbers, pairs, leads.
enum Parts {
  typealias Mask = SIMDMask<SIMD8<Int32>>

  /// Squared weights or products of weights.
  typealias Sums = SIMD8<Float>
}

extension TermKey {
  /// Whether this is one word of a title or lead.
  @inline(__always)
  var isLeading: Bool {
    // A bit for each set of kinds: those of titles and leads without those of pairs.
    0x00FF_00AA as UInt32 >> (bits & 31) & 1 == 1
  }

  /// The parts that the shingle counts in.
  @inline(__always)
  var parts: Parts.Mask {
    let always: UInt32 = 32
    // A lead's are a title's words too.
    let kinds = SIMD8<UInt32>(always, 1, 2, 4, 8, 1 | 16, 0, 0)
    // A number behind a name is none itself: 4 takes 2 away.
    let own = bits & ~(bits >> 1 & 2)
    return (SIMD8(repeating: own | always) & kinds) .!= SIMD8()
  }
}
