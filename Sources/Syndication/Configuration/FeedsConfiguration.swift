/// What feeds.conf says, with its included files.
package struct FeedsConfiguration: Sendable, Equatable {
  /// As written: relative to the file that says it.
  package var storage: String?
  package var interval: PollInterval
  package var userAgent: String?
  /// How often all feeds together are polled that follow their own pace; nil for no budget.
  package var pollsPerDay: Int?
  /// Where the operator sets another limit of time than the program's own.
  package var timeouts: [FetchPhase: Duration] = [:]
  /// Whether a feed that moved for good is followed in this file as well.
  package var updatesMoved = false
  /// For hosts whose rule names none.
  package var proxy: ProxyAddress?
  /// The certificate authorities of `set ca-file`.
  package var authorities: FileReference?
  package var credentialsFile: FileReference?
  /// What `credentialsFile` says, for those who are to fetch.
  package var logins = Logins()
  /// At most one for each host name, in the order of the file.
  package var hosts: HostRules
  /// Each request once, in the order of the file.
  package var feeds: [Feed]

  package init(
    storage: String? = nil, interval: PollInterval = .auto, userAgent: String? = nil,
    hosts: [HostRule] = [], feeds: [Feed] = []
  ) {
    self.storage = storage
    self.interval = interval
    self.userAgent = userAgent
    self.hosts = HostRules(hosts)
    self.feeds = feeds
  }

  /// What holds for the hosts that feeds and their redirects lead to.
  package var network: NetworkRules {
    NetworkRules(hosts: hosts, proxy: proxy, authorities: authorities, logins: logins)
  }

  /// The same with the feed at `url` followed at `target`; where another one is followed there already, that
  /// one alone.
  package func moving(_ url: String, to target: String) -> FeedsConfiguration {
    let key = FeedAddress.key(of: target)
    var moved = self
    if feeds.contains(where: { $0.url != url && FeedAddress.key(of: $0.url) == key }) {
      moved.feeds.removeAll { $0.url == url }
    }
    for place in moved.feeds.indices where moved.feeds[place].url == url {
      moved.feeds[place].url = target
    }
    return moved
  }

  /// The feed's own interval, else the configuration's.
  package func interval(of feed: Feed) -> PollInterval { feed.interval ?? interval }
}

/// How often to poll.
package enum PollInterval: Hashable, Sendable {
  /// As often as the feed's own pace, its hints and its server suggest.
  case auto
  case every(Duration)

  /// The shortest interval that an operator may ask for.
  package static let shortest = Duration.seconds(1)
  /// The longest: a year.
  package static let longest = Duration.seconds(365 * 86_400)

  /// Reads `auto` or a duration within the limits.
  package init?(_ text: some StringProtocol) {
    if text == "auto" {
      self = .auto
      return
    }
    guard let duration = DurationText.parse(text),
      PollInterval.shortest...PollInterval.longest ~= duration
    else { return nil }
    self = .every(duration)
  }
}
