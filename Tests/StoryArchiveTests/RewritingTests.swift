import ArchiveSimulation
import Syndication
import SystemPackage
import Testing

@testable import StoryArchive

/// What `prune`, `redact` and `repair` leave, and what a crash leaves of them.
@Suite struct RewritingTests {
  private static let later = Sample.noon + .seconds(86_400 * 800)

  let disk = MemoryFileSystem.Disk()

  /// Two sealed segments of three stories and an open one of one; the first story has a later state,
  /// in the second segment, and the last is a copy of it.
  private func fillDisk(withCopy: Bool = true) throws {
    let archive = try Archive.open(disk)
    try archive.store(0..<3)
    try archive.store([
      .relocation(
        feed: "https://example.org/feed", address: "https://example.org/new", seen: Sample.noon)
    ])
    try archive.seal(now: Sample.noon)
    var edit = Sample.story(0)
    edit.revision = 1
    edit.text = "It did not leave at all."
    try archive.store([Sample.record(3), .revision(edit), Sample.record(4)])
    try archive.seal(now: Sample.noon)
    guard withCopy else { return try archive.store([5]) }
    var copy = Sample.story(5)
    copy.text = ""
    try archive.store([.story(copy, cluster: Sample.story(0).id, original: Sample.story(0).id)])
  }

  private func segments(_ disk: MemoryFileSystem.Disk) -> [String] {
    disk.segmentPaths
  }

  private func text(_ path: String, _ disk: MemoryFileSystem.Disk) throws -> String {
    String(decoding: try #require(disk.files[path]), as: UTF8.self)
  }

  /// The identifiers that a reader is told are removed, and those of stories.
  private func told(_ archive: Archive) throws -> (stories: [Int], removed: Set<Int>) {
    var stories: [Int] = []
    var removed: Set<Int> = []
    try archive.replay { record in
      switch record {
      case .story(let story, _, _): stories.append(Int(story.id.bits) - 1)
      case .removed(let gone, _): removed.formUnion(gone.map { Int($0.bits) - 1 })
      default: break
      }
    }
    return (stories, removed)
  }

  private func expectSound(_ disk: MemoryFileSystem.Disk, _ context: Comment = "") throws {
    for readData in [true, false] {
      let report = try Archive.open(disk, access: .readOnly).verify(readData: readData)
      #expect(report.damage == [], context)
    }
  }

  // MARK: redact

  @Test(arguments: [false, true])
  func `a redacted story's words are gone and the chain holds`(isCompressed: Bool) throws {
    try fillDisk()
    let archive = try Archive.open(disk, now: Self.later)
    if isCompressed { _ = try archive.compact(now: Self.later, olderThan: .zero) }
    let report = try archive.redact(Sample.story(0).id, now: Self.later)
    #expect(report.lineCount == 2)
    #expect(report.segmentCount == 2)
    #expect(report.relatives == [Sample.story(5).id])
    #expect(report.leftovers == [])
    let told = try told(try Archive.open(disk, access: .readOnly))
    #expect(told.stories == [1, 2, 3, 4, 5])
    #expect(told.removed == [0])
    try expectSound(disk)
    #expect(try Archive.open(disk, access: .readOnly).verify(readData: true).notes == [])
    let suffix = isCompressed ? ".jsonl.gz" : ".jsonl"
    #expect(segments(disk).prefix(2).allSatisfy { $0.hasSuffix(suffix) })
    if !isCompressed {
      let all = try segments(disk).map { try text($0, disk) }.joined()
      #expect(!all.contains("Ferry 0"))
      #expect(!all.contains("did not leave"))
      #expect(all.contains("Ferry 1"))
    }
    let manifest = try text("stories/segments.jsonl", disk)
    #expect(manifest.contains("\"reason\":\"redacted\""))
    #expect(manifest.contains("\"story\":\"0000000000000001\""))
  }

  @Test func `what is redacted in the growing segment is sealed first, and appending goes on`()
    throws
  {
    try fillDisk()
    let archive = try Archive.open(disk)
    let report = try archive.redact(Sample.story(5).id, now: Sample.noon)
    #expect(report.lineCount == 1)
    #expect(try told(archive).stories == [0, 1, 2, 3, 4])
    try archive.store([6])
    #expect(try told(try Archive.open(disk)).stories == [0, 1, 2, 3, 4, 6])
    try expectSound(disk)
  }

  @Test func `words that cannot be taken out of the growing segment are not said to be`() throws {
    try fillDisk()
    let system = MemoryFileSystem(disk)
    let archive = try Archive.open(on: system, named: "A", access: .readWrite, now: Sample.noon)
    system.fault = .init(calls: [.protect], number: 1, error: .ioError)
    #expect(throws: ArchiveError.self) {
      _ = try archive.redact(Sample.story(5).id, now: Sample.noon)
    }
  }

  @Test func `a process that runs meanwhile learns what is redacted`() throws {
    try fillDisk()
    let daemon = try Archive.open(disk)
    try daemon.replay { _ in }
    _ = try Archive.open(disk).redact(Sample.story(1).id, now: Sample.noon)
    var records: [ArchiveRecord] = []
    try daemon.catchUp { records.append($0) }
    #expect(records == [.removed(stories: [Sample.story(1).id], seen: Sample.noon)])
  }

  @Test func `what quarantine holds of a redacted story is named`() throws {
    try fillDisk()
    let line = try text(segments(disk)[0], disk).split(separator: "\n")[1]
    try disk.create("quarantine/torn").bytes = Array(line.dropLast(40).utf8)
    try disk.create("quarantine/other").bytes = Array("something else".utf8)
    let report = try Archive.open(disk).redact(Sample.story(0).id, now: Sample.noon)
    #expect(report.leftovers == ["A/quarantine/torn"])
  }

  @Test func `nothing but repair writes damaged bytes anew, and it remembers what was listed`()
    throws
  {
    try fillDisk()
    let backup = disk.copy()
    let path = segments(disk)[0]
    try #require(disk.node(at: path)).bytes[400] ^= 4
    let damaged = disk.files[path]
    let archive = try Archive.open(disk, now: Self.later)
    let before = segments(disk).map { disk.files[$0] }
    #expect(throws: ArchiveError.self) {
      _ = try archive.redact(Sample.story(0).id, now: Self.later)
    }
    #expect(segments(disk).map { disk.files[$0] } == before)
    #expect(throws: ArchiveError.self) {
      _ = try archive.prune(PruneRule(before: Self.later), now: Self.later)
    }
    #expect(disk.files[path] == damaged)
    let listed = try text("stories/SHA256SUMS", backup).prefix(64)
    let deeds = try archive.repair(now: Self.later).deeds
    #expect(deeds.contains { $0.contains(": 1 damaged line taken out, the file") }, "\(deeds)")
    #expect(try archive.verify(readData: false).notes == ["A/quarantine: 1 file was set aside"])
    #expect(try text("stories/segments.jsonl", disk).contains("\"sha256Before\":\"\(listed)\""))
  }

  @Test(arguments: ["SHA256SUMS", "segments.jsonl"])
  func `damaged bytes do not become right when one manifest is lost`(manifest: String) throws {
    try fillDisk()
    let backup = disk.copy()
    let path = segments(disk)[0]
    let sound = disk.files[path]
    try #require(disk.node(at: path)).bytes[400] ^= 4
    try disk.unlink("stories/\(manifest)")
    let report = try Archive.open(disk, now: Self.later)
      .repair(now: Self.later, from: try Archive.open(backup, access: .readOnly))
    #expect(report.damage == [])
    #expect(disk.files[path] == sound)
  }

  // MARK: prune

  @Test(arguments: [false, true])
  func `a story stays as long as a copy has its text from it`(forgetsStories: Bool) throws {
    try fillDisk()
    let archive = try Archive.open(disk, now: Self.later)
    _ = try archive.prune(
      PruneRule(before: Self.later, forgetsStories: forgetsStories), now: Self.later)
    let stories = try told(try Archive.open(disk, access: .readOnly)).stories
    #expect(stories.contains(0))
    #expect(stories.contains(5))
    if !forgetsStories { #expect(!stories.contains(1)) }
    try expectSound(disk)
  }

  @Test(arguments: [false, true])
  func `pruned segments keep identifiers and the moves of feeds`(isCompressed: Bool) throws {
    try fillDisk()
    let archive = try Archive.open(disk, now: Self.later)
    if isCompressed { _ = try archive.compact(now: Self.later, olderThan: .zero) }
    let rule = PruneRule(before: Self.later - .seconds(86_400 * 730))
    let plan = try archive.prune(rule, now: Self.later, isDryRun: true)
    #expect(plan.segments.count == 2)
    #expect(plan.lineCount == 4)
    #expect(try told(archive).stories.count == 6)
    let report = try archive.prune(rule, now: Self.later)
    #expect(report.segments == plan.segments)
    #expect(report.lineCount == plan.lineCount)
    #expect(report.byteCountAfter < report.byteCountBefore)
    let told = try told(try Archive.open(disk, access: .readOnly))
    #expect(told.stories == [0, 5])
    #expect(told.removed == [1, 2, 3, 4])
    var moves = 0
    try Archive.open(disk).replay { if case .relocation = $0 { moves += 1 } }
    #expect(moves == 1)
    try expectSound(disk)
    #expect(try archive.prune(rule, now: Self.later).segments == [])
    try archive.store([6], now: Self.later)
    try expectSound(disk)
  }

  @Test func `only the stories of the feeds that are named are pruned`() throws {
    let archive = try Archive.open(disk)
    var other = Sample.story(1)
    other.feed = "https://example.net/feed"
    try archive.store([
      Sample.record(0), .story(other, cluster: other.id, original: nil), Sample.record(2),
    ])
    try archive.seal(now: Sample.noon)
    try archive.store([3])
    let report = try archive.prune(PruneRule(feeds: [other.feed]), now: Self.later)
    #expect(report.lineCount == 1)
    #expect(try archive.storedNumbers() == [0, 2, 3])
    #expect(try told(archive).removed == [1])
    try expectSound(disk)
    #expect(try archive.prune(PruneRule(feeds: [other.feed]), now: Self.later).segments == [])
    #expect(try archive.prune(PruneRule(before: Self.later), now: Self.later).lineCount == 2)
  }

  @Test func `the oldest segments go until the rest is small enough`() throws {
    let archive = try Archive.open(disk)
    for round in 0..<4 {
      try archive.store(round * 50..<round * 50 + 50)
      try archive.seal(now: Sample.noon)
    }
    let sizes = try segments(disk).map { try #require(disk.files[$0]).count }
    let limit = sizes[2] + sizes[3] + 1000
    let report = try archive.prune(PruneRule(byteLimit: limit), now: Sample.noon)
    #expect(report.segments.count == 2)
    #expect(try archive.storedNumbers() == Array(100..<200))
    // The newest stays whatever it takes.
    #expect(try archive.prune(PruneRule(byteLimit: 0), now: Sample.noon).segments.count == 1)
    #expect(try archive.storedNumbers() == Array(150..<200))
    try expectSound(disk)
  }

  @Test func `on a full disk what is derived makes room to forget`() throws {
    try fillDisk(withCopy: false)
    let archive = try Archive.open(disk, now: Self.later)
    let segment = try #require(try archive.segments().first)
    #expect(try archive.keep(index: Array(repeating: 0x2E, count: 8192), of: segment))
    disk.capacity = disk.files.values.reduce(0) { $0 + $1.count }
    let rule = PruneRule(before: Self.later, forgetsStories: true)
    #expect(try archive.prune(rule, now: Self.later).segments.count == 2)
    #expect(segments(disk).count == 1)
    #expect(!disk.files.keys.contains { $0.hasSuffix(".new") })
    try expectSound(disk)
  }

  @Test func `on a disk that stays full nothing goes that the manifests do not say`() throws {
    try fillDisk(withCopy: false)
    for path in disk.files.keys where path.hasSuffix(".changes") { try disk.unlink(path) }
    let archive = try Archive.open(disk, now: Self.later)
    let before = segments(disk)
    disk.capacity = disk.files.values.reduce(0) { $0 + $1.count }
    let rule = PruneRule(before: Self.later, forgetsStories: true)
    #expect(throws: ArchiveError.self) { try archive.prune(rule, now: Self.later) }
    #expect(segments(disk) == before)
    try expectSound(disk)
  }

  @Test(arguments: [true, false], [nil, Int.max])
  func `what is not as old as the manifest says stays`(forgets: Bool, byteLimit: Int?) throws {
    let archive = try Archive.open(disk)
    try archive.store([0])
    try archive.store([1], now: Sample.noon + .seconds(86_400 * 40))
    try archive.store([2], now: Sample.noon + .seconds(86_400 * 41))
    let manifest = try #require(disk.node(at: "stories/segments.jsonl"))
    let text = String(decoding: manifest.bytes, as: UTF8.self)
    let aged = text.replacing("\"seenLast\":\"2026-12-31", with: "\"seenLast\":\"2026-11-22")
    #expect(aged != text)
    manifest.bytes = Array(aged.utf8)
    let rule = PruneRule(
      before: Sample.noon + .seconds(86_400 * 30), byteLimit: byteLimit, forgetsStories: forgets)
    let report = try Archive.open(disk, now: Self.later).prune(
      rule, now: Sample.noon + .seconds(86_400 * 41))
    #expect(report.segments == ["2026/000001-2026-11-21.jsonl"])
    #expect(report.notes.count == 1)
    #expect(try Archive.open(disk).storedNumbers() == [1, 2])
  }

  @Test(arguments: [false, true])
  func `a damaged segment is named and keeps no other from being pruned`(isDryRun: Bool) throws {
    try fillDisk(withCopy: false)
    let paths = segments(disk)
    try #require(disk.node(at: paths[0])).bytes[400] ^= 1
    let before = disk.files[paths[0]]
    let archive = try Archive.open(disk, now: Self.later)
    var report = PruneReport()
    let error = #expect(throws: ArchiveError.self) {
      try archive.prune(
        PruneRule(before: Self.later), now: Self.later, isDryRun: isDryRun, into: &report)
    }
    #expect(error.map { "\($0)" }?.contains("000001-2026-11-21.jsonl:0: damaged: not") == true)
    #expect(report.segments == ["2026/000002-2026-11-21.jsonl"])
    #expect(disk.files[paths[0]] == before)
  }

  @Test func `what was pruned before the disk failed is told`() throws {
    try fillDisk(withCopy: false)
    let rule = PruneRule(before: Self.later, forgetsStories: true)
    var counts: Set<Int> = []
    try FailingCall.each(on: disk, now: Self.later) { call in
      var report = PruneReport()
      try? call.archive.prune(rule, now: Self.later, isDryRun: false, into: &report)
      #expect(report.segments.allSatisfy { call.disk.node(at: "stories/\($0)") == nil })
      counts.insert(report.segments.count)
    }
    #expect(counts == [0, 1, 2])
  }

  @Test func `forgotten segments are gone with their identifiers`() throws {
    try fillDisk(withCopy: false)
    let archive = try Archive.open(disk, now: Self.later)
    let rule = PruneRule(before: Self.later, forgetsStories: true)
    #expect(try archive.prune(rule, now: Self.later, isDryRun: true).segments.count == 2)
    #expect(segments(disk).count == 3)
    #expect(try archive.prune(rule, now: Self.later).segments.count == 2)
    #expect(segments(disk).count == 1)
    #expect(try told(try Archive.open(disk)).removed == [])
    try expectSound(disk)
    #expect(!(try text("stories/SHA256SUMS", disk)).contains("000001"))
    #expect(try text("stories/segments.jsonl", disk).contains("\"dropped\""))
    try archive.store([6], now: Self.later)
    try expectSound(disk)
  }

  // MARK: A crash, or a failing call

  private enum Work: CaseIterable {
    case prune, forget, redact, repair
  }

  private func run(_ work: Work, _ archive: Archive) throws {
    switch work {
    case .prune: _ = try archive.prune(PruneRule(before: Self.later), now: Self.later)
    case .forget:
      _ = try archive.prune(
        PruneRule(before: Self.later, forgetsStories: true), now: Self.later)
    case .redact: _ = try archive.redact(Sample.story(0).id, now: Self.later)
    case .repair: _ = try archive.repair(now: Self.later)
    }
  }

  /// What a reader finds afterwards that has to be there, whenever the work was cut short.
  private func survivors(_ work: Work) -> Set<Int> {
    switch work {
    case .prune: [0, 5]
    case .forget: [0, 1, 2, 5]
    case .redact: [1, 2, 3, 4, 5]
    case .repair: [0, 2, 3, 4, 5]
    }
  }

  @Test(arguments: Work.allCases, [true, false])
  private func `work cut short or failing at any call is finished by doing it again`(
    work: Work, isDeath: Bool
  ) throws {
    try fillDisk()
    if work == .repair {
      let node = try #require(disk.node(at: segments(disk)[0]))
      let words = Array("Ferry 1".utf8)
      let offset = try #require(
        node.bytes.indices.first { node.bytes[$0...].starts(with: words) })
      node.bytes[offset] ^= 1
    }
    for path in disk.files.keys {
      let node = try #require(disk.node(at: path))
      node.durableBytes = node.bytes
    }
    try FailingCall.each(
      on: disk, tornByteCount: 10, isDeath: isDeath, now: Self.later
    ) { call in
      try? run(work, call.archive)
      call.system.die()
      let context = call.context
      for disk in [call.disk.copy(), call.disk.afterPowerCut()] {
        disk.locks = [:]
        if work != .repair { try expectSound(disk, context) }
        let reader = try Archive.open(disk, access: .readOnly)
        #expect(survivors(work).isSubset(of: try told(reader).stories), context)
        try run(work, try Archive.open(disk, now: Self.later))
        try expectSound(disk, context)
        #expect(Set(try told(try Archive.open(disk)).stories) == survivors(work), context)
        #expect(disk.files.keys.filter { $0.hasSuffix(".new") } == [], context)
        try Archive.open(disk, now: Self.later).store([9], now: Self.later)
        try expectSound(disk, context)
      }
    }
  }

  // MARK: What a failed fsync gave up

  /// How the disk differs from what programs read of a segment that an fsync failed for.
  private enum Difference: CaseIterable {
    /// Lines that were given up, and stand again in the next segment, are not on it.
    case isShorter
    /// Of two such lines, only the first is.
    case hasSome
    /// What was cut off of a batch that was given up is still on it.
    case isLonger
  }

  /// Two stories in a segment that was given up behind them, one in the next, and one in the newest.
  private func makeDoubtfulDisk(_ difference: Difference) throws -> MemoryFileSystem.Disk {
    let disk = MemoryFileSystem.Disk()
    try Archive.open(disk).store(0..<2)
    let path = try #require(segments(disk).first)
    let node = try #require(disk.node(at: path))
    let head = try #require(disk.node(at: "state/HEAD"))
    let durable = (node.bytes, head.bytes)
    try Archive.open(disk).store([2])
    let some = node.bytes
    if difference == .hasSome { try Archive.open(disk).store([4]) }
    let system = MemoryFileSystem(disk)
    try system.doubt(system.open(path, for: .appending))
    // The process that stored what follows was killed before it could say so.
    if difference != .isLonger { head.bytes = durable.1 }
    let archive = try Archive.open(on: system, named: "A", access: .readWrite, now: Self.later)
    try archive.seal(now: Self.later)
    try archive.store([3], now: Self.later)
    node.durableBytes =
      switch difference {
      case .isShorter: durable.0
      case .hasSome: some
      case .isLonger: node.bytes + Array("{\"v\":1".utf8)
      }
    #expect(segments(disk).count == 3)
    system.die()
    return disk
  }

  @Test(arguments: Difference.allCases, [Work.prune, .redact, .repair])
  private func `work on what a failed fsync gave up can be cut short by a power cut`(
    difference: Difference, work: Work
  ) throws {
    let disk = { try makeDoubtfulDisk(difference) }
    try FailingCall.each(of: disk, isDeath: true, now: Self.later) { call in
      try? run(work, call.archive)
      call.system.die()
      let left = call.disk.afterPowerCut()
      let context = call.context
      try expectSound(left, "\(context) A")
      let report = try Archive.open(left, now: Self.later).repair(now: Self.later)
      #expect(!report.hasLosses && report.damage.isEmpty, context)

      try run(work, try Archive.open(left, now: Self.later))

      try expectSound(left, "\(context) B")
      #expect(Set(try told(try Archive.open(left)).stories).contains(3), context)
    }
  }

  @Test func `a repair gives nothing up of a segment whose rest was given up before`() throws {
    let disk = try makeDoubtfulDisk(.isShorter).afterPowerCut()
    let report = try Archive.open(disk, now: Self.later).repair(now: Self.later)
    #expect(!report.hasLosses)
    #expect(report.deeds.count == 1)
    #expect(try told(try Archive.open(disk, access: .readOnly)).stories == [0, 1, 2, 3])
    #expect(disk.files.keys.filter { $0.hasPrefix("quarantine/") } == [])
    #expect(try Archive.open(disk).repair(now: Self.later).deeds == [])
  }

  /// The first two renamings: of the manifests, or of what goes to quarantine and of the new file.
  @Test(arguments: Difference.allCases, 1...2)
  private func `a segment that cannot be listed as it is is not said to be`(
    difference: Difference, number: Int
  ) throws {
    let system = MemoryFileSystem(try makeDoubtfulDisk(difference).afterPowerCut())
    let archive = try Archive.open(on: system, named: "A", access: .readWrite, now: Self.later)
    system.fault = .init(calls: [.rename], number: number, error: .ioError)
    #expect(throws: ArchiveError.self) { _ = try archive.repair(now: Self.later) }
  }

  /// Where the segment goes on from its last line, there is nothing to do. Else a file is named anew to be in
  /// place, what is no sound line of it to be set aside, and both manifests where it is listed otherwise.
  @Test(arguments: zip(Difference.allCases, [0, 3, 2]))
  private func `that a segment cannot be settled is told`(
    difference: Difference, renamingCount: Int
  ) throws {
    for number in 1...renamingCount + 1 {
      let system = MemoryFileSystem(try makeDoubtfulDisk(difference).afterPowerCut())
      let archive = try Archive.open(on: system, named: "A", access: .readWrite, now: Self.later)
      let name = try #require(try SegmentListing.all(in: archive.directory).first)
      system.fault = .init(calls: [.rename], number: number, error: .ioError)
      let failure = outcome { try archive.settle(name) }
      #expect((failure != nil) == (number <= renamingCount), "renaming \(number)")
      #expect((system.countedCalls >= number) == (number <= renamingCount), "renaming \(number)")
    }
  }

  @Test(arguments: [Difference.hasSome, .isLonger], [Work.prune, .redact])
  private func `work on a segment that cannot be settled says which file was in the way`(
    difference: Difference, work: Work
  ) throws {
    let system = MemoryFileSystem(try makeDoubtfulDisk(difference).afterPowerCut())
    let archive = try Archive.open(on: system, named: "A", access: .readWrite, now: Self.later)
    system.fault = .init(calls: [.rename], number: 1, error: .ioError)
    let failure = outcome { try run(work, archive) }
    guard case .io(let path, "rename to", .ioError) = failure as? ArchiveError else {
      Issue.record("\(String(describing: failure))")
      return
    }
    #expect(path.contains("/000001-"))
  }

  /// HEAD may name the end of what is no more.
  @Test func `a segment is written anew only when HEAD is right, too`() throws {
    try fillDisk()
    let archive = try Archive.open(disk, now: Self.later)
    let name = try #require(try SegmentListing.all(in: archive.directory).first)
    let other = MemoryFileSystem(disk)
    let lock = try other.open("lock", for: .locking)
    var isInPlace = false
    disk.trace = { call in
      if call.hasSuffix(" to \(name.path)") { isInPlace = true }
      if isInPlace, call.hasSuffix("synchronize names in \(name.directory)") {
        #expect(throws: Never.self) { try #require(try other.tryLock(lock)) }
      }
    }
    #expect(throws: ArchiveError.locked(path: "A")) {
      _ = try archive.rewrite(
        name, reason: .redacted, now: Self.later, evenUnchanged: true
      ) { _, _ in nil }
    }
    #expect(isInPlace)
  }

  /// Both manifests say what comes, and then the writer is killed.
  @Test func `that a promise which was not kept cannot be taken back is told`() throws {
    try fillDisk()
    let killed = MemoryFileSystem(disk)
    let writer = try Archive.open(on: killed, named: "A", access: .readWrite, now: Self.later)
    killed.fault = .init(calls: [.rename], number: 3, error: .ioError, isDeath: true)
    #expect(throws: ArchiveError.self) { try run(.prune, writer) }
    killed.die()
    disk.locks = [:]
    let system = MemoryFileSystem(disk)
    let archive = try Archive.open(on: system, named: "A", access: .readWrite, now: Self.later)
    system.fault = .init(calls: [.rename], number: 1, error: .ioError)
    let refusal = ArchiveError.io(
      path: "A/stories/SHA256SUMS", action: "rename to", .ioError)
    #expect(throws: refusal) { _ = try archive.repair(now: Self.later) }
    #expect(try archive.repair(now: Self.later).deeds.contains { $0.contains("not finished") })
  }

  /// The new file takes the name of one that others may have open, or be about to open.
  @Test(arguments: [Difference.hasSome, .isLonger])
  private func `who reads a segment while it is settled reads what was there or what is`(
    difference: Difference
  ) throws {
    let disk = try makeDoubtfulDisk(difference).afterPowerCut()
    let archive = try Archive.open(disk, now: Self.later)
    let name = try #require(try SegmentListing.all(in: archive.directory).first)
    let (oldBytes, old) = (disk.files[name.path], try Beginning(on: disk, 0).rest())
    // Some read on behind the writer's next call, some when it is done, each from another line.
    var (next, last): ([Beginning], [Beginning]) = ([], [])
    var (fresh, others): ([Telling], [Telling]) = ([], [])
    var failure: (any Error)?
    disk.trace = { call in
      let trace = disk.trace
      disk.trace = nil
      defer { disk.trace = trace }
      failure =
        failure
        ?? outcome {
          others += try next.map { try $0.rest() }
          fresh.append(try Beginning(on: disk, 0).rest())
          next = try (0...old.records.count).map { try Beginning(on: disk, $0) }
          last += try (0...old.records.count).map { try Beginning(on: disk, $0) }
        }
    }
    try archive.settle(name)
    disk.trace = nil
    #expect(failure == nil)
    #expect(disk.files[name.path] != oldBytes || difference == .hasSome)
    let new = try Beginning(on: disk, 0).rest()
    #expect((new == old) == (difference == .hasSome))
    others += try (next + last).map { try $0.rest() }
    #expect(others.allSatisfy { $0 == old || $0 == new })
    #expect(fresh.drop { $0 == old }.allSatisfy { $0 == new }, "nobody is given the old again")
    #expect(fresh.contains(old) && others.count > 10 * old.records.count)
  }

  /// All that a reader is told.
  private struct Telling: Hashable {
    var records: [ArchiveRecord] = []
    var damage: [Damage] = []
  }

  /// A reader that was given as many records, and has the file that they stand in open.
  private struct Beginning {
    private let reader: Archive
    private var telling = Telling()

    init(on disk: MemoryFileSystem.Disk, _ count: Int) throws {
      reader = try Archive.open(disk, access: .readOnly)
      var records: [ArchiveRecord] = []
      if count > 0 { _ = try reader.catchUp(limit: count) { records.append($0) } }
      telling.records = records
    }

    func rest() throws -> Telling {
      var telling = telling
      try reader.catchUp { telling.records.append($0) }
      telling.damage = reader.damage
      return telling
    }
  }

  // MARK: repair

  @Test func `an archive that is sound needs no repair`() throws {
    try fillDisk()
    let before = segments(disk)
    #expect(try Archive.open(disk).repair(now: Self.later) == RepairReport())
    #expect(segments(disk) == before)
  }

  @Test func `every flipped bit is repaired, and what was is kept`() throws {
    try fillDisk()
    let path = segments(disk)[0]
    let bytes = try #require(disk.files[path])
    for place in stride(from: 0, to: bytes.count, by: 17) {
      let hurt = disk.copy()
      try #require(hurt.node(at: path)).bytes[place] ^= 4
      let damaged = hurt.files[path]
      let report = try Archive.open(hurt).repair(now: Self.later)
      #expect(report.damage == [], "byte \(place)")
      #expect(!report.deeds.isEmpty, "byte \(place)")
      try expectSound(hurt, "byte \(place)")
      #expect(try told(try Archive.open(hurt)).stories.count >= 4, "byte \(place)")
      let kept = hurt.files.filter { $0.key.hasPrefix("quarantine/") }.map(\.value)
      #expect(kept == [try #require(damaged)], "byte \(place)")
      let json = try #require(hurt.files[path]).split(separator: 0x0A)
      #expect(json.allSatisfy { $0.starts(with: Array("{\"v\":1,\"type\":\"".utf8)) })
    }
  }

  @Test func `every cut of a sealed segment is repaired once its loss is accepted`() throws {
    try fillDisk()
    let path = segments(disk)[0]
    let bytes = try #require(disk.files[path])
    for length in stride(from: 0, to: bytes.count, by: 29) {
      let cut = disk.copy()
      try #require(cut.node(at: path)).bytes = Array(bytes[..<length])
      let report = try Archive.open(cut).repair(now: Self.later, acceptsLosses: true)
      #expect(report.damage == [], "cut at \(length)")
      try expectSound(cut, "cut at \(length)")
    }
  }

  @Test(arguments: [false, true])
  func `damaged and missing segments are restored from a backup`(isCompressed: Bool) throws {
    try fillDisk()
    let backupDisk = disk.copy()
    if isCompressed {
      _ = try Archive.open(backupDisk, now: Self.later).compact(now: Self.later, olderThan: .zero)
    }
    let paths = segments(disk)
    try #require(disk.node(at: paths[0])).bytes[400] ^= 1
    try disk.unlink(paths[1])
    let backup = try Archive.open(backupDisk, access: .readOnly)
    let report = try Archive.open(disk).repair(now: Self.later, from: backup)
    #expect(report.damage == [])
    #expect(report.deeds.filter { $0.contains("restored from") }.count == 2)
    #expect(try told(try Archive.open(disk)).stories == [0, 1, 2, 3, 4, 5])
    try expectSound(disk)
    #expect(disk.files.keys.filter { $0.hasPrefix("quarantine/") }.count == 1)
  }

  // MARK: A backup that was made while the segment grew

  /// A sealed segment of five stories, and one of one; the backup has three of the five, the fuller one all.
  private func fillDiskWithBackup() throws -> (backup: Archive, fuller: Archive) {
    let archive = try Archive.open(disk)
    try archive.store(0..<3)
    let backup = disk.copy()
    try archive.store(3..<5)
    try archive.seal(now: Sample.noon)
    try archive.store([5])
    return (
      try Archive.open(backup, access: .readOnly), try Archive.open(disk.copy(), access: .readOnly)
    )
  }

  private enum Harm: CaseIterable {
    case front, frontOfCompressed, both, behind, cut, gone
  }

  /// Damages the first segment, and tells which stories no part of which the backup or it still has.
  private func harm(_ harm: Harm) throws -> Set<Int> {
    if harm == .frontOfCompressed {
      _ = try Archive.open(disk, now: Self.later).compact(now: Self.later, olderThan: .zero)
    }
    let path = segments(disk)[0]
    let node = try #require(disk.node(at: path))
    let text = String(decoding: node.bytes, as: UTF8.self)
    let (front, behind) = (place(of: "no. 1 left", text), place(of: "no. 4 left", text))
    switch harm {
    case .front: node.bytes[try #require(front)] ^= 1
    case .frontOfCompressed: node.bytes[node.bytes.count / 2] ^= 1
    case .both:
      node.bytes[try #require(front)] ^= 1
      node.bytes[try #require(behind)] ^= 1
    case .behind: node.bytes[try #require(behind)] ^= 1
    case .cut: node.bytes.removeLast(node.bytes.count - (try #require(front)))
    case .gone: try disk.unlink(path)
    }
    switch harm {
    case .front: return []
    case .both, .behind: return [4]
    case .frontOfCompressed, .cut, .gone: return [3, 4]
    }
  }

  private func place(of part: String, _ text: String) -> Int? {
    text.firstRange(of: part).map {
      text.utf8.distance(from: text.startIndex, to: $0.lowerBound)
    }
  }

  @Test(arguments: Harm.allCases)
  private func `lines are taken from a backup of the segment while it grew, and others later`(
    harm: Harm
  ) throws {
    let (backup, fuller) = try fillDiskWithBackup()
    let lost = try self.harm(harm)
    let report = try Archive.open(disk).repair(
      now: Self.later, from: backup, acceptsLosses: [.gone, .cut].contains(harm))
    #expect(report.damage == [])
    #expect(report.hasLosses == !lost.isEmpty)
    #expect(Set(try told(try Archive.open(disk)).stories) == Set(0..<6).subtracting(lost))
    #expect(report.deeds.contains { $0.contains("first lines taken from") } == (harm != .behind))
    #expect(disk.files.keys.filter { $0.hasPrefix("quarantine/") }.count == (harm == .gone ? 0 : 1))
    try expectSound(disk.afterPowerCut())
    #expect(try Archive.open(disk).repair(now: Self.later, from: fuller).damage == [])
    #expect(try told(try Archive.open(disk)).stories == Array(0..<6))
    try expectSound(disk)
  }

  /// A backup of the first four of the five stories.
  private func longer() throws -> Archive {
    let other = MemoryFileSystem.Disk()
    let archive = try Archive.open(other)
    try archive.store(0..<3)
    try archive.store(3..<5)
    let node = try #require(other.node(at: segments(other)[0]))
    let lastStart = try #require(node.bytes.dropLast().lastIndex(of: 0x0A)) + 1
    node.bytes.removeLast(node.bytes.count - lastStart)
    return try Archive.open(other.copy(), access: .readOnly)
  }

  @Test(arguments: [false, true])
  func `what is missing behind the lines of a backup stays so until that is accepted`(
    isLast: Bool
  ) throws {
    let (backup, fuller) = try fillDiskWithBackup()
    if isLast { try disk.unlink(segments(disk)[1]) }
    try disk.unlink(segments(disk)[0])
    let rest = isLast ? [] : [5]
    for (source, first) in [(backup, 0..<3), (backup, 0..<3), (try longer(), 0..<4), (nil, 0..<4)] {
      let report = try Archive.open(disk).repair(now: Self.later, from: source)
      #expect(report.damage.contains { $0.detail == "sealed bytes are missing" })
      #expect(!report.hasLosses)
      #expect(try told(try Archive.open(disk)).stories == first + rest)
    }
    try Archive.open(disk).store([6])
    let again = try Archive.open(disk).repair(now: Self.later)
    #expect(again.damage.contains { $0.detail == "sealed bytes are missing" })
    let whole = disk.copy()
    #expect(
      try Archive.open(whole).repair(now: Self.later, from: fuller, acceptsLosses: isLast).damage
        == [])
    #expect(Set(try told(try Archive.open(whole)).stories).isSuperset(of: 0..<5))
    let accepted = try Archive.open(disk).repair(now: Self.later, acceptsLosses: true)
    #expect(accepted.damage == [])
    #expect(accepted.hasLosses)
    #expect(try told(try Archive.open(disk)).stories == (0..<4) + rest + [6])
    #expect(try Archive.open(disk).repair(now: Self.later, from: fuller).damage == [])
    #expect(Set(try told(try Archive.open(disk)).stories).isSuperset(of: 0..<5))
  }

  private enum Rot: CaseIterable {
    case firstLine, otherLine
    /// Of all lines that the backup has, with the end of the last one.
    case allLines
    /// With the end of the last line that the backup has, and the line behind it.
    case firstLineAndSeam

    var lost: Set<Int> { self == .firstLineAndSeam ? [3] : [] }

    func alter(_ bytes: inout [UInt8], before end: Int) {
      switch self {
      case .firstLine: bytes[30] ^= 1
      case .otherLine: bytes[400] ^= 1
      case .allLines:
        for start in bytes[..<end].indices where start == 0 || bytes[start - 1] == 0x0A {
          bytes[start + 30] ^= 1
        }
        bytes[end - 1] ^= 1
      case .firstLineAndSeam: for place in [30, end - 1, end + 30] { bytes[place] ^= 1 }
      }
    }
  }

  @Test(arguments: Rot.allCases)
  private func `what rotted while the segment grew is taken from a backup of then`(
    rot: Rot
  ) throws {
    let archive = try Archive.open(disk)
    try archive.store(0..<3)
    let backup = try Archive.open(disk.copy(), access: .readOnly)
    let node = try #require(disk.node(at: segments(disk)[0]))
    let end = node.bytes.count
    try archive.store(3..<5)
    rot.alter(&node.bytes, before: end)
    try Archive.open(disk).store([5])
    let report = try Archive.open(disk).repair(now: Self.later, from: backup)
    #expect(report.damage == [])
    #expect(report.hasLosses == !rot.lost.isEmpty)
    #expect(Set(try told(try Archive.open(disk)).stories) == Set(0..<6).subtracting(rot.lost))
    try expectSound(disk.afterPowerCut())
  }

  @Test func `no lines are taken from a backup of another history`() throws {
    _ = try fillDiskWithBackup()
    _ = try harm(.front)
    let backup = try otherHistory([10, 1, 12], now: Sample.noon)
    let report = try Archive.open(disk).repair(now: Self.later, from: backup)
    #expect(report.hasLosses)
    #expect(try told(try Archive.open(disk)).stories == [0, 2, 3, 4, 5])
  }

  /// With a growing segment of the same name.
  private func otherHistory(_ numbers: [Int], now: Timestamp) throws -> Archive {
    let other = MemoryFileSystem.Disk()
    try Archive.open(other, now: now).store(numbers, now: now)
    return try Archive.open(other, access: .readOnly)
  }

  /// Both begin with the same batch, and what differs has the same length.
  @Test func `no lines are taken from a history that went another way`() throws {
    let disks = [disk, MemoryFileSystem.Disk()]
    for (disk, second) in zip(disks, [[1], [9]]) {
      let archive = try Archive.open(disk)
      for batch in [[0], second] { try archive.store(batch) }
    }
    let node = try #require(disk.node(at: segments(disk)[0]))
    let place = node.bytes.count - 100
    let backup = try Archive.open(disks[1], access: .readOnly)
    let archive = try Archive.open(disk)
    try archive.store([2])
    try archive.seal(now: Sample.noon)
    node.bytes[place] ^= 1
    _ = try Archive.open(disk).repair(now: Self.later, from: backup)
    #expect(try told(try Archive.open(disk)).stories == [0, 2])
  }

  @Test func `the first segment is not taken from another history where it is gone`() throws {
    _ = try fillDiskWithBackup()
    _ = try harm(.gone)
    let backup = try otherHistory([10, 11], now: Sample.noon + .milliseconds(1))
    let report = try Archive.open(disk).repair(now: Self.later, from: backup)
    #expect(report.damage.map(\.detail) == ["the segment is gone"])
    #expect(try told(try Archive.open(disk)).stories == [5])
  }

  @Test func `no lines are taken from another history where none is left to compare`() throws {
    let archive = try Archive.open(disk)
    try archive.store(0..<5)
    let node = try #require(disk.node(at: segments(disk)[0]))
    let lastStart = try #require(node.bytes.dropLast().lastIndex(of: 0x0A)) + 1
    Rot.allLines.alter(&node.bytes, before: lastStart)
    try Archive.open(disk).store([5])
    let backup = try otherHistory([10, 11], now: Sample.noon + .seconds(1))
    _ = try Archive.open(disk).repair(now: Self.later, from: backup)
    #expect(Set(try told(try Archive.open(disk)).stories).isSubset(of: 0...5))
  }

  @Test(arguments: [Harm.front, .gone])
  private func `words that were taken out do not come back from a backup`(harm: Harm) throws {
    let (backup, _) = try fillDiskWithBackup()
    _ = try Archive.open(disk).redact(Sample.story(2).id, now: Self.later)
    _ = try self.harm(harm)
    _ = try Archive.open(disk).repair(now: Self.later, from: backup)
    #expect(try !told(try Archive.open(disk)).stories.contains(2))
    #expect(
      !disk.files.values.contains { String(decoding: $0, as: UTF8.self).contains("no. 2 left") })
  }

  @Test func `a missing segment without a backup stays missing and named`() throws {
    try fillDisk()
    try disk.unlink(segments(disk)[0])
    let report = try Archive.open(disk).repair(now: Self.later)
    #expect(report.damage.map(\.detail) == ["the segment is gone"])
  }

  @Test func `sealed segments become read-only again`() throws {
    try fillDisk()
    let path = segments(disk)[0]
    try #require(disk.node(at: path)).isProtected = false
    #expect(
      try Archive.open(disk).repair(now: Self.later).deeds == ["A/\(path): made read-only again"])
    #expect(try #require(disk.node(at: path)).isProtected)
  }

  // MARK: verify

  @Test func `a sample reads other segments each time, and all in turn`() throws {
    let archive = try Archive.open(disk)
    for round in 0..<10 {
      try archive.store([round])
      try archive.seal(now: Sample.noon)
    }
    let path = segments(disk)[3]
    try #require(disk.node(at: path)).bytes[300] ^= 1
    let reports = try (0..<5).map {
      try archive.verify(reading: VerifySample(percent: 20, turn: $0))
    }
    #expect(reports.allSatisfy { $0.readSegmentCount == 2 })
    #expect(reports.filter { !$0.damage.isEmpty }.count == 1)
  }
}
