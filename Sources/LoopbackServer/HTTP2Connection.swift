/// An answer over HTTP/2, the same to whatever is asked: header fields are not decoded.
package struct HTTP2Answer: Sendable {
  let contentType: String
  let body: [UInt8]
  /// The first stream of a connection is answered at once; then nothing is before so many wait.
  let audience: Int

  /// `body` is one frame at most, 16,384 bytes.
  package init(contentType: String, body: [UInt8], audience: Int) {
    precondition(contentType.utf8.count < 0x7F && body.count <= 16_384)
    self.contentType = contentType
    self.body = body
    self.audience = audience
  }
}

/// The server's side of HTTP/2 (RFC 9113), as little of it as shows whether requests share a connection.
struct HTTP2Connection {
  private struct Frame {
    var kind: UInt8
    var flags: UInt8
    var stream: [UInt8]
    var payload: [UInt8]
  }

  private enum Kind {
    static let document: UInt8 = 0
    static let fields: UInt8 = 1
    static let settings: UInt8 = 4
    static let ping: UInt8 = 6
    static let goodbye: UInt8 = 7
  }

  /// Of fields and documents: nothing of the stream follows.
  private static let endsStream: UInt8 = 1
  /// Of settings and pings: they are an answer.
  private static let acknowledges: UInt8 = 1
  /// Of fields: they are complete.
  private static let endsFields: UInt8 = 4
  private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

  private let stream: any ByteStream
  private let answer: HTTP2Answer
  private var rest: [UInt8] = []
  private var waiting: [[UInt8]] = []
  private var isNew = true

  init(_ stream: any ByteStream, answer: HTTP2Answer) {
    self.stream = stream
    self.answer = answer
  }

  /// Answers until the other side is gone; tells `note` of every request.
  mutating func serve(note: () -> Void) {
    guard take(Self.preface.count) == Self.preface, send(Kind.settings) else { return }
    while let frame = nextFrame(), frame.kind != Kind.goodbye {
      switch frame.kind {
      case Kind.settings where frame.flags & Self.acknowledges == 0:
        guard send(Kind.settings, Self.acknowledges) else { return }
      case Kind.ping where frame.flags & Self.acknowledges == 0:
        guard send(Kind.ping, Self.acknowledges, payload: frame.payload) else { return }
      case Kind.fields:
        note()
        waiting.append(frame.stream)
        guard !isNew && waiting.count < answer.audience || answerAll() else { return }
      default: break
      }
    }
  }

  private mutating func answerAll() -> Bool {
    defer { (isNew, waiting) = (false, []) }
    let type = Array(answer.contentType.utf8)
    // The fields 8 and, with a value of its own, 31 of HPACK's static table (RFC 7541 appendix A).
    let fields: [UInt8] = [0x88, 0x0F, 31 - 15, UInt8(type.count)] + type
    return waiting.allSatisfy { stream in
      send(Kind.fields, Self.endsFields, on: stream, payload: fields)
        && send(Kind.document, Self.endsStream, on: stream, payload: answer.body)
    }
  }

  private func send(
    _ kind: UInt8, _ flags: UInt8 = 0, on place: [UInt8] = [0, 0, 0, 0], payload: [UInt8] = []
  ) -> Bool {
    let length = [16, 8, 0].map { UInt8(truncatingIfNeeded: payload.count >> $0) }
    return stream.send(length + [kind, flags] + place + payload)
  }

  private mutating func nextFrame() -> Frame? {
    guard let head = take(9) else { return nil }
    let length = head[..<3].reduce(0) { $0 << 8 | Int($1) }
    guard let payload = take(length) else { return nil }
    return Frame(kind: head[3], flags: head[4], stream: Array(head[5...]), payload: payload)
  }

  /// The next `count` bytes; nil at the end.
  private mutating func take(_ count: Int) -> [UInt8]? {
    while rest.count < count {
      let piece = stream.receive()
      guard !piece.isEmpty else { return nil }
      rest += piece
    }
    defer { rest.removeFirst(count) }
    return Array(rest[..<count])
  }
}
