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
  /// So many bytes are summed up before they are said to be read.
  private static let stride = 1 << 20

  private let bytes: UnsafeRawBufferPointer
  private let whenRead: (UnsafeRawBufferPointer) -> Void
  private var position = 0

  /// Throws unless `bytes` are whole and as they were written. `whenRead` is told which of them were just
  /// read: each twice, once for the sum.
  init(
    _ bytes: UnsafeRawBufferPointer, whenRead: @escaping (UnsafeRawBufferPointer) -> Void
  ) throws(SnapshotError) {
    let alignment = SnapshotWriter.alignment
    guard bytes.count >= alignment, bytes.count.isMultiple(of: alignment) else { throw .damaged }
    let content = UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count - alignment)])
    var checksum = SnapshotChecksum()
    for start in Swift.stride(from: 0, to: content.count, by: Self.stride) {
      let end = min(start + Self.stride, content.count)
      let part = UnsafeRawBufferPointer(rebasing: content[start..<end])
      checksum.add(part)
      whenRead(part)
    }
    let end = bytes.loadUnaligned(fromByteOffset: content.count, as: UInt64.self)
    guard end == checksum.value else { throw .damaged }
    self.bytes = content
    self.whenRead = whenRead
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
    defer { whenRead(source) }
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
