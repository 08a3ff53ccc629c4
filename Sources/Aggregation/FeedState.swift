package import FeedFetching
package import Syndication

/// What is remembered of a feed between polls. Derived and losable: without it the next poll is
/// unconditional and stores nothing twice.
package struct FeedState: Hashable, Sendable {
  /// The address in feeds.conf.
  package private(set) var feed: String
  /// Where the feed was first followed, if it moved since: its stories stand under that.
  package var firstAddress: String?
  /// The feed's own title, as plain text.
  package var title: String?
  package var validators = Validators()
  /// Where the last document came from, after redirects: validators belong to that address.
  package var finalURL: String?
  /// What the last document asked of those who poll it.
  package var hints = RefreshHints()
  package var rate = PublicationRate()
  package var lastAttempt: Timestamp?
  package var lastSuccess: Timestamp?
  /// When the last answer that was not a 304 came, or was asked for in vain.
  package var lastDocument: Timestamp?
  /// Polls in a row that failed.
  package var failureCount = 0
  package var firstFailure: Timestamp?
  /// The first of the polls in a row that were refused as too many (429).
  package var firstRefusal: Timestamp?
  /// The last failure's kind and sentence; nil after a success, unless what was read broke off.
  package var failure: FailureNote?
  /// The publisher answered 410.
  package var isGone = false
  package var due: DueDecision?
  package var pollCount = 0
  package var notModifiedCount = 0
  package var storedCount = 0
  package var receivedByteCount = 0
  /// When it had news.
  package var rhythm = NewsRhythm()
  /// Polls between which entries may have been missed; nil without any.
  package var gaps: EntryGaps?
  /// The permanent redirect that its address answers with; nil without one.
  package var move: PermanentMove?
  /// What the last answer said of when to ask again.
  package var freshness = Freshness()
  /// Entries in the last document that was whole; nil when not known.
  package var windowCount: Int?
  /// The c of c/√rate by which it was last scheduled; nil where it never was.
  package var unitInterval: Duration?
  /// How far the feed's older documents were read; nil where nobody asked for them.
  package var archives: ArchiveProgress?
  /// What reading them has cost; nil where nobody asked for them.
  package var archiveToll: ArchiveToll?
  /// Where the last document that was whole says that older entries are.
  package var older: ArchiveLink?

  package init(feed: String) {
    self.feed = feed
  }

  /// What is known of the feed once it is followed at `url`: all but what belongs to an address, such as
  /// the former one's failures or that it is gone. It may be asked as soon as the floor allows.
  package func moved(to url: String) -> FeedState {
    var state = self
    state.feed = url
    state.validators = Validators()
    state.finalURL = nil
    state.lastDocument = nil
    state.move = nil
    state.isGone = false
    state.failureCount = 0
    state.firstFailure = nil
    state.firstRefusal = nil
    state.failure = nil
    state.due = lastAttempt.map { DueDecision(at: $0 + RefreshPolicy.floor, rule: .new) }
    state.freshness = Freshness()
    state.archives?.next = nil
    state.older = nil
    return state
  }

  /// What makes the next request conditional; nothing once in a while, for servers that answer 304 to
  /// anything.
  package func validators(now: Timestamp) -> Validators {
    // A document of the future was noted by a clock that was wrong.
    guard let lastDocument, now.since(lastDocument) >= .zero,
      now.since(lastDocument) < RefreshPolicy.unconditionalInterval
    else { return Validators() }
    return validators
  }

  /// A document is read before more than this share of its entries is expected to be new.
  static let windowShare = 1.0 / 6

  /// How many entries may be expected until the next poll so that hardly ever one falls out of the
  /// document unseen: a sixth of what the largest burst yet would leave of the document. Nil when the
  /// document's length is not known.
  var roomInWindow: Double? {
    guard let windowCount, windowCount > 0 else { return nil }
    return max(Double(windowCount) - rate.burst, 0) * Self.windowShare
  }
}

/// A failure in the words that status, logs and metrics share.
package struct FailureNote: Hashable, Sendable, Codable {
  /// A `FetchFailure.Kind`, `http-NNN`, or `not-a-feed`.
  package var kind: String
  /// A sentence without the feed's address.
  package var detail: String

  package init(kind: String, detail: String) {
    self.kind = kind
    self.detail = detail
  }

  /// Whether the server kept us waiting.
  var isTimeout: Bool {
    let kinds: [FetchFailure.Kind] = [
      .connectTimeout, .firstByteTimeout, .stallTimeout, .totalTimeout,
    ]
    return kinds.map(\.rawValue).contains(kind)
  }

  /// Whether this program itself refused, by what feeds.conf says.
  var isOurs: Bool {
    [FetchFailure.Kind.address, .blockedAddress, .credential].map(\.rawValue).contains(kind)
  }
}

/// When a feed may be polled next, and which rule decided it.
package struct DueDecision: Hashable, Sendable {
  package enum Rule: String, Hashable, Sendable {
    /// The operator's interval.
    case interval
    /// The √rate rule.
    case rate
    /// The feed's document is short: entries would fall out of it before they are seen.
    case window
    /// The server's max-age or Expires.
    case freshness
    /// The feed's own ttl.
    case timeToLive = "ttl"
    /// The feed's sy:updatePeriod.
    case updatePeriod = "update-period"
    /// The feed's skipHours or skipDays.
    case skipped
    /// The server's Retry-After.
    case retryAfter = "retry-after"
    /// A server without validators is asked once a day.
    case noValidators = "no-validators"
    /// Longer waits after failures.
    case backoff
    /// Never polled yet at its address; new feeds are spread so that they do not start at once.
    case new
    /// The publisher took the feed away.
    case gone
  }

  package var at: Timestamp
  package var rule: Rule

  package init(at: Timestamp, rule: Rule) {
    self.at = at
    self.rule = rule
  }
}
