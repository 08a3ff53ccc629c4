/// One request as it came in.
package struct ReceivedRequest: Sendable {
  package let method: String
  /// The request target as sent: path and query.
  package let target: String
  /// In the order sent.
  package let fields: [(name: String, value: String)]
  /// Which connection brought it, counted from 1.
  package let connection: Int
  /// When it had come, on the server's clock.
  package internal(set) var arrival = Duration.zero

  /// The value of the first field of this name, whatever its case.
  package subscript(_ name: String) -> String? {
    fields.first { $0.name.lowercased() == name.lowercased() }?.value
  }

  /// The path without the query.
  package var path: String { String(target.prefix { $0 != "?" }) }

  /// The next request on `connection`, of which `rest` may hold the beginning; nil at the end.
  package static func read(
    from stream: any ByteStream, _ rest: inout [UInt8], connection: Int
  ) -> ReceivedRequest? {
    while true {
      if let end = rest.firstRange(of: Array("\r\n\r\n".utf8)) {
        defer { rest.removeSubrange(..<end.upperBound) }
        return ReceivedRequest(head: rest[..<end.lowerBound], connection: connection)
      }
      // A TLS handshake is no request, and whoever sends it waits for an answer.
      guard rest.first != 0x16 else {
        _ = stream.send(Script.bytes(head: ["HTTP/1.1 400 Bad Request", "Connection: close"]))
        return nil
      }
      let piece = stream.receive()
      guard !piece.isEmpty else { return nil }
      rest += piece
    }
  }

  private init?(head: ArraySlice<UInt8>, connection: Int) {
    let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
    let words = lines.first?.split(separator: " ") ?? []
    guard words.count == 3 else { return nil }
    method = String(words[0])
    target = String(words[1])
    fields = lines.dropFirst().compactMap { line in
      let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { return nil }
      return (String(parts[0]), String(parts[1].drop { $0 == " " }))
    }
    self.connection = connection
  }
}
