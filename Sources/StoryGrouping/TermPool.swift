internal import CRarityTable

/// The shingles of all open clusters, six bytes each: keys, and weights as 16-bit shares of the
/// cluster's largest.
///
/// In pages, so that growing moves nothing; what a cluster gives back is used for another of its size.
struct TermPool: Sendable {
  /// Where a cluster's shingles stand.
  struct Run: BitwiseCopyable, Sendable {
    fileprivate(set) var start: UInt32 = 0
    fileprivate(set) var count: UInt16 = 0
    /// One more than the place of the weightiest word of a title or lead; 0 for none.
    fileprivate var weightiest: UInt16 = 0
    /// What a weight of 65,535 stands for.
    fileprivate(set) var scale: Float = 0

    /// Room is given out for so many shingles at a time.
    fileprivate static let step = 8
    var isEmpty: Bool { count == 0 }

    /// In steps.
    fileprivate var room: Int { (Int(count) + Run.step - 1) / Run.step }
  }

  /// Words of 32 bits in a page.
  private static let pageLength = 1 << 18
  /// Words that a step of room takes: eight keys, eight halves.
  private static let stepLength = 12

  private var pages: [[UInt32]] = []
  /// Words given out of the last page.
  private var used = pageLength
  /// Starts of runs given back, by room.
  private var spare = [[UInt32]](repeating: [], count: Parameters.clusterTermLimit / Run.step + 1)

  /// Keeps a vector's shingles.
  mutating func store(_ vector: TermVector) -> Run {
    var run = Run()
    run.count = UInt16(vector.elements.count)
    run.weightiest = vector.weightiest.map { UInt16($0 + 1) } ?? 0
    guard run.count > 0 else { return run }
    run.start = take(run.room)
    vector.elements.withUnsafeBufferPointer { elements in
      for element in elements { run.scale = max(run.scale, element.weight) }
      let inverse = run.scale > 0 ? 65_535 / run.scale : 0
      withWords(of: run) { words in
        let weights = UnsafeMutableRawPointer(words + run.room * Run.step)
        for (place, element) in elements.enumerated() {
          words[place] = element.key.bits
          // Half of one added and cut off is rounded, without a call of the library's function.
          let weight = UInt16(Double(min(65_535, element.weight * inverse)) + 0.5)
          weights.storeBytes(of: weight, toByteOffset: 2 * place, as: UInt16.self)
        }
        // What is written of a run must not tell what stood there before.
        for place in elements.count..<run.room * Run.step {
          words[place] = 0
          weights.storeBytes(of: 0, toByteOffset: 2 * place, as: UInt16.self)
        }
      }
    }
    return run
  }

  /// Gives room back.
  mutating func free(_ run: Run) {
    if run.count > 0 { spare[run.room].append(run.start) }
  }

  /// Calls `body` with the shingles of a run.
  @inline(__always)
  func withTerms<Result>(of run: Run, _ body: (TermRun) -> Result) -> Result {
    guard run.count > 0 else {
      return withUnsafePointer(to: 0) {
        body(TermRun(keys: $0, weights: $0, count: 0, weightiest: nil, unit: 0))
      }
    }
    return pages[Int(run.start) / Self.pageLength].withUnsafeBufferPointer { page in
      guard let base = page.baseAddress else { preconditionFailure("a page has room for runs") }
      let keys = base + Int(run.start) % Self.pageLength
      return body(
        TermRun(
          keys: keys, weights: UnsafeRawPointer(keys + run.room * Run.step), count: Int(run.count),
          weightiest: run.weightiest == 0 ? nil : Int(run.weightiest) - 1, unit: run.scale / 65_535)
      )
    }
  }

  /// Begins to bring a run into the caches.
  func prefetch(_ run: Run) {
    withTerms(of: run) { terms in
      // A line of the caches holds 16 words.
      for place in stride(from: 0, to: run.room * Self.stepLength, by: 16) {
        memory_prefetch(terms.keys + place)
      }
    }
  }

  private mutating func withWords(of run: Run, _ body: (UnsafeMutablePointer<UInt32>) -> Void) {
    pages[Int(run.start) / Self.pageLength].withUnsafeMutableBufferPointer { page in
      if let base = page.baseAddress { body(base + Int(run.start) % Self.pageLength) }
    }
  }

  private mutating func take(_ room: Int) -> UInt32 {
    if let start = spare[room].popLast() { return start }
    let length = room * Self.stepLength
    if used + length > Self.pageLength {
      pages.append([UInt32](repeating: 0, count: Self.pageLength))
      used = 0
    }
    defer { used += length }
    return UInt32((pages.count - 1) * Self.pageLength + used)
  }
}

extension TermPool {
  /// Words that a run takes in a snapshot.
  static func wordCount(of run: Run) -> Int { run.room * stepLength }

  /// Calls `body` with the words of a run as they are stored.
  func withWords(of run: Run, _ body: (UnsafeBufferPointer<UInt32>) throws -> Void) rethrows {
    guard run.count > 0 else { return }
    let start = Int(run.start) % Self.pageLength
    try pages[Int(run.start) / Self.pageLength].withUnsafeBufferPointer { page in
      try body(UnsafeBufferPointer(rebasing: page[start..<start + Self.wordCount(of: run)]))
    }
  }

  /// Gives a run that was kept elsewhere room here. Throws unless it is such as `store` makes.
  mutating func restore(_ kept: Run, _ words: ArraySlice<UInt32>) throws(SnapshotError) -> Run {
    var run = kept
    guard kept.isSound, words.count == Self.wordCount(of: kept) else { throw .damaged }
    guard run.count > 0 else { return run }
    run.start = take(run.room)
    withWords(of: run) { room in
      for (place, word) in words.enumerated() { room[place] = word }
    }
    let isAscending = withTerms(of: run) { terms in
      (1..<terms.count).allSatisfy { terms.key(at: $0 - 1).hash <= terms.key(at: $0).hash }
    }
    guard isAscending else { throw .damaged }
    run.weightiest = weightiest(of: run)
    return run
  }
}

extension TermPool {
  /// One more than the place of the first of the weightiest words of titles and leads; 0 for none.
  private func weightiest(of run: Run) -> UInt16 {
    withTerms(of: run) { terms in
      var found: UInt16 = 0
      var top: Float = 0
      for place in 0..<terms.count where terms.key(at: place).isLeading {
        guard terms.weight(at: place) > top else { continue }
        top = terms.weight(at: place)
        found = UInt16(place + 1)
      }
      return found
    }
  }
}

extension TermPool.Run {
  /// As it is written: where it stands in the pool is nobody's business, and what follows from its
  /// shingles is not kept twice.
  var withoutPlace: TermPool.Run {
    var run = self
    run.start = 0
    run.weightiest = 0
    return run
  }

  /// Whether a vector can be as long, and weigh as much.
  fileprivate var isSound: Bool {
    count <= Parameters.clusterTermLimit && weightiest == 0
      && 0...ClusterSummary.weightLimit ~= scale
  }
}

/// Weighted shingles by ascending hash, in memory of a `TermPool`.
struct TermRun: WeighedShingles {
  fileprivate let keys: UnsafePointer<UInt32>
  fileprivate let weights: UnsafeRawPointer
  let count: Int
  let weightiest: Int?
  /// What a weight of 1 stands for.
  fileprivate let unit: Float

  @inline(__always)
  func key(at place: Int) -> TermKey { TermKey(bits: keys[place]) }

  @inline(__always)
  func weight(at place: Int) -> Float {
    Float(weights.loadUnaligned(fromByteOffset: 2 * place, as: UInt16.self)) * unit
  }
}

/// Shingles with weights, by ascending hash.
protocol WeighedShingles {
  var count: Int { get }
  func key(at place: Int) -> TermKey
  func weight(at place: Int) -> Float
  /// The place of the weightiest word of a title or lead; nil for none that weighs anything.
  var weightiest: Int? { get }
}
