/// The word shingles of a text's first words, as a set that may hold a few more: a bit for each.
///
/// What feeds publish of one report is often cut after a sentence. A signature says nothing of so few words beside
/// hundreds; by these it is told whether they are how the report begins.
struct LeadShingles: BitwiseCopyable, Hashable, Sendable {
  /// The last one says whether these are of the whole text.
  private var bits = SIMD4<UInt64>()
  private static let last: UInt64 = 1 << 63

  /// Whether these are of the whole text: it ends, or breaks off, within its first words.
  var isWhole: Bool {
    get { bits[3] & Self.last != 0 }
    set { bits[3] = newValue ? bits[3] | Self.last : bits[3] & ~Self.last }
  }

  /// Shingles, nearly.
  var count: Int { Self.count(bits) }

  /// How much of these the others hold, 0…1; some of it by chance.
  func share(in other: LeadShingles) -> Double {
    count > 0 ? Double(Self.count(bits & other.bits)) / Double(count) : 0
  }

  mutating func insert(_ shingle: UInt64) {
    let place = min(shingle >> 56, 254)
    bits[Int(place >> 6)] |= 1 << (place & 63)
  }

  private static func count(_ bits: SIMD4<UInt64>) -> Int {
    let last = bits[3] & ~Self.last
    return bits[0].nonzeroBitCount + bits[1].nonzeroBitCount + bits[2].nonzeroBitCount
      + last.nonzeroBitCount
  }
}

/// Gathers the shingles of a text's first words.
struct LeadShingleBuilder {
  private(set) var shingles = LeadShingles()
  private var wordCount = 0
  /// Where a text that is cut says so, in bytes: what stands behind is its outlet's.
  private let end: Int

  init(_ text: UnsafeBufferPointer<UInt8>) {
    end = text.cut ?? text.count
    shingles.isWhole = true
  }

  /// Takes in a word of the text, and the shingle that ends with it.
  mutating func append(_ word: Word, _ shingle: UInt64?) {
    guard word.range.lowerBound < end, shingles.isWhole else { return }
    wordCount += 1
    shingles.isWhole = wordCount <= Parameters.leadWordCount
    if shingles.isWhole, let shingle { shingles.insert(shingle) }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Where a short text breaks off: at its last "…" or "...", if little stands behind that.
  fileprivate var cut: Int? {
    guard count <= Parameters.cutTextByteLimit else { return nil }
    let first = Swift.max(0, count - Parameters.cutTailByteLimit)
    return (first..<Swift.max(first, count - 2)).last { place in
      let three = (self[place], self[place + 1], self[place + 2])
      return three == (0xE2, 0x80, 0xA6) || three == (0x2E, 0x2E, 0x2E)
    }
  }
}
