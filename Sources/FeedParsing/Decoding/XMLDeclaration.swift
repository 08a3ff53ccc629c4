internal import Syndication

/// `<?xml version="1.0" encoding="…"?>`, read leniently.
enum XMLDeclaration {
  /// Where in a document the declaration may start, and how long it may be, in bytes.
  private static let searchByteLimit = 4096
  private static let lengthByteLimit = 512

  /// The value of `encoding`, or nil when there is no declaration or none in it.
  static func encodingLabel(_ bytes: ArraySlice<UInt8>) -> String? {
    let head = bytes.prefix(searchByteLimit)
    guard let start = head.firstRange(ofIgnoringCase: "<?xml")?.upperBound else { return nil }
    let declaration = head[start...].prefix(lengthByteLimit).prefix { $0 != UInt8(ascii: ">") }
    guard let name = declaration.firstRange(ofIgnoringCase: "encoding") else { return nil }
    let rest = declaration[name.upperBound...].drop { $0.isASCIISpace }
    guard rest.first == UInt8(ascii: "=") else { return nil }
    return label(rest.dropFirst())
  }

  /// The label that begins a value, which may be quoted; nil when there is none. Not every code
  /// page of EBCDIC has its quotes in one place.
  static func label(_ bytes: ArraySlice<UInt8>) -> String? {
    let value = bytes.drop { $0.isASCIISpace || $0 == 0x22 || $0 == 0x27 || $0 >= 0x80 }
    let label = value.prefix { $0.isASCIIAlphanumeric || "-_.:+".utf8.contains($0) }
    return label.isEmpty ? nil : String(decoding: label, as: UTF8.self)
  }
}

/// `<meta charset="…">` and `<meta http-equiv="content-type" content="text/html; charset=…">`.
enum HTMLDeclaration {
  /// Where in a page the declaration may stand, in bytes (HTML Standard section 4.2.5.4).
  private static let searchByteLimit = 1024

  /// The value of `charset`, or nil when the document is no page or says none.
  static func encodingLabel(_ bytes: ArraySlice<UInt8>) -> String? {
    let head = bytes.prefix(searchByteLimit)
    guard head.firstRange(ofIgnoringCase: "<rss") == nil,
      let meta = head.firstRange(ofIgnoringCase: "<meta")?.upperBound,
      let name = head[meta...].firstRange(ofIgnoringCase: "charset")
    else { return nil }
    let rest = head[name.upperBound...].drop { $0.isASCIISpace }
    guard rest.first == UInt8(ascii: "=") else { return nil }
    return XMLDeclaration.label(rest.dropFirst())
  }
}

extension ArraySlice<UInt8> {
  /// The first occurrence of an ASCII text, in any case of its letters; `text` is in lower case.
  func firstRange(ofIgnoringCase text: StaticString) -> Range<Int>? {
    let length = text.utf8CodeUnitCount
    guard count >= length else { return nil }
    return text.withUTF8Buffer { text in
      withUnsafeBufferPointer { bytes in
        for place in 0...(bytes.count - length) {
          var matched = 0
          while matched < length, bytes[place + matched].asciiLowercased == text[matched] {
            matched += 1
          }
          if matched == length { return startIndex + place..<startIndex + place + length }
        }
        return nil
      }
    }
  }
}
