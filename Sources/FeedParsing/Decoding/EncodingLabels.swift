/// What the labels of encodings mean.
///
/// Labels are compared by their letters and digits alone: `ISO_8859-2:1987`, `iso8859_2` and
/// `ISO-8859-2` are one label to everyone who writes them. IANA, the WHATWG and Python disagree about
/// the marks between, not about the meaning.
enum EncodingLabels {
  /// The letters and digits of a label in lower case, without an `x-` in front.
  static func key(_ label: some StringProtocol) -> String {
    var rest = label[...]
    while rest.hasPrefix("x-") || rest.hasPrefix("x_") { rest = rest.dropFirst(2) }
    return String(decoding: rest.utf8.filter(\.isASCIIAlphanumeric), as: UTF8.self)
  }

  static func encoding(_ key: String) -> CharacterEncoding? {
    byKey[key] ?? latinPart(key).flatMap(iso8859) ?? codePageNumber(key).map(codePage)
  }

  /// The part of ISO 8859 in keys such as `iso88592`, `88592` and `iso885921987` (with its year).
  private static func latinPart(_ key: String) -> Int? {
    guard let prefix = ["iso8859", "csiso8859", "8859"].first(where: key.hasPrefix) else {
      return nil
    }
    let digits = key.dropFirst(prefix.count)
    return Int(digits.count > 4 ? digits.dropLast(4) : digits)
  }

  private static func iso8859(_ part: Int) -> CharacterEncoding? {
    switch part {
    case 1: .windows1252
    case 9: byKey["windows1254"]
    case 11: byKey["tis620"]
    case 2...16 where part != 12: CharacterEncoding("iso-8859-\(part)", "ISO-8859-\(part)")
    default: nil
    }
  }

  /// The number of a vendor's code page: `cp437`, `ibm437`, `csibm437` or plain `437`.
  private static func codePageNumber(_ key: String) -> String? {
    let prefix = codePagePrefixes.first { key.hasPrefix($0) } ?? ""
    let digits = key.dropFirst(prefix.count)
    guard 2...5 ~= digits.utf8.count, digits.utf8.allSatisfy(\.isASCIIDigit) else { return nil }
    return String(digits)
  }

  private static let codePagePrefixes = [
    "cswindows", "windows", "csibm", "cspc", "ibm", "dos", "cp", "ms",
  ]

  private static func codePage(_ number: String) -> CharacterEncoding {
    if number.hasPrefix("125"), number.utf8.count == 4 {
      return CharacterEncoding("windows-\(number)", "CP\(number)")
    }
    return CharacterEncoding("cp\(number)", "IBM\(number)", "CP\(number)")
  }

  private static let byKey: [String: CharacterEncoding] = {
    var table: [String: CharacterEncoding] = [:]
    for (encoding, keys) in families {
      for key in keys.split(separator: " ") { table[String(key)] = encoding }
    }
    return table
  }()

  /// Encodings with the keys of their labels, where a key means more than it says or the system's
  /// converter has another name.
  private static let families: [(CharacterEncoding, String)] =
    unicodeFamilies + westernFamilies + asianFamilies

  private static let unicodeFamilies: [(CharacterEncoding, String)] = [
    (
      .utf8, "utf8 u8 utf utf8sig utf8ucs2 utf8ucs4 unicode11utf8 unicode20utf8 cp65001 65001 utf8n"
    ),
    (
      CharacterEncoding("utf-16", "UTF-16"),
      "utf16 u16 ucs2 iso10646ucs2 unicode csunicode csutf16 cp1200 1200"
    ),
    (.utf16LittleEndian, "utf16le unicodelittleunmarked unicodelittle unicodefffe ucs2le"),
    (.utf16BigEndian, "utf16be unicodebigunmarked unicodebig ucs2be cp1201 1201"),
    (CharacterEncoding("utf-32", "UTF-32"), "utf32 u32 ucs4 iso10646ucs4 csucs4 csutf32 iso10646"),
    (.utf32LittleEndian, "utf32le ucs4le"), (.utf32BigEndian, "utf32be ucs4be"),
  ]

  private static let westernFamilies: [(CharacterEncoding, String)] = [
    (
      .windows1252,
      "windows1252 cp1252 1252 latin1 l1 latin isolatin1 csisolatin1 isoir100 iso88591ts usascii ascii "
        + "ansix341968 ansix341986 646 us iso646us iso646irv1991 iso646 isoir6 csascii cp367 ibm367 cp819 ibm819 819 ansi"
    ),
    (CharacterEncoding("iso-8859-2", "ISO-8859-2"), "latin2 l2 isolatin2 csisolatin2 isoir101"),
    (CharacterEncoding("iso-8859-3", "ISO-8859-3"), "latin3 l3 isolatin3 csisolatin3 isoir109"),
    (CharacterEncoding("iso-8859-4", "ISO-8859-4"), "latin4 l4 isolatin4 csisolatin4 isoir110"),
    (
      CharacterEncoding("iso-8859-5", "ISO-8859-5"),
      "cyrillic csisolatincyrillic isoir144 iso88595cyrillic"
    ),
    (
      CharacterEncoding("iso-8859-6", "ISO-8859-6"),
      "arabic csisolatinarabic asmo708 ecma114 isoir127 iso88596e iso88596i csiso88596e csiso88596i"
    ),
    (
      CharacterEncoding("iso-8859-7", "ISO-8859-7"),
      "greek greek8 csisolatingreek ecma118 elot928 isoir126 suneugreek"
    ),
    (
      CharacterEncoding("iso-8859-8", "ISO-8859-8"),
      "hebrew csisolatinhebrew visual logical isoir138 iso88598i iso88598e csiso88598i csiso88598e"
    ),
    (
      CharacterEncoding("windows-1254", "CP1254"),
      "windows1254 cp1254 1254 latin5 l5 isolatin5 csisolatin5 isoir148"
    ),
    (CharacterEncoding("iso-8859-10", "ISO-8859-10"), "latin6 l6 isolatin6 csisolatin6 isoir157"),
    (CharacterEncoding("iso-8859-13", "ISO-8859-13"), "latin7 l7"),
    (CharacterEncoding("iso-8859-14", "ISO-8859-14"), "latin8 l8 isoceltic isoir199"),
    (CharacterEncoding("iso-8859-15", "ISO-8859-15"), "latin9 l9 csisolatin9 isoir203"),
    (CharacterEncoding("iso-8859-16", "ISO-8859-16"), "latin10 l10 isoir226"),
    (
      CharacterEncoding("windows-874", "CP874"),
      "windows874 cp874 874 dos874 tis620 tis6200 tis62025290 tis62025291 isoir166 thai"
    ),
    (CharacterEncoding("koi8-r", "KOI8-R"), "koi8r koi8 koi cskoi8r cp20866 20866"),
    (CharacterEncoding("koi8-u", "KOI8-U"), "koi8u koi8ru cp21866 21866"),
    (CharacterEncoding("koi8-t", "KOI8-T"), "koi8t"),
    (CharacterEncoding("ptcp154", "PT154"), "ptcp154 pt154 cp154 csptcp154 cyrillicasian"),
    (CharacterEncoding("kz-1048", "RK1048"), "kz1048 rk1048 strk10482002 cskz1048"),
    (CharacterEncoding("cp858", "CP858"), "cp858 858 ibm858 csibm858 cp00858 ibm00858 ccsid00858"),
    (CharacterEncoding("cp861", "IBM861"), "cpis"), (CharacterEncoding("cp869", "IBM869"), "cpgr"),
    (CharacterEncoding("cp1125", "CP1125"), "cp866u ruscii"),
    (CharacterEncoding("cp424", "IBM424"), "ebcdiccphe"),
    (CharacterEncoding("cp500", "IBM500"), "ebcdiccpbe ebcdiccpch"),
    (.ebcdic, "ebcdiccpus ebcdiccpca ebcdiccpwt ebcdiccpnl cp37 37 cp037 037 ibm037 csibm037"),
    (
      CharacterEncoding("hp-roman8", "HP-ROMAN8"),
      "hproman8 roman8 r8 cshproman8 cp1051 ibm1051 1051"
    ),
    (CharacterEncoding("macintosh", "MACINTOSH"), "macintosh mac macroman csmacintosh cp10000"),
    (
      CharacterEncoding("x-mac-cyrillic", "MAC-UK", "MAC-CYRILLIC"),
      "maccyrillic macukrainian macukraine cp10007"
    ),
    (
      CharacterEncoding("x-mac-ce", "MAC-CENTRALEUROPE"),
      "maccentraleurope macce maccenteuro maclatin2 cp10029"
    ),
    (CharacterEncoding("x-mac-greek", page: .macGreek), "macgreek cp10006"),
    (CharacterEncoding("x-mac-turkish", page: .macTurkish), "macturkish cp10081"),
    (CharacterEncoding("x-mac-croatian", page: .macCroatian), "maccroatian cp10082"),
    (CharacterEncoding("x-mac-romanian", page: .macRomanian), "macromanian macromania cp10010"),
    (CharacterEncoding("x-mac-icelandic", page: .macIcelandic), "maciceland macicelandic cp10079"),
    (CharacterEncoding("cp720", page: .arabicDOS), "cp720 720 dos720 ibm720"),
  ]

  private static let asianFamilies: [(CharacterEncoding, String)] = [
    (
      CharacterEncoding("gb18030", "GB18030"),
      "gb18030 gb180302000 gb180302005 gb180302022 gb2312 gb23121980 gb231280 csgb2312 csiso58gb231280 isoir58 "
        + "gbk csgbk euccn eucgb2312cn gb cp936 936 ms936 windows936 chinese cp54936 54936"
    ),
    (CharacterEncoding(name: "hz-gb-2312", scheme: .hz), "hz hzgb hzgb2312 hzgb231280"),
    (
      CharacterEncoding("big5", "BIG5-HKSCS", "BIG5"),
      "big5 big5hkscs big5tw csbig5 cnbig5 hkscs cp950 950 ms950 windows950 big5eten"
    ),
    (CharacterEncoding("euc-tw", "EUC-TW"), "euctw cns11643"),
    (
      CharacterEncoding("shift_jis", "CP932", "SJIS"),
      "shiftjis sjis csshiftjis mskanji windows31j cswindows31j cp932 932 ms932 mskanjisjis windows932 cp943"
    ),
    (
      CharacterEncoding("shift_jisx0213", "SHIFT_JISX0213"),
      "shiftjisx0213 sjisx0213 shiftjis2004 sjis2004"
    ),
    (
      CharacterEncoding("euc-jp", "EUC-JP-MS", "EUC-JP"),
      "eucjp ujis cseucpkdfmtjapanese cp51932 eucjpms extendedunixcodepackedformatforjapanese"
    ),
    (
      CharacterEncoding("euc-jisx0213", "EUC-JISX0213"),
      "eucjisx0213 eucjis2004 jisx0213 eucjp2004 jis2004"
    ),
    (
      CharacterEncoding("iso-2022-jp", "ISO-2022-JP-3", "ISO-2022-JP"),
      "iso2022jp csiso2022jp jis iso2022jp3 iso2022jp2004 iso2022jpext iso2022jpms cp50220 cp50221 cp50222"
    ),
    (CharacterEncoding("iso-2022-jp-2", "ISO-2022-JP-2"), "iso2022jp1 iso2022jp2 csiso2022jp2"),
    (
      CharacterEncoding("euc-kr", "CP949", "EUC-KR"),
      "euckr cseuckr cp949 949 ms949 windows949 uhc ksc56011987 ksc56011989 ksc5601 ksx1001 korean isoir149 "
        + "csksc56011987"
    ),
    (CharacterEncoding("johab", "JOHAB"), "johab cp1361 1361 ms1361"),
    (CharacterEncoding("iso-2022-kr", "ISO-2022-KR"), "iso2022kr csiso2022kr"),
    (CharacterEncoding("iso-2022-cn", "ISO-2022-CN-EXT", "ISO-2022-CN"), "iso2022cn iso2022cnext"),
  ]
}
