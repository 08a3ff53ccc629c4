import FeedParsing
import Syndication
import Testing

/// The labels of encodings, in the spellings of IANA, the WHATWG, Python and the vendors.
@Suite struct EncodingLabelTests {
  private static let western: [(String, String)] = [
    ("ISO_8859-1:1987", "windows-1252"), ("l1", "windows-1252"), ("x-ansi", "windows-1252"),
    ("CP819", "windows-1252"), ("us_ascii", "windows-1252"), ("csISOLatin1", "windows-1252"),
    ("ISO-8859-15", "iso-8859-15"), ("iso8859_15", "iso-8859-15"), ("latin9", "iso-8859-15"),
    ("iso_8859_14_1998", "iso-8859-14"), ("iso885916", "iso-8859-16"), ("latin10", "iso-8859-16"),
    ("windows_1254", "windows-1254"), ("ISO-8859-9", "windows-1254"), ("csibm858", "cp858"),
    ("IBM437", "cp437"), ("850", "cp850"), ("x_cp850", "cp850"), ("mac_roman", "macintosh"),
    ("mac-iceland", "x-mac-icelandic"), ("hp_roman8", "hp-roman8"),
  ]

  @Test(arguments: western)
  func `western labels are known in any spelling`(label: String, name: String) throws {
    let converters = [
      "windows-1252": "CP1252", "windows-1254": "CP1254", "x-mac-icelandic": "MACINTOSH",
    ]
    try expect("été", label, encodedAs: converters[name] ?? name, named: name)
  }

  @Test(arguments: [
    ("latin2", "ISO-8859-2", "Žluťoučký", "iso-8859-2"),
    ("ISO_8859-2:1987", "ISO-8859-2", "Žluťoučký", "iso-8859-2"),
    ("windows_1250", "CP1250", "Žluťoučký", "windows-1250"),
    ("mac_latin2", "MAC-CENTRALEUROPE", "Žluťoučký", "x-mac-ce"),
    ("cp852", "IBM852", "Žluťoučký", "cp852"),
    ("isolatin3", "ISO-8859-3", "ĉirkaŭ", "iso-8859-3"),
    ("iso-ir-110", "ISO-8859-4", "ņemt", "iso-8859-4"),
    ("L6", "ISO-8859-10", "ņemt", "iso-8859-10"),
    ("iso8859_13", "ISO-8859-13", "ąžuolas", "iso-8859-13"),
    ("cp1257", "CP1257", "ąžuolas", "windows-1257"),
    ("koi8_r", "KOI8-R", "Мир", "koi8-r"), ("koi8-u", "KOI8-U", "Мир", "koi8-u"),
    ("x-cp1251", "CP1251", "Мир", "windows-1251"), ("1251", "CP1251", "Мир", "windows-1251"),
    ("csISOLatinCyrillic", "ISO-8859-5", "Мир", "iso-8859-5"),
    ("cp866", "IBM866", "Мир", "cp866"), ("ibm855", "IBM855", "Мир", "cp855"),
    ("x-mac-cyrillic", "MAC-UK", "Мир", "x-mac-cyrillic"),
    ("ptcp154", "PT154", "Мир", "ptcp154"), ("kz_1048", "RK1048", "Мир", "kz-1048"),
    ("greek", "ISO-8859-7", "Νέα", "iso-8859-7"), ("ecma-118", "ISO-8859-7", "Νέα", "iso-8859-7"),
    ("windows-1253", "CP1253", "Νέα", "windows-1253"), ("cp_gr", "IBM869", "Νέα", "cp869"),
    ("arabic", "ISO-8859-6", "خبر", "iso-8859-6"), ("cp1256", "CP1256", "خبر", "windows-1256"),
    ("ISO-8859-8-I", "ISO-8859-8", "שלום", "iso-8859-8"),
    ("windows-1255", "CP1255", "שלום", "windows-1255"), ("cp862", "IBM862", "שלום", "cp862"),
    ("tis-620", "CP874", "ข่าว", "windows-874"), ("iso8859_11", "CP874", "ข่าว", "windows-874"),
    ("windows-1258", "CP1258", "Nam bộ", "windows-1258"), ("viscii", "VISCII", "Nam bộ", "viscii"),
  ])
  func `labels of other alphabets are known in any spelling`(
    label: String, converter: String, title: String, name: String
  ) throws {
    try expect(title, label, encodedAs: converter, named: name)
  }

  @Test(arguments: [
    ("gb2312", "GB18030", "新闻网", "gb18030"), ("936", "GB18030", "新闻网", "gb18030"),
    ("GB18030-2000", "GB18030", "新闻网", "gb18030"), ("euc_cn", "GB18030", "新闻网", "gb18030"),
    ("big5_hkscs", "BIG5-HKSCS", "新聞", "big5"), ("x-x-big5", "BIG5", "新聞", "big5"),
    ("csBig5", "BIG5", "新聞", "big5"), ("euc-tw", "EUC-TW", "新聞", "euc-tw"),
    ("Shift_JIS", "CP932", "日本①", "shift_jis"), ("x-sjis", "CP932", "日本", "shift_jis"),
    ("csWindows31J", "CP932", "日本", "shift_jis"), ("MS_Kanji", "CP932", "日本", "shift_jis"),
    ("shift_jis_2004", "SHIFT_JISX0213", "日本", "shift_jisx0213"),
    ("u-jis", "EUC-JP-MS", "日本①", "euc-jp"), ("euc_jp", "EUC-JP", "日本", "euc-jp"),
    ("euc_jis_2004", "EUC-JISX0213", "日本", "euc-jisx0213"),
    ("iso2022_jp", "ISO-2022-JP", "日本", "iso-2022-jp"),
    ("csISO2022JP", "ISO-2022-JP", "日本", "iso-2022-jp"),
    ("iso2022_jp_ext", "ISO-2022-JP", "日本", "iso-2022-jp"),
    ("iso2022_jp_1", "ISO-2022-JP-2", "日本", "iso-2022-jp-2"),
    ("KS_C_5601-1987", "CP949", "소식", "euc-kr"), ("cp949", "CP949", "똠방", "euc-kr"),
    ("johab", "JOHAB", "소식", "johab"), ("ms1361", "JOHAB", "소식", "johab"),
  ])
  func `labels of East Asia are known in any spelling`(
    label: String, converter: String, title: String, name: String
  ) throws {
    try expect(title, label, encodedAs: converter, named: name)
  }

  @Test(
    arguments: [
      ("x-mac-greek", [0xC8, 0xA0, 0xE1], "»†α"), ("mac_greek", [0xAA, 0xE1], "Σα"),
      ("mac-turkish", [0xDA, 0xDD], "Ğı"), ("mac_croatian", [0xE6, 0xE8, 0xB9], "ćčš"),
      ("x-mac-romania", [0xBE, 0xBF, 0xDE], "ășȚ"), ("cp720", [0x9F, 0xE7, 0xA9], "اقر"),
      ("hz-gb-2312", Array("~{VP9z~}: ~~".utf8), "中国: ~"),
      ("HZ", Array("a~{VP~}b".utf8), "a中b"),
    ] as [(String, [UInt8], String)])
  func `encodings that the system lacks are read from tables`(
    label: String, bytes: [UInt8], title: String
  ) throws {
    #expect(try read(bytes, label).title == title)
  }

  @Test(arguments: ["cp037", "cp500", "cp1140", "cp273", "ebcdic-cp-be", "IBM1026"])
  func `a code page of EBCDIC is known by its declaration`(label: String) throws {
    let converter = ["ebcdic-cp-be": "IBM500", "cp273": "IBM273"][label] ?? label
    let text =
      "<?xml version='1.0' encoding='\(label)'?><rss><channel><title>Müße</title></channel></rss>"
    let bytes = try #require(EncodedText.bytes(text, in: converter))
    let feed = try FeedParser.parse(bytes, ParseRequest())
    #expect(feed.properties.title?.value == "Müße")
    #expect(feed.defects.isEmpty)
  }

  @Test(arguments: [
    "utf-7", "UTF7", "unicode-1-1-utf-7", "csUnicode11UTF7", "utf-7-imap", "x-utf_7", "u7",
  ])
  func `UTF-7 is never decoded under any label`(label: String) throws {
    let reading = try read(Array("+ADw-b+AD4-".utf8), label)
    #expect(reading.title == "+ADw-b+AD4-")
    #expect(reading.defects > 0)
  }

  @Test(arguments: ["utf-16", "UCS-2", "UNICODEBIG", "UTF-32LE", "WCHAR_T", "cp037", "IBM500"])
  func `a label that its own declaration disproves is overruled`(label: String) throws {
    let reading = try read(Array("é".utf8), label)
    #expect(reading.title == "é")
    #expect(reading.defects == 1)
  }

  private func expect(
    _ title: String, _ label: String, encodedAs converter: String, named name: String
  ) throws {
    let bytes = try #require(EncodedText.bytes(title, in: converter))
    let reading = try read(bytes, label)
    #expect(reading.title == title)
    #expect(reading.encoding == name)
    #expect(reading.defects == 0)
  }

  private func read(
    _ title: [UInt8], _ label: String
  ) throws -> (title: String?, encoding: String, defects: Int) {
    let bytes =
      Array("<?xml version='1.0' encoding='\(label)'?><rss><channel><title>".utf8) + title
      + Array("</title></channel></rss>".utf8)
    let feed = try FeedParser.parse(bytes, ParseRequest())
    return (feed.properties.title?.value, feed.encoding, feed.defects.count)
  }
}
