/// A place in a date's bytes, which moves over what it recognises and stays before what it does not.
struct DateCursor {
  let bytes: UnsafeBufferPointer<UInt8>
  var place = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  var isAtEnd: Bool { place == bytes.count }

  /// The next byte, or zero at the end.
  var next: UInt8 { byte(at: place) }

  func byte(at place: Int) -> UInt8 {
    place < bytes.count ? bytes[place] : 0
  }

  mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: scalar) else { return false }
    place += 1
    return true
  }

  /// Moves over one byte of `set`, which is ASCII.
  mutating func skip(anyOf set: StaticString) -> Bool {
    guard !isAtEnd, set.contains(next) else { return false }
    place += 1
    return true
  }

  mutating func skipSpaces() {
    while next.isASCIISpace { place += 1 }
  }

  /// A whole run of digits, when its length is in `digits`.
  mutating func number(digits: ClosedRange<Int>) -> (value: Int, digits: Int)? {
    var end = place
    var value = 0
    while byte(at: end).isASCIIDigit {
      guard end - place < digits.upperBound else { return nil }
      value = value * 10 + Int(bytes[end] - 0x30)
      end += 1
    }
    guard end - place >= digits.lowerBound else { return nil }
    defer { place = end }
    return (value, end - place)
  }

  /// Exactly `count` digits, whatever follows them.
  mutating func fixed(_ count: Int) -> Int? {
    var value = 0
    for offset in 0..<count {
      let digit = byte(at: place + offset)
      guard digit.isASCIIDigit else { return nil }
      value = value * 10 + Int(digit - 0x30)
    }
    place += count
    return value
  }

  /// Thousandths of a second after a point or a comma; 0 when there is none.
  mutating func fraction() -> Int? {
    guard next == UInt8(ascii: ".") || next == UInt8(ascii: ","), byte(at: place + 1).isASCIIDigit
    else { return 0 }
    place += 1
    var thousandths = 0
    var weight = 100
    while next.isASCIIDigit {
      thousandths += weight * Int(next - 0x30)
      weight /= 10
      place += 1
    }
    return thousandths
  }

  /// Minutes east of Greenwich written as a sign with `h`, `hh`, `hmm`, `hhmm`, `h:mm` or `hh:mm`.
  mutating func offset() -> Int? {
    let sign = next
    guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return nil }
    let start = place
    place += 1
    guard let number = number(digits: 1...4) else {
      place = start
      return nil
    }
    var (hours, minutes) = (number.value, 0)
    if number.digits > 2 {
      (hours, minutes) = (number.value / 100, number.value % 100)
    } else if next == UInt8(ascii: ":") {
      place += 1
      guard let value = fixed(2) else { return nil }
      minutes = value
    }
    guard hours < 24, minutes < 60 else { return nil }
    return (hours * 60 + minutes) * (sign == UInt8(ascii: "-") ? -1 : 1)
  }

  /// A run of ASCII letters in lower case, packed into at most eight bytes, first letter highest.
  mutating func packedWord() -> UInt64? {
    var packed: UInt64 = 0
    var end = place
    while byte(at: end).isASCIILetter {
      guard end - place < 8 else { return nil }
      packed = packed << 8 | UInt64(bytes[end] | 0x20)
      end += 1
    }
    guard end > place else { return nil }
    place = end
    return packed
  }
}

extension UnsafeBufferPointer<UInt8> {
  var withoutOuterSpace: UnsafeBufferPointer<UInt8> {
    var (start, end) = (0, count)
    while start < end, self[start].isASCIISpace { start += 1 }
    while end > start, self[end - 1].isASCIISpace { end -= 1 }
    return UnsafeBufferPointer(rebasing: self[start..<end])
  }
}

extension UInt8 {
  var isASCIIDigit: Bool { 0x30...0x39 ~= self }
  var isASCIILetter: Bool { 0x61...0x7A ~= self | 0x20 }
}

extension StaticString {
  func contains(_ byte: UInt8) -> Bool {
    withUTF8Buffer { $0.contains(byte) }
  }
}
