/// Writes what grouping knows as flat arrays, to be read back at the speed of memory.
///
/// The file is of this machine: numbers stand in their native order, and another one's marks read as
/// damage.
struct SnapshotWriter: ~Copyable {
  /// Every part begins at a multiple of so many bytes.
  static let alignment = 32
  /// Bytes that are gathered before they are passed on.
  private static let blockLength = 1 << 16

  private let sink: (UnsafeRawBufferPointer) throws -> Void
  private var checksum = SnapshotChecksum()
  private var block: [UInt8] = []

  /// `sink` takes the bytes one after the other.
  init(_ sink: @escaping (UnsafeRawBufferPointer) throws -> Void) {
    self.sink = sink
    block.reserveCapacity(Self.blockLength)
  }

  /// A count and the elements, whose type must have no gaps.
  mutating func write<Element: BitwiseCopyable>(_ elements: [Element]) throws {
    try begin(elements.count)
    try elements.withUnsafeBytes { try add($0) }
    try end()
  }

  mutating func write(_ number: UInt64) throws {
    try withUnsafeBytes(of: SIMD4<UInt64>(number, 0, 0, 0)) { try add($0) }
  }

  /// Numbers most of which are 0, mostly.
  mutating func write<Number: FixedWidthInteger & BitwiseCopyable>(sparse numbers: [Number]) throws
  {
    let places = numbers.indices.filter { numbers[$0] != 0 }
    let isSparse =
      places.count * (MemoryLayout<Number>.size + 4)
      < numbers.count * MemoryLayout<Number>.size
    try write(isSparse ? 1 : 0)
    guard isSparse else { return try write(numbers) }
    try write(places.map { UInt32($0) })
    try write(places.map { numbers[$0] })
  }

  /// Begins an array of `count` elements, which are to be added one by one.
  mutating func begin(_ count: Int) throws { try write(UInt64(count)) }

  mutating func add(_ element: some BitwiseCopyable) throws {
    try withUnsafeBytes(of: element) { try add($0) }
  }

  mutating func add(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = rest.prefix(Self.blockLength - block.count)
      block.append(contentsOf: part)
      rest = rest[part.endIndex...]
      if block.count == Self.blockLength { try pass() }
    }
  }

  /// Ends an array.
  mutating func end() throws {
    let excess = block.count % Self.alignment
    guard excess > 0 else { return }
    block.append(contentsOf: repeatElement(0, count: Self.alignment - excess))
    if block.count == Self.blockLength { try pass() }
  }

  /// Ends the file with what tells it from a damaged one.
  mutating func finish() throws {
    try pass()
    let end = checksum.value
    try withUnsafeBytes(of: SIMD4<UInt64>(end, ~end, 0, 0)) { try sink($0) }
  }

  private mutating func pass() throws {
    try block.withUnsafeBytes { bytes in
      checksum.add(bytes)
      try sink(bytes)
    }
    block.removeAll(keepingCapacity: true)
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
