internal import SystemPackage

/// A file named on the command line, or standard input as `-`.
struct InputFile {
  static let chunkByteCount = 1 << 20

  let path: String

  var name: String { path == "-" ? "standard input" : path }

  /// The whole file.
  func bytes() throws(CommandFailure) -> [UInt8] {
    var all: [UInt8] = []
    try read { chunk in all.append(contentsOf: chunk) }
    return all
  }

  /// Each line without its line feed, as it arrives.
  func lines(_ body: (ArraySlice<UInt8>) throws(CommandFailure) -> Void) throws(CommandFailure) {
    var rest: [UInt8] = []
    try read { (chunk: ArraySlice<UInt8>) throws(CommandFailure) in
      rest.append(contentsOf: chunk)
      var start = rest.startIndex
      while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
        try body(rest[start..<end])
        start = end + 1
      }
      rest.removeSubrange(..<start)
    }
    if !rest.isEmpty { try body(rest[...]) }
  }

  private func read(
    _ body: (ArraySlice<UInt8>) throws(CommandFailure) -> Void
  ) throws(CommandFailure) {
    let descriptor = try open()
    defer { if path != "-" { try? descriptor.close() } }
    var buffer = [UInt8](repeating: 0, count: Self.chunkByteCount)
    while true {
      let count = try readSome(descriptor, &buffer)
      guard count > 0 else { return }
      try body(buffer[..<count])
    }
  }

  private func open() throws(CommandFailure) -> FileDescriptor {
    guard path != "-" else { return .standardInput }
    do {
      return try FileDescriptor.open(FilePath(path), .readOnly)
    } catch {
      throw CommandFailure(.noInput, "\(path): cannot read: \(error)")
    }
  }

  private func readSome(
    _ descriptor: FileDescriptor, _ buffer: inout [UInt8]
  ) throws(CommandFailure) -> Int {
    do {
      return try buffer.withUnsafeMutableBytes { try descriptor.read(into: $0) }
    } catch {
      throw CommandFailure(.noInput, "\(name): cannot read: \(error)")
    }
  }
}
