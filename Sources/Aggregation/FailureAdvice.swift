internal import FeedFetching

/// What a kind of failure means for the person who keeps feeds.conf: what to do about it, and how long
/// it may last before it is no passing trouble. The one table that status, logs, fetch and digests share.
package struct FailureAdvice: Hashable, Sendable {
  /// A sentence without a full stop.
  package let text: String
  /// How long every poll must have failed before a person is told.
  let patience: Duration
  /// How many polls must have failed.
  let leastPollCount: Int

  private init(_ text: String, _ patience: Patience) {
    self.text = text
    (self.patience, leastPollCount) = patience.limits
  }

  /// The advice on a `FetchFailure.Kind`, `http-NNN`, `not-a-feed`, `truncated` or `gone`.
  package init(kind: String) {
    self = Self.known[kind] ?? Self.ofClass(kind)
  }

  /// Whether `kind` has advice of its own, rather than that of its class.
  package static func isKnown(_ kind: String) -> Bool { known[kind] != nil }

  private enum Patience {
    /// Only an edit of feeds.conf or of the service mends it.
    case none
    /// Does not mend itself as a rule.
    case aDay
    /// Servers break over a weekend.
    case twoDays
    /// Is no failure of the feed, and counts no polls.
    case aWeek

    var limits: (Duration, Int) {
      switch self {
      case .none: (.zero, 1)
      case .aDay: (.seconds(86_400), 3)
      case .twoDays: (.seconds(2 * 86_400), 3)
      case .aWeek: (.seconds(7 * 86_400), 0)
      }
    }
  }

  private static func ofClass(_ kind: String) -> FailureAdvice {
    guard kind.hasPrefix("http-"), let status = Int(kind.dropFirst("http-".count)) else {
      return FailureAdvice("see what a browser makes of the address", .aDay)
    }
    switch status {
    case 300..<400: return .redirected
    case 400..<500: return .refusedRequest
    case 520..<527: return .behindCloudflare
    case 500..<600: return .serverFault
    default: return FailureAdvice("tell the publisher that its server answers no document", .aDay)
    }
  }

  private static let redirected = FailureAdvice(
    "open the address in a browser and write the one that it ends at into feeds.conf", .aDay)
  private static let refusedRequest = FailureAdvice(
    "open the address in a browser; if it works there, ask the publisher to let feed readers in",
    .aDay)
  private static let moved = FailureAdvice(
    "find the feed's new address: aggregator discover tries those that the site's page names", .aDay
  )
  private static let serverFault = FailureAdvice(
    "the server's own fault: tell the publisher if it lasts", .twoDays)
  private static let behindCloudflare = FailureAdvice(
    "Cloudflare cannot reach the publisher's server: tell the publisher if it lasts", .twoDays)
  private static let hostDown = FailureAdvice(
    "if other feeds work, the host is down: wait, or look for the site's new address", .twoDays)
  private static let tooSlow = FailureAdvice(
    "the server is overloaded or far away: wait, or tell the publisher if it lasts", .twoDays)
  private static let brokenOff = FailureAdvice(
    "whole entries are stored; the publisher's server breaks off its own answer: tell the publisher",
    .aWeek)
  private static let signIn = FailureAdvice(
    "name a credential with credential=NAME on its line, or put the right one into its file", .aDay)

  private static let known: [String: FailureAdvice] = [
    "bad-address": FailureAdvice("correct the address in feeds.conf", .none),
    "dns": FailureAdvice(
      "check the spelling of the host; if it is right, the site may have given up its name", .aDay),
    "refused": hostDown,
    "unreachable": hostDown,
    "tls": FailureAdvice(
      "tell the publisher; it is not fetched without a certificate that holds", .twoDays),
    "proxy": FailureAdvice(
      "see that the proxy that feeds.conf names runs, and that it lets this host through", .aDay),
    "timeout-connect": hostDown,
    "timeout-first-byte": tooSlow,
    "timeout-stall": tooSlow,
    "timeout-total": tooSlow,
    "too-large": FailureAdvice(
      "ask the publisher for a shorter feed, or subscribe to one of its sections", .aDay),
    "too-many-redirects": redirected,
    "bad-redirect": redirected,
    "blocked-address": FailureAdvice(
      "only if the host is meant to be on a private network: host NAME allow-private=yes in feeds.conf",
      .aDay),
    "http": serverFault,
    "http-401": signIn,
    "http-402": FailureAdvice(
      "the publisher wants to be paid: ask for an address with a key", .aDay),
    "http-403": FailureAdvice(
      "it forbids programs, or wants a sign-in: set a user-agent that names you, or ask the publisher",
      .aDay),
    "http-404": moved,
    "http-407": FailureAdvice(
      "the proxy wants a sign-in, which the credentials-file has a place for", .aDay),
    "http-410": FailureAdvice("remove its line, or look for a new feed of the site", .none),
    "http-429": FailureAdvice(
      "nothing to do: it is asked less often by itself; a longer gap= for its host helps", .aWeek),
    "http-451": FailureAdvice("it is withheld for legal reasons where you are", .aDay),
    "http-503": FailureAdvice("out of service: wait, or tell the publisher if it lasts", .twoDays),
    "incomplete": FailureAdvice(
      "the publisher's server breaks off its own answer: tell the publisher", .twoDays),
    "truncated": brokenOff,
    "bad-content-encoding": FailureAdvice(
      "the compression of the answer is broken: tell the publisher", .twoDays),
    "file": FailureAdvice("see that the file is there and that the service may read it", .none),
    "protocol-error": FailureAdvice(
      "the server does not speak HTTP properly: tell the publisher", .twoDays),
    "cancelled": FailureAdvice("it is asked again by itself", .aWeek),
    "no-credential": FailureAdvice(
      "give the service the credential (LoadCredential=NAME:/path) or file that feeds.conf names, or "
        + "take its name out",
      .none),
    "not-a-feed": FailureAdvice(
      "find the feed's address: aggregator discover tries those that the page names", .aDay),
    "offline": FailureAdvice(
      "see to the network of this machine; no feed is blamed, and all are asked once it is back",
      .aWeek),
    "gone": FailureAdvice("remove its line, or look for a new feed of the site", .none),
  ]
}
