import StoryGrouping
import Syndication
internal import TestNumbers

/// Stories made to meet in as many buckets as they can.
enum Collisions {
  private enum Kind: String, CaseIterable {
    /// One text, another outlet and headline each.
    case copies
    /// One text with a fifth of it replaced, all from one outlet under other headlines: every band
    /// leads to stories of which none is a copy.
    case template
    /// The same rare words in another order among words of its own.
    case shuffled
    /// Short texts of their own under identifiers whose hashes are alike in the lower half, so that all
    /// begin their search of the table of stories in one slot.
    case identifiers
  }

  /// Places `count` stories of each kind, or of those that are named.
  static func run(_ count: Int, kinds names: some Collection<String>) {
    let named = names.compactMap(Kind.init)
    for kind in named.isEmpty ? Kind.allCases : named {
      var grouper = Grouper()
      let before = Process.residentBytes
      var stage = Stages()
      for number in 0..<count {
        _ = stage.place(document(kind, number), in: &grouper)
        let known = number + 1
        if known == count || [10_000, 100_000].contains(known) {
          print(
            "\(kind.rawValue) " + stage.line(stories: known, bytes: Process.residentBytes - before))
        }
        if known % Stages.sampleCount == 0 { stage = Stages() }
      }
    }
  }

  private static let vocabulary = Vocabulary()

  private static func document(_ kind: Kind, _ number: Int) -> GroupingDocument {
    var own = SeededNumbers(seed: UInt64(number) &* 2_654_435_761)
    var common = (0..<160).map { vocabulary.name($0 * 101) }
    func words(_ count: Int) -> [Substring] {
      (0..<count).map { _ in vocabulary.word(own.within(0...Vocabulary.wordCount - 1)) }
    }
    switch kind {
    case .copies: break
    case .template: common.replaceSubrange(60..<92, with: words(32))
    case .shuffled:
      for place in common.indices.reversed() { common.swapAt(place, own.within(0...place)) }
      common = common.prefix(100) + words(60)
    case .identifiers: common = words(40)
    }
    let time = Timestamp(milliseconds: 1_790_000_000_000 + Int64(number) * 500)
    return GroupingDocument(
      id: StoryID(
        bits: kind == .identifiers
          ? unfinished(UInt64(number) << 32) : SeededNumbers.mixed(UInt64(number))),
      title: words(8).joined(separator: " "), text: common.joined(separator: " "),
      source: kind == .template ? "one outlet" : "outlet \(number)", published: time, seen: time)
  }

  /// The number that splitmix64's finaliser, by which grouping hashes identifiers, makes `hash` of.
  private static func unfinished(_ hash: UInt64) -> UInt64 {
    var state = hash ^ hash >> 31 ^ hash >> 62
    state = state &* 0x3196_42B2_D24D_8EC3
    state = state ^ state >> 27 ^ state >> 54
    state = state &* 0x96DE_1B17_3F11_9089
    return state ^ state >> 30 ^ state >> 60
  }
}
