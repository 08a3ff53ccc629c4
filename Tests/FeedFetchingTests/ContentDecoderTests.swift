import FeedFetching
import LoopbackServer
import Testing

@Suite struct ContentDecoderTests {
  /// What `bytes` decode to when they arrive in pieces of `pieceSize`, and whether they were whole.
  private func decode(
    _ bytes: [UInt8], _ fields: [String], pieceSize: Int = .max, byteLimit: Int = 1 << 20
  ) throws -> (text: String, isWhole: Bool) {
    var decoder = try ContentDecoder(fields: fields, byteLimit: byteLimit)
    var body: [UInt8] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = rest.prefix(pieceSize)
      try piece.withUnsafeBytes { try decoder.decode($0, into: &body) }
      rest = rest.dropFirst(piece.count)
    }
    return (String(decoding: body, as: UTF8.self), decoder.isWhole)
  }

  @Test func `every coding is undone, whatever the pieces it arrives in`() throws {
    for (coding, bytes) in EncodedFeed.byCoding {
      for pieceSize in [1, 2, 3, 7, 64, 1000] {
        let (text, isWhole) = try decode(bytes, [coding], pieceSize: pieceSize)
        #expect(text == EncodedFeed.text && isWhole, "\(coding) in pieces of \(pieceSize)")
      }
    }
  }

  @Test func `no cut of any coding passes for whole`() throws {
    for (coding, bytes) in EncodedFeed.byCoding {
      for length in 1..<bytes.count {
        let (text, isWhole) = try decode(Array(bytes.prefix(length)), [coding])
        #expect(!isWhole, "\(coding) cut to \(length) of \(bytes.count)")
        #expect(EncodedFeed.text.hasPrefix(text), "\(coding) cut to \(length)")
      }
    }
  }

  @Test func `no single damaged byte crashes or passes for something else under a checksum`() {
    for coding in ["gzip", "br", "zstd", "deflate"] {
      let bytes = EncodedFeed.byCoding.first { $0.coding == coding }?.bytes ?? []
      for place in bytes.indices {
        var damaged = bytes
        damaged[place] ^= 0x55
        guard let (text, isWhole) = try? decode(damaged, [coding]), coding != "br" else { continue }
        // The header's time and system, and zstd's flags, may change without harm.
        #expect(text == EncodedFeed.text || !isWhole || place < 10, "\(coding) at \(place)")
      }
    }
  }

  @Test func `members and frames one after another are one document`() throws {
    for (coding, bytes) in [("gzip", EncodedFeed.gzip), ("zstd", EncodedFeed.zstandard)] {
      for pieceSize in [1, 100, 10_000] {
        let (text, isWhole) = try decode(bytes + bytes, [coding], pieceSize: pieceSize)
        #expect(text == EncodedFeed.text + EncodedFeed.text && isWhole, "\(coding)")
      }
    }
  }

  @Test func `what follows a finished stream is ignored`() throws {
    for (coding, bytes) in [
      ("gzip", EncodedFeed.gzip), ("deflate", EncodedFeed.zlib), ("br", EncodedFeed.brotli),
    ] {
      let (text, isWhole) = try decode(bytes + [0, 0, 0, 10], [coding], pieceSize: 50)
      #expect(text == EncodedFeed.text && isWhole, "\(coding)")
    }
  }

  @Test func `a bomb is stopped at the limit and not a byte later`() throws {
    let bombs: [([UInt8], [String])] = [
      (EncodedFeed.gzipBomb, ["gzip, gzip"]), (EncodedFeed.gzipBomb, ["gzip", "gzip"]),
      (EncodedFeed.brotliBomb, ["br"]),
    ]
    for (bytes, fields) in bombs {
      #expect(throws: ContentDecoder.Problem.tooLarge) {
        try decode(bytes, fields, byteLimit: 1 << 20)
      }
    }
    #expect(throws: ContentDecoder.Problem.tooLarge) {
      try decode(EncodedFeed.gzip, ["gzip"], byteLimit: EncodedFeed.text.utf8.count - 1)
    }
    let exact = try decode(EncodedFeed.gzip, ["gzip"], byteLimit: EncodedFeed.text.utf8.count)
    #expect(exact.isWhole)
  }

  @Test(arguments: ["compress", "gzip;q=1", "aes128gcm", "\u{1b}[31m"])
  func `an unknown coding is named`(coding: String) {
    #expect(throws: ContentDecoder.Problem.unknown(coding: coding)) { try decode([], [coding]) }
  }

  @Test func `three layers and nine layers are refused, empty names and identity are none`() throws
  {
    for count in [3, 9] {
      #expect(throws: ContentDecoder.Problem.tooManyLayers) {
        try decode([], Array(repeating: "gzip", count: count))
      }
    }
    let (text, isWhole) = try decode(
      Array("as it is".utf8), ["identity", " , ", "", "Identity"])
    #expect(text == "as it is" && isWhole)
  }

  @Test func `no bytes at all are a whole and empty document in every coding`() throws {
    for (coding, _) in EncodedFeed.byCoding {
      let (text, isWhole) = try decode([], [coding])
      #expect(text.isEmpty && isWhole)
    }
  }
}
