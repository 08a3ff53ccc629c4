import ArchiveSimulation
import StoryArchive
import Syndication
import SystemPackage
import Testing

/// An archive on a copy of a disk, of whose calls that write one fails.
struct FailingCall {
  /// Which one, from 1.
  let number: Int
  let system: MemoryFileSystem
  let archive: Archive

  var disk: MemoryFileSystem.Disk { system.disk }
  /// Whether fewer calls were made, so that none failed.
  var isOver: Bool { system.countedCalls < number }
  var context: Comment { "call \(number)" }

  private static let numberLimit = 400

  /// Opens an archive on what `disk` gives and lets the first call behind that fail, then on another the second,
  /// and so on, until `body` makes no more.
  ///
  /// - Returns: How often that was.
  @discardableResult
  static func each(
    of disk: () throws -> MemoryFileSystem.Disk, tornByteCount: Int = 0, isDeath: Bool = false,
    now: Timestamp, _ body: (FailingCall) throws -> Void
  ) throws -> Int {
    for number in 1...numberLimit {
      let system = MemoryFileSystem(try disk())
      let archive = try Archive.open(on: system, named: "A", access: .readWrite, now: now)
      system.fault = MemoryFileSystem.Fault(
        calls: MemoryFileSystem.Fault.writing, number: number, error: .ioError,
        tornByteCount: tornByteCount, isDeath: isDeath)
      let call = FailingCall(number: number, system: system, archive: archive)
      try body(call)
      if call.isOver { return number }
    }
    return try #require(nil, "there is no end to the calls")
  }

  /// As above, on copies of `disk`.
  @discardableResult
  static func each(
    on disk: MemoryFileSystem.Disk, tornByteCount: Int = 0, isDeath: Bool = false,
    now: Timestamp, _ body: (FailingCall) throws -> Void
  ) throws -> Int {
    try each(
      of: { disk.copy() }, tornByteCount: tornByteCount, isDeath: isDeath, now: now, body)
  }
}
