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
    let value = rest.dropFirst().drop { $0.isASCIISpace || $0 == 0x22 || $0 == 0x27 }
    let label = value.prefix { $0.isASCIIAlphanumeric || "-_.:+".utf8.contains($0) }
    return label.isEmpty ? nil : String(decoding: label, as: UTF8.self)
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
