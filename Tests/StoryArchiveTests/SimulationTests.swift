import Glibc
import Syndication
import SystemPackage
import Testing

@testable import StoryArchive

/// Random histories of several processes, kills, power cuts and failing calls, each from its seed.
///
/// `ARCHIVE_HISTORIES=100000 swift test --filter SimulationTests` runs more of them, and
/// `ARCHIVE_SEED` begins elsewhere.
@Suite struct SimulationTests {
  @Test func `no history loses, doubles or alters what was acknowledged`() throws {
    let count = Self.setting("ARCHIVE_HISTORIES") ?? 250
    let firstSeed = UInt64(Self.setting("ARCHIVE_SEED") ?? 1)
    for seed in firstSeed..<firstSeed + UInt64(count) {
      var history = try History(seed: seed)
      let failure = try history.run()
      #expect(failure == nil, "seed \(seed)")
      if failure != nil { return }
    }
  }

  private static func setting(_ name: String) -> Int? {
    getenv(name).flatMap { Int(String(cString: $0)) }
  }
}

private struct History {
  private struct Process {
    let system: MemoryFileSystem
    let archive: Archive
    /// What it was given by `catchUp`, and so will never store again.
    var known: Set<Int> = []
  }

  private static let stepCount = 30

  private var chance: Chance
  private var disk = MemoryFileSystem.Disk()
  private var processes: [Process] = []
  private var now = Sample.noon
  private var nextNumber = 0
  private var attempted: Set<Int> = []
  private var acknowledged: [Int] = []
  /// Acknowledged, or given to a process that then relies on it.
  private var reliedOn: Set<Int> = []

  init(seed: UInt64) throws {
    chance = Chance(seed: seed)
  }

  /// Nil, or what went wrong.
  mutating func run() throws -> String? {
    for _ in 0..<History.stepCount {
      try step()
      if chance.one(in: 8), let failure = try check(disk.copy()) { return failure }
    }
    for process in processes { process.system.die() }
    return try check(disk.copy()) ?? check(disk.afterPowerCut(&chance))
  }

  private mutating func step() throws {
    now = now + .seconds(Int.random(in: -60...3600, using: &chance))
    guard !processes.isEmpty, !(processes.count < 3 && chance.one(in: 6)) else { return begin() }
    let place = Int.random(in: processes.indices, using: &chance)
    switch Int.random(in: 0..<20, using: &chance) {
    case 0: try? processes[place].archive.seal(now: now)
    case 1..<4: catchUp(place)
    case 4: end(place)
    case 5..<8: fault(place)
    case 8: cutPower()
    case 9: if chance.one(in: 4) { try? disk.unlink("state/HEAD") }
    default: store(place)
    }
    if place < processes.count, processes[place].system.isDead { end(place) }
  }

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

  private mutating func cutPower() {
    for process in processes { process.system.die() }
    processes = []
    disk = disk.afterPowerCut(&chance)
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

  private mutating func catchUp(_ place: Int) {
    var given: [Int] = []
    try? processes[place].archive.catchUp { record in
      if case .story(let story, _, _) = record { given.append(Int(story.id.bits) - 1) }
    }
    processes[place].known.formUnion(given)
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
          if case .story(let story, _, _) = record { given.insert(Int(story.id.bits) - 1) }
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
    } catch {
      // As the spine does: after an error the value is dropped.
      reliedOn.formUnion(given)
      if case ArchiveError.locked = error { return }
      end(place)
    }
  }

  /// What a reader and then a writer find.
  private func check(_ disk: MemoryFileSystem.Disk) throws -> String? {
    guard disk.node(at: "FORMAT") != nil else {
      return acknowledged.isEmpty ? nil : "the archive is gone"
    }
    disk.locks = [:]
    let report = try Archive.open(disk, access: .readOnly).verify(readData: true)
    if let damage = report.damage.first { return "verify: \(damage)" }
    let archive = try Archive.open(disk, now: now)
    let stored = try archive.storedNumbers()
    if let lost = reliedOn.subtracting(stored).first { return "story \(lost) is lost" }
    if let odd = stored.first(where: { !attempted.contains($0) }) { return "story \(odd) is odd" }
    let order = stored.filter(Set(acknowledged).contains)
    if order.count != acknowledged.count { return "\(acknowledged) became \(order)" }
    return nil
  }
}

extension Chance {
  fileprivate mutating func one(in count: Int) -> Bool {
    Int.random(in: 0..<count, using: &self) == 0
  }
}

extension MemoryFileSystem.Disk {
  /// What is there when the power comes back: what was synchronized, and of the rest what the kernel
  /// happened to write.
  fileprivate func afterPowerCut(_ chance: inout Chance) -> MemoryFileSystem.Disk {
    var source = chance
    defer { chance = source }
    return rebuilt { node in
      let names = source.one(in: 2) ? node.durableNames : node.names
      guard !node.isFalselyClean, node.bytes.starts(with: node.durableBytes) else {
        return (names, node.durableBytes)
      }
      let length = Int.random(in: node.durableBytes.count...node.bytes.count, using: &source)
      return (names, Array(node.bytes.prefix(length)))
    }
  }
}
