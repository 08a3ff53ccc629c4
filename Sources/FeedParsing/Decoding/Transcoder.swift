internal import Glibc

/// Bytes of a named encoding to UTF-8.
enum Transcoder {
  /// The longest encoding label that is looked at, in bytes.
  static let labelByteLimit = 40

  /// Text as UTF-8, in which each byte that could not be read is U+FFFD.
  struct Outcome {
    var bytes: [UInt8]
    var errors = 0
  }

  /// The text as UTF-8, or nil when the encoding is unknown or `errorLimit` is passed.
  static func utf8(
    _ bytes: ArraySlice<UInt8>, from encoding: CharacterEncoding, errorLimit: Int = 0
  ) -> Outcome? {
    switch encoding.scheme {
    case .utf8:
      return UTF8Repair.isValid(bytes) ? Outcome(bytes: Array(bytes)) : nil
    case .windows1252:
      return Outcome(bytes: windows1252(bytes))
    case .page(let characters):
      return Outcome(bytes: paged(bytes, Array(characters.unicodeScalars)))
    case .wide(let unit, let isBigEndian):
      let outcome = WideText(bytes, unit: unit, isBigEndian: isBigEndian).asUTF8()
      return outcome.errors <= errorLimit ? outcome : nil
    case .hz:
      return converted(HZText.asGB18030(bytes), from: ["GB18030"], errorLimit: errorLimit)
    case .iconv(let names):
      return converted(bytes, from: names, errorLimit: errorLimit)
    }
  }

  /// Whether this system has what it takes to read the encoding.
  static func canRead(_ encoding: CharacterEncoding) -> Bool {
    utf8([], from: encoding) != nil
  }

  /// U+FFFD.
  static let replacementCharacter: [UInt8] = [0xEF, 0xBF, 0xBD]

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
    bytes.withUnsafeBufferPointer { bytes in
      let scan = ByteScan(bytes: bytes)
      var place = 0
      while place < bytes.count {
        let end = scan.nextBeyondASCII(from: place)
        output.append(contentsOf: scan.slice(place..<end))
        if end < bytes.count { output.append(windows1252: bytes[end]) }
        place = end + 1
      }
    }
    return output
  }

  private static func paged(_ bytes: ArraySlice<UInt8>, _ characters: [Unicode.Scalar]) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count + bytes.count / 2)
    for byte in bytes {
      output.append(scalar: byte < 0x80 ? UInt32(byte) : characters[Int(byte - 0x80)].value)
    }
    return output
  }

  private static func converter(_ names: [String]) -> iconv_t? {
    for name in names {
      if let converter = iconv_open("UTF-8", name), converter != iconv_t(bitPattern: -1) {
        return converter
      }
    }
    return nil
  }

  private static func converted(
    _ bytes: ArraySlice<UInt8>, from names: [String], errorLimit: Int
  ) -> Outcome? {
    guard let converter = converter(names) else { return nil }
    defer { iconv_close(converter) }
    var conversion = Conversion(converter, bytes)
    var errors = 0
    while true {
      switch conversion.step() {
      case .done:
        return Outcome(bytes: conversion.finish(), errors: errors)
      case .full:
        conversion.grow()
      case .unreadable:
        errors += 1
        guard errors <= errorLimit else { return nil }
        conversion.skip()
      }
    }
  }
}

/// A run of the system's converter over a text.
private struct Conversion {
  enum Progress { case done, full, unreadable }

  /// Spare bytes for the character that a converter may hold back to see what combines with it.
  private static let spareByteCount = 64

  private let converter: iconv_t
  private var input: [UInt8]
  private var output: [UInt8]
  private var read = 0
  private var written = 0

  init(_ converter: iconv_t, _ bytes: ArraySlice<UInt8>) {
    self.converter = converter
    input = Array(bytes)
    output = [UInt8](repeating: 0, count: bytes.count + bytes.count / 2 + Self.spareByteCount)
  }

  /// Converts as much as can be.
  mutating func step() -> Progress {
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

  mutating func grow() {
    output.append(contentsOf: repeatElement(0, count: output.count))
  }

  /// Leaves out a byte that cannot be read and writes U+FFFD for it.
  mutating func skip() {
    read = min(read + 1, input.count)
    let mark = Transcoder.replacementCharacter
    if written + mark.count > output.count { grow() }
    output.replaceSubrange(written..<(written + mark.count), with: mark)
    written += mark.count
  }

  /// The output, with what the converter held back.
  mutating func finish() -> [UInt8] {
    if written + Self.spareByteCount > output.count { grow() }
    output.withUnsafeMutableBytes { target in
      var into = target.baseAddress?.advanced(by: written).assumingMemoryBound(to: CChar.self)
      var intoLeft = target.count - written
      iconv(converter, nil, nil, &into, &intoLeft)
      written = target.count - intoLeft
    }
    output.removeLast(output.count - written)
    return output
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
