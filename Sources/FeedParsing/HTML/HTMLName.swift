/// The name of an element or an attribute, in lower case, in a form that compares at once.
struct HTMLName: Equatable {
  static let byteLimit = 16

  private var head: UInt64
  private var tail: UInt64
  private var byteCount: Int

  /// Nil when the name is empty or longer than any that has a meaning here.
  @inline(__always)
  init?(_ bytes: UnsafeBufferPointer<UInt8>) {
    let raw = UnsafeRawBufferPointer(bytes)
    byteCount = raw.count
    switch byteCount {
    case 8...Self.byteLimit:
      head = raw.loadUnaligned(as: UInt64.self)
      tail = raw.loadUnaligned(fromByteOffset: byteCount - 8, as: UInt64.self)
    case 4...7:
      head = UInt64(raw.loadUnaligned(as: UInt32.self))
      tail = UInt64(raw.loadUnaligned(fromByteOffset: byteCount - 4, as: UInt32.self))
    case 1...3:
      head = UInt64(raw[0]) | UInt64(raw[byteCount / 2]) << 8
      tail = UInt64(raw[byteCount - 1])
    default: return nil
    }
    head = Self.lowerCased(head)
    tail = Self.lowerCased(tail)
  }

  @inline(__always)
  var hash: Int {
    let mixed = head &* 0x9E37_79B9_7F4A_7C15 ^ tail &* 0xC2B2_AE3D_27D4_EB4F ^ UInt64(byteCount)
    return Int(truncatingIfNeeded: (mixed &* 0x9E37_79B9_7F4A_7C15) >> 32)
  }

  /// The ASCII capitals of eight bytes made small: a byte is one when adding 0x3F carries into its
  /// high bit, adding 0x25 does not, and it had none.
  @inline(__always)
  private static func lowerCased(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let sevens = word & (ones &* 0x7F)
    let capitals = (sevens &+ ones &* 0x3F) & ~(sevens &+ ones &* 0x25) & ~word & (ones &* 0x80)
    return word | capitals >> 2
  }
}

/// Finds the place of a name in a list of at most 255.
struct HTMLNameTable {
  private static let slotCount = 1024
  private let names: [HTMLName]
  /// One more than the place in `names`; zero for an empty slot.
  private var slots = [UInt8](repeating: 0, count: slotCount)

  /// A name that is listed twice, or is too long, is a mistake of the program.
  init(_ list: [String]) {
    precondition(list.count < 256, "too many names")
    names = list.map { name in
      var name = name
      let key = name.withUTF8 { HTMLName($0) }
      guard let key else { preconditionFailure("not a name: \(name)") }
      return key
    }
    for (place, name) in names.enumerated() {
      var slot = name.hash & (Self.slotCount - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (Self.slotCount - 1) }
      slots[slot] = UInt8(place + 1)
    }
  }

  @inline(__always)
  func place(of bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    guard let name = HTMLName(bytes) else { return nil }
    var slot = name.hash & (Self.slotCount - 1)
    while slots[slot] != 0 {
      let place = Int(slots[slot]) - 1
      if names[place] == name { return place }
      slot = (slot + 1) & (Self.slotCount - 1)
    }
    return nil
  }
}

/// Names to be written, all in one piece of memory.
struct SpelledNames {
  /// Of each name: its bytes begin at its place times the limit of a name.
  private let bytes: [UInt8]
  private let lengths: [UInt8]

  init(_ names: [String]) {
    lengths = names.map { UInt8($0.utf8.count) }
    bytes = names.flatMap { name in
      Array(name.utf8) + [UInt8](repeating: 0, count: HTMLName.byteLimit - name.utf8.count)
    }
  }

  @inline(__always)
  func write(_ place: Int, to output: inout HTMLBuffer) {
    bytes.withUnsafeBufferPointer { bytes in
      guard let first = bytes.baseAddress else { return }
      output.append(
        nameAt: first + place * HTMLName.byteLimit, byteCount: Int(lengths[place]))
    }
  }
}

/// A set of numbers below 256.
struct SmallNumberSet {
  private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  init() {}

  init(_ numbers: some Sequence<Int>) {
    for number in numbers { insert(number) }
  }

  @inline(__always)
  func contains(_ number: Int) -> Bool {
    let bit: UInt64 = 1 << UInt64(number & 63)
    switch number >> 6 {
    case 0: return words.0 & bit != 0
    case 1: return words.1 & bit != 0
    case 2: return words.2 & bit != 0
    default: return words.3 & bit != 0
    }
  }

  @inline(__always)
  func intersects(_ other: SmallNumberSet) -> Bool {
    words.0 & other.words.0 | words.1 & other.words.1 | words.2 & other.words.2
      | words.3 & other.words.3 != 0
  }

  @inline(__always)
  mutating func insert(_ number: Int) {
    let bit: UInt64 = 1 << UInt64(number & 63)
    switch number >> 6 {
    case 0: words.0 |= bit
    case 1: words.1 |= bit
    case 2: words.2 |= bit
    default: words.3 |= bit
    }
  }

  @inline(__always)
  mutating func remove(_ number: Int) {
    let bit: UInt64 = 1 << UInt64(number & 63)
    switch number >> 6 {
    case 0: words.0 &= ~bit
    case 1: words.1 &= ~bit
    case 2: words.2 &= ~bit
    default: words.3 &= ~bit
    }
  }
}
