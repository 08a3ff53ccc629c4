package import SystemPackage

/// A file's bytes, read where they lie. They stay as they are, as long as nobody writes to the file.
package final class MappedFile: Sendable {
  package let byteCount: Int
  private let address: UInt
  private let release: @Sendable (UnsafeMutableRawPointer, Int) -> Void

  /// Takes over `bytes`, which `release` gives back with their count.
  init(
    _ bytes: UnsafeMutableRawBufferPointer,
    release: @escaping @Sendable (UnsafeMutableRawPointer, Int) -> Void
  ) {
    byteCount = bytes.count
    address = UInt(bitPattern: bytes.baseAddress)
    self.release = release
  }

  deinit {
    if let start = UnsafeMutableRawPointer(bitPattern: address) { release(start, byteCount) }
  }

  package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    body(UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: address), count: byteCount))
  }
}

extension FileSystem {
  /// The bytes of an open file, where they do not lie in memory yet: a copy.
  package func map(_ file: OpenFile, byteCount: Int) throws(Errno) -> MappedFile {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 64)
    let copy = MappedFile(bytes) { start, _ in start.deallocate() }
    var offset = 0
    while offset < byteCount {
      let count = try read(
        file, at: offset, into: UnsafeMutableRawBufferPointer(rebasing: bytes[offset...]))
      guard count > 0 else { throw .ioError }
      offset += count
    }
    return copy
  }
}
