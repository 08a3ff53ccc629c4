import Syndication
import Testing

@testable import StoryGrouping

@Suite struct ReadingTests {
  private func words(_ text: String) -> [(word: Word, text: String)] {
    let bytes = Array(text.utf8)
    return bytes.withUnsafeBufferPointer { buffer in
      var reader = WordReader(buffer)
      var found: [(Word, String)] = []
      while let word = reader.next() {
        found.append((word, String(decoding: bytes[word.range], as: UTF8.self)))
      }
      return found
    }
  }

  @Test func `stable hashes keep their values`() {
    #expect(StableHash().value == 0xF52A_15E9_A9B5_E89B)
    #expect(StableHash.finish(1) == 0x5692_161D_100B_05E5)
    #expect(StableHash.name("a") == 0x02C0_BDBF_4814_20F8)
    #expect(StableHash.name("Sankt Birgit") == 0xE794_4895_378D_EB5A)
  }

  @Test(arguments: [
    (
      "The Chicago-based firm’s 1,200 jobs",
      ["The", "Chicago", "based", "firm", "s", "1,200", "jobs"]
    ),
    ("l’été à Besançon", ["l", "été", "à", "Besançon"]),
    ("3.5 million. 2026", ["3.5", "million", "2026"]),
    ("东京地震", ["东京", "京地", "地震", "震"]),
    ("G20-Gipfel", ["G20", "Gipfel"]),
  ])
  func `words are runs of letters and digits, pairs where no spaces stand`(
    text: String, expected: [String]
  ) {
    #expect(words(text).map(\.text) == expected)
  }

  @Test(arguments: [
    ("Éclair", "eclair"), ("İSTANBUL", "istanbul"), ("ﬁxed", "fxed"), ("ΑΘΉΝΑ", "αθηνα"),
    ("Ёлка", "елка"), ("shots", "shot"), ("presidential", "preside"), ("١٢٣", "123"),
    ("مُحَمَّد", "محمد"),
  ])
  func `case, accents and endings do not make another word`(left: String, right: String) {
    #expect(words(left).first?.word.stem == words(right).first?.word.stem)
  }

  @Test func `a capital inside a sentence marks a name`() {
    let read = words("Police in Kelmora said. They left")
    #expect(
      read.map { $0.word.traits.contains(.capital) && !$0.word.traits.contains(.first) }
        == [false, false, true, false, false, false])
  }

  @Test(arguments: [
    ("iPhone", true), ("iPhone is sold in every shop of the country", true), ("iPhonë", true),
    ("éÉcole", true), ("phone", false), ("ipHone", false), ("4K", false),
    ("4K is sold in every shop", false),
  ])
  func `a capital in the second place marks a name wherever a word stands`(
    text: String, isName: Bool
  ) {
    #expect(words(text).first?.word.traits.contains(.capital) == isName)
  }

  @Test(arguments: [
    ("Ferry off Lomara 40", true), ("Ferry off Lomara-40", true), ("Ferry off Lomara/40", false),
    ("Ferry off Lomara,40", false), ("Ferry off Lomara  40", false), ("Ferry off lomara 40", false),
  ])
  func `a number tells which one is meant only behind a name and a space or a hyphen`(
    title: String, isNamed: Bool
  ) {
    let document = GroupingDocument(
      id: StoryID(bits: 1), title: title, text: "", seen: Timestamp(milliseconds: 0))
    let terms = Sketcher().sketch(document).terms
    #expect(terms.contains { $0.key.kinds.isSuperset(of: [.number, .name]) } == isNamed)
  }

  @Test func `of a text no more words are spelled plainly than a phrase may have`() {
    let text = String(repeating: "eleven ", count: 1000)
    let words = PlainSpelling.rewritten(text, language: nil).split(separator: " ")
    #expect(words.count == WordPhrase.wordLimit)
    #expect(words.allSatisfy { $0 == "11" })
  }

  @Test func `every cut of a text of many scripts is read without harm`() {
    let bytes = Array("Ünïcode 東京 กรุงเทพ 한국 مصر 🙂 1,2.3 \u{10FFFF}".utf8)
    for end in 0...bytes.count {
      for start in 0...end {
        Array(bytes[start..<end]).withUnsafeBufferPointer { buffer in
          var reader = WordReader(buffer)
          var last = 0
          while let word = reader.next() {
            #expect(word.range.lowerBound >= last && word.range.upperBound <= buffer.count)
            last = word.range.lowerBound
          }
        }
      }
    }
  }

  /// Fails when build-tables.py and the reader fold, cut or hash differently.
  @Test(arguments: [
    ("en", "government"), ("de", "zwischen"), ("fr", "toujours"), ("es", "también"),
    ("pt", "também"),
    ("it", "perché"), ("nl", "tussen"), ("sv", "eftersom"), ("nb", "mellom"), ("da", "mellem"),
    ("fi", "kuitenkin"), ("is", "vegna"), ("pl", "ponieważ"), ("cs", "protože"), ("sk", "pretože"),
    ("sl", "vendar"), ("sh", "između"), ("hu", "között"), ("ro", "pentru"), ("tr", "çünkü"),
    ("el", "επειδή"), ("ru", "потому"), ("uk", "чому"), ("bg", "защото"), ("mk", "затоа"),
    ("ar", "الذي"), ("fa", "برای"), ("he", "בגלל"), ("ur", "لیکن"), ("hi", "लेकिन"), ("bn", "কিন্তু"),
    ("ta", "என்று"), ("id", "karena"), ("ms", "kerana"), ("vi", "những"), ("fil", "dahil"),
    ("lt", "tačiau"), ("lv", "tāpēc"), ("ca", "perquè"), ("zh", "没有"), ("ja", "です"), ("ko", "그리고"),
  ])
  func `common words of many languages are known to be common`(language: String, word: String) {
    let stem = words(word).first?.word.stem ?? 0
    #expect(RarityTable.level(stem) >= 12, "\(language): \(word)")
  }

  @Test(arguments: ["zyxqvut", "kelmora", "ghbdtnrf"])
  func `words that nobody uses are not known`(word: String) {
    #expect(RarityTable.level(words(word).first?.word.stem ?? 0) <= 3)
  }
}
