internal import Syndication

/// The feeds that are followed, as far as anybody told, and under which name each goes.
struct FollowedFeeds {
  private var addresses: Set<String> = []
  /// Which feed's moves led to an address that is followed now instead of the feed's own.
  private var formerAddresses: [String: String] = [:]

  init() {}

  init(_ feeds: [Feed], _ states: FeedStates) {
    addresses = Set(feeds.map(\.url))
    formerAddresses = states.formerAddresses(followed: addresses)
  }

  /// From now on `url` is followed instead of `former`.
  mutating func replace(_ former: String, by url: String) {
    addresses.remove(former)
    addresses.insert(url)
    formerAddresses[url] = former
  }

  /// Where the feed at `url` was first followed, by what the archive says or is about to; nil where it goes by
  /// its own address. A feed whose former address is followed too does: of two publishers neither may write
  /// under the other's identifiers.
  func firstAddress(of url: String, _ filed: FiledFeeds) -> String? {
    let first = first(of: url, filed)
    let isItsOwn = first == url || addresses.contains(first) || filed.hasStories(of: url)
    return isItsOwn ? nil : first
  }

  private func first(of url: String, _ filed: FiledFeeds) -> String {
    guard let former = formerAddresses[url] else { return filed.firstAddress(of: url) }
    let first = filed.firstAddress(of: former)
    return filed.canContinue(first, at: url) ? first : filed.firstAddress(of: url)
  }

  /// What is remembered of the feed at `url`; of one that moved, what was where it was.
  func state(of url: String, _ filed: FiledFeeds, _ states: FeedStates) -> FeedState {
    if let state = states.known(url) { return state }
    guard let first = firstAddress(of: url, filed) else { return states[url] }
    let addresses = filed.addresses(of: first) + [formerAddresses[url]].compactMap { $0 }
    let former = addresses.compactMap(states.known)
      .max { ($0.pollCount, $1.feed) < ($1.pollCount, $0.feed) }
    return former?.moved(to: url) ?? states[url]
  }
}
