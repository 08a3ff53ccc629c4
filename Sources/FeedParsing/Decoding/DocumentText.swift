internal import Syndication

/// A document's bytes as UTF-8, with what had to be overruled to read them.
///
/// The candidates in their order: the byte order mark, what the bytes themselves prove (units of 16
/// or 32 bits, EBCDIC), valid UTF-8, the charset of the Content-Type field (RFC 7303 section 3), the
/// declaration of XML or HTML, UTF-8 with errors, a guess, windows-1252. Valid UTF-8 comes before every
/// declaration: text of another encoding is hardly ever valid UTF-8, and wrong declarations are common.
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
    if let label, CharacterEncoding(label: label) != encoding {
      defects.append(
        ParseDefect(
          .encoding, "declared as \(label)\(Self.reason(label)) but decoded as \(encoding.name)"))
    }
  }

  private init(
    _ outcome: Transcoder.Outcome, encoding: CharacterEncoding, overruling label: String? = nil
  ) {
    self.init(bytes: outcome.bytes, encoding: encoding, overruling: label)
    if outcome.errors > 0 {
      defects.append(
        ParseDefect(.encoding, "bytes that are no \(encoding.name): \(outcome.errors)"))
    }
  }

  /// Why a declaration could not be followed, where the system is the cause.
  private static func reason(_ label: String) -> String {
    guard let encoding = CharacterEncoding(label: label), !Transcoder.canRead(encoding) else {
      return ""
    }
    return ", which this system cannot convert,"
  }

  private init(_ bytes: [UInt8], mark: ByteOrderMark, contentType: String?) {
    let rest = bytes[mark.length...]
    guard !mark.isContradicted(by: rest),
      let text = Transcoder.utf8(rest, from: mark.encoding, errorLimit: rest.count / 100 + 1)
    else {
      self.init(unmarked: Array(rest), contentType: contentType)
      if encoding != mark.encoding.name {
        defects.insert(
          ParseDefect(.encoding, "marked as \(mark.encoding.name) but decoded as \(encoding)"),
          at: 0)
      }
      return
    }
    let label = XMLDeclaration.encodingLabel(text.bytes[...])
    let declared = label.flatMap { CharacterEncoding(label: $0) }
    if mark.encoding == .ebcdic {
      self.init(ebcdic: rest, declared: declared ?? .ebcdic, invariant: text)
    } else {
      let contradicts = declared.map {
        $0 != mark.encoding && (mark.encoding == .utf8 || $0.holdsASCII)
      }
      self.init(text, encoding: mark.encoding, overruling: contradicts == true ? label : nil)
    }
  }

  /// The code pages of EBCDIC agree about the declaration, which tells them apart.
  private init(
    ebcdic bytes: ArraySlice<UInt8>, declared: CharacterEncoding, invariant: Transcoder.Outcome
  ) {
    if let text = Transcoder.utf8(bytes, from: declared, errorLimit: bytes.count / 100 + 1),
      text.bytes.starts(with: "<?xml".utf8)
    {
      self.init(text, encoding: declared)
    } else {
      self.init(invariant, encoding: .ebcdic, overruling: declared.name)
    }
  }

  private init(unmarked bytes: [UInt8], contentType: String?) {
    let labels = [
      contentType.flatMap(MediaType.init)?.charset,
      XMLDeclaration.encodingLabel(bytes[...]) ?? HTMLDeclaration.encodingLabel(bytes[...]),
    ].compactMap { $0 }
    let declared = labels.compactMap { CharacterEncoding(label: $0) }.filter(\.holdsASCII)
    let isWrong = labels.first.map { CharacterEncoding(label: $0)?.holdsASCII != true } ?? false
    let census = UTF8Repair.Census(bytes[...])
    if census.isValid, !(declared.first?.shiftsWithinASCII ?? false) {
      self.init(valid: bytes, declared: declared.first, label: labels.first, isWrong: isWrong)
      return
    }
    if !census.isCertain {
      for candidate in declared where candidate != .utf8 {
        guard let text = Transcoder.utf8(bytes[...], from: candidate) else { continue }
        if candidate == .windows1252,
          let guess = EncodingGuess.encoding(againstWindows1252: bytes[...]),
          let guessed = Transcoder.utf8(bytes[...], from: guess, errorLimit: bytes.count / 500 + 1)
        {
          self.init(guessed, encoding: guess, overruling: candidate.name)
          return
        }
        let isFirst = candidate == declared.first && !isWrong
        self.init(text, encoding: candidate, overruling: isFirst ? nil : labels.first)
        return
      }
    }
    self.init(undeclared: bytes, census, declared: declared, label: labels.first ?? "utf-8")
  }

  /// Valid UTF-8, of which plain ASCII also is every declared encoding that extends it.
  private init(valid bytes: [UInt8], declared: CharacterEncoding?, label: String?, isWrong: Bool) {
    if let declared, declared != .utf8, bytes.allSatisfy({ $0 < 0x80 }),
      Transcoder.utf8(bytes.prefix(64), from: declared)?.bytes == Array(bytes.prefix(64))
    {
      self.init(bytes: bytes, encoding: declared, overruling: isWrong ? label : nil)
    } else {
      self.init(bytes: bytes, encoding: .utf8, overruling: label)
    }
  }

  /// Nothing that was declared reads the bytes without an error.
  private init(
    undeclared bytes: [UInt8], _ census: UTF8Repair.Census, declared: [CharacterEncoding],
    label: String
  ) {
    if census.isCertain || census.isLikely {
      let text = Transcoder.Outcome(
        bytes: UTF8Repair.mended(bytes[...]), errors: census.defects)
      self.init(text, encoding: .utf8, overruling: label)
      return
    }
    for candidate in declared where candidate != .utf8 {
      if let text = Transcoder.utf8(bytes[...], from: candidate, errorLimit: bytes.count / 500 + 1)
      {
        self.init(text, encoding: candidate, overruling: label)
        return
      }
    }
    let guess = EncodingGuess.encoding(of: bytes[...]) ?? .windows1252
    if let text = Transcoder.utf8(bytes[...], from: guess, errorLimit: bytes.count / 50 + 1) {
      self.init(text, encoding: guess, overruling: label)
      return
    }
    let text = Transcoder.utf8(bytes[...], from: .windows1252)?.bytes ?? []
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
    guard let encoding = ByteOrderMark.wideEncoding(of: bytes) else { return nil }
    self.encoding = encoding
    length = 0
  }

  /// Whether units of a byte follow, as when text is put together from files of two encodings.
  func isContradicted(by rest: ArraySlice<UInt8>) -> Bool {
    guard case .wide = encoding.scheme, length > 0 else { return false }
    return rest.first == UInt8(ascii: "<")
      && rest.dropFirst().prefix(3).allSatisfy { 0x21...0x7E ~= $0 }
  }

  /// The encoding of units of 16 or 32 bits that begin with a character that documents begin with.
  private static func wideEncoding(of bytes: [UInt8]) -> CharacterEncoding? {
    guard bytes.count >= 4 else { return nil }
    let zeros = bytes.prefix(4).map { $0 == 0 }
    let first = bytes.prefix(4).first { $0 != 0 } ?? 0
    guard "<{[ \t\r\n".utf8.contains(first) else { return nil }
    switch zeros {
    case [true, true, true, false]: return .utf32BigEndian
    case [false, true, true, true]: return .utf32LittleEndian
    case [true, false, true, false]: return .utf16BigEndian
    case [false, true, false, true]: return .utf16LittleEndian
    // The second character is none of Latin-1.
    case [true, false, false, false]: return .utf16BigEndian
    case [false, true, false, false]: return .utf16LittleEndian
    default: return nil
    }
  }

  private static let patterns: [([UInt8], CharacterEncoding, Int)] = [
    ([0x00, 0x00, 0xFE, 0xFF], .utf32BigEndian, 4),
    ([0xFF, 0xFE, 0x00, 0x00], .utf32LittleEndian, 4),
    ([0xFE, 0xFF], .utf16BigEndian, 2),
    ([0xFF, 0xFE], .utf16LittleEndian, 2),
    ([0xEF, 0xBB, 0xBF], .utf8, 3),
    ([0x4C, 0x6F, 0xA7, 0x94], .ebcdic, 0),
  ]
}
