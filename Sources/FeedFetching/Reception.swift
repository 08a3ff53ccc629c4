/// One answer as it arrives: header lines and body bytes go in, and as soon as a limit is passed the
/// transfer is to be stopped.
package struct Reception {
  /// Heads with a status of 1xx before the final one; honest servers send one or two.
  package static let interimHeadLimit = 16
  /// Of the body of an answer that is no document; enough to leave the connection usable.
  package static let discardedByteLimit = 64 << 10

  /// Of the room made for a body on the strength of its announcement.
  package static let reservedByteLimit = 1 << 20

  private let limits: FetchLimits
  package private(set) var head = ResponseHead(status: 0)
  package private(set) var headIsComplete = false
  package private(set) var body: [UInt8] = []
  /// Of headers and body, as sent.
  package private(set) var receivedByteCount = 0
  /// Why the transfer must stop.
  package private(set) var failure: FetchFailure?
  /// Whether the transfer was stopped because nothing more of it matters.
  package private(set) var hasEnough = false
  private(set) var headerByteCount = 0
  private var interimHeadCount = 0
  private var discardedByteCount = 0
  private var decoder: ContentDecoder?

  /// Memory that headers and body hold.
  var keptByteCount: Int { headerByteCount + body.count }

  /// The same, and at most what undoing a coding holds until the answer ends.
  var heldByteCount: Int {
    let isDecoded = decoder.map { !$0.isIdentity } ?? false
    let window = min(body.count, ContentDecoder.windowByteCount)
    return keptByteCount + (isDecoded ? ContentDecoder.stateByteCount + window : 0)
  }

  package init(limits: FetchLimits) {
    self.limits = limits
  }

  /// Whether the answer's body is the document that was asked for.
  package var isDocument: Bool {
    head.status == 200 || head.status == 203 || head.status == ResponseFacts.deltaStatus
  }

  /// Whether the body's content coding came to its end.
  package var isWhole: Bool { decoder?.isWhole ?? true }

  /// Takes one header line with its line end. False: the transfer must stop.
  package mutating func take(headerLine line: UnsafeRawBufferPointer) -> Bool {
    receivedByteCount += line.count
    headerByteCount += line.count
    guard headerByteCount <= limits.headerByteLimit else {
      return stop(.tooLarge, "the header is larger than \(limits.headerByteLimit) bytes")
    }
    if let next = ResponseHead(statusLine: line) {
      begin(next)
    } else if !headIsComplete {
      let isBlank = line.allSatisfy { $0 == 0x0D || $0 == 0x0A }
      guard !isBlank else { return endHead() }
      head.append(line: line)
    }
    return true
  }

  /// Takes some bytes of the body. False: the transfer must stop.
  package mutating func take(body bytes: UnsafeRawBufferPointer) -> Bool {
    receivedByteCount += bytes.count
    guard isDocument else {
      discardedByteCount += bytes.count
      hasEnough = discardedByteCount > Reception.discardedByteLimit
      return !hasEnough
    }
    do throws(ContentDecoder.Problem) {
      try decoder?.decode(bytes, into: &body)
      return true
    } catch {
      return stop(on: error)
    }
  }

  private mutating func begin(_ next: ResponseHead) {
    head = next
    headIsComplete = false
    body = []
    decoder = nil
    discardedByteCount = 0
  }

  private mutating func endHead() -> Bool {
    headIsComplete = true
    guard head.status >= 200 else {
      interimHeadCount += 1
      return interimHeadCount <= Reception.interimHeadLimit
        || stop(.protocolError, "the server sends interim answers without end")
    }
    guard isDocument else { return true }
    do throws(ContentDecoder.Problem) {
      decoder = try ContentDecoder(
        fields: head.all(.contentEncoding), byteLimit: limits.bodyByteLimit)
    } catch {
      return stop(on: error)
    }
    return acceptsAnnouncedLength()
  }

  /// Content-Length says nothing beside Transfer-Encoding (RFC 9112 section 6.3). Two that differ, or
  /// one that is no number, are a smuggling attempt or a broken server.
  private mutating func acceptsAnnouncedLength() -> Bool {
    guard head[.transferEncoding] == nil else { return true }
    let announced = Set(head.all(.contentLength))
    guard let length = announced.first else { return true }
    guard announced.count == 1, !length.isEmpty,
      length.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 })
    else { return stop(.protocolError, "the server sends a Content-Length that is no length") }
    guard let count = Int(length), count <= limits.bodyByteLimit else {
      return stop(
        .tooLarge,
        "the document is announced with \(length.prefix(20)) bytes, the limit is \(limits.bodyByteLimit)"
      )
    }
    if decoder?.isIdentity == true { body.reserveCapacity(min(count, Reception.reservedByteLimit)) }
    return true
  }

  private mutating func stop(_ kind: FetchFailure.Kind, _ detail: String) -> Bool {
    failure = failure ?? FetchFailure(kind, detail)
    return false
  }

  private mutating func stop(on problem: ContentDecoder.Problem) -> Bool {
    switch problem {
    case .tooLarge:
      stop(.tooLarge, "the document is larger than the limit of \(limits.bodyByteLimit) bytes")
    case .corrupt(let coding):
      stop(.encoding, "the document's \(coding) coding is damaged")
    case .unknown(let coding):
      stop(
        .encoding,
        "the document has the content coding “\(printable(coding))”, which was not asked for")
    case .tooManyLayers:
      stop(.encoding, "the document is encoded more than \(ContentDecoder.layerLimit) times over")
    }
  }
}

/// `text` from outside, fit for a line of a log: what moves a cursor, breaks a line or turns the
/// writing round becomes a question mark.
func printable(_ text: String) -> String {
  String(
    String.UnicodeScalarView(
      text.unicodeScalars.map { scalar in
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: "?"
        default: scalar
        }
      }))
}
