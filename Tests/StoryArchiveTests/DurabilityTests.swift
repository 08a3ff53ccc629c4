import ArchiveSimulation
import Syndication
import SystemPackage
import Testing

@testable import StoryArchive

/// What was reported done outlives a power cut that follows at once, and what failed is not reported done.
@Suite struct DurabilityTests {
  private static let plain = "stories/2026/000001-2026-11-21.jsonl"
  private static let compressed = plain + ".gz"
  private static let index = "stories/2026/000001-2026-11-21.words"
  private static let words = "state/words"
  private static let later = Sample.noon + .seconds(86_400 * 800)

  private enum Work: CaseIterable {
    case store, seal, writeStateFile
    case compact, compactOverUnsynchronized, compactOverDamaged, compactBesideDamaged
    case prune, forget, redact
    case salvage, salvageWithoutQuarantine, chooseForm, adoptForm, restore, restoreYear, mend,
      mendYear
    case acceptLoss
  }

  /// A disk on which all is durable but what `work` is about.
  private func disk(for work: Work) throws -> MemoryFileSystem.Disk {
    let disk = MemoryFileSystem.Disk()
    let archive = try Archive.open(disk)
    if work == .store { return disk.copy() }
    try archive.store(0..<3)
    if work == .seal { return disk.copy() }
    try archive.seal(now: Sample.noon)
    let plain = try #require(disk.files[Self.plain])
    switch work {
    case .compactOverUnsynchronized:
      let gzip = try compressedBytes(of: disk)
      let kept = disk.copy()
      try kept.create(Self.compressed).bytes = gzip
      return kept
    case .compactOverDamaged:
      try disk.create(Self.compressed).bytes = Array("not what was written".utf8)
    case .compactBesideDamaged, .chooseForm:
      try compact(archive)
      try disk.create(Self.plain).bytes = plain
      try hurt(Self.plain, disk)
    case .salvage: try hurt(Self.plain, disk)
    case .salvageWithoutQuarantine:
      try hurt(Self.plain, disk)
      try disk.unlink("quarantine")
    case .restore, .mend:
      try compact(archive)
      try hurt(Self.compressed, disk)
    case .adoptForm:
      try compact(archive)
      try disk.unlink(Self.compressed)
      try disk.create(Self.plain).bytes = plain
    case .restoreYear, .mendYear: try disk.unlink("stories/2026")
    case .acceptLoss:
      try archive.store(3..<5)
      try archive.seal(now: Sample.noon)
      try disk.unlink(Self.plain)
    case .prune, .forget, .redact:
      try disk.create(Self.index).bytes = Array("where the words stand".utf8)
      try archive.store(3..<5)
      try archive.seal(now: Sample.noon)
    default: break
    }
    return disk.copy()
  }

  private func compressedBytes(of disk: MemoryFileSystem.Disk) throws -> [UInt8] {
    let other = disk.copy()
    try compact(try Archive.open(other, now: Self.later))
    return try #require(other.files[Self.compressed])
  }

  private func compact(_ archive: Archive) throws {
    _ = try archive.compact(now: Self.later, olderThan: .zero)
  }

  private func hurt(_ path: String, _ disk: MemoryFileSystem.Disk) throws {
    let node = try #require(disk.node(at: path))
    node.bytes[node.bytes.count / 2] ^= 1
  }

  private func backup() throws -> Archive {
    try Archive.open(try disk(for: .compact), access: .readOnly)
  }

  /// As it was before the segment was sealed.
  private func growingBackup() throws -> Archive {
    try Archive.open(try disk(for: .seal), access: .readOnly)
  }

  private func run(_ work: Work, _ archive: Archive) throws {
    switch work {
    case .store: try archive.store(0..<3)
    case .seal: try archive.seal(now: Sample.noon)
    case .writeStateFile:
      try archive.writeStateFile(named: "words") { sink in
        try Array("ferry".utf8).withUnsafeBytes(sink)
      }
    case .compact, .compactOverUnsynchronized, .compactOverDamaged, .compactBesideDamaged:
      try compact(archive)
    case .prune: _ = try archive.prune(PruneRule(before: Self.later), now: Self.later)
    case .forget:
      _ = try archive.prune(PruneRule(before: Self.later, forgetsStories: true), now: Self.later)
    case .redact: _ = try archive.redact(Sample.story(0).id, now: Self.later)
    case .acceptLoss: try expectMended(archive.repair(now: Self.later, acceptsLosses: true))
    case .salvage, .salvageWithoutQuarantine, .chooseForm, .adoptForm:
      try expectMended(archive.repair(now: Self.later))
    case .restore, .restoreYear:
      try expectMended(archive.repair(now: Self.later, from: try backup()))
    case .mend, .mendYear:
      try expectMended(archive.repair(now: Self.later, from: try growingBackup()))
    }
  }

  private struct Unmended: Error {
    var damage: [Damage]
  }

  private func expectMended(_ report: RepairReport) throws {
    guard report.damage.isEmpty else { throw Unmended(damage: report.damage) }
  }

  /// What has to be on disk: all but what is derived, and the locks.
  private func files(_ disk: MemoryFileSystem.Disk) -> [String: [UInt8]] {
    disk.files.filter { path, _ in
      path == Self.words || path == ArchiveFormat.head || !path.hasPrefix("state/")
    }
    .filter { $0.key != ArchiveFormat.lock && !$0.key.hasSuffix(".changes") }
  }

  private func stories(_ disk: MemoryFileSystem.Disk) throws -> Set<Int> {
    var stories: Set<Int> = []
    try Archive.open(disk, access: .readOnly).replay { record in
      if case .story(let story, _, _) = record { stories.insert(Int(story.id.bits) - 1) }
    }
    return stories
  }

  @Test(arguments: Work.allCases)
  private func `what was reported done is on disk`(work: Work) throws {
    let disk = try disk(for: work)
    let now = work == .store || work == .seal ? Sample.noon : Self.later
    try run(work, try Archive.open(disk, now: now))
    let kept = disk.afterPowerCut()
    #expect(Set(files(kept).keys) == Set(files(disk).keys))
    for (path, bytes) in files(disk) where path != ArchiveFormat.head {
      #expect(kept.files[path] == bytes, "\(path)")
    }
    #expect(try stories(kept) == stories(disk))
    let report = try Archive.open(kept, access: .readOnly).verify(readData: true)
    #expect(report.damage == [])
  }

  /// Each kind of call but those for HEAD and the manifests of a seal, which are derived; of a failing
  /// store the other tests tell.
  @Test(arguments: Work.allCases.filter { $0 != .store && $0 != .seal })
  private func `what fails at any call is told and loses nothing`(work: Work) throws {
    let whole = try disk(for: work)
    let before = try stories(whole)
    try run(work, try Archive.open(whole, now: Self.later))
    let after = try stories(whole)
    for number in 1...100 {
      let disk = try disk(for: work)
      let system = MemoryFileSystem(disk)
      let archive = try Archive.open(on: system, named: "A", access: .readWrite, now: Self.later)
      var calls: [String] = []
      disk.trace = { calls.append($0) }
      system.fault = .init(
        calls: MemoryFileSystem.Fault.writing, number: number, error: .ioError)
      let failure = outcome { try run(work, archive) }
      disk.trace = nil
      guard system.countedCalls >= number else { return }
      let place = try #require(calls.firstIndex { $0.contains("  fails") })
      let failed = calls[max(0, place - 1)...place].joined()
      let isHead =
        failed.contains("overwrite") && failed.contains("fails: write")
        || failed.contains(" to \(ArchiveHead.byteCount)") && failed.contains("fails: truncate")
      // What a redaction appends goes, once, to another segment.
      let isAnswered = work == .redact && failed.contains("fails: synchronize") && failure == nil
      if isAnswered {
        #expect(try stories(disk.afterPowerCut()) == after, "call \(number): \(failed)")
      } else if !isHead {
        #expect(failure != nil, "call \(number): \(failed)")
      }
      system.die()
      for disk in [disk.copy(), disk.afterPowerCut()] {
        disk.locks = [:]
        #expect(
          try stories(disk).isSuperset(of: before.intersection(after)), "call \(number): \(failed)")
        try run(work, try Archive.open(disk, now: Self.later))
        #expect(try stories(disk) == after, "call \(number): \(failed)")
      }
    }
    Issue.record("the run never ended")
  }

  /// What passes for absent because nobody could look at it would be left out in silence.
  @Test(arguments: Work.allCases.filter { $0 != .store && $0 != .seal })
  private func `what cannot be looked at is told, or all is done without it`(work: Work) throws {
    let whole = try disk(for: work)
    try run(work, try Archive.open(whole, now: Self.later))
    for number in 1...2000 {
      let disk = try disk(for: work)
      let before = try stories(disk)
      let system = MemoryFileSystem(disk)
      let archive = try Archive.open(on: system, named: "A", access: .readWrite, now: Self.later)
      system.fault = .init(calls: Self.looking, number: number, error: .noMemory)
      let failure = outcome { try run(work, archive) }
      guard system.countedCalls >= number else { return }
      #expect(try failure != nil || isDone(work, disk, as: whole), "call \(number)")
      #expect(
        try stories(disk).isSuperset(of: before.intersection(stories(whole))), "call \(number)")
    }
    Issue.record("the run never ended")
  }

  /// Repair may take what it cannot read once for damaged, and set more aside than there is need to.
  private func isDone(
    _ work: Work, _ disk: MemoryFileSystem.Disk, as whole: MemoryFileSystem.Disk
  ) throws -> Bool {
    switch work {
    case .restore, .restoreYear, .mend, .mendYear, .chooseForm, .adoptForm:
      return try stories(disk) == stories(whole)
    default:
      var (done, meant) = (files(disk), files(whole))
      done[ArchiveFormat.head] = nil
      meant[ArchiveFormat.head] = nil
      return done == meant
    }
  }

  /// Fails each look in turn, until `body` ends without having come so far.
  private func failEachLook(
    _ makeDisk: () throws -> MemoryFileSystem.Disk,
    _ body: (MemoryFileSystem, MemoryFileSystem.Fault) throws -> Void
  ) throws {
    for number in 1...2000 {
      let system = MemoryFileSystem(try makeDisk())
      let fault = MemoryFileSystem.Fault(calls: Self.looking, number: number, error: .noMemory)
      try body(system, fault)
      guard system.countedCalls >= number else { return }
    }
    Issue.record("the run never ended")
  }

  /// With a copy of a story, whose words it needs, behind the segments that can be pruned.
  private func diskWithLentWords() throws -> MemoryFileSystem.Disk {
    let disk = try disk(for: .prune)
    var copy = Sample.story(5)
    copy.text = ""
    let original = Sample.story(0).id
    try Archive.open(disk).store([.story(copy, cluster: original, original: original)])
    return disk.copy()
  }

  @Test func `a prune that cannot look at a file says so, or keeps and tells the same`() throws {
    let rule = PruneRule(before: Self.later)
    let whole = try diskWithLentWords()
    let meant = try Archive.open(whole, now: Sample.noon).prune(rule, now: Self.later)
    try failEachLook(diskWithLentWords) { system, fault in
      let archive = try Archive.open(on: system, named: "A", access: .readWrite, now: Sample.noon)
      system.fault = fault
      guard let report = try? archive.prune(rule, now: Self.later) else { return }
      #expect(report == meant, "call \(fault.number)")
      #expect(try stories(system.disk) == stories(whole), "call \(fault.number)")
      #expect(
        segments(system.disk) == segments(whole), "call \(fault.number)")
    }
  }

  private func segments(_ disk: MemoryFileSystem.Disk) -> [String: [UInt8]] {
    disk.files.filter { disk.segmentPaths.contains($0.key) }
  }

  @Test func `an archive that cannot be looked at is not taken for something else`() throws {
    try failEachLook({ try disk(for: .prune) }) { system, fault in
      system.fault = fault
      do {
        _ = try Archive.open(on: system, named: "A", access: .readWrite, now: Sample.noon)
      } catch ArchiveError.io {
      } catch {
        Issue.record(error, "call \(fault.number)")
      }
    }
  }

  private enum Remains: CaseIterable {
    /// A batch that was never acknowledged, damaged in its first line.
    case tornBatch
    /// A segment that grew when a later one was begun.
    case earlierSegment
  }

  private func disk(with remains: Remains) throws -> MemoryFileSystem.Disk {
    switch remains {
    case .tornBatch:
      let disk = try disk(for: .seal)
      try leaveUnsynchronized(3..<6, on: disk)
      let path = try #require(segments(disk).keys.first)
      let node = try #require(disk.node(at: path))
      node.bytes[node.bytes.count - node.bytes.count / 3] ^= 1
      return disk.copy()
    case .earlierSegment:
      let disk = try disk(for: .prune)
      let node = try #require(disk.node(at: Self.plain))
      node.isProtected = false
      try disk.unlink(Self.plain)
      try disk.link(node, at: Self.plain.replacing("jsonl", with: "open"))
      return disk.copy()
    }
  }

  @Test(arguments: Remains.allCases)
  private func `what a killed writer left is righted the same, or not while nobody can look`(
    remains: Remains
  ) throws {
    let whole = try disk(with: remains)
    let before = segments(whole)
    _ = try Archive.open(whole)
    #expect(segments(whole) != before)
    try failEachLook({ try disk(with: remains) }) { system, fault in
      system.fault = fault
      let archive = try? Archive.open(on: system, named: "A", access: .readWrite, now: Sample.noon)
      guard archive != nil else { return }
      #expect(segments(system.disk) == segments(whole), "call \(fault.number)")
    }
  }

  @Test func `a place is not taken for gone where nobody can look`() throws {
    let disk = try disk(for: .prune)
    let first = try Archive.open(disk, access: .readOnly)
    _ = try first.catchUp(limit: 2) { _ in }
    let place = first.position
    try failEachLook({ disk.copy() }) { system, fault in
      let reader = try Archive.open(on: system, named: "A", access: .readOnly, now: Sample.noon)
      system.fault = fault
      #expect((try? reader.go(to: place)) != false, "call \(fault.number)")
    }
  }

  @Test func `what was taken out is not overlooked where nobody can look`() throws {
    let whole = try disk(for: .prune)
    try run(.prune, try Archive.open(whole, now: Self.later))
    let meant = ArchivePast(of: try Archive.open(whole, access: .readOnly)).mark()
    try failEachLook({ try disk(for: .store) }) { system, fault in
      let past = ArchivePast(
        of: try Archive.open(on: system, named: "A", access: .readOnly, now: Sample.noon))
      #expect(past.mark() != nil)
      let archive = try Archive.open(system.disk)
      for numbers in [0..<3, 3..<5] {
        try archive.store(numbers)
        try archive.seal(now: Sample.noon)
      }
      try run(.prune, archive)
      system.fault = fault
      let mark = past.mark()
      #expect(mark == nil || mark == meant, "call \(fault.number)")
    }
  }

  // MARK: A file system that gives up

  @Test(arguments: [0, 3], [false, true])
  func `no batch is acknowledged whose fdatasync met a file system that gives up`(
    count: Int, isSilent: Bool
  ) throws {
    for left in 0..<20 {
      let disk = try disk(for: .store)
      disk.isSilent = isSilent
      let archive = try Archive.open(disk)
      if count > 0 { try archive.store(0..<count) }
      disk.synchronizationsUntilShutdown = left
      let failure = outcome { try archive.store([count]) }
      let kept = try stories(disk.afterPowerCut())
      #expect(kept.isSuperset(of: 0..<count), "after \(left)")
      #expect(failure != nil || kept.contains(count), "after \(left)")
      guard disk.isShutDown else { return #expect(failure == nil && left > 0) }
    }
    Issue.record("the run never ended")
  }

  @Test(arguments: [false, true])
  func `nobody is given what recovery made durable on a file system that gives up`(
    isSilent: Bool
  ) throws {
    for left in 0..<20 {
      let disk = try diskWithUnsynchronizedYear()
      disk.isSilent = isSilent
      let archive = try Archive.open(disk)
      try leaveUnsynchronized(0..<3, on: disk)
      disk.synchronizationsUntilShutdown = left
      var given: Set<Int> = []
      let failure = outcome {
        try archive.withWriterLock(waiting: .zero) { _ in given.formUnion(try archive.newNumbers())
        }
      }
      #expect(try stories(disk.afterPowerCut()).isSuperset(of: given), "after \(left)")
      guard disk.isShutDown else { return #expect(failure == nil && given == [0, 1, 2]) }
    }
    Issue.record("the run never ended")
  }

  // MARK: Before anything is removed

  @Test func `a compressed file that somebody left is on disk before the plain one goes`() throws {
    let disk = try disk(for: .compactOverUnsynchronized)
    let gzip = try #require(disk.files[Self.compressed])
    var kept: [[UInt8]?] = []
    disk.trace = { call in
      guard call.hasSuffix("remove \(Self.plain)") else { return }
      kept.append(disk.afterPowerCut().files[Self.compressed])
    }
    try compact(try Archive.open(disk, now: Self.later))
    #expect(kept == [gzip])
  }

  /// The kernel may write back what was then cut off; sealed, nobody would cut it off again.
  @Test func `a sealed segment ends on disk where it ends`() throws {
    let disk = try disk(for: .seal)
    let system = MemoryFileSystem(disk)
    let archive = try Archive.open(on: system, named: "A", access: .readWrite, now: Sample.noon)
    system.fault = .init(calls: [.write], number: 1, error: .noSpace, tornByteCount: 40)
    #expect(throws: ArchiveError.self) { try archive.store([3]) }
    system.fault = nil
    let path = try #require(disk.files.keys.first { $0.hasSuffix(".open") })
    let node = try #require(disk.node(at: path))
    node.durableBytes = node.bytes + Array("{\"v\":1,\"type\":".utf8)
    try archive.seal(now: Sample.noon)
    let kept = disk.afterPowerCut()
    #expect(kept.files[Self.plain] == disk.files[Self.plain])
    #expect(try Archive.open(kept, access: .readOnly).verify(readData: true).damage == [])
  }

  @Test func `the memory of a segment is given back once, and when all of it is durable`() throws {
    let disk = try disk(for: .seal)
    let archive = try Archive.open(disk)
    let path = try #require(disk.files.keys.first { $0.hasSuffix(".open") })
    var released: [[UInt8]?] = []
    disk.trace = { call in
      if call.contains("release the cache") { released.append(disk.afterPowerCut().files[path]) }
    }
    try archive.seal(now: Sample.noon)
    #expect(released == [disk.files[Self.plain]])
  }

  /// What was begun and not acknowledged has no word in HEAD.
  @Test func `who sealed a segment minds one that another began behind it`() throws {
    for number in 1... {
      let disk = try disk(for: .seal)
      let archive = try Archive.open(disk)
      try archive.seal(now: Sample.noon)
      let other = MemoryFileSystem(disk)
      let killed = try Archive.open(on: other, named: "A", access: .readWrite, now: Sample.noon)
      other.fault = .init(
        calls: MemoryFileSystem.Fault.writing, number: number, error: .ioError, isDeath: true)
      _ = outcome { try killed.store([7]) }
      guard other.countedCalls >= number else { return #expect(number > 5) }
      other.die()
      try archive.store([8])
      let stored = try Archive.open(disk, access: .readOnly).storedNumbers()
      #expect(stored.contains(8), "call \(number)")
      #expect(try Archive.open(disk).verify(readData: true).damage == [], "call \(number)")
    }
  }

  private static let sealing: Set<MemoryFileSystem.Fault.Call> = [.synchronize, .protect, .rename]

  @Test func `a segment that could not be sealed is told, and sealed by the next`() throws {
    for number in 1...4 {
      let disk = try disk(for: .store)
      let system = MemoryFileSystem(disk)
      let archive = try Archive.open(on: system, named: "A", access: .readWrite, now: Sample.noon)
      try archive.store(0..<3)
      system.fault = .init(calls: Self.sealing, number: number, error: .ioError)
      #expect(throws: ArchiveError.self, "call \(number)") { try archive.seal(now: Sample.noon) }
      system.die()
      for disk in [disk.copy(), disk.afterPowerCut()] {
        disk.locks = [:]
        #expect(try stories(disk) == [0, 1, 2], "call \(number)")
        try Archive.open(disk).seal(now: Sample.noon)
        #expect(!disk.files.keys.contains { $0.hasSuffix(".open") }, "call \(number)")
        let report = try Archive.open(disk, access: .readOnly).verify(readData: true)
        #expect(report.damage == [], "call \(number)")
      }
    }
  }

  /// The first call makes the layout's names durable; the three after it, when they fail, are
  /// answered by going on in another segment, the two for HEAD by trying again; the last four seal.
  @Test(arguments: [1, 7, 8, 9, 10])
  func `an archive whose earlier day cannot be sealed is not opened`(number: Int) throws {
    let disk = try disk(for: .seal)
    let system = MemoryFileSystem(disk)
    system.fault = .init(calls: Self.sealing, number: number, error: .ioError)
    #expect(throws: ArchiveError.self) {
      try Archive.open(on: system, named: "A", access: .readWrite, now: Self.later)
    }
    system.die()
    disk.locks = [:]
    #expect(try Archive.open(disk.afterPowerCut(), now: Self.later).storedNumbers() == [0, 1, 2])
  }

  @Test(arguments: [MemoryFileSystem.Fault.Call.rename, .truncate])
  func `a torn batch that cannot be kept or cut off is told, and cut off by the next`(
    call: MemoryFileSystem.Fault.Call
  ) throws {
    let disk = try disk(for: .seal)
    let killed = MemoryFileSystem(disk)
    let writer = try Archive.open(on: killed, named: "A", access: .readWrite, now: Sample.noon)
    killed.fault = .init(
      calls: [.write], number: 1, error: .ioError, tornByteCount: 40, isDeath: true)
    #expect(throws: ArchiveError.self) { try writer.store([3]) }
    killed.die()
    let path = try #require(disk.files.keys.first { $0.hasSuffix(".open") })
    let torn = disk.files[path]
    let system = MemoryFileSystem(disk)
    system.fault = .init(calls: [call], number: 1, error: .ioError)
    #expect(throws: ArchiveError.self) {
      try Archive.open(on: system, named: "A", access: .readWrite, now: Sample.noon)
    }
    system.die()
    disk.locks = [:]
    #expect(disk.files[path] == torn)
    try Archive.open(disk).store([4])
    #expect(disk.files.contains { $0.key.hasPrefix("quarantine/") && $0.value.count == 40 })
    let kept = disk.afterPowerCut()
    #expect(try Archive.open(kept, access: .readOnly).storedNumbers() == [0, 1, 2, 4])
    #expect(try Archive.open(kept, access: .readOnly).verify(readData: true).damage == [])
  }

  @Test func `the end that was acknowledged is known after a power cut`() throws {
    let disk = MemoryFileSystem.Disk()
    let archive = try Archive.open(disk)
    let made = disk.afterPowerCut().files[ArchiveFormat.head]
    try archive.store(0..<3)
    let kept = disk.afterPowerCut().files[ArchiveFormat.head]
    #expect((made ?? kept)?.count == ArchiveHead.byteCount)
  }

  @Test(arguments: [true, false])
  func `an end that was not made durable when HEAD was made is before the next batch`(
    isDeath: Bool
  ) throws {
    for number in 1..<100 {
      let disk = MemoryFileSystem.Disk()
      let system = MemoryFileSystem(disk)
      system.fault = .init(
        calls: [.synchronize], number: number, error: .ioError, isDeath: isDeath)
      var archive = try? Archive.open(on: system, named: "A", access: .readWrite, now: Sample.noon)
      if isDeath || archive == nil {
        system.die()
        archive = try Archive.open(disk)
      }
      if outcome({ try archive?.store(0..<3) }) != nil { try archive?.store(0..<3) }
      let kept = disk.afterPowerCut().files[ArchiveFormat.head]
      #expect(kept?.count == ArchiveHead.byteCount, "call \(number)")
      guard system.countedCalls >= number else { return }
    }
    Issue.record("the run never ended")
  }

  @Test func `a HEAD that something was added to is written right`() throws {
    let disk = try disk(for: .seal)
    try #require(disk.node(at: ArchiveFormat.head)).bytes += Array("and more".utf8)
    try Archive.open(disk).store([3])
    #expect(disk.files[ArchiveFormat.head].flatMap(ArchiveHead.init) != nil)
  }

  // MARK: A year whose name nobody made durable

  /// As a writer leaves it that is killed right after it made the directory.
  private func diskWithUnsynchronizedYear() throws -> MemoryFileSystem.Disk {
    let disk = try disk(for: .store)
    try MemoryFileSystem(disk).makeDirectory("stories/2026")
    return disk
  }

  @Test func `a year that a killed writer made is durable before a story in it is given to anyone`()
    throws
  {
    var givenCount = 0
    for number in 1...3 {
      // Beginning with none, each call of the one who comes next fails.
      for failing in 0...6 {
        let disk = try diskLeft(byWriterKilledAt: number)
        let system = MemoryFileSystem(disk)
        system.fault = .init(calls: [.synchronize], number: failing, error: .ioError)
        guard
          let archive = try? Archive.open(
            on: system, named: "A", access: .readWrite, now: Sample.noon)
        else { continue }
        let context: Comment = "killed at \(number), failing at \(failing)"
        let given = try archive.storedNumbers()
        #expect(given == [0, 1, 2], context)
        #expect(try Archive.open(disk.afterPowerCut()).storedNumbers() == given, context)
        givenCount += 1
      }
    }
    #expect(givenCount >= 3 * 4)
  }

  /// It is killed when it makes the segment and its name durable.
  private func diskLeft(byWriterKilledAt number: Int) throws -> MemoryFileSystem.Disk {
    let disk = try diskWithUnsynchronizedYear()
    try leaveUnsynchronized(0..<3, on: disk, at: number)
    return disk
  }

  private func leaveUnsynchronized(
    _ numbers: Range<Int>, on disk: MemoryFileSystem.Disk, at number: Int = 1
  ) throws {
    let killed = MemoryFileSystem(disk)
    let writer = try Archive.open(on: killed, named: "A", access: .readWrite, now: Sample.noon)
    killed.fault = .init(calls: [.synchronize], number: number, error: .ioError, isDeath: true)
    #expect(throws: ArchiveError.self) { try writer.store(numbers) }
    killed.die()
  }

  @Test func `a batch is not acknowledged while the year that it is in may vanish`() throws {
    for number in 1...3 {
      let disk = try diskWithUnsynchronizedYear()
      let system = MemoryFileSystem(disk)
      let archive = try Archive.open(on: system, named: "A", access: .readWrite, now: Sample.noon)
      system.fault = .init(calls: [.synchronize], number: number, error: .ioError)
      try archive.store(0..<3)
      #expect(system.countedCalls > number)
      #expect(try Archive.open(disk.afterPowerCut()).storedNumbers() == [0, 1, 2])
    }
  }

  @Test func `that there is no room for a new year is told as such`() throws {
    let disk = try disk(for: .store)
    let system = MemoryFileSystem(disk)
    let archive = try Archive.open(on: system, named: "A", access: .readWrite, now: Sample.noon)
    system.fault = .init(calls: [.make], number: 1, error: .noSpace)
    #expect(throws: ArchiveError.full(path: "A/stories/2026", .noSpace)) { try archive.store([0]) }
  }

  // MARK: Calls that are answered otherwise than by giving up

  /// Half a batch is written, and cannot be cut off.
  private static let stuck = MemoryFileSystem.Fault(
    calls: [.write, .truncate], number: 1, error: .ioError, isForGood: true, tornByteCount: 40)

  @Test func `a transaction goes on behind a batch that could not be cut off`() throws {
    let disk = try disk(for: .seal)
    let system = MemoryFileSystem(disk)
    let archive = try Archive.open(on: system, named: "A", access: .readWrite, now: Sample.noon)
    try archive.withWriterLock(waiting: .zero) { transaction in
      system.fault = Self.stuck
      transaction.stage(Sample.record(3))
      #expect(throws: ArchiveError.self) { try transaction.commit(now: Sample.noon) }
      system.fault = nil
      transaction.stage(Sample.record(4))
      try transaction.commit(now: Sample.noon)
    }
    let kept = disk.afterPowerCut()
    #expect(try Archive.open(kept, access: .readOnly).storedNumbers() == [0, 1, 2, 4])
    #expect(try Archive.open(kept, access: .readOnly).verify(readData: true).damage == [])
  }

  @Test func `a transaction that cannot go on behind such a batch says so`() throws {
    let disk = try disk(for: .seal)
    let system = MemoryFileSystem(disk)
    let archive = try Archive.open(on: system, named: "A", access: .readWrite, now: Sample.noon)
    try archive.withWriterLock(waiting: .zero) { transaction in
      system.fault = Self.stuck
      for number in 3...4 {
        transaction.stage(Sample.record(number))
        #expect(throws: ArchiveError.self) { try transaction.commit(now: Sample.noon) }
      }
      system.fault = nil
    }
    try archive.store([5])
    #expect(try Archive.open(disk, access: .readOnly).storedNumbers() == [0, 1, 2, 5])
  }

  @Test func `a disk that takes nothing is told as such`() throws {
    let system = MemoryFileSystem(try disk(for: .seal))
    let archive = try Archive.open(on: system, named: "A", access: .readWrite, now: Sample.noon)
    system.writeByteLimit = 0
    let path = "stories/2026/000001-2026-11-21.open"
    #expect(throws: ArchiveError.io(path: "A/\(path)", action: "write", .ioError)) {
      try archive.store([3])
    }
  }

  /// What does not stand in the reserve is not remembered when the disk is full.
  @Test func `a reserve that was written in part is told as such`() throws {
    let system = MemoryFileSystem(try disk(for: .seal))
    let archive = try Archive.open(on: system, named: "A", access: .readWrite, now: Sample.noon)
    system.writeByteLimit = 100
    #expect(throws: ArchiveError.io(path: "A/state/reserve", action: "write", .ioError)) {
      try archive.stateReserve(named: "reserve").replace { _ in [Array("a pause".utf8)] }
    }
  }

  /// Or whoever reads it looks for what forbids to write.
  @Test func `a file that may not be read is not told as one that may not be written`() throws {
    let system = MemoryFileSystem(try disk(for: .seal))
    let archive = try Archive.open(on: system, named: "A", access: .readWrite, now: Sample.noon)
    system.fault = .init(calls: [.open], number: 1, error: .permissionDenied)
    #expect(throws: ArchiveError.io(path: "A/FORMAT", action: "open", .permissionDenied)) {
      try archive.directory.open("FORMAT", for: .reading)
    }
  }

  @Test func `what a killed predecessor left and cannot be removed is told`() throws {
    let disk = try disk(for: .compact)
    try disk.create("stories/2026/000001-2026-11-21.new").bytes = [1, 2, 3]
    let system = MemoryFileSystem(disk)
    let archive = try Archive.open(on: system, named: "A", access: .readWrite, now: Self.later)
    system.fault = .init(calls: [.remove], number: 1, error: .ioError)
    #expect(throws: ArchiveError.self) {
      _ = try archive.compact(now: Sample.noon, olderThan: .seconds(86_400))
    }
    system.fault = nil
    _ = try archive.compact(now: Sample.noon, olderThan: .seconds(86_400))
    #expect(!disk.files.keys.contains { $0.hasSuffix(".new") })
  }

  /// Without it, what recovery has to set aside would have no place.
  @Test func `an archive whose derived directories cannot be made again is not opened`() throws {
    let disk = try disk(for: .compact)
    try disk.unlink("quarantine")
    let system = MemoryFileSystem(disk)
    system.fault = .init(calls: [.make], number: 1, error: .noSpace)
    #expect(throws: ArchiveError.full(path: "A/quarantine", .noSpace)) {
      try Archive.open(on: system, named: "A", access: .readWrite, now: Self.later)
    }
  }

  @Test func `that there is no room for a new archive is told as such`() throws {
    for (number, name) in ["stories", "state", "quarantine"].enumerated() {
      let system = MemoryFileSystem(MemoryFileSystem.Disk())
      system.fault = .init(calls: [.make], number: number + 1, error: .noSpace)
      #expect(throws: ArchiveError.full(path: "A/\(name)", .noSpace)) {
        try Archive.open(on: system, named: "A", access: .readWrite, now: Sample.noon)
      }
    }
    for (number, name) in ["README.md", "FORMAT"].enumerated() {
      let system = MemoryFileSystem(MemoryFileSystem.Disk())
      system.fault = .init(calls: [.write], number: number + 1, error: .noSpace)
      #expect(throws: ArchiveError.full(path: "A/\(name).new", .noSpace)) {
        try Archive.open(on: system, named: "A", access: .readWrite, now: Sample.noon)
      }
    }
  }

  @Test func `a reader that cannot look at a file says so at once`() throws {
    let disk = try disk(for: .prune)
    for number in 1...100 {
      let system = MemoryFileSystem(disk)
      let archive = try Archive.open(on: system, named: "A", access: .readOnly, now: Sample.noon)
      system.fault = .init(calls: [.status], number: number, error: .ioError)
      let failure = outcome { try archive.replay { _ in } }
      guard system.countedCalls >= number else { return }
      #expect(failure != nil || !archive.damage.isEmpty, "call \(number)")
    }
    Issue.record("the run never ended")
  }

  private static let looking: Set<MemoryFileSystem.Fault.Call> = [.open, .status, .read, .list]

  /// What it was given is the beginning of what there is, and that there is more is told.
  @Test(arguments: [0, 1, 3], [false, true])
  func `who reads on from a place and cannot look at a file says so`(
    count: Int, isForGood: Bool
  ) throws {
    let disk = try disk(for: .prune)
    try disk.unlink(Self.plain.replacing("000001", with: "000002"))
    try Archive.open(disk).store(5..<7)
    let first = try Archive.open(disk, access: .readOnly)
    if count > 0 { _ = try first.catchUp(limit: count) { _ in } }
    let place = first.position
    for number in 1...200 {
      let system = MemoryFileSystem(disk)
      let reader = try Archive.open(on: system, named: "A", access: .readOnly, now: Sample.noon)
      #expect(try reader.go(to: place))
      system.fault = .init(
        calls: isForGood ? [.open] : Self.looking, number: number, error: .noMemory,
        isForGood: isForGood)
      var given = 0
      let failure = outcome { try reader.catchUp { _ in given += 1 } }
      let isTold = failure != nil || !reader.damage.isEmpty
      #expect(isTold, "call \(number)")
      guard system.countedCalls >= number else {
        #expect(failure == nil && given == 5 - count)
        return
      }
      #expect(failure != nil || reader.damage.count > 1, "call \(number)")
    }
    Issue.record("the run never ended")
  }

  /// A read that fails for a bad sector is tried once more, block by block, and so not meant.
  @Test(arguments: [MemoryFileSystem.Fault.Call.status, .read])
  func `what verify cannot look at or read is no sound archive`(
    call: MemoryFileSystem.Fault.Call
  ) throws {
    let disk = try disk(for: .compact)
    try compact(try Archive.open(disk, now: Self.later))
    for number in 1...200 {
      let system = MemoryFileSystem(disk)
      let archive = try Archive.open(on: system, named: "A", access: .readOnly, now: Sample.noon)
      system.fault = .init(calls: [call], number: number, error: .noMemory)
      var damage: [Damage] = []
      let failure = outcome { damage = try archive.verify(readData: true).damage }
      guard system.countedCalls >= number else { return }
      #expect(failure != nil || !damage.isEmpty, "call \(number)")
    }
    Issue.record("the run never ended")
  }

  @Test func `that there is no room to compress is told as such`() throws {
    let disk = try disk(for: .compact)
    let system = MemoryFileSystem(disk)
    let archive = try Archive.open(on: system, named: "A", access: .readWrite, now: Self.later)
    system.fault = .init(calls: [.write], number: 1, error: .noSpace, isForGood: true)
    #expect(throws: ArchiveError.full(path: "A/stories/2026/000001-2026-11-21.new", .noSpace)) {
      try compact(archive)
    }
  }

  @Test func `what a reader of the archive throws is thrown`() throws {
    struct Refusal: Error {}
    let archive = try Archive.open(try disk(for: .seal), access: .readOnly)
    var count = 0
    #expect(throws: Refusal.self) {
      try archive.replay { _ in
        count += 1
        throw Refusal()
      }
    }
    #expect(count == 1)
    count = 0
    #expect(throws: Refusal.self) {
      try archive.records(since: Sample.noon, until: Self.later) { _ in
        count += 1
        throw Refusal()
      }
    }
    #expect(count == 1)
  }

  /// As a writer leaves it that is killed in the midst of a batch.
  private func tear(_ disk: MemoryFileSystem.Disk) throws {
    let killed = MemoryFileSystem(disk)
    let writer = try Archive.open(on: killed, named: "A", access: .readWrite, now: Sample.noon)
    killed.fault = .init(
      calls: [.write], number: 1, error: .ioError, tornByteCount: 40, isDeath: true)
    #expect(throws: ArchiveError.self) { try writer.store([3]) }
    killed.die()
    disk.locks = [:]
  }

  @Test
  func `nothing is written and nothing read where what a killed writer left cannot be righted`()
    throws
  {
    let disk = try disk(for: .seal)
    let system = MemoryFileSystem(disk)
    let archive = try Archive.open(on: system, named: "A", access: .readWrite, now: Sample.noon)
    try archive.catchUp { _ in }
    try tear(disk)
    system.fault = .init(calls: [.truncate], number: 1, error: .ioError, isForGood: true)
    #expect(throws: ArchiveError.self) { try archive.catchUp { _ in } }
    var isWriting = false
    #expect(throws: ArchiveError.self) {
      try archive.withWriterLock(waiting: .zero) { _ in isWriting = true }
    }
    #expect(!isWriting)
    system.fault = nil
    try archive.store([4])
    #expect(try Archive.open(disk, access: .readOnly).storedNumbers() == [0, 1, 2, 4])
  }

  @Test func `a claim that another process has is told as such`() throws {
    let disk = try disk(for: .seal)
    let first = try Archive.open(disk)
    try first.claim("daemon.lock")
    let second = try Archive.open(disk)
    #expect(throws: ArchiveError.locked(path: "A/state/daemon.lock")) {
      try second.claim("daemon.lock")
    }
    withExtendedLifetime(first) {}
  }

  @Test func `the name of a new archive is made durable in the directory above`() throws {
    let disk = MemoryFileSystem.Disk()
    var calls: [String] = []
    disk.trace = { calls.append($0) }
    _ = try Archive.open(disk)
    let above = try #require(calls.firstIndex { $0.hasSuffix("synchronize names in ..") })
    let format = try #require(calls.firstIndex { $0.hasSuffix("to \(ArchiveFormat.formatFile)") })
    #expect(above < format)
  }
}
