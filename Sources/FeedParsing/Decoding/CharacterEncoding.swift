/// An encoding that a label names, as the web means the label (WHATWG Encoding, section 4.2): the
/// superset that real documents use stands in for the standard that they cite.
struct CharacterEncoding: Hashable {
  enum Scheme: Hashable {
    case utf8
    case windows1252
    /// The name to open the converter with.
    case iconv(String)
  }

  /// An IANA name in lower case.
  let name: String
  let scheme: Scheme

  static let utf8 = CharacterEncoding(name: "utf-8", scheme: .utf8)
  static let windows1252 = CharacterEncoding(name: "windows-1252", scheme: .windows1252)
  static let utf16LittleEndian = CharacterEncoding(name: "utf-16le", scheme: .iconv("UTF-16LE"))
  static let utf16BigEndian = CharacterEncoding(name: "utf-16be", scheme: .iconv("UTF-16BE"))
  static let utf32LittleEndian = CharacterEncoding(name: "utf-32le", scheme: .iconv("UTF-32LE"))
  static let utf32BigEndian = CharacterEncoding(name: "utf-32be", scheme: .iconv("UTF-32BE"))
  static let ebcdic = CharacterEncoding(name: "cp037", scheme: .iconv("IBM037"))

  /// Nil for an empty, overlong or malformed label, and for UTF-7, which hides mark-up from filters.
  init?(label: some StringProtocol) {
    let label = label.lowercased()
    guard !label.isEmpty, label.utf8.count <= Transcoder.labelByteLimit,
      label.utf8.allSatisfy({ $0.isASCIIAlphanumeric || "-_.:+".utf8.contains($0) }),
      !label.hasSuffix("utf-7"), !label.hasSuffix("utf7")
    else { return nil }
    if let known = CharacterEncoding.byLabel[label] {
      self = known
    } else {
      self.init(name: label, scheme: .iconv(label))
    }
  }

  private init(name: String, scheme: Scheme) {
    self.name = name
    self.scheme = scheme
  }

  /// Whether its text needs nothing but ASCII bytes, so that ASCII bytes alone say nothing about it.
  var shiftsWithinASCII: Bool {
    name.hasPrefix("iso-2022") || name.hasPrefix("hz")
  }

  /// Whether a unit is wider than a byte, which a document that starts with an ASCII `<` disproves.
  var isWide: Bool {
    name.hasPrefix("utf-16") || name.hasPrefix("utf-32") || CharacterEncoding.wide.contains(name)
  }

  private static let wide: Set<String> = [
    "u16", "u32", "utf16", "utf32", "utf_16", "utf_32", "iso-10646-ucs-2", "iso-10646-ucs-4",
    "ucs-2", "ucs-4", "ucs2", "ucs4", "unicode", "csunicode", "csucs4", "utf16le", "utf16be",
  ]

  private static let byLabel: [String: CharacterEncoding] = {
    var table: [String: CharacterEncoding] = [:]
    for (encoding, labels) in families {
      for label in labels.split(separator: " ") { table[String(label)] = encoding }
    }
    return table
  }()

  private static func viaIconv(_ name: String, _ converter: String) -> CharacterEncoding {
    CharacterEncoding(name: name, scheme: .iconv(converter))
  }

  private static let families: [(CharacterEncoding, String)] = [
    (.utf8, "utf-8 utf8 utf_8 unicode-1-1-utf-8 x-unicode20utf8"),
    (
      .windows1252,
      "windows-1252 cp1252 x-cp1252 iso-8859-1 iso8859-1 iso_8859-1 iso88591 latin1 latin-1 l1 "
        + "us-ascii ascii ansi_x3.4-1968 iso-ir-100 cp819 ibm819 8859-1"
    ),
    (
      viaIconv("gb18030", "GB18030"),
      "gb18030 gb2312 gbk x-gbk gb_2312-80 gb_2312 euc-cn cp936 chinese"
    ),
    (viaIconv("big5", "BIG5-HKSCS"), "big5 big5-hkscs big-5 cn-big5 x-x-big5 cp950"),
    (
      viaIconv("shift_jis", "CP932"),
      "shift_jis shift-jis sjis x-sjis ms_kanji windows-31j cp932 ms932"
    ),
    (viaIconv("euc-jp", "EUC-JP"), "euc-jp x-euc-jp eucjp ujis"),
    (
      viaIconv("euc-kr", "CP949"),
      "euc-kr euckr cp949 ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 korean windows-949 uhc"
    ),
    (
      viaIconv("windows-1254", "CP1254"),
      "windows-1254 cp1254 x-cp1254 iso-8859-9 iso8859-9 latin5 l5"
    ),
    (viaIconv("windows-874", "CP874"), "windows-874 tis-620 iso-8859-11 iso8859-11 dos-874 cp874"),
    (viaIconv("iso-8859-8", "ISO-8859-8"), "iso-8859-8 iso-8859-8-i iso-8859-8-e visual hebrew"),
    (viaIconv("macintosh", "MACINTOSH"), "macintosh mac macroman x-mac-roman csmacintosh"),
    (
      viaIconv("utf-16", "UTF-16"),
      "utf-16 utf16 utf_16 u16 ucs-2 ucs2 iso-10646-ucs-2 unicode csunicode"
    ),
    (viaIconv("utf-32", "UTF-32"), "utf-32 utf32 utf_32 u32 ucs-4 ucs4 iso-10646-ucs-4 csucs4"),
  ]
}

extension UInt8 {
  var isASCIIDigit: Bool { 0x30...0x39 ~= self }
  /// The small letter of a capital one.
  var asciiLowercased: UInt8 { 0x41...0x5A ~= self ? self | 0x20 : self }
}
