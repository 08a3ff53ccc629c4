/// One GET to make: where, what is known already, and how much may be spent on it.
package struct FetchRequest: Sendable {
  /// http, https, or file where feeds.conf itself says so.
  package var url: String
  /// What makes the request conditional; empty for an unconditional one.
  package var validators: Validators
  package var userAgent: String
  /// Further header fields of this feed, name and value.
  package var headers: [HeaderField]
  package var limits: FetchLimits
  /// Whether addresses that are not public may be connected to (feeds.conf `allow-private`).
  package var allowsPrivateAddresses: Bool

  package init(
    url: String, validators: Validators = Validators(), userAgent: String,
    headers: [HeaderField] = [], limits: FetchLimits = FetchLimits(),
    allowsPrivateAddresses: Bool = false
  ) {
    self.url = url
    self.validators = validators
    self.userAgent = userAgent
    self.headers = headers
    self.limits = limits
    self.allowsPrivateAddresses = allowsPrivateAddresses
  }
}

package struct HeaderField: Hashable, Sendable {
  package var name: String
  package var value: String

  package init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}

/// What makes a GET conditional (RFC 9110 section 13), byte for byte as the server sent it.
///
/// One set: a reply with only an ETag clears an older Last-Modified.
package struct Validators: Hashable, Sendable {
  package var etag: String?
  package var lastModified: String?

  package init(etag: String? = nil, lastModified: String? = nil) {
    self.etag = etag
    self.lastModified = lastModified
  }

  package var isEmpty: Bool { etag == nil && lastModified == nil }
}

/// What one fetch may cost.
package struct FetchLimits: Hashable, Sendable {
  package var connectTimeout: Duration = .seconds(15)
  /// From the request sent to the first byte of the answer.
  package var firstByteTimeout: Duration = .seconds(30)
  /// The longest time at less than a hundred bytes a second.
  package var stallTimeout: Duration = .seconds(30)
  package var totalTimeout: Duration = .seconds(120)
  /// Of the body after content decoding.
  package var bodyByteLimit = 32 << 20
  package var headerByteLimit = 256 << 10
  package var redirectLimit = 5

  package init() {}
}
