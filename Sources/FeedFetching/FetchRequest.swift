package import Syndication

/// One GET to make: where, what is known already, and how much may be spent on it.
package struct FetchRequest: Sendable {
  /// http, https, or file where feeds.conf itself says so.
  package var url: String
  /// The address that led to `url`, where neither a person nor feeds.conf names it: what feeds.conf keeps
  /// for the feeds of a host goes along as little as it does with a redirect from there.
  package var ledFrom: String?
  /// The hosts that a redirect may lead to; nil for any.
  package var hosts: Set<String>?
  /// What makes the request conditional; empty for an unconditional one.
  package var validators: Validators
  /// Where the document that the validators belong to came from. They are sent to this address only,
  /// so that a redirect to another one is answered in full; nil sends them wherever the request goes.
  package var validatorsURL: String?
  package var userAgent: String
  /// Further header fields of this feed, name and value; sent as `credentials` are.
  package var headers: [HeaderField]
  /// Sent to the origin of `url` only, as long as nothing led to another one.
  package var credentials: Credentials?
  /// The moment of the request, which dates in an answer without a Date field are measured from;
  /// nil leaves such dates unused.
  package var requestedAt: Timestamp?
  /// Whether another request to the same host follows soon, so that its connection stays open.
  package var keepsConnection: Bool
  package var limits: FetchLimits
  /// Whether addresses that are not public may be connected to wherever the request leads, also where
  /// `network` opens none.
  package var allowsPrivateAddresses: Bool
  /// How each host on the way is reached.
  package var network: NetworkRules

  package init(
    url: String, validators: Validators = Validators(), validatorsURL: String? = nil,
    userAgent: String, headers: [HeaderField] = [], credentials: Credentials? = nil,
    requestedAt: Timestamp? = nil, keepsConnection: Bool = false,
    limits: FetchLimits = FetchLimits(), allowsPrivateAddresses: Bool = false,
    network: NetworkRules = NetworkRules()
  ) {
    self.url = url
    self.validators = validators
    self.validatorsURL = validatorsURL
    self.userAgent = userAgent
    self.headers = headers
    self.credentials = credentials
    self.requestedAt = requestedAt
    self.keepsConnection = keepsConnection
    self.limits = limits
    self.allowsPrivateAddresses = allowsPrivateAddresses
    self.network = network
  }

  /// How `host` is reached where nothing else led there.
  package func route(to host: String) -> HostRoute { route(along: [host]) }

  /// How the last of `hosts` is reached by this request after it went by way of all the others.
  package func route(along hosts: [String]) -> HostRoute {
    var route = network.route(along: hosts)
    route.allowsPrivateAddresses = route.allowsPrivateAddresses || allowsPrivateAddresses
    return route
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
