internal import CRarityTable

/// The shingles of all open clusters, six bytes each: keys, and weights as 16-bit shares of the
/// cluster's largest.
///
/// In pages, so that growing moves nothing; what a cluster gives back is used for another of its size.
struct TermPool: Sendable {
  /// Where a cluster's shingles stand.
  struct Run: BitwiseCopyable, Sendable {
    fileprivate(set) var start: UInt32 = 0
    fileprivate(set) var count: UInt32 = 0
    /// What a weight of 65,535 stands for.
    fileprivate(set) var scale: Float = 0

    /// Room is given out for so many shingles at a time.
    fileprivate static let step = 8
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
    run.count = UInt32(vector.elements.count)
    guard run.count > 0 else { return run }
    run.start = take(run.room)
    run.scale = vector.elements.reduce(0) { max($0, $1.weight) }
    let inverse = run.scale > 0 ? 65_535 / run.scale : 0
    withWords(of: run) { words in
      let weights = run.room * Run.step
      for (place, element) in vector.elements.enumerated() {
        words[place] = element.key.bits
        let weight = UInt32(min(65_535, (element.weight * inverse).rounded()))
        let half = UInt32(place & 1) * 16
        words[weights + place / 2] =
          words[weights + place / 2] & ~(0xFFFF << half) | weight << half
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
    guard run.count > 0 else { return body(TermRun()) }
    return pages[Int(run.start) / Self.pageLength].withUnsafeBufferPointer { page in
      guard let base = page.baseAddress else { return body(TermRun()) }
      let keys = base + Int(run.start) % Self.pageLength
      return body(
        TermRun(
          keys: keys, weights: UnsafeRawPointer(keys + run.room * Run.step), count: Int(run.count),
          unit: run.scale / 65_535))
    }
  }

  /// Begins to bring a run into the caches.
  func prefetch(_ run: Run) {
    withTerms(of: run) { terms in
      // The processor goes on by itself once it sees that memory is read in its order.
      memory_prefetch(terms.keys)
      memory_prefetch(terms.weights)
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
  func write(to writer: inout SnapshotWriter) throws {
    try writer.write(UInt64(used))
    try writer.write(UInt64(pages.count))
    for page in pages { try writer.write(page) }
    for starts in spare { try writer.write(starts) }
  }

  init(from reader: inout SnapshotReader) throws(SnapshotError) {
    used = Int(truncatingIfNeeded: try reader.number())
    for _ in 0..<(try reader.number()) {
      pages.append(try reader.array(of: UInt32.self))
      guard pages.last?.count == Self.pageLength else { throw .damaged }
    }
    for room in spare.indices { spare[room] = try reader.array(of: UInt32.self) }
  }
}

/// Weighted shingles by ascending hash, in memory of a `TermPool`.
struct TermRun: WeighedShingles {
  fileprivate var keys: UnsafePointer<UInt32>?
  fileprivate var weights: UnsafeRawPointer?
  var count = 0
  /// What a weight of 1 stands for.
  fileprivate var unit: Float = 0

  @inline(__always)
  func key(at place: Int) -> TermKey { TermKey(bits: keys?[place] ?? 0) }

  @inline(__always)
  func weight(at place: Int) -> Float {
    Float(weights?.load(fromByteOffset: 2 * place, as: UInt16.self) ?? 0) * unit
  }
}

/// Shingles with weights, by ascending hash.
protocol WeighedShingles {
  var count: Int { get }
  func key(at place: Int) -> TermKey
  func weight(at place: Int) -> Float
}
