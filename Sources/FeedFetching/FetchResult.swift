/// What became of one request. The failure of a feed is a value, never a thrown error.
package enum FetchResult: Sendable {
  /// A whole body with its headers' news.
  case document(Document, ResponseFacts)
  /// 304: what was stored is current.
  case notModified(ResponseFacts)
  /// 410: the publisher says that the feed will not come back.
  case gone(ResponseFacts)
  case failed(FetchFailure, ResponseFacts?)
}

/// Response body, content type and final address.
package struct Document: Sendable {
  /// Content-decoded.
  package var bytes: [UInt8]
  /// The Content-Type field as sent, with its parameters.
  package var contentType: String?
  package var contentLanguage: String?
  package var contentLocation: String?
  /// Where the bytes came from, after redirects.
  package var finalURL: String
  /// False for a transfer that was cut, so that its last entry may be half an entry.
  package var isWhole: Bool
  /// The memory that the document counts for, until nobody keeps this: the transport takes in no more
  /// than its limit. To be kept as long as anything that was made of the document waits.
  package var hold: AnswerHold?

  package init(
    bytes: [UInt8], contentType: String?, contentLanguage: String? = nil,
    contentLocation: String? = nil, finalURL: String, isWhole: Bool, hold: AnswerHold? = nil
  ) {
    self.bytes = bytes
    self.contentType = contentType
    self.contentLanguage = contentLanguage
    self.contentLocation = contentLocation
    self.finalURL = finalURL
    self.isWhole = isWhole
    self.hold = hold
  }
}

/// What an answer says besides its body.
package struct ResponseFacts: Sendable, Hashable {
  /// HTTP status; 0 for `file:`.
  package var status: Int
  package var validators: Validators
  package var freshness: Freshness
  /// Where permanent redirects (301, 308) alone led, when that is not where the request went.
  package var permanentURL: String?
  /// Bytes on the wire, headers and body.
  package var receivedByteCount: Int

  /// 226 IM Used (RFC 3229 section 10.4.1).
  package static let deltaStatus = 226

  /// Whether the document holds only what changed since the last one: what is missing from it is as
  /// likely there as it was.
  package var isDelta: Bool { status == ResponseFacts.deltaStatus }

  package init(
    status: Int, validators: Validators = Validators(), freshness: Freshness = Freshness(),
    permanentURL: String? = nil, receivedByteCount: Int = 0
  ) {
    self.status = status
    self.validators = validators
    self.freshness = freshness
    self.permanentURL = permanentURL
    self.receivedByteCount = receivedByteCount
  }
}

/// How long the server asks not to be asked again.
package struct Freshness: Sendable, Hashable {
  /// Cache-Control's max-age less Age, else Expires less Date (RFC 9111 section 4.2).
  package var lifetime: Duration?
  /// Retry-After of a 429 or 503, or the reset of an exhausted rate limit; for the whole host.
  package var retryAfter: Duration?
  /// What the host still serves; nil where it does not say.
  package var rateLimit: RateLimit?

  package init(
    lifetime: Duration? = nil, retryAfter: Duration? = nil, rateLimit: RateLimit? = nil
  ) {
    self.lifetime = lifetime
    self.retryAfter = retryAfter
    self.rateLimit = rateLimit
  }
}

/// How many requests a host still serves until its limit begins anew.
package struct RateLimit: Sendable, Hashable {
  package var remaining: Double
  /// How many it serves in all; nil where it does not say.
  package var total: Double?
  /// Until the limit begins anew.
  package var window: Duration

  package init(remaining: Double, total: Double?, window: Duration) {
    self.remaining = remaining
    self.total = total
    self.window = window
  }
}

/// Why a feed could not be had.
package struct FetchFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// The names that status, logs and metrics share.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case address = "bad-address"
    case dns
    case refused
    case unreachable
    case tls
    /// What feeds.conf names as the proxy cannot be reached or does not connect.
    case proxy
    case connectTimeout = "timeout-connect"
    case firstByteTimeout = "timeout-first-byte"
    case stallTimeout = "timeout-stall"
    case totalTimeout = "timeout-total"
    case tooLarge = "too-large"
    case tooManyRedirects = "too-many-redirects"
    case badRedirect = "bad-redirect"
    case blockedAddress = "blocked-address"
    case http
    case incomplete
    case encoding = "bad-content-encoding"
    case file
    case protocolError = "protocol-error"
    case cancelled
    /// The credential that feeds.conf names is not there.
    case credential = "no-credential"
  }

  package var kind: Kind
  /// A sentence a person can act on, without the feed's address and without a full stop.
  package var detail: String
  /// Of a blocked address, whether the operator could let it through.
  package var isOpenable: Bool

  package init(_ kind: Kind, _ detail: String, isOpenable: Bool = false) {
    self.kind = kind
    self.detail = detail
    self.isOpenable = isOpenable
  }

  package var description: String { detail }
}
