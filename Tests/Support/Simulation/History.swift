internal import StoryArchive
internal import Syndication
internal import SystemPackage
internal import TestNumbers

/// What happens to an archive at random: several processes, kills, power cuts and failing calls, from a
/// seed; and whether it kept its promises.
package struct History {
  /// What happens, and how often of a hundred times.
  enum Deed: CaseIterable {
    case begin, seal, catchUp, end, fault, cutPower, loseHead, lie, store, compact, prune, redact
    case repair, rot, shutDown

    var weight: Int {
      switch self {
      case .begin: 14
      case .seal: 5
      case .catchUp: 12
      case .end: 5
      case .fault: 14
      case .cutPower: 5
      case .loseHead, .lie, .rot, .repair: 1
      case .store: 37
      case .compact: 3
      case .prune, .redact: 1
      case .shutDown: 0
      }
    }

    var replacesSegments: Bool { [.compact, .prune, .redact, .repair].contains(self) }

    static let weighted = allCases.flatMap { repeatElement($0, count: $0.weight) }
  }

  /// Decides by its own seed, so that a history without another step is still a history.
  package struct Step: CustomStringConvertible {
    var deed: Deed
    var seed: UInt64

    package var description: String { "\(deed):\(seed)" }
  }

  /// What has to come up in enough histories, or they show nothing.
  package enum Witness: CaseIterable {
    case stored, fenced, tornTail, compressed, pruned, forgotten, redacted, repaired, liedTo
    /// A batch was refused by a file system that had shut down.
    case refusedAfterShutdown
  }

  private struct Process {
    let system: MemoryFileSystem
    let archive: Archive
    /// What it was given by `catchUp`, and so will never store again.
    var known: Set<Int> = []
  }

  private static let stepCount = 30
  /// Histories to one in which the file system gives up.
  private static let shutdownInterval = 8

  private var chance = SeededNumbers(seed: 0)
  private var disk = MemoryFileSystem.Disk()
  private var processes: [Process] = []
  private var now = Sample.noon
  private var nextNumber = 0
  private var attempted: Set<Int> = []
  private var acknowledged: [Int] = []
  /// Acknowledged, or given to a process that then relies on it.
  private var reliedOn: Set<Int> = []
  /// What was durable when the disk began to lie.
  private var beforeLie: Set<Int>?
  /// What a removal was asked for: it may be gone, if its identifier is told.
  private var removable: Set<Int> = []
  private var forgettable: Set<Int> = []
  private var redacted: Set<Int> = []
  /// After a lie or rot: damage may be reported, and nothing but what is found then is promised.
  private var mayBeDamaged = false
  /// What was found in what is durable, when nothing can have mended it since.
  private var mustBeTold: Harm?
  /// Where what was never promised stood in the segments that were growing when HEAD, which says so, went:
  /// torn, it looks like rot. By the segments' ordinals.
  private var unpromised: [Int: Range<Int>] = [:]
  package private(set) var witnessed: Set<Witness> = []
  /// Nil, or what went wrong.
  package private(set) var failure: String?

  package static func steps(seed: UInt64) -> [Step] {
    var chance = SeededNumbers(seed: seed)
    var steps = (0..<stepCount).map { _ in
      Step(
        deed: Deed.weighted[Int.random(in: Deed.weighted.indices, using: &chance)],
        seed: chance.next())
    }
    // Hardly anything happens after it, so one is enough.
    if chance.one(in: shutdownInterval) {
      let place = Int.random(in: steps.indices, using: &chance)
      steps.insert(Step(deed: .shutDown, seed: chance.next()), at: place)
    }
    return steps
  }

  /// Nil, or what went wrong. `trace` is told each step and each call that changes something.
  package static func failure(
    of steps: [Step], trace: ((String) -> Void)? = nil
  ) -> String? {
    History(of: steps, trace: trace).failure
  }

  /// Takes all steps, or those up to the one that goes wrong.
  package init(of steps: [Step], trace: ((String) -> Void)? = nil) {
    disk.trace = trace
    for step in steps where failure == nil {
      trace?("\(step) \(disk.files.keys.filter { $0.hasPrefix("stories/") }.sorted())")
      take(step)
    }
    guard failure == nil else { return }
    trace?("end")
    finish()
  }

  /// The steps without those that the failure does not take, as far as leaving out one stretch after
  /// another finds.
  package static func shrunken(_ steps: [Step]) -> [Step] {
    var least = steps
    var length = least.count / 2
    while length > 0 {
      var start = 0
      while start + length <= least.count {
        var fewer = least
        fewer.removeSubrange(start..<start + length)
        if failure(of: fewer) == nil { start += length } else { least = fewer }
      }
      length /= 2
    }
    return least
  }

  private mutating func take(_ step: Step) {
    chance = SeededNumbers(seed: step.seed)
    now = now + .seconds(Int.random(in: -60...3600, using: &chance))
    if step.deed == .begin || processes.isEmpty {
      if processes.count < 3 { begin() }
    } else {
      let place = Int.random(in: processes.indices, using: &chance)
      perform(step.deed, place)
      if place < processes.count, processes[place].system.isDead { end(place) }
    }
    settleUnpromised()
    if chance.one(in: 30) { check(disk.copy()) }
  }

  private mutating func finish() {
    killAll()
    check(disk.copy())
    guard failure == nil else { return }
    cutPower()
    check(disk)
  }

  private mutating func perform(_ deed: Deed, _ place: Int) {
    let archive = processes[place].archive
    // Who replaces files on the word of a liar has nothing in the end.
    if deed.replacesSegments, beforeLie != nil { beforeLie = [] }
    if [.repair, .prune, .lie, .loseHead].contains(deed) { mustBeTold = nil }
    // A damaged line may be one of those that are taken out.
    if deed == .redact, mustBeTold == .flipped { mustBeTold = nil }
    switch deed {
    case .begin: break
    case .seal: try? archive.seal(now: now)
    case .catchUp: catchUp(place)
    case .end: end(place)
    case .fault: fault(place)
    case .cutPower: cutPower()
    case .loseHead: loseHead()
    case .lie:
      disk.isLying = true
      beforeLie = beforeLie ?? reliedOn
      witnessed.insert(.liedTo)
    case .store: store(place)
    case .compact:
      note(
        .compressed, attempt(place) { try $0.compact(now: $1, olderThan: .zero).segmentCount > 0 })
    case .prune: prune(place)
    case .redact: redact(place)
    case .repair:
      note(.repaired, attempt(place) { try !$0.repair(now: $1).deeds.isEmpty })
    case .rot: rot()
    case .shutDown:
      disk.synchronizationsUntilShutdown = Int.random(in: 0...12, using: &chance)
      disk.isSilent = chance.one(in: 2)
    }
  }

  // MARK: Processes

  private mutating func begin() {
    let system = MemoryFileSystem(disk)
    if chance.one(in: 5) { system.fault = randomFault() }
    guard
      let archive = try? Archive.open(on: system, named: "A", access: .readWrite, now: now)
    else { return system.die() }
    archive.segmentByteLimit = 2000
    processes.append(Process(system: system, archive: archive))
  }

  private mutating func end(_ place: Int) {
    processes.remove(at: place).system.die()
  }

  /// Does something that is given up for good when it fails, as commands do; whether anything was done.
  private mutating func attempt(
    _ place: Int, _ body: (Archive, Timestamp) throws -> Bool
  ) -> Bool {
    do {
      return try body(processes[place].archive, now)
    } catch ArchiveError.locked {
      return false
    } catch {
      end(place)
      return false
    }
  }

  private mutating func note(_ witness: Witness, _ hasHappened: Bool) {
    if hasHappened { witnessed.insert(witness) }
  }

  private mutating func killAll() {
    for process in processes { process.system.die() }
    processes = []
  }

  private mutating func cutPower() {
    killAll()
    if disk.node(at: "state/HEAD") == nil {
      for segment in disk.growing where segment.node.bytes != segment.node.durableBytes {
        noteUnpromised(in: segment, from: segment.node.durableLineEnd)
      }
    }
    disk = disk.afterPowerCut(&chance)
    guard let durable = beforeLie else { return }
    // What was acknowledged on the word of a liar may be gone. What is there now is relied on.
    beforeLie = nil
    mayBeDamaged = true
    reliedOn = durable
    forgettable.formUnion(attempted.subtracting(durable))
    acknowledged = acknowledged.filter(durable.contains)
    redacted = []
    removable = attempted
  }

  private mutating func loseHead() {
    if let head = disk.node(at: "state/HEAD").flatMap({ Acknowledgement($0.bytes) }) {
      for segment in disk.growing {
        let end = head.ordinal == segment.ordinal ? head.offset : 0
        if segment.node.bytes.count > end { noteUnpromised(in: segment, from: end) }
      }
    }
    try? disk.unlink("state/HEAD")
  }

  private mutating func noteUnpromised(in segment: GrowingSegment, from start: Int) {
    let end = max(segment.node.bytes.count, segment.node.durableBytes.count)
    unpromised[segment.ordinal] = (start..<end).spanning(unpromised[segment.ordinal])
  }

  private func isUnpromised(_ damage: Damage) -> Bool {
    guard let range = Self.ordinal(ofSegmentAt: damage.path).flatMap({ unpromised[$0] }) else {
      return false
    }
    return damage.range.spanning(range) == range
  }

  /// Once HEAD is there again, a writer has cut off what was never promised, or has sealed it as it was. What
  /// stands there now and is not damaged is promised.
  private mutating func settleUnpromised() {
    guard !unpromised.isEmpty, disk.node(at: "state/HEAD") != nil,
      let damage = try? Archive.open(disk, access: .readOnly).verify(readData: true).damage
    else { return }
    var damaged: [Int: Range<Int>] = [:]
    for damage in damage where isUnpromised(damage) {
      guard let ordinal = Self.ordinal(ofSegmentAt: damage.path) else { continue }
      damaged[ordinal] = damage.range.spanning(damaged[ordinal])
    }
    unpromised = damaged
  }

  fileprivate static func ordinal(ofSegmentAt path: String) -> Int? {
    path.split(separator: "/").last.flatMap { Int($0.prefix { $0.isNumber }) }
  }

  private mutating func fault(_ place: Int) {
    let system = processes[place].system
    system.fault = randomFault()
    system.fault?.number += system.countedCalls
  }

  private mutating func randomFault() -> MemoryFileSystem.Fault {
    MemoryFileSystem.Fault(
      calls: MemoryFileSystem.Fault.writing, number: Int.random(in: 1...20, using: &chance),
      error: chance.one(in: 2) ? .noSpace : .ioError,
      tornByteCount: Int.random(in: 0...600, using: &chance), isDeath: chance.one(in: 2))
  }

  // MARK: Stories

  private mutating func catchUp(_ place: Int) {
    var given: [Int] = []
    var gone: [Int] = []
    try? processes[place].archive.catchUp { record in
      switch record {
      case .story(let story, _, _): given.append(Int(story.id.bits) - 1)
      case .removed(let stories, _): gone += stories.map { Int($0.bits) - 1 }
      default: break
      }
    }
    processes[place].known.formUnion(given + gone)
    reliedOn.formUnion(given)
  }

  /// Stores new stories, and now and then one that another process may have stored: the way of the
  /// spine.
  private mutating func store(_ place: Int) {
    let archive = processes[place].archive
    var batch: [Int] = []
    for _ in 0..<Int.random(in: 1...4, using: &chance) {
      batch.append(chance.one(in: 4) ? Int.random(in: 0...nextNumber, using: &chance) : nextNumber)
      nextNumber = max(nextNumber, (batch.last ?? 0) + 1)
    }
    attempted.formUnion(batch)
    var known = processes[place].known
    var given: Set<Int> = []
    let now = now
    do {
      try archive.withWriterLock(waiting: .zero) { transaction in
        try archive.catchUp { record in
          switch record {
          case .story(let story, _, _): given.insert(Int(story.id.bits) - 1)
          case .removed(let stories, _): known.formUnion(stories.map { Int($0.bits) - 1 })
          default: break
          }
        }
        known.formUnion(given)
        batch = batch.filter { known.insert($0).inserted }
        for number in batch { transaction.stage(Sample.record(number)) }
        try transaction.commit(now: now)
      }
      processes[place].known = known
      acknowledged += batch
      reliedOn.formUnion(batch)
      reliedOn.formUnion(given)
      witnessed.insert(.stored)
      note(.fenced, processes[place].system.hasFailedSynchronizing)
    } catch {
      note(.refusedAfterShutdown, disk.isShutDown)
      // As the spine does: after an error the value is dropped.
      reliedOn.formUnion(given)
      if case ArchiveError.locked = error { return }
      end(place)
    }
  }

  // MARK: Work on sealed segments

  private mutating func prune(_ place: Int) {
    let forgets = chance.one(in: 3)
    let before = now + .seconds(-Int.random(in: 0...20_000, using: &chance))
    removable.formUnion(attempted)
    if forgets {
      forgettable.formUnion(attempted)
      // What is forgotten was never redacted, as far as anybody knows.
      redacted = []
    }
    let done = attempt(place) { archive, now in
      try !archive.prune(PruneRule(before: before, forgetsStories: forgets), now: now)
        .segments.isEmpty
    }
    note(forgets ? .forgotten : .pruned, done)
  }

  private mutating func redact(_ place: Int) {
    guard let number = acknowledged.randomElement(using: &chance) else { return }
    removable.insert(number)
    let done = attempt(place) { archive, now in
      try archive.redact(Sample.story(number).id, now: now).lineCount > 0
    }
    guard done else { return }
    redacted.insert(number)
    note(.redacted, true)
  }

  private enum Harm: CaseIterable {
    case flipped, cut, growingCut
  }

  /// Alters a bit of a sealed segment, or takes the end off one, or off what is acknowledged of the growing one:
  /// that must be noticed, and cost no more than a member.
  private mutating func rot() {
    guard !mayBeDamaged, let harm = Harm.allCases.randomElement(using: &chance),
      let path = segmentPaths(for: harm).randomElement(using: &chance),
      let node = disk.node(at: path), let place = place(for: harm, in: path, node)
    else { return }
    // What grows loses its end with the power, or is put back from a backup: nobody goes on behind that.
    if harm == .growingCut { killAll() }
    let before = try? Set(Archive.open(disk, access: .readOnly).told().stories)
    if harm == .flipped {
      node.bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &chance)
    } else {
      node.bytes.removeLast(node.bytes.count - place)
    }
    node.durableBytes = node.bytes
    mayBeDamaged = true
    do {
      let reader = try Archive.open(disk, access: .readOnly)
      let report = try reader.verify(readData: true)
      // Lines that were given up after a failed fsync stand in another segment, too.
      let isGivenUp = report.notes.contains { $0.hasPrefix("A/\(path)") }
      if report.damage.isEmpty, try !isGivenUp || Set(reader.told().stories) != before {
        failure = "byte \(place) of \(path) was \(harm) and not noticed"
      }
      let durable = try Archive.open(disk.afterPowerCut(), access: .readOnly)
      // A compressed file may have its lines all the same, and a plain one a compressed one beside it.
      let isPlain = !path.hasSuffix(".gz") && disk.node(at: path + ".gz") == nil
      let isFound =
        try !report.damage.isEmpty && !durable.verify(readData: true).damage.isEmpty
      // Of a HEAD that was made after a shutdown nothing needs to be on the disk, though its fsync said so.
      mustBeTold = isFound && isPlain && beforeLie == nil && !disk.isShutDown ? harm : nil
    } catch {
      failure = "rot: \(error)"
    }
    // What it cost is not promised any more, nor that a story was redacted; what comes from now on is.
    forgettable.formUnion(attempted)
    redacted = []
  }

  private func segmentPaths(for harm: Harm) -> [String] {
    let paths = disk.files.keys.filter { $0.hasPrefix("stories/2") }.sorted()
    if harm == .growingCut { return paths.filter { $0.hasSuffix(".open") } }
    // Of a segment in both forms, readers look at the plain file alone.
    return paths.filter {
      $0.hasSuffix(".jsonl") || $0.hasSuffix(".jsonl.gz") && !paths.contains(String($0.dropLast(3)))
    }
  }

  private mutating func place(
    for harm: Harm, in path: String, _ node: MemoryFileSystem.Node
  ) -> Int? {
    guard harm == .growingCut else { return node.bytes.indices.randomElement(using: &chance) }
    guard let head = disk.node(at: "state/HEAD").flatMap({ Acknowledgement($0.bytes) }),
      head.ordinal == Self.ordinal(ofSegmentAt: path)
    else { return nil }
    return (0..<min(head.offset, node.bytes.count)).randomElement(using: &chance)
  }

  // MARK: The oracle

  /// What a reader and then a writer find.
  private mutating func check(_ disk: MemoryFileSystem.Disk) {
    guard failure == nil else { return }
    do {
      failure = try problem(disk)
    } catch {
      failure = "\(error)"
    }
  }

  private mutating func problem(_ disk: MemoryFileSystem.Disk) throws -> String? {
    guard disk.node(at: "FORMAT") != nil else {
      return acknowledged.isEmpty || mayBeDamaged || beforeLie != nil ? nil : "the archive is gone"
    }
    disk.locks = [:]
    for readsData in [true, false] {
      let report = try Archive.open(disk, access: .readOnly).verify(readData: readsData)
      let damage = mayBeDamaged ? nil : report.damage.first { !isUnpromised($0) }
      if let damage { return "verify: \(damage)" }
      let isForgotten = mustBeTold != nil && readsData && report.damage.isEmpty
      if isForgotten { return "damage is not told any more" }
    }
    let archive = try Archive.open(disk, now: now)
    note(.tornTail, disk.files.keys.contains { $0.hasPrefix("quarantine") })
    let found = try archive.told()
    let missing = reliedOn.subtracting(found.stories).filter {
      !(removable.contains($0) && found.removed.contains($0)) && !forgettable.contains($0)
    }
    if let lost = missing.min() { return "story \(lost) is lost" }
    if let odd = found.stories.first(where: { !attempted.contains($0) }) {
      return "story \(odd) is odd"
    }
    if let shown = found.stories.first(where: redacted.contains) { return "story \(shown) is back" }
    let order = found.stories.filter(Set(acknowledged).subtracting(removable).contains)
    let expected = acknowledged.filter { !removable.contains($0) && !forgettable.contains($0) }
    if order.filter({ !forgettable.contains($0) }).count != expected.count {
      return "\(expected) became \(order)"
    }
    return nil
  }
}

extension Archive {
  fileprivate static func open(
    _ disk: MemoryFileSystem.Disk, access: Access = .readWrite, now: Timestamp = Sample.noon
  ) throws(ArchiveError) -> Archive {
    try open(on: MemoryFileSystem(disk), named: "A", access: access, now: now)
  }

  /// The sample stories as every reader takes them, and those that are told to be removed.
  fileprivate func told() throws -> (stories: [Int], removed: Set<Int>) {
    var stories: [Int] = []
    var known: Set<Int> = []
    var removed: Set<Int> = []
    try replay { record in
      switch record {
      case .story(let story, _, _):
        let number = Int(story.id.bits) - 1
        guard story == Sample.story(number, seen: story.seen) else {
          throw ArchiveError.damaged(path: "A", offset: number, detail: "the story is altered")
        }
        if known.insert(number).inserted { stories.append(number) }
      case .removed(let gone, _): removed.formUnion(gone.map { Int($0.bits) - 1 })
      default: break
      }
    }
    return (stories.filter { !removed.contains($0) }, removed)
  }
}

extension SeededNumbers {
  fileprivate mutating func one(in count: Int) -> Bool {
    Int.random(in: 0..<count, using: &self) == 0
  }
}

extension Range<Int> {
  /// The least range that has both.
  fileprivate func spanning(_ other: Range<Int>?) -> Range<Int> {
    guard let other else { return self }
    return Swift.min(lowerBound, other.lowerBound)..<Swift.max(upperBound, other.upperBound)
  }
}

/// One that is not sealed.
private struct GrowingSegment {
  var ordinal: Int
  var node: MemoryFileSystem.Node
}

/// What HEAD says.
private struct Acknowledgement {
  var ordinal: Int
  var offset: Int

  init?(_ bytes: [UInt8]) {
    let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
    guard words.count > 1, let ordinal = Int(words[0]), let offset = Int(words[1]) else {
      return nil
    }
    self.ordinal = ordinal
    self.offset = offset
  }
}

extension MemoryFileSystem.Node {
  /// Where the last line ends that no power cut alters.
  fileprivate var durableLineEnd: Int {
    let same = zip(bytes, durableBytes).prefix { $0 == $1 }.count
    return bytes.prefix(same).lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
  }
}

extension MemoryFileSystem.Disk {
  private static let sectorByteCount = 512

  fileprivate var growing: [GrowingSegment] {
    files.keys.filter { $0.hasSuffix(".open") }.sorted().compactMap { path in
      guard let node = node(at: path), let ordinal = History.ordinal(ofSegmentAt: path) else {
        return nil
      }
      return GrowingSegment(ordinal: ordinal, node: node)
    }
  }

  /// What is there when the power comes back: what was synchronized, and of the rest what the kernel
  /// happened to write, sector by sector.
  fileprivate func afterPowerCut(_ chance: inout SeededNumbers) -> MemoryFileSystem.Disk {
    var source = chance
    defer { chance = source }
    return rebuilt { node in
      let names = source.one(in: 2) ? node.durableNames : node.names
      guard !node.isFalselyClean, node.bytes != node.durableBytes else {
        return (names, node.durableBytes)
      }
      let isInOrder = source.one(in: 2)
      let shorter = min(node.durableBytes.count, node.bytes.count)
      let longer = max(node.durableBytes.count, node.bytes.count)
      var bytes = Array(node.bytes.prefix(Int.random(in: shorter...longer, using: &source)))
      for start in stride(from: 0, to: bytes.count, by: Self.sectorByteCount) {
        guard !isInOrder, source.one(in: 2) else { continue }
        let sector = start..<min(start + Self.sectorByteCount, bytes.count)
        for place in sector {
          bytes[place] = place < node.durableBytes.count ? node.durableBytes[place] : 0
        }
      }
      return (names, bytes)
    }
  }
}
