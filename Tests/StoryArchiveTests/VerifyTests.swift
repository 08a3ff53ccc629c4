import ArchiveSimulation
import StoryArchive
import Syndication
import SystemPackage
import Testing

@Suite struct VerifyTests {
  private let sealed = "stories/2026/000001-2026-11-21.jsonl"
  private let active = "stories/2026/000002-2026-11-21.open"

  /// A disk with a sealed segment of two stories and an open one of two.
  private func twoSegments() throws -> MemoryFileSystem.Disk {
    let disk = MemoryFileSystem.Disk()
    let archive = try Archive.open(disk)
    try archive.store((0..<2).map(Sample.shortRecord))
    try archive.seal(now: Sample.noon)
    try archive.store((2..<4).map(Sample.shortRecord))
    return disk
  }

  private func verify(
    _ disk: MemoryFileSystem.Disk, readData: Bool = true
  ) throws -> VerifyReport {
    try Archive.open(disk, access: .readOnly).verify(readData: readData)
  }

  private func node(
    _ path: String, _ disk: MemoryFileSystem.Disk
  ) throws -> MemoryFileSystem.Node {
    try #require(disk.node(at: path))
  }

  @Test(arguments: [true, false])
  func `an untouched archive is clean`(readData: Bool) throws {
    let report = try verify(try twoSegments(), readData: readData)
    #expect(report.damage == [])
    #expect(report.notes == [])
    #expect(report.segmentCount == 2)
    #expect(report.lineCount == (readData ? 6 : 0))
    #expect(report.exitCode == 0)
  }

  @Test func `every flipped bit is found and placed`() throws {
    let disk = try twoSegments()
    for path in [sealed, active] {
      let bytes = try node(path, disk).bytes
      for place in bytes.indices {
        let hurt = disk.copy()
        try node(path, hurt).bytes[place] ^= 1 << UInt8(place % 8)
        let report = try verify(hurt)
        let found = report.damage.contains {
          $0.path == "A/\(path)" && $0.range.lowerBound <= place && place < $0.range.upperBound
        }
        #expect(found, "byte \(place) of \(path): \(report.damage)")
        #expect(report.exitCode == 65)
      }
    }
  }

  @Test func `every cut is found and placed`() throws {
    let disk = try twoSegments()
    for path in [sealed, active] {
      let bytes = try node(path, disk).bytes
      for length in bytes.indices {
        let cut = disk.copy()
        try node(path, cut).bytes = Array(bytes.prefix(length))
        for readData in [true, false] {
          let report = try verify(cut, readData: readData)
          #expect(
            report.damage.contains { $0.path == "A/\(path)" && $0.range.lowerBound <= length },
            "cut at \(length) of \(path), \(readData)")
        }
      }
    }
  }

  @Test(arguments: [true, false])
  func `a segment that is gone is missed`(readData: Bool) throws {
    for path in [sealed, active] {
      let disk = try twoSegments()
      try disk.unlink(path)
      #expect(!(try verify(disk, readData: readData).damage.isEmpty), "\(path)")
    }
  }

  @Test func `a segment that was put in another's place does not follow`() throws {
    let disk = try twoSegments()
    let other = try twoSegments()
    let hand = try Archive.open(other)
    try hand.store([9])
    try hand.seal(now: Sample.noon)
    try hand.store([10])
    for path in ["stories/SHA256SUMS", "stories/segments.jsonl", "state/HEAD"] {
      try disk.unlink(path)
    }
    let foreign = try node("stories/2026/000003-2026-11-21.open", other).bytes
    try disk.create("stories/2026/000003-2026-11-21.open").bytes = foreign
    let damage = try verify(disk).damage
    #expect(damage.map(\.detail) == ["the segment does not follow from the one before it"])
  }

  /// A file of another day, and what a copy has that was taken before and after a seal.
  @Test(arguments: ["2026-11-20.jsonl", "2026-11-21.open"])
  func `two segments of one ordinal are named by the unlisted one`(name: String) throws {
    let disk = try twoSegments()
    let double = "stories/2026/000001-\(name)"
    try disk.create(double).bytes = try node(sealed, disk).bytes
    for readData in [true, false] {
      let damage = try verify(disk, readData: readData).damage
      #expect(
        damage.contains(
          Damage(path: "A/\(double)", range: 0..<0, detail: "A/\(sealed) has the same ordinal")))
    }
    let refusal = ArchiveError.damaged(
      path: "A/\(double)", offset: 0,
      detail: "A/\(sealed) has the same ordinal: take the one away that does not belong here")
    #expect(throws: refusal) { _ = try Archive.open(disk) }
    #expect(throws: refusal) {
      try Archive.open(disk, access: .readOnly).replay { _ in
        Issue.record("one of both was chosen")
      }
    }
    try disk.unlink(double)
    #expect(try verify(disk).damage == [])
  }

  @Test func `a segment that is sealed while the names are read is one`() throws {
    let disk = try twoSegments()
    let earlier = "stories/2026/000001-2026-11-21.open"
    _ = try disk.create(earlier)
    var listCount = 0
    disk.trace = { call in
      guard call.hasSuffix("list stories/2026") else { return }
      listCount += 1
      if listCount == 2 { try? disk.unlink(earlier) }
    }
    #expect(try verify(disk).damage == [])
    #expect(listCount == 2)
  }

  @Test func `an archive that lost its FORMAT is not taken for an empty directory`() throws {
    let disk = try twoSegments()
    try disk.unlink("FORMAT")
    let before = disk.files
    let error = #expect(throws: ArchiveError.self) { try Archive.open(disk) }
    #expect(error?.exitCode == 65)
    #expect(error?.description.contains("A/FORMAT: not an archive: the file is missing") == true)
    #expect(disk.files == before)
  }

  @Test func `a torn tail is a note and not damage`() throws {
    let disk = try twoSegments()
    try node(active, disk).bytes += Array("{\"v\":1".utf8)
    for readData in [true, false] {
      let report = try verify(disk, readData: readData)
      #expect(report.damage == [])
      #expect(report.notes.isEmpty == !readData)
    }
  }

  @Test func `what a fence gave up is a note`() throws {
    let disk = try twoSegments()
    let system = MemoryFileSystem(disk)
    let archive = try Archive.open(on: system, named: "A", access: .readWrite, now: Sample.noon)
    try archive.store([4])
    system.fault = .init(calls: [.synchronize, .truncate], number: 1, error: .ioError)
    #expect(throws: Never.self) { try archive.store([5]) }
    let report = try verify(disk)
    #expect(report.damage == [])
  }

  @Test(arguments: [false, true])
  func `every cut of a sealed segment is still found when the archive has gone on behind it`(
    isListed: Bool
  ) throws {
    let whole = MemoryFileSystem.Disk()
    let archive = try Archive.open(whole)
    try archive.store((0..<2).map(Sample.shortRecord))
    try archive.seal(now: Sample.noon)
    if !isListed {
      for name in ["SHA256SUMS", "segments.jsonl"] { try whole.unlink("stories/\(name)") }
    }
    let bytes = try node(sealed, whole).bytes
    for length in bytes.indices {
      let cut = whole.copy()
      try node(sealed, cut).bytes = Array(bytes[..<length])
      try Archive.open(cut).store([Sample.shortRecord(2)])
      for readsData in [false, true] {
        let report = try verify(cut, readData: readsData)
        #expect(report.exitCode == 65, "cut at \(length), \(report.notes)")
      }
    }
  }

  @Test func `damage is still told after recovery went on in a new segment`() throws {
    let disk = try twoSegments()
    let bytes = try node(active, disk).bytes
    let lastLine = try #require(bytes.dropLast().lastIndex(of: 0x0A)) + 1
    try node(active, disk).bytes = Array(bytes[..<lastLine])
    try Archive.open(disk).store([7])
    for readData in [true, false] {
      let report = try verify(disk, readData: readData)
      #expect(report.damage.map(\.detail) == ["acknowledged bytes are missing"])
      #expect(report.damage.map(\.range) == [lastLine..<bytes.count])
    }
  }

  @Test func `the manifests say what the segments hold`() throws {
    let disk = try twoSegments()
    let bytes = try node(sealed, disk).bytes
    let sum = try #require(String(decoding: bytes, as: UTF8.self).split(separator: "\n").last)
      .suffix(18).prefix(16)
    let line = String(decoding: try node("stories/segments.jsonl", disk).bytes, as: UTF8.self)
    #expect(line.contains("\"segment\":\"2026/000001-2026-11-21.jsonl\""))
    #expect(line.contains("\"lines\":3"))
    #expect(line.contains("\"last\":\"\(sum)\""))
    #expect(line.contains("\"seenFirst\":\"2026-11-21T12:00:00.000Z\""))
    let sums = String(decoding: try node("stories/SHA256SUMS", disk).bytes, as: UTF8.self)
    #expect(sums.hasSuffix("  2026/000001-2026-11-21.jsonl\n"))
  }

  @Test func `manifests that were lost are made again by the next writer`() throws {
    let disk = try twoSegments()
    let before = disk.files
    try disk.unlink("stories/SHA256SUMS")
    try disk.unlink("stories/segments.jsonl")
    try Archive.open(disk).store([Sample.shortRecord(4)])
    for path in ["stories/SHA256SUMS", "stories/segments.jsonl"] {
      #expect(disk.files[path] == before[path])
    }
  }

  @Test func `the state may be deleted and nothing is missed`() throws {
    let disk = try twoSegments()
    try disk.unlink("state")
    #expect(try verify(disk).damage == [])
    let archive = try Archive.open(disk)
    try archive.store([9])
    #expect(try archive.storedNumbers() == [0, 1, 2, 3, 9])
    #expect(try verify(disk).damage == [])
  }
}
