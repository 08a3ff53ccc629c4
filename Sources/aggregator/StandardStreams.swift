internal import Glibc
internal import SystemPackage

/// Data for the next program or the reader. Every failed write is noticed.
struct StandardOutput {
  /// Bytes gathered before they are written.
  static let bufferByteCount = 64 << 10

  private var buffer: [UInt8] = []
  private let descriptor: FileDescriptor
  private let name: String

  init(descriptor: FileDescriptor = .standardOutput, name: String = "standard output") {
    self.descriptor = descriptor
    self.name = name
    buffer.reserveCapacity(Self.bufferByteCount)
  }

  static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  mutating func write(_ bytes: some Collection<UInt8>) throws(CommandFailure) {
    buffer.append(contentsOf: bytes)
    if buffer.count >= Self.bufferByteCount { try flush() }
  }

  mutating func line(_ text: String) throws(CommandFailure) {
    try write(text.utf8)
    try write(CollectionOfOne(UInt8(ascii: "\n")))
  }

  /// Writes what was gathered. A closed pipe is a quiet end; anything else is an I/O error.
  mutating func flush() throws(CommandFailure) {
    defer { buffer.removeAll(keepingCapacity: true) }
    do {
      try descriptor.writeAll(buffer)
    } catch Errno.brokenPipe {
      throw CommandFailure(.quiet)
    } catch {
      throw CommandFailure(.inputOutput, "\(name): cannot write: \(error)")
    }
  }
}

/// Progress, warnings and errors. A failure to write them has nobody left to be told.
enum StandardError {
  static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// One line; whatever a hostile feed put into it stays one line and sends the terminal no codes.
  static func line(_ text: String) {
    _ = try? FileDescriptor.standardError.writeAll((visible(text) + "\n").utf8)
  }

  /// Text with terminal codes of our own.
  static func raw(_ text: String) {
    _ = try? FileDescriptor.standardError.writeAll(text.utf8)
  }

  /// Control characters and bidirectional overrides as `\u{…}`.
  static func visible(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isHidden) else { return text }
    return text.unicodeScalars.map { scalar in
      isHidden(scalar) ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
    }.joined()
  }

  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
