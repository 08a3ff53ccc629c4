/// Why a snapshot is not used: what it held is to be replayed.
package struct SnapshotError: Error, Hashable, Sendable, CustomStringConvertible {
  package let problem: String

  package var description: String { "snapshot: \(problem)" }

  static let damaged = SnapshotError(problem: "damaged")
  static let otherVersion = SnapshotError(problem: "of another version")
  static let otherCopies = SnapshotError(problem: "belongs to other tables of copies")
}

/// Reads what a `SnapshotWriter` wrote.
struct SnapshotReader {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  /// Throws unless `bytes` are whole and as they were written.
  init(_ bytes: UnsafeRawBufferPointer) throws(SnapshotError) {
    let alignment = SnapshotWriter.alignment
    guard bytes.count >= alignment, bytes.count.isMultiple(of: alignment) else { throw .damaged }
    let content = UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count - alignment)])
    var checksum = SnapshotChecksum()
    checksum.add(content)
    let end = bytes.loadUnaligned(fromByteOffset: content.count, as: UInt64.self)
    guard end == checksum.value else { throw .damaged }
    self.bytes = content
  }

  mutating func array<Element: BitwiseCopyable>(of type: Element.Type) throws(SnapshotError)
    -> [Element]
  {
    let stated = try number()
    guard let count = Int(exactly: stated),
      count <= (bytes.count - position) / MemoryLayout<Element>.stride
    else { throw .damaged }
    let length = count * MemoryLayout<Element>.stride
    let source = UnsafeRawBufferPointer(rebasing: bytes[position..<position + length])
    position += SnapshotReader.padded(length)
    guard position <= bytes.count else { throw .damaged }
    return [Element](unsafeUninitializedCapacity: count) { room, used in
      UnsafeMutableRawBufferPointer(room).copyMemory(from: source)
      used = count
    }
  }

  /// As `SnapshotWriter.write(sparse:)`.
  mutating func sparseArray<Number: FixedWidthInteger & BitwiseCopyable>(
    of type: Number.Type, count: Int
  ) throws(SnapshotError) -> [Number] {
    guard try number() == 1 else {
      let numbers = try array(of: type)
      guard numbers.count == count else { throw .damaged }
      return numbers
    }
    let places = try array(of: UInt32.self)
    let values = try array(of: type)
    guard places.count == values.count, places.allSatisfy({ $0 < count }) else { throw .damaged }
    var numbers = [Number](repeating: 0, count: count)
    for (place, value) in zip(places, values) {
      guard value != 0, numbers[Int(place)] == 0 else { throw .damaged }
      numbers[Int(place)] = value
    }
    return numbers
  }

  mutating func number() throws(SnapshotError) -> UInt64 {
    guard position + SnapshotWriter.alignment <= bytes.count else { throw .damaged }
    defer { position += SnapshotWriter.alignment }
    return bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
  }

  /// Throws unless everything was read.
  func finish() throws(SnapshotError) {
    guard position == bytes.count else { throw .damaged }
  }

  private static func padded(_ length: Int) -> Int {
    let alignment = SnapshotWriter.alignment
    return (length + alignment - 1) / alignment * alignment
  }
}
