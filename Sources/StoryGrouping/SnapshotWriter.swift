/// Writes what grouping knows as flat arrays, to be read back at the speed of memory.
///
/// The file is of this machine: numbers stand in their native order, and another one's marks read as
/// damage.
struct SnapshotWriter: ~Copyable {
  /// Every part begins at a multiple of so many bytes.
  static let alignment = 32

  private let sink: (UnsafeRawBufferPointer) throws -> Void
  private var checksum = SnapshotChecksum()

  /// `sink` takes the bytes one after the other.
  init(_ sink: @escaping (UnsafeRawBufferPointer) throws -> Void) {
    self.sink = sink
  }

  /// A count and the elements, whose type must have no gaps.
  mutating func write<Element: BitwiseCopyable>(_ elements: [Element]) throws {
    try write(UInt64(elements.count))
    try elements.withUnsafeBytes { try write($0) }
  }

  mutating func write(_ number: UInt64) throws {
    try withUnsafeBytes(of: SIMD4<UInt64>(number, 0, 0, 0)) { try write($0) }
  }

  /// Ends the file with what tells it from a damaged one.
  mutating func finish() throws {
    let end = checksum.value
    try withUnsafeBytes(of: SIMD4<UInt64>(end, ~end, 0, 0)) { try sink($0) }
  }

  private mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
    let whole = bytes.count / Self.alignment * Self.alignment
    try append(UnsafeRawBufferPointer(rebasing: bytes[..<whole]))
    guard whole < bytes.count else { return }
    var last = SIMD32<UInt8>()
    for place in whole..<bytes.count { last[place - whole] = bytes[place] }
    try withUnsafeBytes(of: last) { try append($0) }
  }

  private mutating func append(_ bytes: UnsafeRawBufferPointer) throws {
    checksum.add(bytes)
    try sink(bytes)
  }
}

/// A number over blocks of 32 bytes, in four lanes: it finds damage, not malice.
struct SnapshotChecksum {
  private var a: UInt64 = 1
  private var b: UInt64 = 2
  private var c: UInt64 = 3
  private var d: UInt64 = 4

  /// The length of `bytes` is a multiple of `SnapshotWriter.alignment`.
  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    var place = 0
    while place + SnapshotWriter.alignment <= bytes.count {
      a = Self.mixed(a, bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
      b = Self.mixed(b, bytes.loadUnaligned(fromByteOffset: place + 8, as: UInt64.self))
      c = Self.mixed(c, bytes.loadUnaligned(fromByteOffset: place + 16, as: UInt64.self))
      d = Self.mixed(d, bytes.loadUnaligned(fromByteOffset: place + 24, as: UInt64.self))
      place += SnapshotWriter.alignment
    }
  }

  var value: UInt64 {
    StableHash.join(StableHash.join(a, b), StableHash.join(c, d))
  }

  @inline(__always)
  private static func mixed(_ state: UInt64, _ word: UInt64) -> UInt64 {
    let product = (state ^ word) &* 0x9E37_79B9_7F4A_7C15
    return product ^ (product >> 29)
  }
}
