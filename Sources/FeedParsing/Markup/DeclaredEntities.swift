/// The harmless entities of a document type's internal subset: short characters without references.
///
/// Anything else that a document declares is ignored, so that no declaration can grow the document
/// or reach outside it.
struct DeclaredEntities {
  /// Of entities, of a name and of a replacement text, in bytes.
  private static let countLimit = 512
  private static let nameByteLimit = 40
  private static let textByteLimit = 256

  private var texts: [[UInt8]: [UInt8]] = [:]

  init() {}

  /// Reads the declarations in `subset`, the range of a document type declaration.
  init(_ input: ByteScan, in subset: Range<Int>) {
    var place = subset.lowerBound
    while texts.count < DeclaredEntities.countLimit,
      let found = input.firstPlace(of: "<!ENTITY", from: place), found < subset.upperBound
    {
      place = found + 8
      let start = input.skippingSpace(from: place)
      let name = start..<input.endOfName(from: start)
      let opening = input.skippingSpace(from: name.upperBound)
      let quote = input[opening]
      guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"),
        name.count <= DeclaredEntities.nameByteLimit,
        let closing = input.firstPlace(
          of: quote, from: opening + 1,
          before: min(subset.upperBound, opening + 2 + DeclaredEntities.textByteLimit))
      else { continue }
      place = closing
      if let text = DeclaredEntities.plain(input.slice(opening + 1..<closing)) {
        texts[Array(input.slice(name))] = text
      }
    }
  }

  func text(of name: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    texts.isEmpty ? nil : texts[Array(name)]
  }

  /// A text without references, or one character reference alone.
  private static func plain(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    guard text.contains(UInt8(ascii: "&")) else {
      return text.contains { $0 < 0x20 || $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: "%") }
        ? nil : Array(text)
    }
    guard text.starts(with: "&#".utf8), text.last == UInt8(ascii: ";") else { return nil }
    let isHexadecimal = text.count > 2 && text[2] | 0x20 == UInt8(ascii: "x")
    let digits = text.dropFirst(isHexadecimal ? 3 : 2).dropLast()
    let code = UInt32(String(decoding: digits, as: UTF8.self), radix: isHexadecimal ? 16 : 10)
    guard let code, code >= 0x20, let scalar = Unicode.Scalar(code), code & 0xFFFE != 0xFFFE else {
      return nil
    }
    return Array(String(Character(scalar)).utf8)
  }
}
