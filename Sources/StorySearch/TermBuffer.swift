/// Room for one term: the folded letters of a word as UTF-8, behind a byte that says in which field it
/// stands.
struct TermBuffer: ~Copyable {
  /// What of a word counts, in bytes of folded UTF-8. Two words that differ only behind it are the same.
  static let letterByteLimit = 60
  private static let byteCount = 72

  private let base: UnsafeMutablePointer<UInt8>
  private(set) var count = 0

  init() {
    base = .allocate(capacity: TermBuffer.byteCount)
    base.initialize(repeating: 0, count: TermBuffer.byteCount)
  }

  deinit {
    base.deallocate()
  }

  /// Begins another term, of words until `mark` says otherwise.
  @inline(__always)
  mutating func clear() {
    base[0] = TermKind.word.rawValue
    count = 1
  }

  @inline(__always)
  mutating func mark(_ kind: TermKind) {
    base[0] = kind.rawValue
  }

  /// Takes over a whole term, cut where all terms are.
  mutating func fill(with bytes: [UInt8]) {
    count = 0
    for byte in bytes { append(plain: byte) }
  }

  @inline(__always)
  mutating func append(plain letter: UInt8) {
    guard count <= TermBuffer.letterByteLimit else { return }
    base[count] = letter
    count += 1
  }

  /// Appends the letter as UTF-8, whole or not at all.
  mutating func append(_ letter: UInt32) {
    if letter < 0x80 { return append(plain: UInt8(truncatingIfNeeded: letter)) }
    let length = letter < 0x800 ? 2 : letter < 0x10000 ? 3 : 4
    guard count + length <= TermBuffer.letterByteLimit + 1 else {
      // Nothing that follows may stand in its place.
      return fill()
    }
    let leads: [4 of UInt32] = [0, 0xC0, 0xE0, 0xF0]
    var rest = letter
    for place in stride(from: length - 1, to: 0, by: -1) {
      base[count + place] = UInt8(0x80 | rest & 0x3F)
      rest >>= 6
    }
    base[count] = UInt8(truncatingIfNeeded: leads[length - 1] | rest)
    count += length
  }

  private mutating func fill() {
    while count <= TermBuffer.letterByteLimit { append(plain: UInt8(ascii: ".")) }
  }

  /// A stable hash of the term.
  @inline(__always)
  mutating func hash() -> UInt64 {
    let words = UnsafeMutableRawPointer(base)
    words.storeBytes(of: 0, toByteOffset: count, as: UInt64.self)
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    for place in stride(from: 0, to: count, by: 8) {
      state ^= words.loadUnaligned(fromByteOffset: place, as: UInt64.self)
      state = (state ^ state >> 32) &* 0xD6E8_FEB8_6659_FD93
    }
    return state ^ state >> 32
  }

  var bytes: UnsafeBufferPointer<UInt8> {
    @inline(__always) _read { yield UnsafeBufferPointer(start: base, count: count) }
  }
}

/// The first byte of a term: what it is looked for in.
enum TermKind: UInt8 {
  case title = 0x74  // t
  /// A word of any field.
  case word = 0x77  // w
}
