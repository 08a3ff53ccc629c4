internal import Glibc
internal import SystemPackage

/// A file named on the command line, or standard input as `-`.
struct InputFile {
  static let chunkByteCount = 1 << 20
  /// The largest document read whole, in bytes.
  static let byteLimit = 256 << 20
  /// The longest line, in bytes.
  static let lineByteLimit = 16 << 20

  let path: String
  /// What was read of it already, all of it.
  var content: [UInt8]?

  init(path: String) {
    self.path = path
  }

  var name: String { path == "-" ? "standard input" : path }

  /// The whole file.
  func bytes() throws(CommandFailure) -> [UInt8] {
    var all: [UInt8] = []
    // A growing array would hold a large file twice.
    all.reserveCapacity(min(size ?? 0, Self.byteLimit))
    try read { (chunk: ArraySlice<UInt8>) throws(CommandFailure) in
      guard all.count + chunk.count <= Self.byteLimit else {
        throw CommandFailure(.notAFeed, "\(name): too large: over \(Self.byteLimit >> 20) MiB")
      }
      all.append(contentsOf: chunk)
    }
    return all
  }

  /// The first bytes, at most `count`.
  func head(_ count: Int) throws(CommandFailure) -> [UInt8] {
    if let content { return Array(content.prefix(count)) }
    let descriptor = try open()
    defer { try? descriptor.close() }
    var buffer = [UInt8](repeating: 0, count: count)
    return Array(buffer[..<(try readSome(descriptor, &buffer))])
  }

  /// Each line that is not blank, without its line feed, as it arrives; with its number, counted
  /// from 1.
  func lines(
    _ body: (ArraySlice<UInt8>, _ number: Int) throws(CommandFailure) -> Void
  ) throws(CommandFailure) {
    var unfinished: [UInt8] = []
    var number = 0
    func finish(_ line: ArraySlice<UInt8>) throws(CommandFailure) {
      number += 1
      if !line.allSatisfy(Self.isBlank) { try body(line, number) }
    }
    try read { (chunk: ArraySlice<UInt8>) throws(CommandFailure) in
      var rest = chunk
      while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        if unfinished.isEmpty {
          try finish(rest[..<end])
        } else {
          unfinished += rest[..<end]
          try finish(unfinished[...])
          unfinished.removeAll(keepingCapacity: true)
        }
        rest = rest[(end + 1)...]
      }
      unfinished += rest
      guard unfinished.count <= Self.lineByteLimit else {
        throw CommandFailure(
          .notAFeed,
          "\(name): line \(number + 1): too long: over \(Self.lineByteLimit >> 20) MiB")
      }
    }
    if !unfinished.isEmpty { try finish(unfinished[...]) }
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
  }

  private func read(
    _ body: (ArraySlice<UInt8>) throws(CommandFailure) -> Void
  ) throws(CommandFailure) {
    if let content { return try body(content[...]) }
    let descriptor = try open()
    defer { if path != "-" { try? descriptor.close() } }
    var buffer = [UInt8](repeating: 0, count: Self.chunkByteCount)
    while true {
      let count = try readSome(descriptor, &buffer)
      guard count > 0 else { return }
      try body(buffer[..<count])
    }
  }

  /// Whether it can be read twice.
  var isRegular: Bool { size != nil }

  /// Bytes of a regular file; nil where that cannot be told.
  private var size: Int? {
    var status = stat()
    guard path != "-", stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return nil
    }
    return Int(status.st_size)
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
