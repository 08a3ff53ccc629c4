internal import DomainNames
package import FeedFetching
package import Syndication

extension FeedsConfiguration {
  /// What is sent to a server when feeds.conf names nothing else.
  package static let defaultUserAgent =
    "aggregator/1.0 (feed reader; its operator can be named with user-agent in feeds.conf)"

  /// The operator's interval for `feed`, or nil for the √rate rule.
  package func pollInterval(of feed: Feed) -> Duration? {
    guard case .every(let duration) = interval(of: feed) else { return nil }
    let isOwn = feed.url.hasPrefix("file:") || rule(for: feed)?.allowsPrivate ?? false
    return isOwn ? duration : max(duration, RefreshPolicy.shortestInterval)
  }

  /// The request that asks for what changed since `state`.
  package func request(for feed: Feed, _ state: FeedState, now: Timestamp) -> FetchRequest {
    FetchRequest(
      url: feed.url, validators: state.validators(now: now), validatorsURL: state.finalURL,
      userAgent: userAgent ?? Self.defaultUserAgent,
      headers: feed.headers.map { HeaderField(name: $0.name, value: $0.value) },
      credentials: credentials(for: feed), requestedAt: now, limits: fetchLimits,
      network: network)
  }

  /// What one fetch may cost.
  package var fetchLimits: FetchLimits {
    var limits = FetchLimits()
    limits.connectTimeout = timeouts[.connect] ?? limits.connectTimeout
    limits.firstByteTimeout = timeouts[.firstByte] ?? limits.firstByteTimeout
    limits.stallTimeout = timeouts[.stall] ?? limits.stallTimeout
    limits.totalTimeout = timeouts[.total] ?? limits.totalTimeout
    return limits
  }

  /// The operator's rule for the host of `feed`: for exactly this host, else for the nearest domain
  /// above it whose scope is the registrable domain.
  package func rule(for feed: Feed) -> HostRule? {
    WebAddress.host(of: feed.url)?.nonBlank.flatMap(network.rule(forHost:))
  }

  /// What the credentials file says of the feed's host. A feed with a credential of its own has that.
  private func credentials(for feed: Feed) -> Credentials? {
    guard feed.credential == nil, !logins.isEmpty, let address = FetchAddress(feed.url) else {
      return nil
    }
    return logins.credentials(host: address.host, port: address.port)
  }

  /// The name under which `feed` waits its turn: what shares a limit waits in one line. Where a rule is
  /// for a suffix that anybody may register below, such as `github.io`, each registrant has its own.
  package func queueHost(of feed: Feed) -> String {
    guard let host = WebAddress.host(of: feed.url)?.nonBlank else { return feed.url }
    guard let rule = rule(for: feed) else { return host }
    return switch rule.scope {
    case .host: host
    case .registrableDomain where PublicSuffixList.contains(rule.host):
      PublicSuffixList.registrableDomain(of: host) ?? host
    case .registrableDomain: rule.host
    case .url: feed.url
    }
  }
}
