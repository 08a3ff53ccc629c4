/// Undoes a Content-Encoding (RFC 9110 section 8.4) piece by piece and knows whether the encoded stream
/// came to its own end.
///
/// libcurl decodes too, but up to 8.x it takes a compressed stream that stops in the middle for whole
/// as long as the transfer around it is, and a feed cut in half looks like one that shrank.
package struct ContentDecoder {
  /// What a client may ask for with Accept-Encoding.
  package static let acceptedCodings = "gzip, deflate, br, zstd"
  /// More layers than two are no server's honest work.
  package static let layerLimit = 2

  /// What a coding's stream holds beside its window, roughly.
  static let stateByteCount = 64 << 10
  /// The largest window that a coding looks back on; what was not decoded yet takes no memory of it.
  static let windowByteCount = 16 << 20

  package enum Problem: Error, Hashable {
    /// The decoded bytes would pass the limit.
    case tooLarge
    case corrupt(coding: String)
    case unknown(coding: String)
    case tooManyLayers
  }

  /// The codings in the order in which they are undone.
  private let layers: [any DecodingStream]
  private let byteLimit: Int
  private var sawBytes = false

  /// - Parameters:
  ///   - fields: the Content-Encoding fields of the answer.
  ///   - byteLimit: of what comes out.
  /// - Throws: `Problem.unknown` or `Problem.tooManyLayers`.
  package init(fields: [String], byteLimit: Int) throws(Problem) {
    let codings = fields.flatMap { $0.split(separator: ",") }
      .map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
      .filter { !$0.isEmpty && $0 != "identity" }
    guard codings.count <= ContentDecoder.layerLimit else { throw .tooManyLayers }
    var layers: [any DecodingStream] = []
    for coding in codings.reversed() { layers.append(try ContentDecoder.stream(for: coding)) }
    self.layers = layers
    self.byteLimit = byteLimit
  }

  /// Whether the bytes are passed on as they are.
  package var isIdentity: Bool { layers.isEmpty }

  /// Whether every layer's stream has ended where the bytes did. An answer without any bytes is whole
  /// and empty, whatever encoding it claims.
  package var isWhole: Bool { !sawBytes || layers.allSatisfy(\.isAtEnd) }

  /// Appends what `bytes` decode to.
  package mutating func decode(_ bytes: UnsafeRawBufferPointer, into body: inout [UInt8])
    throws(Problem)
  {
    sawBytes = sawBytes || !bytes.isEmpty
    try pass(bytes, through: layers[...], into: &body)
  }

  private func pass(
    _ bytes: UnsafeRawBufferPointer, through layers: ArraySlice<any DecodingStream>,
    into body: inout [UInt8]
  ) throws(Problem) {
    guard let layer = layers.first else {
      guard bytes.count <= byteLimit - body.count else { throw .tooLarge }
      body.append(contentsOf: bytes)
      return
    }
    var rest = bytes
    var outcome: Result<Void, Problem> = .success(())
    withUnsafeTemporaryAllocation(byteCount: ContentDecoder.pieceByteCount, alignment: 16) {
      piece in
      repeat {
        let before = rest.count
        let produced: Int
        do throws(Problem) {
          produced = try layer.decode(&rest, into: piece)
          try pass(
            UnsafeRawBufferPointer(rebasing: piece[..<produced]), through: layers.dropFirst(),
            into: &body)
        } catch {
          outcome = .failure(error)
          return
        }
        // A full piece may have more behind it even when all input is taken.
        if rest.isEmpty && produced < piece.count { return }
        guard produced > 0 || rest.count < before else {
          outcome = .failure(.corrupt(coding: "content"))
          return
        }
      } while true
    }
    try outcome.get()
  }

  private static let pieceByteCount = 32 << 10

  private static func stream(for coding: String) throws(Problem) -> any DecodingStream {
    switch coding {
    case "gzip", "x-gzip": return GzipStream()
    case "deflate": return DeflateStream()
    case "br": return BrotliStream()
    case "zstd": return ZstandardStream()
    default: throw .unknown(coding: String(coding.prefix(32)))
    }
  }
}

/// One layer of encoding being undone.
protocol DecodingStream: AnyObject {
  /// Whether the encoded stream is complete after what was taken so far.
  var isAtEnd: Bool { get }

  /// Takes bytes from the front of `input`, fills `output` from its start and returns how much it
  /// filled. A call that leaves `output` unfilled has taken all of `input`.
  func decode(
    _ input: inout UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(ContentDecoder.Problem) -> Int
}
