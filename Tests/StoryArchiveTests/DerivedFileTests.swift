import ArchiveSimulation
import Syndication
import SystemPackage
import Testing

@testable import StoryArchive

/// What is told of files that are derived, when they cannot be written: whoever believes them to be there would
/// not make them again.
@Suite struct DerivedFileTests {
  private static let index = "stories/2026/000001-2026-11-21.words"

  /// One sealed segment.
  private func makeArchive() throws -> (MemoryFileSystem, Archive) {
    let system = MemoryFileSystem(MemoryFileSystem.Disk())
    let archive = try Archive.open(on: system, named: "A", access: .readWrite, now: Sample.noon)
    try archive.store(0..<3)
    try archive.seal(now: Sample.noon)
    return (system, archive)
  }

  // MARK: Indexes

  @Test(arguments: [MemoryFileSystem.Fault.Call.write, .rename])
  func `that an index cannot be kept is told, and half of one is not left`(
    call: MemoryFileSystem.Fault.Call
  ) throws {
    let (system, archive) = try makeArchive()
    let segment = try #require(try archive.segments().first)
    let words = Array("where the words stand".utf8)
    system.fault = .init(calls: [call], number: 1, error: .noSpace, tornByteCount: 5)
    #expect(throws: ArchiveError.self) { _ = try archive.keep(index: words, of: segment) }
    #expect(!system.disk.files.keys.contains { $0.hasPrefix(Self.index) })
    #expect(try archive.keep(index: words, of: segment))
    #expect(system.disk.files[Self.index] == words)
  }

  @Test func `an index is kept although what is derived was deleted`() throws {
    let (system, archive) = try makeArchive()
    let segment = try #require(try archive.segments().first)
    try system.disk.unlink("state")
    let reader = try Archive.open(
      on: system, named: "A", access: .readOnly, now: Sample.noon)
    system.fault = .init(calls: [.make], number: 1, error: .ioError)
    #expect(throws: ArchiveError.io(path: "A/state", action: "make", .ioError)) {
      _ = try reader.keep(index: [1], of: segment)
    }
    #expect(try reader.keep(index: [1], of: segment))
    #expect(system.disk.files[Self.index] == [1])
  }

  // MARK: State files

  @Test func `that a state file cannot be removed is told`() throws {
    let (system, archive) = try makeArchive()
    try archive.writeStateFile(named: "words-1") { _ in }
    system.fault = .init(calls: [.remove], number: 1, error: .ioError)
    #expect(throws: ArchiveError.io(path: "A/state/words-1", action: "remove", .ioError)) {
      try archive.removeStateFiles(prefix: "words-", keeping: [])
    }
    try archive.removeStateFiles(prefix: "words-", keeping: [])
    #expect(system.disk.files["state/words-1"] == nil)
  }

  @Test func `a file that became shorter than it was said to be is not mapped`() throws {
    let disk = MemoryFileSystem.Disk()
    try disk.create("words").bytes = [1, 2, 3]
    let system = MemoryFileSystem(disk)
    let file = try system.open("words", for: .reading)
    #expect(try system.map(file, byteCount: 3).withUnsafeBytes(Array.init) == [1, 2, 3])
    #expect(throws: Errno.ioError) { _ = try system.map(file, byteCount: 4) }
  }

  @Test func `what a writer of a state file throws is thrown, and the old file stays`() throws {
    struct Refusal: Error {}
    let (system, archive) = try makeArchive()
    try archive.writeStateFile(named: "words") { try Array("old".utf8).withUnsafeBytes($0) }
    #expect(throws: Refusal.self) {
      try archive.writeStateFile(named: "words") { sink in
        try Array("new".utf8).withUnsafeBytes(sink)
        throw Refusal()
      }
    }
    #expect(system.disk.files["state/words"] == Array("old".utf8))
    #expect(system.disk.files["state/words.new"] == nil)
  }

  /// Long ones are written in pieces, each of which may be the one that fails.
  @Test func `that a piece of a long file cannot be written is told at once`() throws {
    let bytes = [UInt8](repeating: 0x61, count: 1 << 19)
    let (system, archive) = try makeArchive()
    let fault = MemoryFileSystem.Fault(
      calls: [.write], number: 1, error: .ioError, tornByteCount: 10)
    system.fault = fault
    #expect(throws: ArchiveError.io(path: "A/state/words.new", action: "write", .ioError)) {
      try archive.writeStateFile(named: "words") { try bytes.withUnsafeBytes($0) }
    }
    let draft = try archive.draftStoredFile(at: "draft.new")
    system.fault = .init(
      calls: [.write], number: system.countedCalls + 1, error: .ioError, tornByteCount: 10)
    #expect(throws: ArchiveError.io(path: "A/state/draft.new", action: "write", .ioError)) {
      try bytes.withUnsafeBytes { try draft.append($0) }
    }
  }

  @Test func `that no reserve can be taken is told`() throws {
    let (system, archive) = try makeArchive()
    system.fault = .init(calls: [.write], number: 1, error: .noSpace)
    #expect(throws: ArchiveError.full(path: "A/state/reserve", .noSpace)) {
      try archive.stateReserve(named: "reserve").take()
    }
  }

  // MARK: Files written a piece at a time

  private static let pieces = ["where the ", "words stand"]

  private func writeDraft(_ archive: Archive) throws {
    let draft = try archive.draftStoredFile(at: "words.new")
    for piece in Self.pieces {
      try Array(piece.utf8).withUnsafeBytes { try draft.append($0) }
      try draft.settle()
    }
    try Array("!".utf8).withUnsafeBytes { try draft.append($0) }
    try draft.finish(named: "words")
  }

  @Test func `a stored file that is finished is on disk, and one that cannot be is told`() throws {
    let whole = Array((Self.pieces.joined() + "!").utf8)
    for number in 1...20 {
      let (system, archive) = try makeArchive()
      system.fault = .init(
        calls: MemoryFileSystem.Fault.writing, number: number, error: .ioError)
      var failure: (any Error)?
      do { try writeDraft(archive) } catch { failure = error }
      if system.countedCalls < number {
        #expect(failure == nil)
        #expect(system.disk.afterPowerCut().files["state/words"] == whole)
        return
      }
      #expect(failure is ArchiveError, "call \(number)")
      #expect(system.disk.files["state/words.new"] == nil, "call \(number)")
    }
    Issue.record("the run never ended")
  }

  @Test func `what is settled of a draft is on disk`() throws {
    let (system, archive) = try makeArchive()
    let draft = try archive.draftStoredFile(at: "words.new")
    try Array("where".utf8).withUnsafeBytes { try draft.append($0) }
    try draft.settle()
    let node = try #require(system.disk.node(at: "state/words.new"))
    #expect(node.durableBytes == Array("where".utf8))
    withExtendedLifetime(draft) {}
  }

  @Test func `a stored file with less than is asked for is told`() throws {
    let (system, archive) = try makeArchive()
    try writeDraft(archive)
    let file = try #require(try archive.storedFile(named: "words"))
    try #require(system.disk.node(at: "state/words")).bytes.removeLast()
    var bytes = [UInt8](repeating: 0, count: file.byteCount)
    #expect(throws: ArchiveError.io(path: "A/state/words", action: "read", .ioError)) {
      try bytes.withUnsafeMutableBytes { try file.read(at: 0, into: $0) }
    }
  }

  // MARK: State logs

  @Test func `that a line cannot be appended to a state log is told`() throws {
    let (system, archive) = try makeArchive()
    let log = try archive.stateLog(named: "feeds.jsonl")
    system.fault = .init(calls: [.write], number: 1, error: .noSpace)
    #expect(throws: ArchiveError.full(path: "A/state/feeds.jsonl", .noSpace)) {
      try log.append(Array("{}".utf8))
    }
    try log.append(Array("{}".utf8))
    #expect(system.disk.files["state/feeds.jsonl"] == Array("{}\n".utf8))
  }

  @Test func `that a state log cannot be opened is told`() throws {
    let (system, archive) = try makeArchive()
    let log = try archive.stateLog(named: "feeds.jsonl")
    system.fault = .init(calls: [.open], number: 1, error: .permissionDenied)
    #expect(throws: ArchiveError.notWritable(path: "A/state/feeds.jsonl", .permissionDenied)) {
      try log.append(Array("{}".utf8))
    }
  }

  @Test func `that a state log cannot be opened to be read is told`() throws {
    let (system, archive) = try makeArchive()
    try archive.stateLog(named: "feeds.jsonl").append(Array("{}".utf8))
    let log = try archive.stateLog(named: "feeds.jsonl")
    system.fault = .init(calls: [.open], number: 1, error: .ioError)
    #expect(throws: ArchiveError.io(path: "A/state/feeds.jsonl", action: "open", .ioError)) {
      try log.catchUp { _ in Issue.record("what could not be opened was read") }
    }
    var count = 0
    try log.catchUp { _ in count += 1 }
    #expect(count == 1)
  }

  /// The file under its other name is written, takes the place of the old one, and is opened again.
  @Test(
    arguments: zip(
      [MemoryFileSystem.Fault.Call.write, .synchronize, .rename, .synchronize, .open],
      [1, 1, 1, 2, 2]))
  func `that a state log cannot be compacted is told`(
    call: MemoryFileSystem.Fault.Call, number: Int
  ) throws {
    let (system, archive) = try makeArchive()
    let log = try archive.stateLog(named: "feeds.jsonl")
    try log.append([Array("1".utf8), Array("2".utf8)])
    try archive.withWriterLock(waiting: .zero) { _ in
      system.fault = .init(calls: [call], number: number, error: .ioError)
      #expect(throws: ArchiveError.self) { try log.compact(to: [Array("2".utf8)]) }
      system.fault = nil
    }
  }

  // MARK: New files in the place of segments

  private func makeWriter(_ archive: Archive) throws -> (SegmentName, SegmentWriter) {
    let name = try #require(try SegmentListing.all(in: archive.directory).first)
    return (name, try SegmentWriter(name, in: archive.directory))
  }

  @Test func `a new file that is not read back as it was meant does not take the old one's place`()
    throws
  {
    let (system, archive) = try makeArchive()
    let (name, writer) = try makeWriter(archive)
    let old = system.disk.files[name.path]
    Array("not what was meant\n".utf8).withUnsafeBufferPointer(writer.append)
    #expect(
      throws: ArchiveError.damaged(
        path: "A/\(name.temporaryPath)", offset: 0, detail: "not read back as it was written")
    ) { try writer.finish { _ in false } }
    #expect(system.disk.files[name.path] == old)
    #expect(system.disk.files[name.temporaryPath] == nil)
  }

  /// Else it would be told that there is a file, and not which one cannot be removed.
  @Test func `half a file that is in the way and cannot be removed is told as such`() throws {
    let (system, archive) = try makeArchive()
    let segment = try #require(try archive.segments().first)
    let name = segment.name
    let digest = try SegmentFile.openExisting(name, in: archive.directory).fileDigest()
    let works: [(path: String, work: () throws -> Void)] = [
      (name.temporaryPath, { _ = try SegmentWriter(name, in: archive.directory) }),
      (name.temporaryIndexPath, { _ = try archive.keep(index: [1], of: segment) }),
      (
        "quarantine/\(name.name)@0-\(digest.prefix(16)).new", { try archive.copyAside(name) }
      ),
      ("state/words.new", { try archive.writeStateFile(named: "words") { _ in } }),
      ("state/draft.new", { _ = try archive.draftStoredFile(at: "draft.new") }),
      ("state/log.new", { try archive.directory.replace("state/log", in: "state", with: []) }),
    ]
    for (path, work) in works {
      try system.disk.create(path).bytes = [1, 2, 3]
      system.fault = .init(
        calls: [.remove], number: system.countedCalls + 1, error: .ioError)
      #expect(throws: ArchiveError.io(path: "A/\(path)", action: "remove", .ioError)) {
        try work()
      }
      system.fault = nil
      if system.disk.files[path] == nil { try system.disk.create(path).bytes = [1, 2, 3] }
      try work()
      #expect(system.disk.files[path] != [1, 2, 3], "\(path)")
    }
  }
}
