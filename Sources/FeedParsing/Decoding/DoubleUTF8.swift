/// Text that became UTF-8 twice: its UTF-8 bytes were taken for windows-1252 and encoded again
/// ("â€¦" for "…").
///
/// As feedparser finds it: the whole text fits into windows-1252, and its bytes there are UTF-8. Real
/// text in a Latin script hardly does, since its accented letters stand alone; what it may hold ("CAFÉ®",
/// "MANHÃ…") is no proof by itself.
enum DoubleUTF8 {
  /// The text as it was meant, or nil when it was encoded once only.
  static func undone(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    guard beginsLikeOne(text) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    var evidence = Evidence()
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      guard let byte = windows1252Byte(scalar.value) else { return nil }
      evidence.add(byte, after: bytes.last ?? 0, isLatin1: scalar.value <= 0xFF)
      bytes.append(byte)
    }
    return evidence.isEnough && UTF8Repair.isValid(bytes[...]) ? bytes : nil
  }

  /// The sequences of a text that may be UTF-8 twice.
  private struct Evidence {
    /// How many different pairs that real text may hold too make a proof.
    private static let proof = 2

    private var isCertain = false
    private var doubtful: Set<UInt16> = []

    var isEnough: Bool { isCertain || doubtful.count >= Evidence.proof }

    /// Ellipsis, quotes, bullet, dashes and trade mark in windows-1252.
    private static func isPunctuation(_ byte: UInt8) -> Bool {
      byte == 0x85 || 0x91...0x97 ~= byte || byte == 0x99 || byte == 0x9B
    }

    /// A sequence of three or four is certain, and so is one that stands for a letter of Latin-1, unless
    /// it ends in the punctuation that may follow a word in `Â` or `Ã`.
    mutating func add(_ byte: UInt8, after lead: UInt8, isLatin1: Bool) {
      guard 0x80...0xBF ~= byte else { return }
      switch lead {
      case 0xE0...0xF4: isCertain = true
      case 0xC2...0xC3 where isLatin1 || !Evidence.isPunctuation(byte): isCertain = true
      case 0xC2...0xDF:
        doubtful.insert(UInt16(lead) << 8 | UInt16(byte))
      default: break
      }
    }
  }

  /// Whether the first character beyond ASCII is what a lead byte of UTF-8 becomes: U+00C2 to U+00F4.
  private static func beginsLikeOne(_ text: ArraySlice<UInt8>) -> Bool {
    guard let first = text.firstBeyondASCII, first + 3 < text.endIndex else {
      return false
    }
    return text[first] == 0xC3 && 0x82...0xB4 ~= text[first + 1] && text[first + 2] >= 0x80
  }

  private static func windows1252Byte(_ code: UInt32) -> UInt8? {
    if code <= 0xFF { return UInt8(code) }
    return bytesByCode[code]
  }

  private static let bytesByCode: [UInt32: UInt8] = Dictionary(
    uniqueKeysWithValues: zip(
      Transcoder.windows1252High.map(UInt32.init), UInt8(0x80)...UInt8(0x9F)))
}

extension ArraySlice<UInt8> {
  /// The place of the first byte beyond ASCII, eight bytes at a time.
  var firstBeyondASCII: Int? {
    withUnsafeBytes { bytes in
      var place = 0
      while place + 8 <= bytes.count,
        bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
      {
        place += 8
      }
      while place < bytes.count, bytes[place] < 0x80 { place += 1 }
      return place < bytes.count ? startIndex + place : nil
    }
  }
}
