internal import CContentDecoding

/// zlib's inflater on an address of its own, which zlib insists on.
private final class Inflater {
  let stream: UnsafeMutablePointer<z_stream>

  init(windowBits: Int32) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let status = inflate_shim_init(stream, windowBits)
    precondition(status == Z_OK, "zlib cannot begin a stream: status \(status)")
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// One call of `inflate`: its status, how much of `output` it filled; takes from `input`.
  func step(
    _ input: inout UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> (status: Int32, produced: Int) {
    let bytes = UnsafeMutableRawBufferPointer(mutating: input)
    stream.pointee.next_in = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_in = UInt32(bytes.count)
    stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = UInt32(output.count)
    let status = inflate(stream, Z_NO_FLUSH)
    input = UnsafeRawBufferPointer(rebasing: input.suffix(Int(stream.pointee.avail_in)))
    return (status, output.count - Int(stream.pointee.avail_out))
  }
}

/// gzip (RFC 1952): one or more members, whose checksums and lengths zlib verifies. What follows the
/// last member and begins no other is ignored, as everyone does.
final class GzipStream: DecodingStream {
  private let inflater = Inflater(windowBits: 15 + 16)
  private(set) var isAtEnd = false

  func decode(
    _ input: inout UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(ContentDecoder.Problem) -> Int {
    var filled = 0
    while !input.isEmpty || !isAtEnd {
      if isAtEnd {
        guard input.first == 0x1F else {
          input = UnsafeRawBufferPointer(rebasing: input.suffix(0))
          break
        }
        inflateReset(inflater.stream)
        isAtEnd = false
      }
      let step = inflater.step(
        &input, into: UnsafeMutableRawBufferPointer(rebasing: output[filled...]))
      filled += step.produced
      switch step.status {
      case Z_STREAM_END: isAtEnd = true
      case Z_OK where filled < output.count && !input.isEmpty: continue
      case Z_OK, Z_BUF_ERROR: return filled
      default: throw .corrupt(coding: "gzip")
      }
    }
    return filled
  }
}

/// deflate: zlib's wrapping (RFC 1950) as the standard has it, or the bare stream (RFC 1951) that
/// some servers send; the first two bytes tell.
final class DeflateStream: DecodingStream {
  private var inflater: Inflater?
  private var firstByte: UInt8?
  private(set) var isAtEnd = false

  func decode(
    _ input: inout UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(ContentDecoder.Problem) -> Int {
    if let inflater { return try take(&input, into: output, with: inflater) }
    guard let first = firstByte ?? input.first else { return 0 }
    let second = firstByte == nil ? input.dropFirst().first : input.first
    guard let second else {
      firstByte = first
      input = UnsafeRawBufferPointer(rebasing: input.suffix(0))
      return 0
    }
    let isWrapped = first & 0x0F == 8 && (Int(first) << 8 | Int(second)).isMultiple(of: 31)
    let inflater = Inflater(windowBits: isWrapped ? 15 : -15)
    self.inflater = inflater
    if let firstByte {
      try withUnsafeBytes(of: firstByte) { byte throws(ContentDecoder.Problem) in
        var byte = byte
        _ = try take(&byte, into: output, with: inflater)
      }
    }
    return try take(&input, into: output, with: inflater)
  }

  private func take(
    _ input: inout UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer,
    with inflater: Inflater
  ) throws(ContentDecoder.Problem) -> Int {
    var filled = 0
    while !isAtEnd {
      let step = inflater.step(
        &input, into: UnsafeMutableRawBufferPointer(rebasing: output[filled...]))
      filled += step.produced
      switch step.status {
      case Z_STREAM_END: isAtEnd = true
      case Z_OK where filled < output.count && !input.isEmpty: continue
      case Z_OK, Z_BUF_ERROR: return filled
      default: throw .corrupt(coding: "deflate")
      }
    }
    input = UnsafeRawBufferPointer(rebasing: input.suffix(0))
    return filled
  }
}

/// Brotli (RFC 7932).
final class BrotliStream: DecodingStream {
  private let state: OpaquePointer

  init() {
    guard let state = BrotliDecoderCreateInstance(nil, nil, nil) else {
      preconditionFailure("Brotli cannot begin a stream")
    }
    self.state = state
  }

  deinit {
    BrotliDecoderDestroyInstance(state)
  }

  var isAtEnd: Bool { BrotliDecoderIsFinished(state) != 0 }

  func decode(
    _ input: inout UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(ContentDecoder.Problem) -> Int {
    guard !isAtEnd else {
      input = UnsafeRawBufferPointer(rebasing: input.suffix(0))
      return 0
    }
    var inputCount = input.count
    var inputPointer = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
    var outputCount = output.count
    var outputPointer = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    let result = BrotliDecoderDecompressStream(
      state, &inputCount, &inputPointer, &outputCount, &outputPointer, nil)
    guard result != BROTLI_DECODER_RESULT_ERROR else { throw .corrupt(coding: "br") }
    input = UnsafeRawBufferPointer(rebasing: input.suffix(isAtEnd ? 0 : inputCount))
    return output.count - outputCount
  }
}

/// Zstandard (RFC 8878): one or more frames. RFC 9659 holds the window to 8 MiB for HTTP.
final class ZstandardStream: DecodingStream {
  private let context: OpaquePointer
  private(set) var isAtEnd = false

  init() {
    guard let context = ZSTD_createDCtx() else {
      preconditionFailure("Zstandard cannot begin a stream")
    }
    self.context = context
    ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, 23)
  }

  deinit {
    ZSTD_freeDCtx(context)
  }

  func decode(
    _ input: inout UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(ContentDecoder.Problem) -> Int {
    var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
    var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
    repeat {
      if isAtEnd && source.pos == source.size { break }
      let hint = ZSTD_decompressStream(context, &target, &source)
      guard ZSTD_isError(hint) == 0 else { throw .corrupt(coding: "zstd") }
      isAtEnd = hint == 0
    } while source.pos < source.size && target.pos < target.size
    input = UnsafeRawBufferPointer(rebasing: input.suffix(source.size - source.pos))
    return target.pos
  }
}
