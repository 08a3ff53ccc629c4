internal import Glibc
internal import Syndication
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

  /// One line of a publisher's or a file's text; whatever is in it stays one line and sends the
  /// terminal no codes.
  mutating func line(showing text: String) throws(CommandFailure) {
    try line(text.showingHidden)
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
    _ = try? FileDescriptor.standardError.writeAll((text.showingHidden + "\n").utf8)
  }

  /// Text with terminal codes of our own.
  static func raw(_ text: String) {
    _ = try? FileDescriptor.standardError.writeAll(text.utf8)
  }
}
