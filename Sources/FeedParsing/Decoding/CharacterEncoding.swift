/// An encoding that a label names, as the web means the label (WHATWG Encoding, section 4.2): the
/// superset that real documents use stands in for the standard that they cite.
struct CharacterEncoding: Hashable {
  enum Scheme: Hashable {
    case utf8
    case windows1252
    /// UTF-16 or UTF-32 in an order of their bytes.
    case wide(unit: Int, isBigEndian: Bool)
    /// The names to open the system's converter with, best first.
    case iconv([String])
    /// ASCII below 0x80, and these 128 characters above it.
    case page(String)
    /// GB 2312 in pairs of ASCII bytes between `~{` and `~}` (RFC 1843).
    case hz
  }

  /// An IANA name in lower case.
  let name: String
  let scheme: Scheme

  static let utf8 = CharacterEncoding(name: "utf-8", scheme: .utf8)
  static let windows1252 = CharacterEncoding(name: "windows-1252", scheme: .windows1252)
  static let utf16LittleEndian = CharacterEncoding(
    name: "utf-16le", scheme: .wide(unit: 2, isBigEndian: false))
  static let utf16BigEndian = CharacterEncoding(
    name: "utf-16be", scheme: .wide(unit: 2, isBigEndian: true))
  static let utf32LittleEndian = CharacterEncoding(
    name: "utf-32le", scheme: .wide(unit: 4, isBigEndian: false))
  static let utf32BigEndian = CharacterEncoding(
    name: "utf-32be", scheme: .wide(unit: 4, isBigEndian: true))
  static let ebcdic = CharacterEncoding("cp037", "IBM037")

  init(name: String, scheme: Scheme) {
    self.name = name
    self.scheme = scheme
  }

  /// One that the system converts, with the names of its converters, best first.
  init(_ name: String, _ converters: String...) {
    self.init(name: name, scheme: .iconv(converters))
  }

  /// Nil for an empty, overlong or malformed label, and for UTF-7, which hides mark-up from filters.
  init?(label: some StringProtocol) {
    let label = label.lowercased()
    guard !label.isEmpty, label.utf8.count <= Transcoder.labelByteLimit,
      label.utf8.allSatisfy({ $0.isASCIIAlphanumeric || "-_.:+".utf8.contains($0) })
    else { return nil }
    let key = EncodingLabels.key(label)
    guard !key.contains("utf7"), key != "u7" else { return nil }
    self = EncodingLabels.encoding(key) ?? CharacterEncoding(unlisted: label)
  }

  /// What no table knows is left to the system, under the spellings that its tables might have.
  private init(unlisted label: String) {
    let hyphened = String(label.map { $0 == "_" ? "-" : $0 })
    self.init(name: hyphened, scheme: .iconv([label, hyphened]))
  }

  /// Whether its text needs nothing but ASCII bytes, so that ASCII bytes alone say nothing about it.
  var shiftsWithinASCII: Bool {
    name.hasPrefix("iso-2022") || scheme == .hz
  }

  /// Whether a declaration that can be read as ASCII can stand in a document of this encoding; the
  /// declaration itself disproves UTF-16, UTF-32 and EBCDIC.
  var holdsASCII: Bool {
    if case .wide = scheme { return false }
    guard case .iconv = scheme, Transcoder.canRead(self) else { return true }
    return Transcoder.utf8(Self.probe[...], from: self)?.bytes == Self.probe
  }

  private static let probe = Array("<?xml version".utf8)
}

extension UInt8 {
  var isASCIIDigit: Bool { 0x30...0x39 ~= self }
  /// The small letter of a capital one.
  var asciiLowercased: UInt8 { 0x41...0x5A ~= self ? self | 0x20 : self }
}
