/// The server's end of one connection, as its protocols see it.
package protocol ByteStream {
  /// False when the other side is gone.
  func send(_ bytes: [UInt8]) -> Bool

  /// Up to 64 KiB; empty at the end or on an error.
  func receive() -> [UInt8]
}

/// Bytes as they are.
package struct PlainStream: ByteStream {
  let connection: Int32

  package init(connection: Int32) {
    self.connection = connection
  }

  package func send(_ bytes: [UInt8]) -> Bool { Sockets.send(bytes, to: connection) }

  package func receive() -> [UInt8] { Sockets.receive(from: connection) }
}
