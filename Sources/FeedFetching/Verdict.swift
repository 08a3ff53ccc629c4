/// What a finished answer means for the feed.
struct Verdict {
  let request: FetchRequest
  let chain: RedirectChain
  let reception: Reception
  /// Of the answers before, which were redirects.
  let earlierByteCount: Int
  /// Whether the request that was answered was conditional.
  let wasConditional: Bool
  /// The memory that the answer holds.
  var hold: AnswerHold?

  /// Longer ones are not kept: no honest server needs them.
  static let validatorByteLimit = 4 << 10

  /// The result where the transfer came to its end.
  var ofWholeTransfer: FetchResult {
    switch reception.head.status {
    case 200, 203: document(isWhole: reception.isWhole)
    case ResponseFacts.deltaStatus: delta(isWhole: reception.isWhole)
    case 304: notModified
    case 410: .gone(facts())
    default: .failed(StatusMeaning.failure(of: reception.head.status), facts())
    }
  }

  /// The result where the transfer broke off for `reason` after a whole head.
  func ofCutTransfer(_ reason: FetchFailure) -> FetchResult {
    guard reception.headIsComplete else { return .failed(reason, nil) }
    guard reception.isDocument, !reception.body.isEmpty else { return .failed(reason, facts()) }
    return facts().isDelta ? delta(isWhole: false) : document(isWhole: false)
  }

  /// The result where the transfer was given up for `reason`.
  func ofAbandonedTransfer(_ reason: FetchFailure) -> FetchResult {
    .failed(reason, reception.headIsComplete ? facts() : nil)
  }

  private func document(isWhole: Bool) -> FetchResult {
    guard isWhole || !reception.body.isEmpty else {
      return .failed(
        FetchFailure(.incomplete, "the document was cut before its first byte"), facts())
    }
    let head = reception.head
    let document = Document(
      bytes: reception.body, contentType: head[.contentType],
      contentLanguage: head[.contentLanguage], contentLocation: head[.contentLocation],
      finalURL: chain.current.text, isWhole: isWhole, hold: hold)
    // Without a word about what was left out (RFC 3229 section 10.5.2), or unasked, nobody knows what
    // such a document is the difference to. Its entries are as good as any; the next request is for
    // all of them.
    let isTrusted = isWhole && (!facts().isDelta || wasConditional && !manipulations.isEmpty)
    return .document(document, facts(validators: isTrusted ? received : Validators()))
  }

  /// A document of new entries alone.
  private func delta(isWhole: Bool) -> FetchResult {
    guard manipulations.allSatisfy({ $0 == "feed" }) else {
      return .failed(
        FetchFailure(
          .http, "the server answered 226 with changes in a form that was not asked for"), facts())
    }
    return document(isWhole: isWhole)
  }

  private var manipulations: [String] {
    reception.head.all(.instanceManipulations).flatMap { $0.split(separator: ",") }
      .map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }.filter { !$0.isEmpty }
  }

  private var notModified: FetchResult {
    guard wasConditional else {
      return .failed(
        FetchFailure(
          .protocolError, "the server answered 304 Not Modified to a request without conditions"),
        facts())
    }
    return .notModified(facts(validators: request.validators.updated(by: received)))
  }

  private var received: Validators {
    Validators(
      etag: reception.head.exact(.etag, byteLimit: Verdict.validatorByteLimit),
      lastModified: reception.head.exact(.lastModified, byteLimit: Verdict.validatorByteLimit))
  }

  private func facts(validators: Validators = Validators()) -> ResponseFacts {
    ResponseFacts(
      status: reception.head.status, validators: validators,
      freshness: FreshnessPolicy.freshness(of: reception.head, now: request.requestedAt),
      permanentURL: chain.permanentURL,
      receivedByteCount: earlierByteCount + reception.receivedByteCount)
  }
}

extension Validators {
  /// The set to keep after a 304 that carried `fresh`. A 304 may leave out what did not change (RFC
  /// 9110 section 15.4.5); what it sends anew replaces the whole set.
  package func updated(by fresh: Validators) -> Validators {
    let repeats =
      (fresh.etag == nil || fresh.etag == etag)
      && (fresh.lastModified == nil || fresh.lastModified == lastModified)
    return repeats ? self : fresh
  }
}

/// HTTP statuses that are no document, in words that a person can act on.
enum StatusMeaning {
  static func failure(of status: Int) -> FetchFailure {
    FetchFailure(.http, "the server answered \(status): \(meaning(of: status))")
  }

  private static func meaning(of status: Int) -> String {
    if let meaning = known[status] { return meaning }
    switch status {
    case 200..<300: return "a success without the document"
    case 300..<400: return "a redirection that names no single place"
    case 400..<500: return "it does not accept the request"
    case 500..<600: return "it has a fault of its own"
    default: return "no status that HTTP knows"
    }
  }

  private static let known: [Int: String] = [
    204: "no content",
    206: "a part of the document, which was not asked for",
    401: "it wants credentials, or others than these",
    402: "it wants to be paid",
    403: "it forbids the access",
    404: "there is no document at this address",
    406: "it has no form of the document that is accepted here",
    407: "a proxy wants credentials",
    408: "it gave up waiting for the request",
    418: "it is a teapot",
    421: "it does not serve this host",
    429: "too many requests",
    451: "the document is withheld for legal reasons",
    500: "an internal error",
    502: "a bad answer from the server behind it",
    503: "it is out of service for now",
    504: "no answer in time from the server behind it",
    520: "an unknown error of the server behind Cloudflare",
    521: "the server behind Cloudflare is down",
    522: "the server behind Cloudflare does not accept connections",
    523: "the server behind Cloudflare is unreachable",
    524: "the server behind Cloudflare is too slow",
    525: "no TLS with the server behind Cloudflare",
    526: "the server behind Cloudflare has a bad certificate",
  ]
}
