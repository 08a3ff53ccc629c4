import ArchiveSimulation
import StoryArchive
import Syndication
import Testing

/// What readers are told of segments that are missing although nothing that they read is damaged.
@Suite struct ShortfallTests {
  private let disk = MemoryFileSystem.Disk()

  private func path(_ ordinal: Int, _ form: String = "jsonl") -> String {
    "stories/2026/00000\(ordinal)-2026-11-21.\(form)"
  }

  /// Three sealed segments and an open one.
  private func fillDisk(_ numbers: Range<Int> = 0..<4) throws {
    let archive = try Archive.open(disk)
    for number in numbers.dropLast() {
      try archive.store([number])
      try archive.seal(now: Sample.noon)
    }
    try archive.store([numbers.upperBound - 1])
  }

  private func shortfall() throws -> [Damage] {
    try Archive.open(disk, access: .readOnly).shortfall()
  }

  private func cut(_ path: String) throws {
    let node = try #require(disk.node(at: path))
    node.bytes.removeLast(node.bytes.count / 2)
  }

  @Test func `nothing is missing of a whole archive, with or without its state`() throws {
    try fillDisk()
    #expect(try shortfall() == [])
    try disk.unlink("state")
    #expect(try shortfall() == [])
  }

  @Test(arguments: 1...4)
  func `a segment that is gone is told wherever it stood`(ordinal: Int) throws {
    try fillDisk()
    try disk.unlink(path(ordinal, ordinal == 4 ? "open" : "jsonl"))
    let details = try shortfall().map(\.detail)
    #expect(details.contains { $0.contains("gone") }, "\(details)")
    _ = try Archive.open(disk)
    #expect(try !shortfall().isEmpty)
  }

  @Test(arguments: 1...4)
  func `a segment that has lost its end is told wherever it stands`(ordinal: Int) throws {
    try fillDisk()
    let place = path(ordinal, ordinal == 4 ? "open" : "jsonl")
    try cut(place)
    #expect(try shortfall().contains { $0.path == place })
    try Archive.open(disk).store([9])
    #expect(try !shortfall().isEmpty)
  }

  @Test func `another archive's segment is told`() throws {
    try fillDisk()
    let other = ShortfallTests()
    try other.fillDisk(10..<14)
    try #require(disk.node(at: path(2))).bytes = try #require(other.disk.node(at: path(2))).bytes
      .dropLast()
    #expect(try shortfall().contains { $0.path == path(2) })
  }

  @Test func `what was given up or forgotten on purpose is not missed`() throws {
    try fillDisk()
    try disk.unlink(path(2))
    let archive = try Archive.open(disk)
    _ = try archive.repair(now: Sample.noon, acceptsLosses: true)
    _ = try archive.prune(
      PruneRule(byteLimit: 0, forgetsStories: true), now: Sample.noon + .seconds(86_400))
    #expect(disk.segmentPaths == [path(4, "open")])
    #expect(try shortfall() == [])
  }

  @Test func `that the first segments are gone is told where no manifest speaks of them`() throws {
    try fillDisk()
    for name in [path(1), "stories/segments.jsonl", "stories/SHA256SUMS"] { try disk.unlink(name) }
    #expect(try shortfall().map(\.detail).contains("segment 1 is gone"))
    let archive = try Archive.open(disk)
    #expect(try archive.repair(now: Sample.noon, acceptsLosses: true).damage == [])
    #expect(try shortfall() == [])
  }

  @Test func `a number far beyond all others costs no more than a look`() throws {
    try fillDisk()
    try disk.create("stories/2026/999999999999-2026-11-21.jsonl").bytes = [0x0A]
    #expect(try !shortfall().isEmpty)
  }
}
