internal import Checksums

/// The frame of an archive line: a JSON object whose last member is its checksum, always 26 bytes, so
/// that it is found without parsing.
///
/// `{…,"sum":"1c1b300f6890b594"}` and a line feed. The sum is the first 64 bits of SHA-256 over the
/// sixteen hexadecimal digits of the previous line's sum and this line up to `,"sum":`.
enum RecordLine {
  /// The longest line with its line feed.
  static let byteLimit = 1 << 20
  static let trailerByteCount = 26
  /// What the first line of an archive chains from.
  static let origin: UInt64 = 0

  static let trailerStart: StaticString = ",\"sum\":\""

  static func sum(of body: UnsafeBufferPointer<UInt8>, after previous: UInt64) -> UInt64 {
    var hasher = SHA256Hasher()
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 16) { digits in
      for place in 0..<16 { digits[place] = previous.hexadecimalDigit(at: place) }
      hasher.update(UnsafeBufferPointer(digits))
    }
    hasher.update(body)
    return hasher.finalize().prefix
  }

  /// The line without its checksum, which is what the checksum covers; nil for what is no line.
  static func body(of line: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
    guard line.count > trailerByteCount else { return nil }
    return UnsafeBufferPointer(rebasing: line.dropLast(trailerByteCount))
  }

  /// The checksum that the line (without its line feed) carries.
  static func recordedSum(of line: UnsafeBufferPointer<UInt8>) -> UInt64? {
    guard line.count > trailerByteCount,
      line.matches(trailerStart, at: line.count - trailerByteCount),
      line[line.count - 2] == UInt8(ascii: "\""), line[line.count - 1] == UInt8(ascii: "}")
    else { return nil }
    return UInt64(
      lowercaseHexadecimal: UnsafeBufferPointer(rebasing: line[line.count - 18..<line.count - 2]))
  }

  /// What the line after this one follows from: its sum, or, of a line that stands in the place of
  /// others, the sum that the last of those carried.
  static func successorSum(of line: UnsafeBufferPointer<UInt8>) -> UInt64? {
    let start = line.count - trailerByteCount - replacedSumByteCount
    guard line.matches(removalStart, at: 0), line.matches(replacedSumStart, at: start) else {
      return recordedSum(of: line)
    }
    return UInt64(
      lowercaseHexadecimal: UnsafeBufferPointer(rebasing: line[start + 8..<start + 24]))
  }

  /// How the line of a story begins that has its text from another one.
  static let copyStart: StaticString = "{\"v\":1,\"type\":\"copy\","
  static let removalStart: StaticString = "{\"v\":1,\"type\":\"removed\","
  /// The last member before the checksum of a line that stands in the place of others; a quote inside a
  /// string has a backslash before it, so this is found nowhere else.
  static let replacedSumStart: StaticString = ",\"was\":\""
  private static let replacedSumByteCount = 25

  /// Appends a checksum and the line feed to a body.
  static func appendTrailer(_ sum: UInt64, to bytes: inout [UInt8]) {
    bytes.append(trailerStart)
    bytes.appendHexadecimal(sum)
    bytes.append("\"}\n")
  }

  /// Fills in the checksum of a line that ends in a blank trailer and a line feed, and returns it.
  static func fillSum(
    of line: UnsafeMutableBufferPointer<UInt8>, after previous: UInt64
  ) -> UInt64 {
    let body = UnsafeBufferPointer(rebasing: line.dropLast(trailerByteCount + 1))
    let sum = sum(of: body, after: previous)
    for place in 0..<16 { line[line.count - 19 + place] = sum.hexadecimalDigit(at: place) }
    return sum
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether the bytes at `offset` are those of `text`.
  @inline(__always)
  func matches(_ text: StaticString, at offset: Int) -> Bool {
    guard offset >= 0, count - offset >= text.utf8CodeUnitCount else { return false }
    for place in 0..<text.utf8CodeUnitCount where self[offset + place] != text.utf8Start[place] {
      return false
    }
    return true
  }
}

extension UnsafeBufferPointer<UInt8> {
  func equals(_ text: StaticString) -> Bool {
    count == text.utf8CodeUnitCount && matches(text, at: 0)
  }
}

extension [UInt8] {
  mutating func append(_ text: StaticString) {
    append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Appends sixteen lower-case digits.
  mutating func appendHexadecimal(_ number: UInt64) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 16) { digits in
      for place in 0..<16 { digits[place] = number.hexadecimalDigit(at: place) }
      append(contentsOf: UnsafeBufferPointer(digits))
    }
  }
}

extension UInt64 {
  /// One of the sixteen lower-case digits, the highest first.
  func hexadecimalDigit(at place: Int) -> UInt8 {
    let nibble = UInt8(truncatingIfNeeded: self >> UInt64(60 - 4 * place)) & 0xF
    return nibble < 10 ? nibble + UInt8(ascii: "0") : nibble - 10 + UInt8(ascii: "a")
  }
}

extension UInt8 {
  var lowercaseHexadecimalValue: UInt8? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
