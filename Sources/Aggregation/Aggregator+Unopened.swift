internal import StoryArchive
package import Syndication

// What is done in an archive that nobody has open, such as while storing is suspended.
extension Aggregator {
  static let probeByteCount = 1 << 20

  /// Writes and discards a megabyte, as a storage must allow it before polling goes on.
  ///
  /// - Throws: `ArchiveError` when there is no room for it.
  package static func probe(storage: String, now: Timestamp) throws {
    let archive = try Archive.open(at: storage, access: .readWrite, now: now)
    let log = try archive.stateLog(named: "probe")
    try archive.withWriterLock(waiting: .seconds(1)) { _ in
      // What a failed probe left would take up the very room that is looked for.
      try log.compact(to: [])
      defer { try? log.compact(to: []) }
      try log.append([UInt8](repeating: UInt8(ascii: "."), count: probeByteCount / 2))
      try log.append([UInt8](repeating: UInt8(ascii: "."), count: probeByteCount / 2))
    }
  }

  /// As `leaveAlone` of who has the archive open.
  ///
  /// - Throws: `ArchiveError`.
  package static func leaveAlone(
    _ line: String, for pause: Duration, cause: String, storage: String, now: Timestamp
  ) throws {
    let archive = try Archive.open(at: storage, access: .readWrite, now: now)
    let pause = LinePause(until: now + min(pause, RefreshPolicy.hintCeiling), cause: cause)
    try FeedStates(archive: archive).block(line: line, pause, now: now)
  }

  /// As `clockStepped` of who has the archive open.
  ///
  /// - Throws: `ArchiveError`.
  package static func clockStepped(by step: Duration, storage: String, now: Timestamp) throws {
    let states = try FeedStates(
      archive: Archive.open(at: storage, access: .readWrite, now: now))
    try states.catchUp()
    try states.shift(by: step, now: now)
  }
}
