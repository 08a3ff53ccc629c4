/// Weighted shingles by ascending hash: a story's, or the sum of a cluster's stories.
struct TermVector: WeighedShingles, Sendable {
  struct Element: BitwiseCopyable, Sendable {
    var key: TermKey
    var weight: Float
  }

  private(set) var elements: [Element]
  /// The length before it was brought to 1; of a sum, the sum of those. Times a weight: the rarity.
  private(set) var length = 0.0
  /// What weakening took from the squares of the parts: a template's words count as not shared.
  private(set) var lost = KindSums()

  init() {
    elements = []
  }

  /// A vector as it was kept.
  init(_ terms: TermRun, length: Double, lost: KindSums) {
    elements = (0..<terms.count).map {
      Element(key: terms.key(at: $0), weight: terms.weight(at: $0))
    }
    self.length = length
    self.lost = lost
  }

  /// A vector as it was written; nil for one that no story has.
  init?(_ elements: [Element], length: Double, lost: KindSums) {
    let isAscending = zip(elements, elements.dropFirst()).allSatisfy { $0.key.hash <= $1.key.hash }
    guard isAscending, elements.count <= Parameters.clusterTermLimit,
      elements.allSatisfy({ 0...ClusterSummary.weightLimit ~= $0.weight })
    else { return nil }
    self.elements = elements
    self.length = length
    self.lost = lost
  }

  var count: Int { elements.count }

  @inline(__always)
  func key(at place: Int) -> TermKey { elements[place].key }

  @inline(__always)
  func weight(at place: Int) -> Float { elements[place].weight }

  var weightiest: Int? {
    elements.withUnsafeBufferPointer { elements in
      var found: Int?
      var top: Float = 0
      for place in 0..<elements.count
      where elements[place].key.isLeading && elements[place].weight > top {
        top = elements[place].weight
        found = place
      }
      return found
    }
  }

  /// A story's shingles, weighed by how rare they are and brought to length 1.
  init(_ sketch: Sketch, rarity: (SketchTerm) -> Double) {
    var square = 0.0
    elements = sketch.terms.map { term in
      var share = term.key.kinds.contains(.pair) ? Parameters.pairWeight : 1
      if term.key.kinds.isName { share *= Parameters.nameWeight }
      let weight = rarity(term) * Double(term.strength) / 16 * share
      square += weight * weight
      return Element(key: term.key, weight: Float(weight))
    }
    guard square > 0 else { return }
    length = square.squareRoot()
    let scale = Float(1 / length)
    elements.withUnsafeMutableBufferPointer { elements in
      for index in elements.indices { elements[index].weight *= scale }
    }
  }

  /// Weakens the shingles of a template, given by its words; their share of the length is lost.
  mutating func weaken(_ template: Set<UInt32>) {
    guard !template.isEmpty else { return }
    for index in elements.indices {
      let key = elements[index].key
      // What the text says as well is the story's own.
      guard key.kinds.contains(.title), !key.kinds.contains(.lead) else { continue }
      if key.kinds.contains(.pair) || template.contains(key.hash) {
        let square = elements[index].weight * elements[index].weight
        lost.add(
          square * Float(1 - Parameters.templateWeight * Parameters.templateWeight), key.kinds)
        elements[index].weight *= Float(Parameters.templateWeight)
      }
    }
  }

  /// Adds another vector; past `limit` shingles the lightest are dropped.
  mutating func add(_ other: TermVector, limit: Int) {
    guard !elements.isEmpty else {
      self = other
      return dropLightest(limit)
    }
    elements = Self.sum(elements, other.elements)
    length += other.length
    lost.add(other.lost)
    dropLightest(limit)
  }

  /// Takes out a vector that was added. What it weighed is known but for what keeping the sum in 16 bits
  /// changed, so that nearly nothing is nothing.
  mutating func subtract(_ other: TermVector) {
    var place = 0
    for element in other.elements {
      while place < elements.count, elements[place].key.hash < element.key.hash { place += 1 }
      guard place < elements.count, elements[place].key.hash == element.key.hash else { continue }
      elements[place].weight -= element.weight
      place += 1
    }
    elements.removeAll { $0.weight < Self.residue }
    length = max(0, length - other.length)
    lost.subtract(other.lost)
  }

  /// Above what rounding leaves of a sum of a few vectors of length 1, below what a word weighs.
  private static let residue: Float = 0.0005

  private static func sum(_ one: [Element], _ other: [Element]) -> [Element] {
    [Element](unsafeUninitializedCapacity: one.count + other.count) { sum, count in
      var left = 0
      var right = 0
      while left < one.count, right < other.count {
        let a = one[left]
        let b = other[right]
        var next = a.key.hash <= b.key.hash ? a : b
        if a.key.hash == b.key.hash {
          next.key.kinds.formUnion(b.key.kinds)
          next.weight += b.weight
        }
        left += a.key.hash <= b.key.hash ? 1 : 0
        right += b.key.hash <= a.key.hash ? 1 : 0
        sum.initializeElement(at: count, to: next)
        count += 1
      }
      for element in one[left...] + other[right...] {
        sum.initializeElement(at: count, to: element)
        count += 1
      }
    }
  }

  private mutating func dropLightest(_ limit: Int) {
    guard elements.count > limit else { return }
    var isKept = [Bool](repeating: false, count: elements.count)
    withPlacesByWeight { places in
      for packed in places.prefix(limit) { isKept[Self.place(packed)] = true }
    }
    elements = zip(elements, isKept).compactMap { $1 ? $0 : nil }
  }

  /// The weightiest shingles, heaviest first, of about equals the lower key.
  func heaviest(_ limit: Int) -> [Element] {
    withPlacesByWeight { places in places.prefix(limit).map { elements[Self.place($0)] } }
  }

  /// Calls `body` with numbers that hold the shingles' places, those of the heaviest first: to the upper
  /// half of a weight's bits, a part in 128, enough to look up the rarest first.
  @inline(__always)
  private func withPlacesByWeight<Result>(_ body: (UnsafeBufferPointer<UInt64>) -> Result) -> Result
  {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: elements.count) { packed in
      for (place, element) in elements.enumerated() {
        // Weights are not negative, so their bits have their order.
        let number = UInt64(~element.weight.bitPattern) << 32 | UInt64(place)
        packed.initializeElement(at: place, to: number)
      }
      packed.sortByUpperBits()
      return body(UnsafeBufferPointer(packed))
    }
  }

  @inline(__always)
  private static func place(_ packed: UInt64) -> Int {
    Int(truncatingIfNeeded: packed & 0xFFFF_FFFF)
  }
}
