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

  /// A text without references but those of characters, or nil for any other.
  private static func plain(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    var output: [UInt8] = []
    var place = 0
    while place < text.count {
      let byte = text[place]
      place += 1
      switch byte {
      case UInt8(ascii: "&"):
        guard let end = text[place...].firstIndex(of: UInt8(ascii: ";")),
          let characters = characters(UnsafeBufferPointer(rebasing: text[place..<end]))
        else { return nil }
        output += characters
        place = end + 1
      case 0..<0x20, 0x7F, UInt8(ascii: "<"), UInt8(ascii: "%"): return nil
      default: output.append(byte)
      }
    }
    return output
  }

  /// What a reference stands for, between its `&` and its `;`.
  private static func characters(_ name: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    guard name.first == UInt8(ascii: "#") else { return NamedEntities.characters(named: name) }
    let isHexadecimal = name.count > 1 && name[1] | 0x20 == UInt8(ascii: "x")
    let digits = name.dropFirst(isHexadecimal ? 2 : 1)
    let code = UInt32(String(decoding: digits, as: UTF8.self), radix: isHexadecimal ? 16 : 10)
    guard let code, code >= 0x20, code != 0x7F, code & 0xFFFE != 0xFFFE,
      let scalar = Unicode.Scalar(code)
    else { return nil }
    return Array(String(Character(scalar)).utf8)
  }
}
