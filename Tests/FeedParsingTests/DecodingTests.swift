import FeedParsing
import Syndication
import Testing

/// Which encoding a document is read in, and what is said of a declaration that was wrong.
@Suite struct DecodingTests {
  @Test func `a declared encoding is used`() throws {
    let feed = try read([0xCC, 0xE8, 0xF0], declared: "windows-1251")
    #expect(feed.title == "Мир")
    #expect(feed.encoding == "windows-1251")
    #expect(!feed.hasDefect)
  }

  @Test func `the charset of HTTP outranks the declaration`() throws {
    let feed = try read(
      [0xCC, 0xE8, 0xF0], declared: "iso-8859-5", contentType: "text/xml; charset=\"Windows-1251\"")
    #expect(feed.title == "Мир")
  }

  @Test func `valid UTF-8 outranks every declaration`() throws {
    let feed = try read(Array("naïve".utf8), declared: "iso-8859-1")
    #expect(feed.title == "naïve")
    #expect(feed.encoding == "utf-8")
    #expect(feed.hasDefect)
  }

  @Test func `latin-1 means windows-1252`() throws {
    let feed = try read([0x93, 0x48, 0x69, 0x94], declared: "ISO-8859-1")
    #expect(feed.title == "“Hi”")
    #expect(feed.encoding == "windows-1252")
  }

  @Test func `gb2312 means gb18030`() throws {
    let feed = try read([0xD6, 0xD0, 0x81, 0x30, 0x89, 0x38], declared: "gb2312")
    #expect(feed.title?.hasPrefix("中") == true)
    #expect(feed.encoding == "gb18030")
  }

  @Test func `stray bytes in UTF-8 are read as windows-1252`() throws {
    let feed = try read(Array("über ".utf8) + [0x93] + Array("é".utf8), declared: nil)
    #expect(feed.title == "über “é")
    #expect(feed.encoding == "utf-8")
    #expect(feed.hasDefect)
  }

  @Test func `bytes of no declared encoding are windows-1252`() throws {
    let feed = try read(Array("caf".utf8) + [0xE9], declared: nil)
    #expect(feed.title == "café")
    #expect(feed.encoding == "windows-1252")
    #expect(feed.hasDefect)
  }

  @Test func `an unknown label is overruled`() throws {
    let feed = try read(Array("plain".utf8), declared: "x-nonsense")
    #expect(feed.title == "plain")
    #expect(feed.encoding == "utf-8")
  }

  @Test func `UTF-7 is never decoded`() throws {
    let feed = try read(Array("+ADw-b+AD4-".utf8), declared: "utf-7")
    #expect(feed.title == "+ADw-b+AD4-")
  }

  @Test(arguments: [(false, true), (false, false), (true, true), (true, false)])
  func `UTF-16 is known by its mark or by its first character`(isBig: Bool, hasMark: Bool) throws {
    var units = Array("<rss><channel><title>Tø</title></channel></rss>".utf16)
    if hasMark { units.insert(0xFEFF, at: 0) }
    let bytes = units.flatMap { unit -> [UInt8] in
      let pair = [UInt8(unit >> 8), UInt8(unit & 0xFF)]
      return isBig ? pair : pair.reversed()
    }
    let feed = try FeedParser.parse(bytes, ParseRequest())
    #expect(feed.properties.title?.value == "Tø")
    #expect(feed.encoding == (isBig ? "utf-16be" : "utf-16le"))
  }

  @Test func `a surrogate alone costs one character of UTF-16`() throws {
    var units = Array("<rss><channel><title>AXB</title></channel></rss>".utf16)
    units[units.firstIndex(of: 0x58)!] = 0xD800
    let bytes = units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    let feed = try FeedParser.parse(bytes, ParseRequest())
    #expect(feed.properties.title?.value == "A\u{FFFD}B")
    #expect(feed.defects.map(\.kind) == [.encoding])
  }

  @Test(arguments: [true, false], [2, 4])
  func `units of 16 and 32 bits are read whatever the system converts`(isBig: Bool, unit: Int)
    throws
  {
    let text = "<rss><channel><title>Tø 港 😀</title></channel></rss>"
    let codes = unit == 2 ? text.utf16.map(UInt32.init) : text.unicodeScalars.map(\.value)
    var bytes = codes.flatMap { code in
      let bytes = (0..<unit).map { UInt8(truncatingIfNeeded: code >> ($0 * 8)) }
      return isBig ? bytes.reversed() : bytes
    }
    bytes.append(0x20)
    let feed = try FeedParser.parse(bytes, ParseRequest())
    #expect(feed.properties.title?.value == "Tø 港 😀")
    #expect(feed.encoding == "utf-\(unit * 8)\(isBig ? "be" : "le")")
    #expect(feed.defects.contains { $0.kind == .encoding })
  }

  @Test func `white space before UTF-16 does not hide it`() throws {
    let units = Array("\r\n<rss><channel><title>港</title></channel></rss>".utf16)
    let bytes = units.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    #expect(try FeedParser.parse(bytes, ParseRequest()).properties.title?.value == "港")
  }

  @Test func `a byte order mark before bytes that deny it is overruled`() throws {
    let text = Array("<rss><channel><title>X</title></channel></rss>".utf8)
    for mark in [[0xFF, 0xFE], [0xFE, 0xFF], [0xFF, 0xFE, 0, 0]] as [[UInt8]] {
      let feed = try FeedParser.parse(mark + text, ParseRequest())
      #expect(feed.properties.title?.value == "X")
      #expect(feed.defects.map(\.kind) == [.encoding])
    }
    let marked = try FeedParser.parse(
      [0xEF, 0xBB, 0xBF] + text.map { $0 == 0x58 ? 0xE9 : $0 }, ParseRequest())
    #expect(marked.properties.title?.value == "é")
    #expect(marked.defects.contains { $0.kind == .encoding })
  }

  @Test func `a few stray bytes do not make UTF-8 the Latin-1 that it is declared as`() throws {
    let feed = try read(
      Array("ëïöü ëïöü".utf8) + [0x94], declared: "iso-8859-1", contentType: "text/xml")
    #expect(feed.title == "ëïöü ëïöü”")
    #expect(feed.encoding == "utf-8")
  }

  @Test func `surrogates that were encoded one by one are joined`() throws {
    let feed = try read(
      Array("é ".utf8) + [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80, 0x20, 0xED, 0xB0, 0x80], declared: nil
    )
    #expect(feed.title == "é 😀 \u{FFFD}")
    #expect(feed.hasDefect)
  }

  @Test(arguments: ["utf-8", "iso-8859-1", "shift_jis"])
  func `a character cut by the end does not change how the rest is read`(label: String) throws {
    let declaration = "<?xml version='1.0' encoding='\(label)'?>"
    let bytes = Array("\(declaration)<rss><channel><title>港 é</title><description>é".utf8)
    let feed = try FeedParser.parse(bytes.dropLast(), ParseRequest())
    #expect(feed.properties.title?.value == "港 é")
    #expect(feed.encoding == "utf-8")
    #expect(feed.properties.subtitle?.value == "\u{FFFD}")
    #expect(feed.defects.contains { $0.kind == .encoding })
  }

  @Test(arguments: [
    "text/xml;charset=\"windows-1251\", text/xml", "TEXT/XML ;CHARSET=CP1251",
    "application/rss+xml; charset='windows-1251'", "text/html; charset=windows-1251",
    "text/xml; qs=0.9; charset=windows-1251", "; charset=windows-1251",
  ])
  func `the charset of HTTP is read leniently`(contentType: String) throws {
    #expect(try read([0xCC, 0xE8, 0xF0], declared: nil, contentType: contentType).title == "Мир")
  }

  @Test(arguments: [
    "text/xml", "text/xml; charset:koi8-r", ";;;charset", "text/xml; charset=",
    "text/xml; charset=utf-8",
    "text/xml; charset=nonsense", "text/xml; charset=utf-16", "",
  ])
  func `a charset of HTTP that says nothing true leaves the declaration`(contentType: String) throws
  {
    let feed = try read([0xCC, 0xE8, 0xF0], declared: "windows-1251", contentType: contentType)
    #expect(feed.title == "Мир")
  }

  @Test func `a declaration of Latin-1 over text of East Asia is a lie`() throws {
    let title = "ひらがなとカタカナのテスト、ひらがなとカタカナのテスト"
    for label in ["shift_jis", "euc-jp"] {
      let bytes = try #require(EncodedText.bytes(title, in: label))
      let feed = try read(bytes, declared: "iso-8859-1")
      #expect(feed.title == title)
      #expect(feed.hasDefect)
    }
  }

  @Test func `a declaration of UTF-16 in single bytes is overruled`() throws {
    let feed = try read(Array("é".utf8), declared: "utf-16")
    #expect(feed.title == "é")
    #expect(feed.hasDefect)
  }

  @Test(
    arguments: [
      ("shift_jis", [0x93, 0xFA, 0x96, 0x7B], "日本"), ("euc-jp", [0xC6, 0xFC, 0xCB, 0xDC], "日本"),
      ("big5", [0xA4, 0xA4, 0xA4, 0xE5], "中文"), ("euc-kr", [0xC7, 0xD1, 0xB1, 0xDB], "한글"),
      ("koi8-r", [0xED, 0xC9, 0xD2], "Мир"),
      ("iso-2022-jp", [0x1B, 0x24, 0x42, 0x46, 0x7C, 0x1B, 0x28, 0x42], "日"),
    ] as [(String, [UInt8], String)])
  func `other encodings go through the system's converter`(
    label: String, bytes: [UInt8], title: String
  ) throws {
    let feed = try read(bytes, declared: label)
    #expect(feed.title == title)
    #expect(feed.encoding == label)
  }

  @Test(arguments: [
    ("koi8-r", "Весенний ветер над рекой"), ("windows-1251", "Весенний ветер над рекой"),
    ("shift_jis", "ひらがなとカタカナのテスト"), ("euc-jp", "ひらがなとカタカナのテスト"),
    ("gb18030", "新闻网站今天发布消息称春天已经来到"), ("big5", "新聞網站今天發布消息稱春天已經來到"),
    ("euc-kr", "오늘 아침 항구 소식입니다"),
    ("tis-620", "ข่าวเช้าวันนี้จากท่าเรือ เรือข้ามฟากออกช้าเพราะหมอกหนา ผู้โดยสารรอกันอยู่ที่ท่า"),
  ])
  func `text without a declaration is recognised by its bytes`(label: String, title: String) throws
  {
    let bytes = try #require(EncodedText.bytes(title, in: label))
    let feed = try read(bytes, declared: nil)
    #expect(feed.title == title)
    #expect(feed.hasDefect)
  }

  @Test func `accented western text is not taken for another script`() throws {
    let title = "Été à la plage: déjà l’été, “naïve” Straßenbäume für Ærø"
    let bytes = try #require(EncodedText.bytes(title, in: "windows-1252"))
    #expect(try read(bytes, declared: nil).title == title)
  }

  private struct Reading {
    var title: String?
    var encoding: String
    var hasDefect: Bool
  }

  private func read(_ title: [UInt8], declared: String?, contentType: String? = nil) throws
    -> Reading
  {
    let declaration =
      declared.map { "<?xml version='1.0' encoding='\($0)'?>" } ?? "<?xml version='1.0'?>"
    let bytes =
      Array("\(declaration)<rss><channel><title>".utf8) + title
      + Array("</title></channel></rss>".utf8)
    let feed = try FeedParser.parse(bytes, ParseRequest(contentType: contentType))
    return Reading(
      title: feed.properties.title?.value, encoding: feed.encoding,
      hasDefect: feed.defects.contains { $0.kind == .encoding })
  }
}
