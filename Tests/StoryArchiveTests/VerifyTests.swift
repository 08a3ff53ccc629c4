import ArchiveSimulation
import StoryArchive
import Syndication
import SystemPackage
import Testing

@Suite struct VerifyTests {
  private let sealed = "stories/2026/000001-2026-11-21.jsonl"
  private let active = "stories/2026/000002-2026-11-21.open"

  private static let later = Sample.noon + .seconds(86_400)

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

  @Test func `every cut of a growing segment is found once the archive went on behind it`() throws {
    let whole = MemoryFileSystem.Disk()
    try Archive.open(whole).store((0..<2).map(Sample.shortRecord))
    let growing = "stories/2026/000001-2026-11-21.open"
    let bytes = try node(growing, whole).bytes
    for length in bytes.indices {
      let cut = whole.copy()
      try node(growing, cut).bytes = Array(bytes[..<length])
      try Archive.open(cut).store([Sample.shortRecord(2)])
      for readsData in [false, true] {
        let report = try verify(cut, readData: readsData)
        #expect(report.exitCode == 65, "cut at \(length), \(report.notes)")
      }
      let report = try Archive.open(cut).repair(now: Sample.noon)
      #expect(!report.damage.isEmpty && !report.hasLosses, "cut at \(length)")
      let backup = try Archive.open(whole.copy(), access: .readOnly)
      let restored = try Archive.open(cut.copy()).repair(now: Sample.noon, from: backup)
      #expect(restored.damage == [], "cut at \(length)")
      #expect(!restored.hasLosses, "cut at \(length)")
      let accepted = try Archive.open(cut).repair(now: Sample.noon, acceptsLosses: true)
      #expect(accepted.damage == [] && accepted.hasLosses, "cut at \(length)")
    }
  }

  @Test func `no cut of a sealed segment is given up unasked`() throws {
    let whole = try twoSegments()
    let bytes = try node(sealed, whole).bytes
    for length in bytes.indices {
      let cut = whole.copy()
      try node(sealed, cut).bytes = Array(bytes[..<length])
      let report = try Archive.open(cut).repair(now: Sample.noon)
      #expect(!report.damage.isEmpty && !report.hasLosses, "cut at \(length)")
      #expect(try node(sealed, cut).bytes.count == length)
      let accepted = try Archive.open(cut).repair(now: Sample.noon, acceptsLosses: true)
      #expect(accepted.damage == [] && accepted.hasLosses, "cut at \(length)")
    }
  }

  @Test func `the ordinal of a listed segment that is gone is not given again`() throws {
    let whole = try twoSegments()
    try Archive.open(whole).seal(now: Sample.noon)
    let disk = whole.copy()
    for path in disk.files.keys where path.hasPrefix("state/") { try disk.unlink(path) }
    let lost = "stories/2026/000002-2026-11-21.jsonl"
    try disk.unlink(lost)
    let archive = try Archive.open(disk)
    try archive.store([Sample.shortRecord(4)])
    #expect(disk.segmentPaths == [sealed, "stories/2026/000003-2026-11-21.open"])
    try archive.seal(now: Sample.noon)
    for readsData in [false, true] {
      #expect(try verify(disk, readData: readsData).exitCode == 65)
    }
    let backup = try Archive.open(whole, access: .readOnly)
    #expect(try Archive.open(disk).repair(now: Sample.noon, from: backup).damage == [])
    #expect(try node(lost, disk).bytes == node(lost, whole).bytes)
  }

  @Test func `a growing segment of a listed ordinal takes neither's place`() throws {
    let whole = try twoSegments()
    try Archive.open(whole).seal(now: Sample.noon)
    let lost = "stories/2026/000002-2026-11-21.jsonl"
    let disk = whole.copy()
    try disk.unlink(lost)
    let stray = try disk.create("stories/2026/000002-2026-11-22.open")
    stray.bytes = Array(try node(lost, whole).bytes.dropLast(400))
    #expect(try verify(disk).exitCode == 65)
    let list = try #require(disk.files["stories/segments.jsonl"])
    let archive = try Archive.open(disk)
    try archive.store([Sample.shortRecord(4)])
    try archive.seal(now: Sample.noon)
    #expect(try #require(disk.files["stories/segments.jsonl"]).starts(with: list))
    let backup = try Archive.open(whole, access: .readOnly)
    let report = try Archive.open(disk).repair(now: Sample.noon, from: backup)
    #expect(!report.damage.isEmpty)
    #expect(disk.segmentPaths.count { $0.contains("000002") } == 1)
  }

  @Test(arguments: [false, true])
  func `a growing segment that is gone is taken from a backup, also once the archive went on`(
    goesOn: Bool
  ) throws {
    let whole = try twoSegments()
    let bytes = try node(active, whole).bytes
    let disk = whole.copy()
    try disk.unlink(active)
    if goesOn { try Archive.open(disk).store([Sample.shortRecord(5)]) }
    let backup = try Archive.open(whole.copy(), access: .readOnly)
    let report = try Archive.open(disk).repair(now: Sample.noon, from: backup)
    #expect(report.damage == [])
    #expect(!report.hasLosses)
    #expect(try node(active.replacing(".open", with: ".jsonl"), disk).bytes == bytes)
    for readsData in [false, true] { #expect(try verify(disk, readData: readsData).exitCode == 0) }
  }

  @Test(arguments: [false, true])
  func `what a backup of a growing segment lacks stays damage until it is accepted or found`(
    goesOn: Bool
  ) throws {
    let whole = try twoSegments()
    let early = whole.copy()
    try Archive.open(whole).store([Sample.shortRecord(5)])
    let bytes = try node(active, whole).bytes
    let disk = whole.copy()
    try disk.unlink(active)
    if goesOn { try Archive.open(disk).store([Sample.shortRecord(6)]) }
    let report = try Archive.open(disk).repair(
      now: Sample.noon, from: try Archive.open(early, access: .readOnly))
    #expect(report.damage.map(\.detail) == ["acknowledged bytes are missing"])
    #expect(!report.hasLosses)
    #expect(try Archive.open(disk).repair(now: Sample.noon).damage == report.damage)
    let accepting = disk.copy()
    let accepted = try Archive.open(accepting).repair(now: Sample.noon, acceptsLosses: true)
    #expect(accepted.damage == [] && accepted.hasLosses)
    let found = try Archive.open(disk).repair(
      now: Sample.noon, from: try Archive.open(whole.copy(), access: .readOnly))
    #expect(found.damage == [] && !found.hasLosses)
    #expect(try node(active.replacing(".open", with: ".jsonl"), disk).bytes == bytes)
  }

  @Test func `what a disk does not give is kept until it is given up, or a backup has it`() throws {
    let whole = try twoSegments()
    let disk = whole.copy()
    try node(sealed, disk).unreadable = 300..<301
    let report = try Archive.open(disk).repair(now: Sample.noon)
    #expect(!report.damage.isEmpty && !report.hasLosses)
    #expect(disk.node(at: sealed) != nil)
    let healed = disk.copy()
    try node(sealed, healed).unreadable = nil
    #expect(try Archive.open(healed).repair(now: Sample.noon).damage == [])
    #expect(try node(sealed, healed).bytes == node(sealed, whole).bytes)
    let accepting = disk.copy()
    let accepted = try Archive.open(accepting).repair(now: Sample.noon, acceptsLosses: true)
    #expect(accepted.damage == [] && accepted.hasLosses)
    let backup = try Archive.open(whole.copy(), access: .readOnly)
    let restored = try Archive.open(disk).repair(now: Sample.noon, from: backup)
    #expect(restored.damage == [] && !restored.hasLosses)
    #expect(try node(sealed, disk).bytes == node(sealed, whole).bytes)
    let kept = disk.files.filter { $0.key.hasPrefix("quarantine/") }
    #expect(try kept.map(\.value) == [node(sealed, whole).bytes])
  }

  @Test(arguments: [false, true])
  func `wherever bringing a growing segment back fails, what is missing of it is told`(
    goesOn: Bool
  ) throws {
    let whole = try twoSegments()
    let early = try Archive.open(whole.copy(), access: .readOnly)
    try Archive.open(whole).store([Sample.shortRecord(5)])
    let start = whole.copy()
    try start.unlink(active)
    if goesOn { try Archive.open(start).store([Sample.shortRecord(6)]) }
    let count = try FailingCall.each(on: start, now: Sample.noon) { call in
      let damage = try? call.archive.repair(now: Sample.noon, from: early).damage
      #expect(damage != [], call.context)
      if call.isOver { return }
      for readsData in [true, false] {
        #expect(try verify(call.disk, readData: readsData).exitCode == 65, call.context)
      }
      let later = try Archive.open(call.disk)
      #expect(try later.repair(now: Sample.noon, from: early).damage != [], call.context)
      let backup = try Archive.open(whole.copy(), access: .readOnly)
      let healed = try later.repair(now: Sample.noon, from: backup)
      #expect(healed.damage == [], "\(call.context): \(healed)")
    }
    #expect(count > 10)
  }

  @Test func `wherever restoring a segment fails, the damaged one is kept or still there`() throws {
    let whole = try twoSegments()
    let hurt = whole.copy()
    try node(sealed, hurt).bytes[400] ^= 1
    try node(sealed, hurt).durableBytes[400] ^= 1
    let damaged = try node(sealed, hurt).bytes
    let count = try FailingCall.each(on: hurt, now: Sample.noon) { call in
      let backup = try Archive.open(whole.copy(), access: .readOnly)
      _ = try? call.archive.repair(now: Sample.noon, from: backup)
      let kept = call.disk.afterPowerCut().files.contains {
        ($0.key == sealed || $0.key.hasPrefix("quarantine/")) && $0.value == damaged
      }
      #expect(kept, call.context)
    }
    #expect(count > 10)
  }

  @Test(arguments: [false, true])
  func `lines of a backup that an archive cannot know to be its own are named`(
    goesOn: Bool
  ) throws {
    let whole = try twoSegments()
    let backup = try Archive.open(whole.copy(), access: .readOnly)
    let disk = whole.copy()
    let sound = try Archive.open(disk).repair(now: Sample.noon, from: backup)
    #expect(sound.notes == [] && sound.deeds == [])
    for path in disk.files.keys where path.hasPrefix("state/") || path == active {
      try disk.unlink(path)
    }
    if goesOn { try Archive.open(disk).store([Sample.shortRecord(7)]) }
    let report = try Archive.open(disk).repair(now: Sample.noon, from: backup)
    let note = try #require(report.notes.first)
    #expect(report.damage == [] && report.notes.count == 1)
    #expect(note.hasPrefix("A/\(active): not taken: ") && note.contains("`aggregator import A`"))
  }

  @Test func `what could not be synchronized behind a cut is not believed once HEAD is lost`()
    throws
  {
    let cut = try twoSegments()
    try node(active, cut).bytes.removeLast(20)
    try node(active, cut).durableBytes.removeLast(20)
    for number in 1..<10 {
      let disk = cut.copy()
      let failing = MemoryFileSystem(disk)
      failing.fault = MemoryFileSystem.Fault(
        calls: [.synchronize], number: number, error: .ioError)
      try? Archive.open(on: failing, named: "A", access: .readWrite, now: Sample.noon)
        .store([Sample.shortRecord(7)])
      try? disk.unlink("state/HEAD")
      try Archive.open(disk).store([Sample.shortRecord(8)])
      var stories: [StoryID] = []
      try Archive.open(disk.afterPowerCut(), access: .readOnly).replay { record in
        if case .story(let story, _, _) = record { stories.append(story.id) }
      }
      #expect(stories.contains(Sample.story(8).id), "after failing fsync \(number)")
    }
  }

  @Test func `a cut that is listed is told also when HEAD is lost before the archive goes on`()
    throws
  {
    let whole = try twoSegments()
    let bytes = try node(active, whole).bytes
    for length in bytes.indices {
      let cut = whole.copy()
      try node(active, cut).bytes = Array(bytes[..<length])
      // Lists it.
      try Archive.open(cut).seal(now: Sample.noon)
      for path in cut.files.keys where path.hasPrefix("state/") { try cut.unlink(path) }
      try Archive.open(cut).store([Sample.shortRecord(7)])
      for readsData in [false, true] {
        #expect(try verify(cut, readData: readsData).exitCode == 65, "cut at \(length)")
      }
    }
  }

  @Test func `every flipped byte of a sealed last line is told once the archive goes on`()
    throws
  {
    let whole = try twoSegments()
    try Archive.open(whole).seal(now: Sample.noon)
    let last = active.replacing(".open", with: ".jsonl")
    let bytes = try node(last, whole).bytes
    let lastLine = try #require(bytes.dropLast().lastIndex(of: 0x0A)) + 1
    for place in lastLine..<bytes.count {
      let disk = whole.copy()
      try node(last, disk).bytes[place] ^= 1
      try Archive.open(disk).store([Sample.shortRecord(7)])
      #expect(try verify(disk).exitCode == 65, "flipped at \(place)")
    }
  }

  private func lastLine(_ path: String, _ disk: MemoryFileSystem.Disk) throws -> Substring {
    try String(decoding: node(path, disk).bytes, as: UTF8.self)
      .split(separator: "\n").last ?? ""
  }

  /// One sealed segment and one without a byte, whose writer was killed before its first line.
  private func onlyBegun() throws -> MemoryFileSystem.Disk {
    let whole = MemoryFileSystem.Disk()
    let archive = try Archive.open(whole)
    try archive.store([Sample.shortRecord(1)])
    try archive.seal(now: Sample.noon)
    for number in 1..<10 {
      let dying = MemoryFileSystem(whole.copy())
      let writer = try Archive.open(on: dying, named: "A", access: .readWrite, now: Sample.noon)
      dying.fault = MemoryFileSystem.Fault(
        calls: [.write], number: number, error: .ioError, isDeath: true)
      #expect(throws: ArchiveError.self) { try writer.store([Sample.shortRecord(2)]) }
      dying.die()
      if dying.disk.files[active] == [] { return dying.disk }
    }
    return try #require(nil, "no write before the first line")
  }

  @Test func `a segment that was only begun follows from what was pruned before it`() throws {
    let disk = try onlyBegun()
    let end = try lastLine(sealed, disk).dropLast(2).suffix(16)
    _ = try Archive.open(disk, now: Self.later).prune(
      PruneRule(before: Self.later, forgetsStories: true), now: Self.later)
    #expect(disk.node(at: sealed) == nil)
    try Archive.open(disk, now: Self.later).store([Sample.shortRecord(3)])
    try Archive.open(disk, now: Self.later).seal(now: Self.later)
    #expect(try lastLine("stories/segments.jsonl", disk).contains("\"after\":\"\(end)\""))
  }

  @Test func `words may be taken out of a torn line, and what is missing behind it is still told`()
    throws
  {
    let whole = try twoSegments()
    let bytes = try node(active, whole).bytes
    let lastLine = try #require(bytes.dropLast().lastIndex(of: 0x0A)) + 1
    for length in [lastLine, lastLine + 60, bytes.count - 1] {
      let disk = whole.copy()
      try node(active, disk).bytes = Array(bytes[..<length])
      let archive = try Archive.open(disk)
      try archive.store([Sample.shortRecord(7)])
      _ = try archive.redact(Sample.story(3).id, now: Sample.noon)
      for readsData in [false, true] {
        #expect(try verify(disk, readData: readsData).exitCode == 65, "cut at \(length)")
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
