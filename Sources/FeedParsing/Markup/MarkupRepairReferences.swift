internal import Syndication

/// Entity and character references.
extension MarkupRepair {
  /// Bytes of replacement text that declared entities may produce in a document: enough for every
  /// honest use, and no amplification (security: "quadratic entities").
  static let expansionByteLimit = 1 << 20

  private static let nameByteLimit = 40

  /// At an `&`: leaves a reference that XML knows, resolves one that HTML or the document knows, and
  /// escapes any other.
  mutating func reference() {
    if input[place + 1] == UInt8(ascii: "#") { return characterReference() }
    var end = place + 1
    while input[end].isASCIIAlphanumeric || input[end] == UInt8(ascii: "_"),
      end - place <= MarkupRepair.nameByteLimit
    { end += 1 }
    guard input[end] == UInt8(ascii: ";"), end > place + 1 else { return bareAmpersand() }
    let name = place + 1..<end
    if isPredefined(name) {
      place = end + 1
    } else if let text = NamedEntities.characters(named: input.slice(name)) {
      write(text, to: end + 1)
    } else if let text = entities.text(of: input.slice(name)),
      expanded + text.count <= MarkupRepair.expansionByteLimit
    {
      expanded += text.count
      write(text, to: end + 1)
    } else {
      bareAmpersand()
    }
  }

  private mutating func bareAmpersand() {
    tally.note(.bareMarkup, "a bare & taken as text", at: place)
    replace(to: place + 1, with: "&amp;")
  }

  private func isPredefined(_ name: Range<Int>) -> Bool {
    let start = name.lowerBound
    return switch name.count {
    case 2: input.matches("lt", at: start) || input.matches("gt", at: start)
    case 3: input.matches("amp", at: start)
    case 4: input.matches("quot", at: start) || input.matches("apos", at: start)
    default: false
    }
  }

  /// Puts characters in the place of the input from `place` to `end`.
  private mutating func write(_ text: [UInt8], to end: Int) {
    copy(to: place)
    for byte in text {
      switch byte {
      case UInt8(ascii: "&"): output.append(contentsOf: "&amp;".utf8)
      case UInt8(ascii: "<"): output.append(contentsOf: "&lt;".utf8)
      case UInt8(ascii: ">"): output.append(contentsOf: "&gt;".utf8)
      case UInt8(ascii: "\""): output.append(contentsOf: "&quot;".utf8)
      default: output.append(byte)
      }
    }
    skip(to: end)
  }

  private mutating func characterReference() {
    let isHexadecimal = input[place + 2] | 0x20 == UInt8(ascii: "x")
    let digits = place + (isHexadecimal ? 3 : 2)
    var end = digits
    var code: UInt32 = 0
    while let digit = input[end].digitValue(isHexadecimal: isHexadecimal) {
      code = min(code * (isHexadecimal ? 16 : 10) + digit, 0x11_0000)
      end += 1
    }
    guard end > digits else { return bareAmpersand() }
    let isClosed = input[end] == UInt8(ascii: ";")
    let next = isClosed ? end + 1 : end
    switch code {
    case 0x80...0x9F:
      // As in HTML: a code of windows-1252 was meant.
      copy(to: place)
      output.append(windows1252: UInt8(code))
      skip(to: next)
    case 0x09, 0x0A, 0x0D, 0x20..<0xD800, 0xE000..<0xFFFE, 0x1_0000..<0x11_0000:
      if isClosed, input[place + 2] != UInt8(ascii: "X"), end - digits < 9 {
        place = next
      } else {
        var text: [UInt8] = []
        text.append(scalar: code)
        write(text, to: next)
      }
    default:
      tally.note(.forbiddenCharacters, "a reference to a forbidden character dropped", at: place)
      drop(to: next)
    }
  }
}

extension UInt8 {
  func digitValue(isHexadecimal: Bool) -> UInt32? {
    switch self {
    case 0x30...0x39: UInt32(self - 0x30)
    case 0x41...0x46 where isHexadecimal: UInt32(self - 0x37)
    case 0x61...0x66 where isHexadecimal: UInt32(self - 0x57)
    default: nil
    }
  }
}
