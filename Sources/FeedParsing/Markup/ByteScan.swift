/// A document's bytes for scanning: reads beyond the ends are 0, which no decoded document contains
/// where it matters.
struct ByteScan {
  let bytes: UnsafeBufferPointer<UInt8>

  var count: Int { bytes.count }

  @inline(__always)
  subscript(place: Int) -> UInt8 {
    place >= 0 && place < bytes.count ? bytes[place] : 0
  }

  /// The part of `range` that exists.
  func slice(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: bytes[range.clamped(to: 0..<bytes.count)])
  }

  /// The first place from `start` on whose byte mark-up or XML's character rules give a meaning:
  /// `<`, `&`, `]`, a control character or the first byte of U+FFFE; or the end.
  func nextSpecial(from start: Int) -> Int {
    nextStop(from: start) { block in
      (block .== 0x3C) .| (block .== 0x26) .| (block .== 0x5D) .| (block .== 0xEF)
        .| ByteScan.controls(block)
    }
  }

  /// As `nextSpecial`, inside CDATA, where `<` and `&` are characters like others.
  func nextSpecialOfCDATA(from start: Int) -> Int {
    nextStop(from: start) { block in
      (block .== 0x5D) .| (block .== 0xEF) .| ByteScan.controls(block)
    }
  }

  /// The first place from `start` on with `byte`, before `limit`; nil when there is none.
  func firstPlace(of byte: UInt8, from start: Int, before limit: Int) -> Int? {
    let limit = Swift.min(limit, count)
    guard start < limit else { return nil }
    let found = nextStop(from: start) { $0 .== byte }
    return found < limit ? found : nil
  }

  /// The first place from `start` on where the ASCII `text` begins.
  func firstPlace(of text: StaticString, from start: Int) -> Int? {
    let first = text.utf8Start[0]
    var place = start
    while let found = firstPlace(of: first, from: place, before: count) {
      if matches(text, at: found) { return found }
      place = found + 1
    }
    return nil
  }

  /// Whether the ASCII `text` stands at `place`.
  @inline(__always)
  func matches(_ text: StaticString, at place: Int) -> Bool {
    let length = text.utf8CodeUnitCount
    guard place >= 0, place + length <= count else { return false }
    for offset in 0..<length where bytes[place + offset] != text.utf8Start[offset] { return false }
    return true
  }

  /// Whether the ASCII `text`, in lower case, stands at `place` in any case of its letters.
  @inline(__always)
  func matchesIgnoringCase(_ text: StaticString, at place: Int) -> Bool {
    let length = text.utf8CodeUnitCount
    guard place >= 0, place + length <= count else { return false }
    for offset in 0..<length
    where bytes[place + offset].asciiLowercased != text.utf8Start[offset] {
      return false
    }
    return true
  }

  func skippingSpace(from start: Int) -> Int {
    var place = start
    while self[place].isASCIISpaceOfXML { place += 1 }
    return place
  }

  /// The end of the run of bytes that may be part of a name (XML 1.0 section 2.3, beyond ASCII
  /// anything).
  func endOfName(from start: Int) -> Int {
    var place = start
    while self[place].isNameByte { place += 1 }
    return place
  }

  @inline(__always)
  private static func controls(_ block: SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>> {
    (block .< 0x20) .& (block .!= 0x0A) .& (block .!= 0x09) .& (block .!= 0x0D)
  }

  @inline(__always)
  private func nextStop(
    from start: Int, _ stops: (SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>>
  ) -> Int {
    var place = start
    let raw = UnsafeRawBufferPointer(bytes)
    while place + 16 <= bytes.count {
      let mask = stops(raw.loadUnaligned(fromByteOffset: place, as: SIMD16<UInt8>.self))
      if any(mask) {
        for offset in 0..<16 where mask[offset] { return place + offset }
      }
      place += 16
    }
    while place < bytes.count {
      if stops(SIMD16(repeating: bytes[place]))[0] { return place }
      place += 1
    }
    return bytes.count
  }
}

extension UInt8 {
  var isASCIISpaceOfXML: Bool { self == 0x20 || self == 0x0A || self == 0x09 || self == 0x0D }

  var isNameStart: Bool {
    isASCIILetter || self == UInt8(ascii: "_") || self == UInt8(ascii: ":") || self >= 0x80
  }

  var isNameByte: Bool {
    isNameStart || isASCIIDigit || self == UInt8(ascii: "-") || self == UInt8(ascii: ".")
  }
}
