internal import Glibc

/// Bytes of a named encoding to UTF-8.
enum Transcoder {
  /// The longest encoding label that is looked at, in bytes.
  static let labelByteLimit = 40

  /// The text as UTF-8, or nil when the encoding is unknown or `errorLimit` is passed; each unreadable
  /// byte becomes U+FFFD.
  static func utf8(
    _ bytes: ArraySlice<UInt8>, from encoding: CharacterEncoding, errorLimit: Int = 0
  ) -> [UInt8]? {
    switch encoding.scheme {
    case .utf8: UTF8Repair.isValid(bytes) ? Array(bytes) : nil
    case .windows1252: windows1252(bytes)
    case .iconv(let name): converted(bytes, from: name, errorLimit: errorLimit)
    }
  }

  /// The windows-1252 meaning of bytes 0x80 to 0x9F (WHATWG Encoding, index windows-1252): the five
  /// bytes without one keep their C1 value.
  static let windows1252High: [UInt16] = [
    0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
    0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D, 0x017D, 0x8F,
    0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
    0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E, 0x0178,
  ]

  private static func windows1252(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count + bytes.count / 8)
    for byte in bytes { output.append(windows1252: byte) }
    return output
  }

  private static func converted(
    _ bytes: ArraySlice<UInt8>, from name: String, errorLimit: Int
  ) -> [UInt8]? {
    guard let converter = iconv_open("UTF-8", name), converter != iconv_t(bitPattern: -1)
    else { return nil }
    defer { iconv_close(converter) }
    var output = [UInt8](repeating: 0, count: bytes.count + bytes.count / 2 + 64)
    var input = Array(bytes)
    var read = 0
    var written = 0
    var errors = 0
    while true {
      let outcome = step(converter, &input, &read, &output, &written)
      switch outcome {
      case .done:
        output.removeLast(output.count - written)
        return output
      case .full:
        output.append(contentsOf: repeatElement(0, count: output.count))
      case .unreadable:
        errors += 1
        guard errors <= errorLimit else { return nil }
        read = min(read + 1, input.count)
        output.replaceSubrange(written..<written, with: [0xEF, 0xBF, 0xBD])
        written += 3
      }
    }
  }

  private enum Outcome { case done, full, unreadable }

  private static func step(
    _ converter: iconv_t, _ input: inout [UInt8], _ read: inout Int, _ output: inout [UInt8],
    _ written: inout Int
  ) -> Outcome {
    input.withUnsafeMutableBytes { source in
      output.withUnsafeMutableBytes { target in
        var from = source.baseAddress?.advanced(by: read).assumingMemoryBound(to: CChar.self)
        var fromLeft = source.count - read
        var into = target.baseAddress?.advanced(by: written).assumingMemoryBound(to: CChar.self)
        var intoLeft = target.count - written
        let result = iconv(converter, &from, &fromLeft, &into, &intoLeft)
        let failure = errno
        read = source.count - fromLeft
        written = target.count - intoLeft
        if result != Int(bitPattern: UInt.max) { return .done }
        return failure == E2BIG ? .full : .unreadable
      }
    }
  }
}

extension [UInt8] {
  /// Appends the UTF-8 of a byte of windows-1252.
  mutating func append(windows1252 byte: UInt8) {
    if byte < 0x80 {
      append(byte)
    } else {
      let code = byte < 0xA0 ? Transcoder.windows1252High[Int(byte - 0x80)] : UInt16(byte)
      append(scalar: UInt32(code))
    }
  }

  /// Appends the UTF-8 of a scalar value below 0x110000 that is no surrogate.
  mutating func append(scalar code: UInt32) {
    switch code {
    case 0..<0x80:
      append(UInt8(code))
    case 0x80..<0x800:
      append(0xC0 | UInt8(code >> 6))
      append(0x80 | UInt8(code & 0x3F))
    case 0x800..<0x10000:
      append(0xE0 | UInt8(code >> 12))
      append(0x80 | UInt8(code >> 6 & 0x3F))
      append(0x80 | UInt8(code & 0x3F))
    default:
      append(0xF0 | UInt8(code >> 18 & 0x07))
      append(0x80 | UInt8(code >> 12 & 0x3F))
      append(0x80 | UInt8(code >> 6 & 0x3F))
      append(0x80 | UInt8(code & 0x3F))
    }
  }
}
