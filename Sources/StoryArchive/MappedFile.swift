package import SystemPackage

/// A file's bytes, read where they lie. They stay as they are, as long as nobody writes to the file.
package final class MappedFile: Sendable {
  package let byteCount: Int
  private let address: UInt
  private let forgetPages: @Sendable (UnsafeMutableRawPointer, Int) -> Void
  private let release: @Sendable (UnsafeMutableRawPointer, Int) -> Void

  /// Takes over `bytes`, which `release` gives back with their count; `forgetPages` takes whole pages of
  /// them out of memory, where they can be had again.
  init(
    _ bytes: UnsafeMutableRawBufferPointer,
    forgetPages: @escaping @Sendable (UnsafeMutableRawPointer, Int) -> Void = { _, _ in },
    release: @escaping @Sendable (UnsafeMutableRawPointer, Int) -> Void
  ) {
    byteCount = bytes.count
    address = UInt(bitPattern: bytes.baseAddress)
    self.forgetPages = forgetPages
    self.release = release
  }

  deinit {
    if let start = UnsafeMutableRawPointer(bitPattern: address) { release(start, byteCount) }
  }

  package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    body(UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: address), count: byteCount))
  }

  private static let pageByteCount: UInt = 4096

  /// Says that `bytes` of the file are not needed soon, so that their memory may be had by others.
  package func forget(_ bytes: UnsafeRawBufferPointer) {
    let start =
      (UInt(bitPattern: bytes.baseAddress) + Self.pageByteCount - 1) & ~(Self.pageByteCount - 1)
    let end = (UInt(bitPattern: bytes.baseAddress) + UInt(bytes.count)) & ~(Self.pageByteCount - 1)
    guard start >= address, end <= address + UInt(byteCount), start < end,
      let first = UnsafeMutableRawPointer(bitPattern: start)
    else { return }
    forgetPages(first, Int(end - start))
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
