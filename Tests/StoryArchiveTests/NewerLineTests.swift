import ArchiveSimulation
import Syndication
import Testing

@testable import StoryArchive

/// Lines of a version that this program does not know, with right checksums.
@Suite struct NewerLineTests {
  private static let later = Sample.noon + .seconds(86_400 * 800)
  private let disk = MemoryFileSystem.Disk()
  private let open = "stories/2026/000001-2026-11-21.open"
  private let sealed = "stories/2026/000001-2026-11-21.jsonl"

  /// Four lines, of which the one at `place` is of version 2.
  private func fillDisk(newerAt place: Int) throws {
    try Archive.open(disk).store(0..<3)
    let node = try #require(disk.node(at: open))
    var (sum, bytes) = (RecordLine.origin, [UInt8]())
    for (number, line) in node.bytes.split(separator: 0x0A).enumerated() {
      var line = Array(line)
      if number == place { line[5] = UInt8(ascii: "2") }
      line.append(0x0A)
      sum = line.withUnsafeMutableBufferPointer { RecordLine.fillSum(of: $0, after: sum) }
      bytes += line
    }
    node.bytes = bytes
    try disk.unlink("state")
  }

  private func seal() throws {
    let node = try #require(disk.node(at: open))
    try disk.create(sealed).bytes = node.bytes
    try disk.unlink(open)
  }

  private var first: [UInt8]? { disk.files[open] ?? disk.files[sealed] }

  @Test(arguments: [1, 3], [false, true])
  func `a newer version's line is told and never written anew`(place: Int, isSealed: Bool) throws {
    try fillDisk(newerAt: place)
    if isSealed { try seal() }
    if isSealed, place < 3 { try Archive.open(disk).store([9]) }
    let before = first
    let found = try Archive.open(disk, access: .readOnly).verify(readData: true)
    #expect(found.damage.map(\.problem) == [.newer])
    let reader = try Archive.open(disk, access: .readOnly)
    #expect(try Set(reader.storedNumbers()).subtracting([9]) == (place == 1 ? [1, 2] : [0, 1]))
    #expect(reader.damage.map(\.problem) == [.newer])
    for work in [fold, repair, prune, redact] {
      let error = #expect(throws: ArchiveError.self) { try work() }
      guard case .newerLine = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(error?.exitCode == 65)
      let sentence = error.map { "\($0)" } ?? ""
      #expect(sentence.contains("written by a newer version: a line of version 2"))
    }
    #expect(first == before)
  }

  @Test(arguments: [false, true])
  func `redact beside a newer version's line writes nothing`(isSealed: Bool) throws {
    try fillDisk(newerAt: isSealed ? 1 : 3)
    if isSealed {
      try seal()
      try Archive.open(disk).store([9])
    } else {
      // The newer version says that its lines are right.
      let lines = try #require(disk.node(at: open)).bytes.split(separator: 0x0A)
      let end = lines[3].withUnsafeBufferPointer { RecordLine.successorSum(of: $0) }
      let byteCount = lines.map { $0.count + 1 }.reduce(0, +)
      let head = ArchiveHead(ordinal: 1, offset: byteCount, sum: try #require(end))
      try MemoryFileSystem(disk).makeDirectory("state")
      try disk.create("state/HEAD").bytes = head.bytes
    }
    let before = stories
    #expect(throws: ArchiveError.self) {
      _ = try Archive.open(disk).redact(Sample.story(0).id, now: Sample.noon)
    }
    #expect(stories == before)
  }

  private var stories: [String] {
    disk.segmentPaths.map { String(decoding: disk.files[$0] ?? [], as: UTF8.self) }
  }

  private func fold() throws { _ = try Archive.open(disk, now: Self.later).storedNumbers() }

  private func repair() throws {
    _ = try Archive.open(disk, now: Self.later).repair(now: Self.later, acceptsLosses: true)
  }

  private func prune() throws {
    // The newest segment stays whatever it holds.
    if disk.segmentPaths.count == 1 { return try fold() }
    _ = try Archive.open(disk, now: Self.later).prune(
      PruneRule(before: Self.later), now: Self.later)
  }

  private func redact() throws {
    _ = try Archive.open(disk, now: Self.later).redact(Sample.story(0).id, now: Self.later)
  }
}
