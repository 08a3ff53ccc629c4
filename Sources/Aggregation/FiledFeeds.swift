/// Which addresses stories are filed under, and to which others their feeds moved: a fold over the archive's
/// records.
struct FiledFeeds {
  /// Where feeds that moved were first followed, by the addresses that they moved to.
  private(set) var moves: [String: String]
  /// The feeds, by their first addresses, that have stories.
  private(set) var feeds: Set<String>
  private var lastFeed = ""

  init(feeds: Set<String> = [], moves: [String: String] = [:]) {
    self.feeds = feeds
    self.moves = moves
  }

  /// Learns that the feed that was first followed at `url` has a story.
  mutating func insert(_ url: String) {
    guard url != lastFeed else { return }
    lastFeed = url
    feeds.insert(url)
  }

  /// Learns that the feed that was first followed at `first` is followed at `address`.
  mutating func move(_ first: String, to address: String) {
    if canContinue(first, at: address), address != first { moves[address] = first }
  }

  /// Where the feed at `url` was first followed.
  func firstAddress(of url: String) -> String { moves[url] ?? url }

  /// The addresses that the feed at `url` is known to have had.
  func addresses(of url: String) -> [String] {
    let first = firstAddress(of: url)
    return [first] + moves.filter { $0.value == first }.keys.sorted()
  }

  /// Whether the feed that was first followed at `first` can be followed at `address` without a story
  /// being told twice: where another feed's stories are filed under it, it cannot.
  func canContinue(_ first: String, at address: String) -> Bool {
    guard let known = moves[address] else {
      return address == first || !feeds.contains(address)
    }
    return known == first
  }

  /// Whether stories are filed under `address` itself.
  func hasStories(of address: String) -> Bool { feeds.contains(address) }
}
