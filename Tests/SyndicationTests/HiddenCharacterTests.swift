import Syndication
import Testing

@Suite struct HiddenCharacterTests {
  @Test(arguments: [
    0...0x1F, 0x7F...0x9F, 0xAD...0xAD, 0x61C...0x61C, 0x200B...0x200B, 0x200E...0x200F,
    0x2028...0x202E, 0x2060...0x206F, 0xE000...0xF8FF, 0xFEFF...0xFEFF, 0xE0000...0xE007F,
  ])
  func `what steers a terminal or hides from the reader is hidden`(range: ClosedRange<UInt32>) {
    let scalars = range.compactMap(Unicode.Scalar.init)
    #expect(scalars.count == range.count)
    #expect(scalars.filter { !$0.isHidden } == [])
  }

  @Test func `what Unicode neither assigns nor shows is hidden, in every script, and nothing else`()
  {
    let unseen: Set<Unicode.GeneralCategory> = [
      .control, .unassigned, .privateUse, .lineSeparator, .paragraphSeparator, .format,
    ]
    let joiners: Set<Unicode.Scalar> = ["\u{200C}", "\u{200D}"]
    let wrong = (0...0xFFFF).compactMap(Unicode.Scalar.init).filter {
      $0.isHidden != (unseen.contains($0.properties.generalCategory) && !joiners.contains($0))
    }
    #expect(wrong == [])
  }

  @Test(arguments: ["Año", "می\u{200C}خواهم", "👩\u{200D}🚀", "東京", "a b\u{A0}c", "“…” – e\u{301}"])
  func `text in any script stays as it is`(text: String) {
    #expect(text.showingHidden == text)
    #expect(text.jsonEscapingHidden == text)
  }

  @Test func `hidden characters are named`() {
    #expect("a\u{1B}[2J\n\u{202E}b".showingHidden == "a\\u{1b}[2J\\u{a}\\u{202e}b")
    #expect(#"{"a":"\#u{9B}\#u{E0041}"}"#.jsonEscapingHidden == #"{"a":"\u009b\udb40\udc41"}"#)
  }
}
