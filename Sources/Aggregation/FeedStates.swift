internal import StoryArchive
internal import Syndication

/// The states of all feeds, kept in `state/feeds.jsonl` and shared with other processes through it.
final class FeedStates {
  private let log: StateLog
  private var feeds: [String: FeedState] = [:]
  private var hosts: [String: Timestamp] = [:]

  init(archive: Archive) throws {
    log = try archive.stateLog(named: "feeds.jsonl")
  }

  /// The state of the feed at `url`, a new one when nothing is known.
  subscript(url: String) -> FeedState {
    feeds[url] ?? FeedState(feed: url)
  }

  /// Until when a host is not to be asked, where it said so.
  func blockedUntil(host: String) -> Timestamp? { hosts[host] }

  /// Hosts that asked to be left alone beyond `now`.
  func blockedHosts(now: Timestamp) -> [String: Timestamp] {
    hosts.filter { $0.value > now }
  }

  func catchUp() throws {
    try log.catchUp { line in
      switch StateLine(json: line) {
      case .feed(let state): feeds[state.feed] = state
      case .host(let host, let until): hosts[host] = until
      case nil: break
      }
    }
  }

  func update(_ state: FeedState) throws {
    try log.append(StateLine.feed(state).json)
    feeds[state.feed] = state
  }

  func block(host: String, until: Timestamp) throws {
    try log.append(StateLine.host(host, until: until).json)
    hosts[host] = until
  }
}
