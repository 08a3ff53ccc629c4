internal import Syndication

/// The header fields of one request on its way, besides Host and User-Agent.
package enum RequestFields {
  /// What a feed reader wants, best first; `*/*` because many a feed is served as something else.
  package static let accept =
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    + "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"

  private static let common = [
    HeaderField(name: "Accept", value: accept),
    HeaderField(name: "Accept-Encoding", value: ContentDecoder.acceptedCodings),
  ]

  /// The fields to send where `chain` stands, `conditions` among them. A field of the feed's own replaces the one of the same
  /// name here.
  package static func fields(
    of request: FetchRequest, at chain: RedirectChain, conditions: [HeaderField]
  ) -> [HeaderField] {
    var fields = common + conditions
    guard chain.isAtStartOrigin else { return fields }
    if case .bearer(let token) = request.credentials {
      fields.append(HeaderField(name: "Authorization", value: "Bearer \(token)"))
    }
    guard !request.headers.isEmpty else { return fields }
    let own = Set(request.headers.map { $0.name.lowercased() })
    return fields.filter { !own.contains($0.name.lowercased()) } + request.headers
  }

  /// If-None-Match and If-Modified-Since, where the validators belong to the address that is asked, and
  /// with them the wish for the new entries alone (RFC 3229 and its instance manipulation “feed”), which
  /// without them would have nothing to be the difference to.
  package static func conditions(
    of request: FetchRequest, at chain: RedirectChain
  ) -> [HeaderField] {
    guard request.validatorsURL.map({ $0 == chain.current.text }) ?? true else { return [] }
    guard !request.validators.isEmpty else { return [] }
    let fields = [
      request.validators.etag.map { HeaderField(name: "If-None-Match", value: $0) },
      request.validators.lastModified.map { HeaderField(name: "If-Modified-Since", value: $0) },
    ].compactMap { $0 }.filter(\.isSendable)
    return fields.isEmpty ? [] : fields + [HeaderField(name: "A-IM", value: "feed")]
  }

  /// Why the request cannot be sent as it is, nil if it can.
  package static func problem(of request: FetchRequest) -> FetchFailure? {
    guard let bad = request.headers.first(where: { !$0.isSendable }) else {
      let secrets = request.credentials.map(\.parts) ?? []
      return (secrets + [request.userAgent]).allSatisfy(HeaderField.isFieldValue)
        ? nil
        : FetchFailure(.address, "the user agent or the credentials contain a control character")
    }
    return FetchFailure(.address, "the header field “\(printable(bad.name))” cannot be sent")
  }
}

extension HeaderField {
  /// A token for a name, no control character in the value (RFC 9110 section 5).
  package var isSendable: Bool {
    !name.isEmpty && name.utf8.allSatisfy(HeaderField.isTokenByte)
      && HeaderField.isFieldValue(value)
  }

  static func isFieldValue(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
  }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"):
      true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }
}

extension Credentials {
  fileprivate var parts: [String] {
    switch self {
    case .basic(let user, let password), .digest(let user, let password): [user, password]
    case .bearer(let token): [token]
    }
  }
}
