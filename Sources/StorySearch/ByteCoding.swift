internal import Checksums

extension [UInt8] {
  /// Seven bits a byte, the lowest first; all but the last have the high bit.
  mutating func appendVariable(_ value: Int) {
    var rest = UInt64(value)
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }

  mutating func appendNumber(_ value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }

  /// The first 64 bits of the SHA-256.
  var check: UInt64 { SHA256(self).prefix }
}

/// Reads what `appendVariable` and `appendNumber` wrote, with every step checked.
struct ByteCursor {
  private let bytes: [UInt8]
  private(set) var place: Int

  init(_ bytes: [UInt8], at place: Int = 0) {
    self.bytes = bytes
    self.place = place
  }

  var isAtEnd: Bool { place >= bytes.count }

  mutating func variable() throws(IndexProblem) -> Int {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while place < bytes.count, shift < 56 {
      let byte = bytes[place]
      place += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return Int(value) }
      shift += 7
    }
    throw .damaged
  }

  mutating func number<Number: FixedWidthInteger>() throws(IndexProblem) -> Number {
    let size = MemoryLayout<Number>.size
    guard bytes.count - place >= size else { throw .damaged }
    defer { place += size }
    return bytes.withUnsafeBytes {
      Number(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: Number.self))
    }
  }

  mutating func bytes(_ count: Int) throws(IndexProblem) -> ArraySlice<UInt8> {
    guard count >= 0, bytes.count - place >= count else { throw .damaged }
    defer { place += count }
    return bytes[place..<place + count]
  }
}

/// Why an index is of no use. It is derived: whoever meets this does without, or makes another.
package enum IndexProblem: Error, Hashable, Sendable {
  /// Not what was written.
  case damaged
  /// Of another version, of another segment, or of a segment that is not what it was.
  case stale
}
