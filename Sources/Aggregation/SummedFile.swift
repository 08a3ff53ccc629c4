internal import Checksums
internal import StoryArchive
internal import StoryGrouping

/// A derived file that is searched where it lies, and whose every block has a sum: it is proved each time that
/// the block is read from disk, so nothing of a damaged one is believed, and one that is cut short meanwhile is
/// no worse.
///
/// Behind the bytes stand the sums, how many bytes there are, and a sum of these numbers.
final class SummedFile: SealedBytes {
  static let blockByteCount = 1 << 10
  /// Blocks that are written at once.
  private static let blockRun = 256
  private static let numberByteCount = MemoryLayout<UInt64>.stride

  let byteCount: Int
  private let file: StoredFile
  /// Of each block: 8 bytes for 1 KiB.
  private let sums: [UInt64]
  private(set) var isSound = true
  /// All of it, where it is kept in memory.
  private var held: [UInt8]?

  /// Nil where the numbers are not those that were written.
  init?(_ file: StoredFile) {
    let trailer = file.byteCount - 2 * Self.numberByteCount
    guard trailer >= 0, let ends = Self.numbers(of: file, at: trailer, 2),
      let byteCount = Int(exactly: ends[0]), byteCount <= trailer,
      byteCount.isMultiple(of: Self.numberByteCount),
      byteCount + Self.blockCount(byteCount) * Self.numberByteCount == trailer,
      let numbers = Self.numbers(of: file, at: byteCount, Self.blockCount(byteCount) + 1),
      Self.sum(of: numbers) == ends[1]
    else { return nil }
    self.file = file
    self.byteCount = byteCount
    sums = numbers.dropLast()
  }

  func withBytes<Result>(
    _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result? {
    precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "within the file")
    if let held { return held.withBytes(range, body) }
    let blocks = range.lowerBound / Self.blockByteCount..<Self.blockCount(range.upperBound)
    let start = blocks.lowerBound * Self.blockByteCount
    let end = min(blocks.upperBound * Self.blockByteCount, byteCount)
    return withUnsafeTemporaryAllocation(byteCount: end - start, alignment: 16) { bytes in
      guard (try? file.read(at: start, into: bytes)) != nil,
        isWritten(UnsafeRawBufferPointer(bytes), from: blocks.lowerBound)
      else {
        isSound = false
        return nil
      }
      let found = bytes[range.lowerBound - start..<range.upperBound - start]
      return body(UnsafeRawBufferPointer(rebasing: found))
    }
  }

  /// All of it; nil where some is damaged.
  func contents() -> [UInt8]? { withBytes(0..<byteCount) { Array($0) } }

  /// Keeps all of it in memory from now on; false where some is damaged.
  func hold() -> Bool {
    held = contents()
    return held != nil
  }

  private func isWritten(_ bytes: UnsafeRawBufferPointer, from first: Int) -> Bool {
    for start in stride(from: 0, to: bytes.count, by: Self.blockByteCount)
    where Self.sum(ofBlockAt: start, in: bytes) != sums[first + start / Self.blockByteCount] {
      return false
    }
    return true
  }

  private static func sum(ofBlockAt start: Int, in bytes: UnsafeRawBufferPointer) -> UInt64 {
    let end = min(start + blockByteCount, bytes.count)
    return PageSum.of(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
  }

  private static func blockCount(_ byteCount: Int) -> Int {
    (byteCount + blockByteCount - 1) / blockByteCount
  }

  private static func sum(of numbers: [UInt64]) -> UInt64 {
    numbers.withUnsafeBytes { SHA256($0).prefix }
  }

  private static func numbers(of file: StoredFile, at offset: Int, _ count: Int) -> [UInt64]? {
    var numbers = [UInt64](repeating: 0, count: count)
    let isRead = numbers.withUnsafeMutableBytes { (try? file.read(at: offset, into: $0)) != nil }
    return isRead ? numbers : nil
  }

  /// Gives `sink` such a file of `bytes`, one piece after the other.
  ///
  /// - Throws: What `sink` throws; `DamagedTable` where some cannot be had.
  static func write(
    _ bytes: any SealedBytes, to sink: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    var numbers: [UInt64] = []
    for start in stride(from: 0, to: bytes.byteCount, by: blockRun * blockByteCount) {
      let end = min(start + blockRun * blockByteCount, bytes.byteCount)
      let written = bytes.withBytes(start..<end) { piece in
        for start in stride(from: 0, to: piece.count, by: blockByteCount) {
          numbers.append(sum(ofBlockAt: start, in: piece))
        }
        return Result { try sink(piece) }
      }
      guard let written else { throw DamagedTable() }
      try written.get()
    }
    numbers.append(UInt64(bytes.byteCount))
    numbers.append(sum(of: numbers))
    try numbers.withUnsafeBytes { try sink($0) }
  }
}
