internal import CContentDecoding

/// The archive's door to zlib: gzip members (RFC 1952) in memory.
enum GzipCodec {
  /// A bare deflate stream (RFC 1951) of zlib's largest window.
  private static let bareWindowBits: Int32 = -15
  /// The same in gzip's wrapping, whose checksum and length zlib verifies.
  private static let gzipWindowBits: Int32 = 15 + 16

  /// What one member held.
  struct Inflated {
    var bytes: [UInt8]
    /// Bytes of the input that belong to the member.
    var consumedByteCount: Int
    /// Whether its end was reached and its checksum and length are right.
    var isWhole: Bool
  }

  static func crc32(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
    UInt32(truncatingIfNeeded: CContentDecoding.crc32(0, bytes.baseAddress, uInt(bytes.count)))
  }

  /// The bare deflate stream of `bytes`, at most 4 GiB.
  static func deflate(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var stream = z_stream()
    precondition(
      deflate_shim_init(&stream, bareWindowBits) == Z_OK, "zlib has no room for a stream")
    defer { deflateEnd(&stream) }
    let bound = Int(deflateBound(&stream, uLong(bytes.count)))
    return [UInt8](unsafeUninitializedCapacity: bound) { output, count in
      stream.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
      stream.avail_in = uInt(bytes.count)
      stream.next_out = output.baseAddress
      stream.avail_out = uInt(bound)
      let status = CContentDecoding.deflate(&stream, Z_FINISH)
      precondition(status == Z_STREAM_END, "deflateBound is room enough")
      count = bound - Int(stream.avail_out)
    }
  }

  /// Inflates one member after another, all of `bytes`; nil when they hold more than `limit` bytes.
  /// Where they are not gzip any more, a zero stands for the rest.
  static func inflateAll(_ bytes: [UInt8], limit: Int) -> [UInt8]? {
    var stream = z_stream()
    precondition(
      inflate_shim_init(&stream, gzipWindowBits) == Z_OK, "zlib has no room for a stream")
    defer { inflateEnd(&stream) }
    var plain: [UInt8] = []
    let piece = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: pieceByteCount)
    defer { piece.deallocate() }
    return bytes.withUnsafeBufferPointer { bytes in
      stream.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
      stream.avail_in = uInt(bytes.count)
      while true {
        stream.next_out = piece.baseAddress
        stream.avail_out = uInt(piece.count)
        let status = CContentDecoding.inflate(&stream, Z_NO_FLUSH)
        plain += piece[..<(piece.count - Int(stream.avail_out))]
        guard plain.count <= limit else { return nil }
        if status == Z_STREAM_END {
          if stream.avail_in == 0 { return plain }
          inflateReset(&stream)
        } else if status != Z_OK || stream.avail_in == 0 && stream.avail_out > 0 {
          return plain + [0]
        }
      }
    }
  }

  private static let pieceByteCount = 1 << 18

  /// Inflates the member that `bytes` begin with, up to `limit` bytes of it.
  static func inflate(_ bytes: UnsafeBufferPointer<UInt8>, limit: Int) -> Inflated {
    var stream = z_stream()
    precondition(
      inflate_shim_init(&stream, gzipWindowBits) == Z_OK, "zlib has no room for a stream")
    defer { inflateEnd(&stream) }
    stream.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
    stream.avail_in = uInt(bytes.count)
    var isWhole = false
    let plain = [UInt8](unsafeUninitializedCapacity: limit) { output, count in
      stream.next_out = output.baseAddress
      stream.avail_out = uInt(limit)
      isWhole = CContentDecoding.inflate(&stream, Z_FINISH) == Z_STREAM_END
      count = limit - Int(stream.avail_out)
    }
    return Inflated(
      bytes: plain, consumedByteCount: bytes.count - Int(stream.avail_in), isWhole: isWhole)
  }
}
