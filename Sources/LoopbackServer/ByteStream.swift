/// The server's end of one connection, as its protocols see it.
protocol ByteStream {
  /// False when the other side is gone.
  func send(_ bytes: [UInt8]) -> Bool

  /// Up to 64 KiB; empty at the end or on an error.
  func receive() -> [UInt8]
}

/// Bytes as they are.
struct PlainStream: ByteStream {
  let connection: Int32

  func send(_ bytes: [UInt8]) -> Bool { Sockets.send(bytes, to: connection) }

  func receive() -> [UInt8] { Sockets.receive(from: connection) }
}
