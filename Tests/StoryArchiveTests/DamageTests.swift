import ArchiveSimulation
import Syndication
import SystemPackage
import Testing

@testable import StoryArchive

/// What is lost, missing or cannot be read: that it is told, costs no more than itself, and comes back.
@Suite struct DamageTests {
  private static let later = Sample.noon + .seconds(86_400 * 800)

  let disk = MemoryFileSystem.Disk()

  /// Three sealed segments of forty stories, some 16 KB each, and an open one.
  private func fillDisk() throws {
    let archive = try Archive.open(disk)
    for round in 0..<3 {
      try archive.store(round * 40..<(round + 1) * 40)
      try archive.seal(now: Sample.noon)
    }
    try archive.store([120])
  }

  private func path(_ ordinal: Int, _ suffix: String = "jsonl") -> String {
    "stories/2026/00000\(ordinal)-2026-11-21.\(suffix)"
  }

  private func node(_ path: String) throws -> MemoryFileSystem.Node {
    try #require(disk.node(at: path))
  }

  private func reader() throws -> Archive { try Archive.open(disk, access: .readOnly) }

  private func damage() throws -> [Damage] { try reader().verify(readData: true).damage }

  private func repair(
    from backup: MemoryFileSystem.Disk? = nil, acceptsLosses: Bool = false
  ) throws -> RepairReport {
    let backup = try backup.map { try Archive.open($0, access: .readOnly) }
    return try Archive.open(disk, now: Self.later).repair(
      now: Self.later, from: backup, acceptsLosses: acceptsLosses)
  }

  // MARK: What cannot be read

  @Test(arguments: [false, true])
  func `a bad sector is placed, costs the lines that it touches, and the rest is checked`(
    isCompressed: Bool
  ) throws {
    try fillDisk()
    if isCompressed {
      _ = try Archive.open(disk).compact(now: Self.later, olderThan: .zero)
    }
    let suffix = isCompressed ? "jsonl.gz" : "jsonl"
    let bad = try node(path(2, suffix))
    let start = isCompressed ? 0 : 8192
    bad.unreadable = start + 100..<start + 200
    try node(path(3, suffix)).bytes[300] ^= 1
    let damage = try damage()
    #expect(
      damage.contains {
        $0.path == "A/\(path(2, suffix))" && $0.range.lowerBound == start
          && $0.detail == "cannot be read"
      }, "\(damage)")
    #expect(damage.contains { $0.path == "A/\(path(3, suffix))" })
    let archive = try reader()
    let found = try archive.storedNumbers()
    #expect(Set(0..<40).isSubset(of: found))
    #expect(found.last == 120)
    #expect(archive.damage.contains { $0.path == path(2, suffix) && $0.range.lowerBound == start })
    if !isCompressed { #expect(found.count >= 121 - 14) }
  }

  /// As one that belongs to another user.
  @Test func `a segment that may not be opened is told once, and costs its own stories only`()
    throws
  {
    try fillDisk()
    try Archive.open(disk).seal(now: Sample.noon)
    let whole = try reader().storedNumbers()
    let files = disk.files
    for path in disk.segmentPaths {
      let file = try node(path)
      file.isForbidden = true
      file.isProtected = false
      for readsData in [true, false] {
        let damage = try reader().verify(readData: readsData).damage
        #expect(damage.map(\.path) == ["A/\(path)"])
        #expect(damage.first?.detail.hasPrefix("cannot open") == true)
      }
      let archive = try reader()
      let found = try archive.storedNumbers()
      #expect(found.count < whole.count && !found.isEmpty)
      #expect(archive.damage.map(\.path) == [path])
      var later: [ArchiveRecord] = []
      try archive.records(since: Sample.noon) { later.append($0) }
      #expect(!later.isEmpty)
      guard path != disk.segmentPaths.last else {
        // Nobody goes on behind an end that is not known.
        #expect(throws: ArchiveError.self) { try repair() }
        return
      }
      let report = try repair()
      #expect(report.damage.map(\.path) == ["A/\(path)"])
      #expect(report.notes.count == 1 && report.notes[0].contains(path))
      #expect(stories(in: disk.files) == stories(in: files))
      file.isForbidden = false
      file.isProtected = true
      #expect(try reader().storedNumbers() == whole)
    }
  }

  private func stories(in files: [String: [UInt8]]) -> [String: [UInt8]] {
    files.filter { !$0.key.hasPrefix("state/") }
  }

  @Test func `what is left around a bad sector is kept once the rest is given up`() throws {
    try fillDisk()
    let bad = try node(path(2))
    bad.unreadable = 8200..<8300
    let before = try reader().storedNumbers()
    #expect(try !repair().hasLosses)
    let report = try repair(acceptsLosses: true)
    #expect(report.damage == [])
    #expect(report.hasLosses)
    #expect(try reader().storedNumbers() == before)
    #expect(try damage() == [])
  }

  @Test(arguments: ["stories/segments.jsonl", "stories/SHA256SUMS", "state/HEAD"])
  func `a manifest that cannot be read is named, and the segments are checked`(
    file: String
  ) throws {
    try fillDisk()
    try node(path(2)).bytes[300] ^= 1
    try node(file).unreadable = 0..<10
    let damage = try damage()
    #expect(damage.contains { $0.path == "A/\(file)" })
    #expect(damage.contains { $0.path == "A/\(path(2))" })
  }

  @Test func `nobody appends behind a sealed segment whose end cannot be read`() throws {
    try fillDisk()
    try Archive.open(disk).seal(now: Sample.noon)
    let last = try node(path(4))
    last.unreadable = last.bytes.count - 10..<last.bytes.count
    let before = disk.files.keys.sorted()
    #expect(throws: ArchiveError.self) { try Archive.open(disk).store([200]) }
    #expect(disk.files.keys.sorted() == before)
  }

  // MARK: What another program compressed

  /// The member that gzip itself would write.
  private func foreignMember(_ plain: [UInt8]) -> [UInt8] {
    let member = plain.withUnsafeBufferPointer {
      GzipMember.compress($0, at: 0, seen: Sample.noon, after: 0)
    }
    return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + member.dropFirst(GzipMember.headerByteCount)
  }

  @Test func `more than any segment holds is not decoded, and said to be too much`() throws {
    try fillDisk()
    try disk.unlink(path(2))
    let piece = foreignMember([UInt8](repeating: 0, count: 8 << 20))
    try disk.create(path(2, "jsonl.gz")).bytes = (0..<20).flatMap { _ in piece }
    let found = try damage()
    #expect(
      found.contains {
        $0.path == "A/\(path(2, "jsonl.gz"))" && $0.detail.contains("another program")
      })
    #expect(try reader().storedNumbers().count == 81)
  }

  @Test func `empty members cost nothing`() throws {
    try fillDisk()
    let plain = try node(path(2)).bytes
    try disk.unlink(path(2))
    let empty = foreignMember([])
    try disk.create(path(2, "jsonl.gz")).bytes =
      (0..<20_000).flatMap { _ in empty } + foreignMember(plain)
    #expect(try damage() == [])
    #expect(try reader().storedNumbers().count == 121)
  }

  // MARK: Missing segments

  @Test func `a missing segment is told to every reader`() throws {
    try fillDisk()
    try disk.unlink(path(2))
    let archive = try reader()
    #expect(try archive.storedNumbers().count == 81)
    #expect(archive.damage.map(\.path) == [path(2)])
    #expect(archive.damage.map(\.detail) == ["the segment is gone"])
    let ranged = try reader()
    try ranged.records(since: Sample.noon) { _ in }
    #expect(ranged.damage.map(\.path) == [path(2)])
  }

  @Test(arguments: [false, true])
  func `a loss can be accepted, is written down, and can still be undone`(
    isListed: Bool
  ) throws {
    try fillDisk()
    let backup = disk.copy()
    try disk.unlink(path(2))
    if !isListed {
      let manifest = try node("stories/segments.jsonl")
      let lines = manifest.bytes.split(separator: 0x0A)
      manifest.bytes =
        Array(
          lines.enumerated().filter { $0.offset != 1 }.map(\.element)
            .joined(separator: [0x0A])) + [0x0A]
    }
    #expect(try !repair().damage.isEmpty)
    let report = try repair(acceptsLosses: true)
    #expect(report.damage == [])
    #expect(report.hasLosses)
    #expect(try damage() == [])
    let archive = try reader()
    #expect(try archive.storedNumbers().count == 81)
    #expect(archive.damage == [])
    let manifest = String(decoding: try node("stories/segments.jsonl").bytes, as: UTF8.self)
    #expect(manifest.contains("\"reason\":\"lost\""))
    #expect(try repair(acceptsLosses: true).deeds == [])
    guard isListed else { return }
    #expect(try repair(from: backup).damage == [])
    #expect(disk.files[path(2)] == backup.files[path(2)])
    #expect(try reader().storedNumbers().count == 121)
    #expect(try damage() == [])
  }

  // MARK: A backup

  @Test func `a backup brings back what a repair without it gave up`() throws {
    try fillDisk()
    let backup = disk.copy()
    try node(path(2)).bytes[400] ^= 1
    #expect(try repair().damage == [])
    #expect(try reader().storedNumbers().count == 120)
    let report = try repair(from: backup)
    #expect(report.deeds.count == 1)
    #expect(disk.files[path(2)] == backup.files[path(2)])
    #expect(try reader().storedNumbers().count == 121)
    #expect(try damage() == [])
    #expect(try repair(from: backup).deeds == [])
  }

  @Test func `a backup does not bring back what was redacted since`() throws {
    try fillDisk()
    let backup = disk.copy()
    try node(path(2)).bytes[400] ^= 1
    _ = try repair()
    _ = try Archive.open(disk, now: Self.later).redact(Sample.story(60).id, now: Self.later)
    #expect(try repair(from: backup).deeds == [])
    #expect(try reader().storedNumbers().contains(60) == false)
  }

  @Test func `a damaged segment is there at every moment of its restoring`() throws {
    try fillDisk()
    let backup = disk.copy()
    let path = path(2)
    try node(path).bytes[400] ^= 1
    var missing: [String] = []
    disk.trace = { [disk] call in
      if disk.node(at: path) == nil { missing.append(call) }
    }
    _ = try repair(from: backup)
    #expect(missing == [])
    #expect(disk.files[path] == backup.files[path])
  }

  @Test func `whoever cannot list what came back says so`() throws {
    try fillDisk()
    let lost = try node(path(2))
    try disk.unlink(path(2))
    _ = try repair(acceptsLosses: true)
    try disk.link(lost, at: path(2))
    let count = try FailingCall.each(on: disk, now: Self.later) { call in
      let failure = outcome { _ = try call.archive.repair(now: Self.later) }
      let listed = String(decoding: call.disk.files["stories/SHA256SUMS"] ?? [], as: UTF8.self)
      #expect(failure != nil || listed.contains("000002"), call.context)
    }
    #expect(count > 5)
  }

  /// Two lines, then one that was given up, and the next segment that says so; a copy in a third has its text
  /// from the first. Listed with all three lines; the disk has two, and the file those or all.
  private func giveUp(hasTail: Bool) throws {
    try Archive.open(disk).store(0..<2)
    let longer = disk.copy()
    try Archive.open(longer).store([2])
    try Archive.open(disk).seal(now: Sample.noon)
    try Archive.open(disk).store([3])
    let first = try node(path(1))
    let short = first.bytes
    first.bytes = try #require(longer.files["stories/2026/000001-2026-11-21.open"])
    for path in ["stories/segments.jsonl", "stories/SHA256SUMS"] { try disk.unlink(path) }
    try Archive.open(disk).seal(now: Sample.noon)
    first.durableBytes = short
    if !hasTail { first.bytes = short }
    var copy = Sample.story(5)
    copy.text = ""
    let record = ArchiveRecord.story(copy, cluster: copy.id, original: Sample.story(0).id)
    try Archive.open(disk, now: Self.later).store([record], now: Self.later)
  }

  @Test(arguments: [true, false])
  func `wherever listing anew what was given up stops, nothing is told as damage`(
    readsData: Bool
  ) throws {
    try giveUp(hasTail: false)
    let whole = disk.copy()
    _ = try Archive.open(whole).repair(now: Self.later)
    let count = try FailingCall.each(on: disk, isDeath: true, now: Self.later) { call in
      _ = try? call.archive.repair(now: Self.later)
      call.system.die()
      let left = try Archive.open(call.disk, access: .readOnly)
      #expect(try left.verify(readData: readsData).damage == [], call.context)
      #expect(try Archive.open(call.disk).repair(now: Self.later).damage == [], call.context)
      for path in ["stories/segments.jsonl", "stories/SHA256SUMS"] {
        #expect(call.disk.files[path] == whole.files[path], "\(path), \(call.context)")
      }
    }
    #expect(count > 5)
  }

  @Test(arguments: [true, false])
  func `what was given up is settled before the segment goes that tells of it`(
    hasTail: Bool
  ) throws {
    try giveUp(hasTail: hasTail)
    #expect(try damage() == [])
    let doubtful = try node(path(1)).durableBytes
    let copy = { () throws -> MemoryFileSystem.Disk in
      let copy = disk.copy()
      try #require(copy.node(at: path(1))).durableBytes = doubtful
      return copy
    }
    let count = try FailingCall.each(of: copy, now: Self.later) { call in
      let rule = PruneRule(before: Self.later - .seconds(86_400), forgetsStories: true)
      let failure = outcome { _ = try call.archive.prune(rule, now: Self.later) }
      #expect(call.disk.node(at: path(1)) != nil)
      #expect(!call.isOver || call.disk.node(at: path(2)) == nil)
      for disk in [call.disk, call.disk.afterPowerCut()] {
        disk.locks = [:]
        // A checksum that is not listed yet the next writer lists.
        let damage = try Archive.open(disk, now: Self.later).verify(readData: true).damage
        #expect(damage == [], "\(call.context): \(failure.map { "\($0)" } ?? "no failure")")
      }
    }
    #expect(count > 5)
  }

  @Test func `a HEAD that lost its padding is believed, and no other that is cut or altered`()
    throws
  {
    let head = ArchiveHead(ordinal: 12, offset: 34_567, sum: 0x89AB_CDEF_0123_4567)
    let proven = "12 34567 89abcdef01234567 ".utf8.count + 16
    for length in 0...ArchiveHead.byteCount {
      let cut = Array(head.bytes[..<length])
      #expect(ArchiveHead(cut) == (length < proven ? nil : head), "\(length) bytes")
      for place in cut.indices {
        var altered = cut
        altered[place] ^= 1
        #expect(ArchiveHead(altered) == nil, "byte \(place) of \(length)")
      }
    }
    #expect(ArchiveHead(head.bytes + [0x20]) == nil)
  }

  @Test func `a growing segment cut in its first line stays damaged`() throws {
    try Archive.open(disk).store(0..<2)
    let path = "stories/2026/000001-2026-11-21.open"
    let whole = try node(path).bytes
    for length in 0..<whole.count {
      let cut = disk.copy()
      let file = try #require(cut.node(at: path))
      file.bytes.removeLast(whole.count - length)
      file.durableBytes = file.bytes
      func damage() throws -> Int {
        try Archive.open(cut, access: .readOnly).verify(readData: true).damage.count
      }
      #expect(try damage() > 0, "cut at \(length)")
      for turn in 1...3 {
        _ = try Archive.open(cut).newNumbers()
        let text = cut.files["stories/segments.jsonl"].map { String(decoding: $0, as: UTF8.self) }
        #expect(try damage() > 0, "cut at \(length), turn \(turn) \(text ?? "")")
      }
    }
  }

  @Test(arguments: [true, false])
  func `a segment that was given up and comes back by itself is listed again`(
    isRight: Bool
  ) throws {
    try fillDisk()
    let whole = disk.files
    let lost = try node(path(2))
    try disk.unlink(path(2))
    _ = try repair(acceptsLosses: true)
    let given = disk.files
    if !isRight { lost.bytes[300] ^= 1 }
    try disk.link(lost, at: path(2))
    let report = try reader().verify(readData: true)
    #expect(report.notes.contains { $0.contains("was given up, and is there again") })
    let deeds = try repair().deeds.filter { $0.contains("is there again") }
    #expect(deeds.count == (isRight ? 1 : 0))
    let manifests = ["stories/SHA256SUMS", "stories/segments.jsonl"]
    for path in manifests {
      #expect(
        try lines(path, disk.files, "000002") == lines(path, isRight ? whole : given, "000002"))
    }
    guard isRight else { return }
    #expect(try reader().verify(readData: true).notes.allSatisfy { !$0.contains("given up") })
    #expect(try reader().storedNumbers() == Array(0...120))
  }

  private func lines(
    _ path: String, _ files: [String: [UInt8]], _ part: String
  ) throws -> [Substring] {
    String(decoding: try #require(files[path]), as: UTF8.self).split(separator: "\n")
      .filter { $0.contains(part) }
  }

  @Test func `redacted words do not come back, whatever is left of the manifests`() throws {
    try fillDisk()
    let backup = disk.copy()
    _ = try Archive.open(disk, now: Self.later).redact(Sample.story(60).id, now: Self.later)
    for path in ["stories/segments.jsonl", "stories/SHA256SUMS"] { try disk.unlink(path) }
    _ = try repair()
    try disk.unlink(path(2))
    let report = try repair(from: backup)
    #expect(report.notes.contains { $0.contains("has words that were redacted since") })
    #expect(disk.node(at: path(2)) == nil)
    #expect(try !reader().storedNumbers().contains(60))
  }

  @Test(arguments: [true, false])
  func `what is damaged is not forgotten without a word`(isDryRun: Bool) throws {
    try fillDisk()
    try node(path(1)).bytes[300] ^= 1
    let before = disk.files[path(1)]
    var report = PruneReport()
    #expect(throws: ArchiveError.self) {
      try Archive.open(disk, now: Self.later).prune(
        PruneRule(before: Self.later, forgetsStories: true), now: Self.later, isDryRun: isDryRun,
        into: &report)
    }
    #expect(report.segments == [2, 3].map { String(path($0).dropFirst("stories/".count)) })
    #expect(disk.files[path(1)] == before)
  }

  /// Damages every byte of a segment's first line, with and without manifests, and looks at the one before.
  @Test(arguments: [true, false])
  func `a damaged first line says nothing of the segment before`(hasManifests: Bool) throws {
    let archive = try Archive.open(disk)
    for round in 0..<3 {
      try archive.store(round * 3..<(round + 1) * 3)
      try archive.seal(now: Sample.noon)
    }
    if !hasManifests {
      for path in ["stories/segments.jsonl", "stories/SHA256SUMS"] { try disk.unlink(path) }
    }
    let line = try #require(disk.files[path(3)]?.split(separator: 0x0A).first)
    for place in line.indices {
      let hurt = disk.copy()
      try #require(hurt.node(at: path(3))).bytes[place] ^= 1
      for step in ["redacting", "pruning", "repairing"] {
        let archive = try Archive.open(hurt, now: Self.later)
        switch step {
        case "redacting": _ = try? archive.redact(Sample.story(4).id, now: Self.later)
        case "pruning":
          let rule = PruneRule(before: Self.later, feeds: [Sample.story(5).feed])
          _ = try? archive.prune(rule, now: Self.later)
        default: _ = try archive.repair(now: Self.later)
        }
        let reader = try Archive.open(hurt, access: .readOnly)
        let others = try reader.verify(readData: true).damage.filter { $0.path != "A/\(path(3))" }
        #expect(others == [], "byte \(place), after \(step)")
        #expect(try Set(0...3).isSubset(of: reader.storedNumbers()) || step != "redacting")
      }
      let left = try Archive.open(hurt, access: .readOnly).verify(readData: true).damage
      #expect(left == [], "byte \(place)")
    }
  }

  @Test(arguments: ["010005", "999999", "999999999999"], ["jsonl", "open", "jsonl.gz"])
  func `a file of a number that is no history's is named, and nobody goes on behind it`(
    ordinal: String, suffix: String
  ) throws {
    try fillDisk()
    let before = disk.files
    let path = "stories/2026/\(ordinal)-2026-11-22.\(suffix)"
    _ = try disk.create(path)
    for readsData in [true, false] {
      #expect(try reader().verify(readData: readsData).damage.map(\.path) == ["A/\(path)"])
    }
    #expect(try reader().shortfall().map(\.path) == [path])
    let refusal = ArchiveError.damaged(
      path: "A/\(path)", offset: 0, detail: SegmentListing.farDetail)
    #expect(throws: refusal) { try Archive.open(disk).store([200]) }
    #expect(throws: refusal) { try repair(acceptsLosses: true) }
    #expect(throws: refusal) { try reader().storedNumbers() }
    try disk.unlink(path)
    #expect(disk.files == before)
    try Archive.open(disk).store([200])
    #expect(try damage() == [])
  }

  @Test func `what was removed and listed leaves as wide a gap as it may`() throws {
    try fillDisk()
    let archive = try Archive.open(disk)
    try archive.seal(now: Sample.noon)
    let listed = try text("stories/segments.jsonl")
    for path in disk.files.keys where path.contains("000004") {
      let node = try node(path)
      try disk.unlink(path)
      try disk.link(node, at: path.replacing("000004", with: "020004"))
    }
    try node("stories/segments.jsonl").bytes = Array(
      listed.replacing("000004", with: "020004").replacing(
        "\"ordinal\":4", with: "\"ordinal\":20004"
      ).utf8)
    #expect(try reader().storedNumbers() == Array(0...120))
  }

  @Test func `a line about a segment that never was does not hide a number that is none`() throws {
    try fillDisk()
    try Archive.open(disk).seal(now: Sample.noon)
    let manifest = try node("stories/segments.jsonl")
    let whole = manifest.bytes
    let spoilt = try text("stories/segments.jsonl").replacing(
      "\"ordinal\":2", with: "\"ordinal\":29999")
    manifest.bytes = Array(spoilt.utf8)
    let path = "stories/2026/030000-2026-11-22.open"
    _ = try disk.create(path)
    #expect(Set(try damage().map(\.path)) == ["A/stories/segments.jsonl", "A/\(path)"])
    try disk.unlink(path)
    #expect(try repair().damage == [])
    #expect(disk.files["stories/segments.jsonl"] == whole)
  }

  private func text(_ path: String) throws -> String {
    String(decoding: try node(path).bytes, as: UTF8.self)
  }

  /// The disk may give another time what it does not give now.
  @Test func `what cannot be read bears a name, whatever of restoring it fails`() throws {
    try fillDisk()
    let backup = disk.copy()
    try node(path(2)).unreadable = 8200..<8300
    let count = try FailingCall.each(on: disk, now: Self.later) { call in
      let whole = try Archive.open(backup, access: .readOnly)
      let failure = outcome { _ = try call.archive.repair(now: Self.later, from: whole) }
      let kept = call.disk.files.keys.filter { call.disk.node(at: $0)?.unreadable != nil }
      #expect(kept.count == 1, "\(call.context): \(failure.map { "\($0)" } ?? "no failure")")
      #expect(!call.isOver || kept.allSatisfy { $0.hasPrefix("quarantine/") })
    }
    #expect(count > 5)
  }

  @Test func `a segment that lost its first line gets another`() throws {
    try fillDisk()
    let first = try #require(disk.files[path(2)]?.split(separator: 0x0A).first)
    try node(path(2)).bytes[60] ^= 1
    #expect(try repair().damage == [])
    let lines = try #require(disk.files[path(2)]).split(separator: 0x0A)
    var reader = RecordReader()
    let read = lines[0].withUnsafeBufferPointer { reader.read($0) }
    let lost = first.withUnsafeBufferPointer { reader.read($0) }
    let moments = lines.compactMap { $0.withUnsafeBufferPointer { RecordReader.seen(of: $0) } }
    #expect(moments.count == lines.count && moments == moments.sorted())
    guard case .segment(let header) = read, case .segment(let before) = lost else {
      Issue.record("no first line: \(String(decoding: lines[0], as: UTF8.self))")
      return
    }
    #expect(header.previousSum == before.previousSum)
    #expect(header.ordinal == 2)
    #expect(try self.reader().storedNumbers().count == 121)
    #expect(try damage() == [])
  }

  @Test func `taking back a promise keeps what recovery found`() throws {
    let archive = try Archive.open(disk)
    try archive.store(0..<3)
    let segment = try node(path(1, "open"))
    // Of story 1, whose words are not taken out.
    segment.bytes[700] ^= 1
    try Archive.open(disk).store([3])
    #expect(
      try String(decoding: node("stories/segments.jsonl").bytes, as: UTF8.self)
        .contains("\"damage\""))
    try FailingCall.each(on: disk, isDeath: true, now: Self.later) { call in
      _ = try? call.archive.redact(Sample.story(0).id, now: Self.later)
      call.system.die()
      _ = try Archive.open(call.disk, now: Self.later).prune(
        PruneRule(before: Timestamp(milliseconds: 0)), now: Self.later)
      let manifest = try #require(call.disk.files["stories/segments.jsonl"])
      #expect(String(decoding: manifest, as: UTF8.self).contains("\"damage\""), call.context)
    }
  }

  // MARK: What is left to a person

  @Test func `redact names the story that a copy repeats, and its other copies`() throws {
    let archive = try Archive.open(disk)
    try archive.store([0])
    for number in 1...2 {
      var copy = Sample.story(number)
      copy.text = ""
      try archive.store([.story(copy, cluster: copy.id, original: Sample.story(0).id)])
    }
    let report = try archive.redact(Sample.story(1).id, now: Sample.noon)
    #expect(report.relatives == [Sample.story(0).id, Sample.story(2).id])
  }

  @Test func `redact names words in files that no reader looks at`() throws {
    try fillDisk()
    let twin = "\(path(1))~"
    try disk.create(twin).bytes = try node(path(1)).bytes
    let report = try Archive.open(disk).redact(Sample.story(1).id, now: Self.later)
    #expect(report.leftovers == ["A/\(twin)"])
  }

  // MARK: Opening

  @Test func `what is not to be made is not made`() throws {
    let system = MemoryFileSystem(disk)
    #expect(throws: ArchiveError.self) {
      try Archive.open(on: system, named: "A", access: .readWrite, now: Self.later, mayMake: false)
    }
    #expect(disk.files.isEmpty)
  }

  @Test func `a dry run needs no permission to write`() throws {
    try fillDisk()
    let system = MemoryFileSystem(disk)
    system.fault = .init(
      calls: MemoryFileSystem.Fault.writing, number: 1, error: .permissionDenied, isForGood: true)
    let archive = try Archive.open(on: system, named: "A", access: .readOnly, now: Self.later)
    let report = try archive.prune(PruneRule(before: Self.later), now: Self.later, isDryRun: true)
    #expect(report.segments.count == 3)
    #expect(system.countedCalls == 0)
  }

  @Test func `the page of an older version is renewed, and nobody else's`() throws {
    try fillDisk()
    let page = try node("README.md")
    page.bytes = Array("# What lies here\n\nSomething older.\n".utf8)
    _ = try Archive.open(disk)
    #expect(disk.files["README.md"] == Array(FormatPage.text.utf8))
    try node("README.md").bytes = Array("Grandmother's news. Do not delete.\n".utf8)
    _ = try Archive.open(disk)
    #expect(disk.files["README.md"]?.starts(with: Array("Grandmother".utf8)) == true)
  }

  @Test func `a small archive is read a little in each run, too`() throws {
    try fillDisk()
    let archive = try reader()
    let counts = try (0..<20).map {
      try archive.verify(reading: VerifySample(percent: 5, turn: $0)).readSegmentCount
    }
    #expect(counts.allSatisfy { $0 >= 1 }, "\(counts)")
  }
}
