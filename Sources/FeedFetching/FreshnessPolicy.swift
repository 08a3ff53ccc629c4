package import Syndication

/// What the header fields of an answer say about when to ask again (RFC 9110 section 10.2.3, RFC 9111
/// section 4.2, draft-ietf-httpapi-ratelimit-headers-07 and the `x-ratelimit-` fields before it).
package enum FreshnessPolicy {
  /// The longest wait that a Retry-After or a rate limit is believed.
  package static let longestRetryAfter = Duration.seconds(30 * 86_400)
  /// RFC 9111 section 1.2.2: numbers that overflow mean this.
  package static let longestLifetime = Duration.seconds(1 << 31)

  /// The freshness of an answer that was asked for at `now`, where known.
  package static func freshness(of head: ResponseHead, now: Timestamp?) -> Freshness {
    let sent = head[.date].flatMap { HTTPDate.moment(of: $0, now: now) } ?? now
    let limit = rateLimits(of: head, sent: sent)
    return Freshness(
      lifetime: lifetime(of: head, sent: sent),
      retryAfter: retryAfter(of: head, sent: sent)
        ?? limit.first { $0.remaining < 1 }?.window,
      rateLimit: limit.min { $0.remaining < $1.remaining })
  }

  /// Cache-Control, whatever it says, beats Expires. `s-maxage` speaks to shared caches only.
  private static func lifetime(of head: ResponseHead, sent: Timestamp?) -> Duration? {
    let directives = head.all(.cacheControl).flatMap { $0.split(separator: ",") }.map(directive)
    guard directives.isEmpty else {
      if directives.contains(where: { $0.name == "no-cache" || $0.name == "no-store" }) {
        return .zero
      }
      guard let maxAge = directives.first(where: { $0.name == "max-age" }).flatMap(\.seconds)
      else { return nil }
      let age = head[.age].flatMap { wholeSeconds($0[...]) } ?? .zero
      return max(.zero, maxAge - age)
    }
    guard let expires = head[.expires], let sent,
      let moment = HTTPDate.moment(of: expires, now: sent)
    else { return nil }
    return min(max(.zero, moment.since(sent)), longestLifetime)
  }

  private static func directive(_ text: Substring) -> (name: String, seconds: Duration?) {
    let parts = text.split(separator: "=", maxSplits: 1).map { $0.trimmingSpaces }
    let value = parts.count == 2 ? wholeSeconds(parts[1].trimming("\"")) : nil
    return (parts.first.map { $0.lowercased() } ?? "", value)
  }

  /// Of 429 and 503 only: elsewhere the field speaks of something else.
  private static func retryAfter(of head: ResponseHead, sent: Timestamp?) -> Duration? {
    guard head.status == 429 || head.status == 503, let text = head[.retryAfter] else { return nil }
    if let seconds = wholeSeconds(text[...]) { return positive(seconds) }
    guard let sent, let moment = HTTPDate.moment(of: text, now: sent) else { return nil }
    return positive(moment.since(sent))
  }

  /// What each family of fields says. The reset is in seconds from now, or the time of a clock that
  /// counts from 1970, as some hosts send.
  private static func rateLimits(of head: ResponseHead, sent: Timestamp?) -> [RateLimit] {
    let families: [(ResponseHead.Field, ResponseHead.Field, ResponseHead.Field)] = [
      (.rateLimitRemaining, .rateLimitReset, .rateLimit),
      (.extensionRateLimitRemaining, .extensionRateLimitReset, .extensionRateLimit),
    ]
    return families.compactMap { remaining, reset, total in
      guard let left = head[remaining].flatMap({ Double($0) }), left < 1e9,
        let number = head[reset].flatMap({ Double($0) }), number > 0, number < 1e12,
        let window = window(until: number, sent: sent)
      else { return nil }
      let total = head[total].flatMap { Double($0) }.flatMap { 1...1e9 ~= $0 ? $0 : nil }
      return RateLimit(remaining: left, total: total, window: window)
    }
  }

  private static func window(until reset: Double, sent: Timestamp?) -> Duration? {
    guard reset > 1e9 else { return positive(.milliseconds(Int64(reset * 1000))) }
    guard let sent else { return nil }
    return positive(Timestamp(milliseconds: Int64(reset * 1000)).since(sent))
  }

  private static func positive(_ wait: Duration) -> Duration? {
    wait > .zero ? min(wait, longestRetryAfter) : nil
  }

  /// Decimal digits only; more than fit mean `longestLifetime`.
  private static func wholeSeconds(_ text: Substring) -> Duration? {
    let text = text.trimmingSpaces
    guard !text.isEmpty, text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 })
    else { return nil }
    return min(Int64(text).map { .seconds($0) } ?? longestLifetime, longestLifetime)
  }
}

extension Substring {
  fileprivate var trimmingSpaces: Substring { trimming(" \t") }

  fileprivate func trimming(_ characters: String) -> Substring {
    var text = drop { characters.contains($0) }
    while let last = text.last, characters.contains(last) { text.removeLast() }
    return text
  }
}
