internal import Syndication

/// A document's bytes as UTF-8, with what had to be overruled to read them.
///
/// The candidates in their order: the byte order mark, what the bytes themselves prove (units of 16
/// or 32 bits, EBCDIC), valid UTF-8, the charset of the Content-Type field (RFC 7303 section 3), the
/// XML declaration, UTF-8 with errors, a guess, windows-1252. Valid UTF-8 comes before every declaration:
/// text of another encoding is hardly ever valid UTF-8, and wrong declarations are common.
struct DocumentText {
  var bytes: [UInt8]
  /// What the bytes were decoded as.
  var encoding: String
  var defects: [ParseDefect] = []

  init(_ bytes: [UInt8], contentType: String?) {
    if let mark = ByteOrderMark(bytes) {
      self.init(bytes, mark: mark, contentType: contentType)
    } else {
      self.init(unmarked: bytes, contentType: contentType)
    }
  }

  private init(bytes: [UInt8], encoding: CharacterEncoding, overruling label: String? = nil) {
    self.bytes = bytes
    self.encoding = encoding.name
    if let label {
      defects.append(
        ParseDefect(.encoding, "declared as \(label) but decoded as \(encoding.name)"))
    }
  }

  private init(_ bytes: [UInt8], mark: ByteOrderMark, contentType: String?) {
    let rest = bytes[mark.length...]
    if let text = Transcoder.utf8(rest, from: mark.encoding, errorLimit: rest.count / 100 + 1) {
      let label = XMLDeclaration.encodingLabel(text[...])
      let declared = label.flatMap { CharacterEncoding(label: $0) }
      let contradicts = declared.map { $0 != mark.encoding && !($0.isWide && mark.encoding.isWide) }
      self.init(
        bytes: text, encoding: mark.encoding,
        overruling: contradicts == true && mark.encoding != .ebcdic ? label : nil)
    } else {
      self.init(unmarked: Array(rest), contentType: contentType)
    }
  }

  private init(unmarked bytes: [UInt8], contentType: String?) {
    let labels = [
      contentType.flatMap(MediaType.init)?.charset, XMLDeclaration.encodingLabel(bytes[...]),
    ].compactMap { $0 }
    let declared = labels.compactMap { CharacterEncoding(label: $0) }.filter { !$0.isWide }
    let isWrong = labels.first.map { CharacterEncoding(label: $0)?.isWide ?? true } ?? false
    if UTF8Repair.isValid(bytes[...]), !(declared.first?.shiftsWithinASCII ?? false) {
      self.init(valid: bytes, declared: declared.first, overruled: isWrong ? labels.first : nil)
      return
    }
    for candidate in declared where candidate != .utf8 {
      guard let text = Transcoder.utf8(bytes[...], from: candidate) else { continue }
      let isFirst = candidate == declared.first && !isWrong
      self.init(bytes: text, encoding: candidate, overruling: isFirst ? nil : labels.first)
      return
    }
    self.init(undeclared: bytes, declared: declared, label: labels.first ?? "utf-8")
  }

  /// Valid UTF-8, of which plain ASCII also is every declared encoding that extends it.
  private init(valid bytes: [UInt8], declared: CharacterEncoding?, overruled: String?) {
    if let declared, declared != .utf8, bytes.allSatisfy({ $0 < 0x80 }),
      Transcoder.utf8(bytes.prefix(64), from: declared) == Array(bytes.prefix(64))
    {
      self.init(bytes: bytes, encoding: declared, overruling: overruled)
    } else {
      let label = declared.flatMap { $0 == .utf8 ? nil : $0.name }
      self.init(bytes: bytes, encoding: .utf8, overruling: overruled ?? label)
    }
  }

  /// Nothing that was declared reads the bytes without an error.
  private init(undeclared bytes: [UInt8], declared: [CharacterEncoding], label: String) {
    if let text = UTF8Repair.mended(bytes[...]) {
      self.init(bytes: text, encoding: .utf8, overruling: label)
      return
    }
    for candidate in declared where candidate != .utf8 {
      let errorLimit = bytes.count / 500 + 1
      if let text = Transcoder.utf8(bytes[...], from: candidate, errorLimit: errorLimit) {
        self.init(bytes: text, encoding: candidate, overruling: label)
        return
      }
    }
    let guess = EncodingGuess.encoding(of: bytes[...]) ?? .windows1252
    if let text = Transcoder.utf8(bytes[...], from: guess, errorLimit: bytes.count / 50 + 1) {
      self.init(bytes: text, encoding: guess, overruling: label)
      return
    }
    let text = Transcoder.utf8(bytes[...], from: .windows1252) ?? []
    self.init(bytes: text, encoding: .windows1252, overruling: label)
  }
}

/// What the first bytes of a document prove about its encoding (XML 1.0 appendix F).
struct ByteOrderMark {
  var encoding: CharacterEncoding
  /// Bytes to leave out; 0 when the proof is the document's own text.
  var length: Int

  init?(_ bytes: [UInt8]) {
    for (pattern, encoding, length) in ByteOrderMark.patterns where bytes.starts(with: pattern) {
      self.encoding = encoding
      self.length = length
      return
    }
    return nil
  }

  private static let patterns: [([UInt8], CharacterEncoding, Int)] = [
    ([0x00, 0x00, 0xFE, 0xFF], .utf32BigEndian, 4),
    ([0xFF, 0xFE, 0x00, 0x00], .utf32LittleEndian, 4),
    ([0xFE, 0xFF], .utf16BigEndian, 2),
    ([0xFF, 0xFE], .utf16LittleEndian, 2),
    ([0xEF, 0xBB, 0xBF], .utf8, 3),
    ([0x00, 0x00, 0x00, 0x3C], .utf32BigEndian, 0),
    ([0x3C, 0x00, 0x00, 0x00], .utf32LittleEndian, 0),
    ([0x00, 0x3C, 0x00], .utf16BigEndian, 0),
    ([0x3C, 0x00], .utf16LittleEndian, 0),
    ([0x00, 0x7B, 0x00], .utf16BigEndian, 0),
    ([0x7B, 0x00], .utf16LittleEndian, 0),
    ([0x4C, 0x6F, 0xA7, 0x94], .ebcdic, 0),
  ]
}
