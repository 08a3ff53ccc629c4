/// What a server does with one request, step by step. A script that does not close leaves the connection
/// to the next request.
package struct Script: Sendable {
  package enum Step: Sendable {
    case send([UInt8])
    case pause(Duration)
    /// Nothing more, with the connection open.
    case hang
    case close
    /// Closes with RST instead of FIN.
    case reset
  }

  package var steps: [Step]

  package init(_ steps: [Step]) {
    self.steps = steps
  }

  /// Sends `text` as it is, lines ended by CR LF where it is written with line breaks.
  package init(raw text: String, then last: Step = .close) {
    let bytes = Array(
      text.split(separator: "\n", omittingEmptySubsequences: false)
        .joined(separator: "\r\n").utf8)
    steps = [.send(bytes), last]
  }

  /// An answer with its length announced.
  package static func answer(
    _ status: String = "200 OK", _ fields: [String] = [], body: [UInt8] = []
  ) -> Script {
    let head = ["HTTP/1.1 \(status)"] + fields + ["Content-Length: \(body.count)"]
    return Script([.send(bytes(head: head) + body)])
  }

  package static func answer(
    _ status: String = "200 OK", _ fields: [String] = [], text: String
  ) -> Script {
    answer(status, fields, body: Array(text.utf8))
  }

  /// An answer without a body and without a length, as 304 and 204 are.
  package static func head(_ status: String, _ fields: [String] = []) -> Script {
    Script([.send(bytes(head: ["HTTP/1.1 \(status)"] + fields))])
  }

  /// A redirect to `location`.
  package static func redirect(_ status: Int, to location: String) -> Script {
    answer("\(status) Moved", ["Location: \(location)"], text: "moved")
  }

  /// An answer in chunks; `isCut` leaves out the last chunk and closes.
  package static func chunked(
    _ fields: [String] = [], pieces: [[UInt8]], isCut: Bool = false
  ) -> Script {
    var sent = bytes(head: ["HTTP/1.1 200 OK", "Transfer-Encoding: chunked"] + fields)
    for piece in pieces {
      sent += Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + Array("\r\n".utf8)
    }
    return isCut
      ? Script([.send(sent), .close]) : Script([.send(sent + Array("0\r\n\r\n".utf8))])
  }

  /// The bytes of a head of these lines, with the empty line after it.
  package static func bytes(head lines: [String]) -> [UInt8] {
    Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
  }
}
