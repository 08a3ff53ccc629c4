import ArchiveSimulation
import Glibc
import Testing

/// Random histories of several processes, kills, power cuts and failing calls, each from its seed.
///
/// `ARCHIVE_HISTORIES=100000 swift test --filter SimulationTests` runs more of them; `make soak-archive`
/// runs a million. A history that fails is cut down to the steps that it takes.
@Suite struct SimulationTests {
  @Test func `no history loses, doubles or alters what was acknowledged`() throws {
    for seed in 1...UInt64(Self.setting("ARCHIVE_HISTORIES") ?? 250) {
      let steps = History.steps(seed: seed)
      guard let failure = History.failure(of: steps) else { continue }
      let least = History.shrunken(steps)
      Issue.record(
        "seed \(seed): \(failure); enough: \(least) → \(History.failure(of: least) ?? "")")
      return
    }
  }

  /// An empty segment that was given up behind one that was forgotten; a power cut that left no HEAD; rot in the
  /// line that says what was redacted, and in the one that says what was pruned of a segment that had been given
  /// up; a segment that had been given up and was to be pruned, or repaired, when the power went; a segment that
  /// was only begun, as a look without reading sees it; the first batch of a segment, torn in its middle; a file
  /// system that gave up while a batch was made durable; a power cut that took a HEAD which a killed writer had
  /// made; a HEAD written before its file system told that it had given up; an end of a segment that was lost
  /// before an fsync failed, before its listing did, before a reader went on behind it, and before anything was
  /// listed; a listing that stopped between both manifests; an empty segment behind the only one, which was pruned;
  /// two redactions of a segment whose end is missing; a segment whose given-up lines a power cut took, before the
  /// next one, which tells of that, was forgotten; a HEAD behind a file system that had given up; a repair killed
  /// while it listed anew what was given up; a compaction after a listing that stopped between both manifests.
  @Test(
    arguments: [
      5_000_216, 2_027_417, 1843, 372_148, 684_649, 2_529_818, 2_180_790, 2743, 7_064_872,
      10_997_124, 474, 20_982_205, 40_033_075, 606_043, 659_147, 70_267_557, 70_809_272, 70_210_859,
      40_089_067, 110_778_268, 150_550_560, 160_174_599, 170_374_999,
      170_485_911,
    ] as [UInt64])
  func `histories that failed once stay right`(seed: UInt64) {
    #expect(History.failure(of: History.steps(seed: seed)) == nil)
  }

  /// Every kind of trouble has to come up, or the simulation shows nothing.
  @Test func `histories do what they are meant to`() throws {
    var seen: Set<History.Witness> = []
    for seed in UInt64(1)...150 { seen.formUnion(History(of: History.steps(seed: seed)).witnessed) }
    #expect(seen == Set(History.Witness.allCases))
  }

  private static func setting(_ name: String) -> Int? {
    getenv(name).flatMap { Int(String(cString: $0)) }
  }
}
