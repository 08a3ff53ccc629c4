internal import Syndication

/// What a reference stands for.
enum ReferenceMeaning {
  case byte(UInt8)
  case scalar(UInt32)
  case text([UInt8])
  /// A character that XML forbids.
  case nothing
  /// No reference: the `&` is text.
  case bare
}

/// Entity and character references.
extension MarkupRepair {
  /// Bytes of replacement text that declared entities may produce in a document: enough for every
  /// honest use, and no amplification (security: "quadratic entities").
  static let expansionByteLimit = 1 << 20

  private static let nameByteLimit = 40

  /// At an `&` in text.
  mutating func reference() {
    let common = input.commonEntity(at: place)
    if common.length > 0 {
      output.appendText(copied..<place, of: input, and: common.byte)
      place += common.length
      copied = place
      return
    }
    let (meaning, end) = referenceMeaning(at: place)
    switch meaning {
    case .bare:
      place += 1
      return
    case .nothing: copy(to: place)
    case .byte(let byte):
      copy(to: place)
      output.appendMade(byte)
    case .scalar(let code):
      copy(to: place)
      output.appendMade(scalar: code)
    case .text(let text):
      copy(to: place)
      text.withUnsafeBufferPointer { output.appendMade($0) }
    }
    skip(to: end)
  }

  /// At an `&` in an attribute's value; returns the place after what was written.
  mutating func referenceInValue(at place: Int) -> Int {
    let (meaning, end) = referenceMeaning(at: place)
    var text: [UInt8] = []
    switch meaning {
    case .bare: text.append(UInt8(ascii: "&"))
    case .nothing: break
    case .byte(let byte): text.append(byte)
    case .scalar(let code): text.append(scalar: code)
    case .text(let characters): text = characters
    }
    text.withUnsafeBufferPointer { output.appendMarkup(escaping: $0) }
    return end
  }

  /// What the `&` at `place` begins, and the place after it.
  private mutating func referenceMeaning(at place: Int) -> (ReferenceMeaning, end: Int) {
    if input[place + 1] == UInt8(ascii: "#") { return characterReference(at: place) }
    if let common = commonEntity(at: place + 1) { return common }
    var end = place + 1
    while input[end].isASCIIAlphanumeric || input[end] == UInt8(ascii: "_"),
      end - place <= MarkupRepair.nameByteLimit
    {
      end += 1
    }
    let name = input.slice(place + 1..<end)
    guard input[end] == UInt8(ascii: ";"), !name.isEmpty else { return bareAmpersand(at: place) }
    if let text = NamedEntities.characters(named: name) { return (.text(text), end + 1) }
    guard let text = entities.text(of: name),
      expanded + text.count <= MarkupRepair.expansionByteLimit
    else { return bareAmpersand(at: place) }
    expanded += text.count
    return (.text(text), end + 1)
  }

  private mutating func bareAmpersand(at place: Int) -> (ReferenceMeaning, end: Int) {
    tally.note(.bareMarkup, "a bare & taken as text", at: place)
    return (.bare, place + 1)
  }

  /// The five entities that XML itself knows.
  private func commonEntity(at place: Int) -> (ReferenceMeaning, end: Int)? {
    switch input[place] {
    case UInt8(ascii: "l") where input.matches("lt;", at: place):
      (.byte(UInt8(ascii: "<")), place + 3)
    case UInt8(ascii: "g") where input.matches("gt;", at: place):
      (.byte(UInt8(ascii: ">")), place + 3)
    case UInt8(ascii: "a") where input.matches("amp;", at: place):
      (.byte(UInt8(ascii: "&")), place + 4)
    case UInt8(ascii: "q") where input.matches("quot;", at: place):
      (.byte(UInt8(ascii: "\"")), place + 5)
    case UInt8(ascii: "a") where input.matches("apos;", at: place):
      (.byte(UInt8(ascii: "'")), place + 5)
    default: nil
    }
  }

  private mutating func characterReference(at place: Int) -> (ReferenceMeaning, end: Int) {
    guard let (code, next) = input.characterReference(at: place) else {
      return bareAmpersand(at: place)
    }
    switch code {
    case 0x80...0x9F:
      // As in HTML: a code of windows-1252 was meant.
      return (.scalar(UInt32(Transcoder.windows1252High[Int(code - 0x80)])), next)
    case 0x09, 0x0A, 0x0D, 0x20..<0x7F, 0xA0..<0xD800, 0xE000..<0xFFFE, 0x1_0000..<0x11_0000:
      return (.scalar(code), next)
    case 0xD800..<0xDC00:
      if let (low, end) = input.characterReference(at: next), 0xDC00..<0xE000 ~= low {
        tally.note(.forbiddenCharacters, "references to surrogates joined", at: place)
        return (.scalar(0x1_0000 + (code - 0xD800) << 10 + (low - 0xDC00)), end)
      }
      fallthrough
    default:
      tally.note(.forbiddenCharacters, "a reference to a forbidden character dropped", at: place)
      return (.nothing, next)
    }
  }
}

extension ByteScan {
  /// The code of the character reference at `place`, at most 0x110000, and the place after it, with
  /// or without its semicolon; nil when there is none.
  fileprivate func characterReference(at place: Int) -> (code: UInt32, end: Int)? {
    guard matches("&#", at: place) else { return nil }
    let isHexadecimal = self[place + 2] | 0x20 == UInt8(ascii: "x")
    let digits = place + (isHexadecimal ? 3 : 2)
    var end = digits
    var code: UInt32 = 0
    while let digit = self[end].digitValue(isHexadecimal: isHexadecimal) {
      code = min(code * (isHexadecimal ? 16 : 10) + digit, 0x11_0000)
      end += 1
    }
    guard end > digits else { return nil }
    return (code, self[end] == UInt8(ascii: ";") ? end + 1 : end)
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
