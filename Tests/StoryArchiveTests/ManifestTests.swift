import ArchiveSimulation
import Syndication
import SystemPackage
import Testing

@testable import StoryArchive

/// `segments.jsonl` and `SHA256SUMS` against the segments.
@Suite struct ManifestTests {
  private static let manifest = "stories/segments.jsonl"
  private static let checksums = "stories/SHA256SUMS"
  private static let later = Sample.noon + .seconds(86_400)

  private let disk = MemoryFileSystem.Disk()

  /// Two compressed segments, three plain ones, and an open one.
  private func fillDisk() throws {
    let archive = try Archive.open(disk)
    for number in 0..<2 { try seal(number, archive) }
    _ = try Archive.open(disk).compact(now: Self.later, olderThan: .zero)
    for number in 2..<5 { try seal(number, archive) }
    try archive.store([5])
  }

  private func seal(_ number: Int, _ archive: Archive) throws {
    try archive.store([Sample.record(number)])
    try archive.seal(now: Sample.noon)
  }

  private func bytes(_ path: String) throws -> [UInt8] {
    try #require(disk.node(at: path)).bytes
  }

  private func text(_ path: String, _ disk: MemoryFileSystem.Disk) throws -> String {
    String(decoding: try #require(disk.files[path]), as: UTF8.self)
  }

  private func damage(_ disk: MemoryFileSystem.Disk, readData: Bool = true) throws -> [Damage] {
    try Archive.open(disk, access: .readOnly).verify(readData: readData).damage
  }

  private func repair(_ disk: MemoryFileSystem.Disk) throws -> RepairReport {
    try Archive.open(disk).repair(now: Self.later)
  }

  @Test(arguments: [manifest, checksums])
  func `every flipped bit of a manifest is named and put right`(path: String) throws {
    try fillDisk()
    let whole = try bytes(path)
    for place in whole.indices {
      let hurt = disk.copy()
      try #require(hurt.node(at: path)).bytes[place] ^= 1 << UInt8(place % 7)
      let damage = try damage(hurt)
      #expect(damage.contains { $0.path == "A/\(path)" }, "byte \(place): \(damage)")
      #expect(damage.allSatisfy { !$0.path.contains("/2026/") }, "byte \(place): \(damage)")
      #expect(try repair(hurt).damage == [], "byte \(place): \(damage)")
      #expect(hurt.files[path] == whole, "byte \(place)")
    }
  }

  @Test func `a wrong member is told with its line, and without reading where that is cheap`()
    throws
  {
    try fillDisk()
    let node = try #require(disk.node(at: Self.manifest))
    let text = String(decoding: node.bytes, as: UTF8.self)
    node.bytes = Array(
      text.replacing("\"seenLast\":\"2026-11-21", with: "\"seenLast\":\"2026-11-20").utf8)
    for readData in [true, false] {
      let damage = try damage(disk, readData: readData)
      #expect(damage.map(\.path) == Array(repeating: "A/\(Self.manifest)", count: damage.count))
      #expect(
        damage.first?.detail
          == "line 1: seenLast is 2026-11-20T12:00:00.000Z, and of the segment 2026-11-21T12:00:00.000Z"
      )
    }
  }

  @Test(arguments: [manifest, checksums])
  func `a manifest that is missing or cut is told`(path: String) throws {
    try fillDisk()
    let whole = try bytes(path)
    let firstEnd = try #require(whole.firstIndex(of: 0x0A))
    // Without its last lines it is what a crash may leave.
    for length in [0] + Array(1..<firstEnd - 3) {
      let cut = disk.copy()
      try #require(cut.node(at: path)).bytes = Array(whole[..<length])
      for readData in [true, false] {
        let damage = try damage(cut, readData: readData)
        #expect(damage.contains { $0.path == "A/\(path)" }, "cut at \(length), \(readData)")
      }
    }
    try disk.unlink(path)
    for readData in [true, false] {
      #expect(try damage(disk, readData: readData).map(\.path) == ["A/\(path)"])
    }
  }

  /// Goes on behind a growing segment that lost its end, and spoils what the manifests say of others.
  private func spoilManifestBesideLoss() throws -> (whole: [UInt8], spoilt: [UInt8]) {
    let active = try #require(disk.files.keys.first { $0.hasSuffix(".open") })
    try #require(disk.node(at: active)).bytes.removeLast(20)
    try #require(disk.node(at: active)).durableBytes.removeLast(20)
    try seal(6, Archive.open(disk))
    let node = try #require(disk.node(at: Self.manifest))
    let whole = node.bytes
    let text = String(decoding: whole, as: UTF8.self)
    node.bytes = Array(text.replacing("\"lines\":2", with: "\"lines\":3").utf8)
    node.durableBytes = node.bytes
    let sums = try #require(disk.node(at: Self.checksums))
    sums.bytes[3] = sums.bytes[3] == 0x30 ? 0x31 : 0x30
    // Of what no segment bears the name.
    sums.bytes += Array("\(String(repeating: "0", count: 64))  2026/000099-2026-11-21.jsonl\n".utf8)
    sums.durableBytes = sums.bytes
    return (whole, node.bytes)
  }

  @Test func `wherever mending the manifests fails, it is told, and mended the next time`() throws {
    try fillDisk()
    let (whole, spoilt) = try spoilManifestBesideLoss()
    #expect(try damage(disk).contains { $0.detail.contains("000099") || $0.path.contains("SHA") })
    #expect(spoilt != whole)
    let count = try FailingCall.each(on: disk, now: Self.later) { call in
      let disk = call.disk
      let report = try (try? call.archive.repair(now: Self.later)) ?? repair(disk)
      #expect(report.damage.count == 2, "\(call.context): \(report.damage)")
      #expect(report.damage.allSatisfy { $0.path.contains("000006") }, call.context)
      #expect(try text(Self.manifest, disk) == String(decoding: whole, as: UTF8.self))
      #expect(disk.files.contains { $0.key.hasPrefix("quarantine/") && $0.value == spoilt })
    }
    #expect(count > 10)
  }

  @Test func `whoever seals segment after segment lists them as who reads the manifests each time`()
    throws
  {
    let other = MemoryFileSystem.Disk()
    let archive = try Archive.open(disk)
    for number in 0..<90 {
      // Into the next year.
      let now = Sample.noon + .seconds(86_400 * number)
      for archive in [archive, try Archive.open(other, now: now)] {
        try archive.store([number], now: now)
        try archive.seal(now: now)
      }
    }
    for path in [Self.manifest, Self.checksums] {
      #expect(disk.files[path] == other.files[path])
    }
    #expect(try text(Self.manifest, disk).split(separator: "\n").count == 90)
    #expect(try damage(disk) == [])
  }

  enum Meanwhile: CaseIterable {
    case another, pruned, compressed, unlisted, blank, restored
  }

  @Test(arguments: Meanwhile.allCases)
  func `what happens to the manifests between two seals of one value is minded`(
    _ meanwhile: Meanwhile
  ) throws {
    let archive = try Archive.open(disk)
    for day in 0..<3 { try sealDay(day, archive) }
    try happen(meanwhile)
    for day in 3..<5 { try sealDay(day, archive) }
    #expect(try damage(disk) == [])
    let listed = try text(Self.checksums, disk)
    for path in disk.segmentPaths { #expect(listed.contains(path.dropFirst("stories/".count))) }
  }

  private func sealDay(_ day: Int, _ archive: Archive) throws {
    let now = Sample.noon + .seconds(86_400 * day)
    try archive.store([day], now: now)
    try archive.seal(now: now)
  }

  /// What concerns segments leaves the last one as it is.
  private func happen(_ meanwhile: Meanwhile) throws {
    let first = try #require(disk.segmentPaths.first)
    switch meanwhile {
    case .another:
      let other = try Archive.open(disk, now: Self.later + .seconds(86_400))
      try other.store([7], now: Self.later + .seconds(86_400))
      try other.seal(now: Self.later + .seconds(86_400))
    case .pruned:
      _ = try Archive.open(disk).prune(PruneRule(before: Self.later), now: Self.later)
    case .compressed:
      _ = try Archive.open(disk).compact(now: Self.later, olderThan: .seconds(7200))
    case .unlisted:
      for path in [Self.manifest, Self.checksums] { try disk.unlink(path) }
    case .blank: try #require(disk.node(at: Self.checksums)).bytes = []
    case .restored:
      let node = try #require(disk.node(at: first))
      let manifests = [Self.manifest, Self.checksums].map { disk.node(at: $0) }
      try disk.unlink(first)
      for manifest in manifests {
        let lines = try #require(manifest).bytes.split(separator: 0x0A)
        try #require(manifest).bytes = Array(lines.dropFirst().joined(separator: [0x0A])) + [0x0A]
      }
      try disk.link(node, at: first)
    }
  }

  @Test func `both manifests missing are told`() throws {
    try fillDisk()
    try disk.unlink(Self.manifest)
    try disk.unlink(Self.checksums)
    #expect(try damage(disk).map(\.path) == ["A/\(Self.manifest)"])
  }

  @Test func `what was listed in one manifest only is in both before another follows it`() throws {
    try fillDisk()
    let whole = try bytes(Self.checksums)
    let archive = try Archive.open(disk)
    let last = try #require(try SegmentManifest(in: archive.directory).summaries.last)
    let sums = try #require(disk.node(at: Self.checksums))
    sums.bytes = Array(whole.split(separator: 0x0A)[..<2].joined(separator: [0x0A])) + [0x0A]
    #expect(try damage(disk) == [])
    // As of whoever compresses it while its neighbours cannot be listed.
    try archive.updateManifest { $0.set(last) }
    #expect(try damage(disk) == [])
    #expect(try bytes(Self.checksums) == whole)
  }

  @Test(arguments: [(manifest, "segment 2"), (checksums, "2026/000002-2026-11-21.jsonl.gz")])
  func `two lines about one segment are told and one of them stays`(
    path: String, subject: String
  ) throws {
    try fillDisk()
    let node = try #require(disk.node(at: path))
    let whole = node.bytes
    let lines = whole.split(separator: 0x0A, omittingEmptySubsequences: false)
    node.bytes = Array([lines[0], lines[1], lines[1]].joined(separator: [0x0A])) + [0x0A]
    node.bytes += Array(lines[2...].joined(separator: [0x0A]))
    #expect(try damage(disk).map(\.detail) == ["line 3: \(subject) is listed twice"])
    #expect(try repair(disk).damage == [])
    #expect(disk.files[path] == whole)
  }

  @Test func `a wrong checksum of a file is told as that of the list, and mended`() throws {
    try fillDisk()
    let before = disk.files
    let node = try #require(disk.node(at: Self.checksums))
    node.bytes[3] = node.bytes[3] == 0x30 ? 0x31 : 0x30
    let hurt = node.bytes
    let damage = try damage(disk, readData: false)
    #expect(damage.map(\.path) == ["A/\(Self.checksums)"])
    #expect(damage.first?.detail.hasPrefix("line 1: not the checksum of 2026/000001") == true)
    #expect(try repair(disk).deeds.count == 1)
    #expect(disk.files[Self.checksums] == before[Self.checksums])
    #expect(disk.files.values.contains(hurt))
  }
}
