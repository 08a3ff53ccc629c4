import Syndication
import Testing

@Suite struct UTF8TextTests {
  private func text(_ bytes: [UInt8]) -> String? {
    bytes.withUnsafeBufferPointer { String(utf8: $0) }
  }

  @Test(arguments: ["", "harbour", "Hafenstraße", "港湾", "a\u{0}b", "👩‍🚒", "e\u{301}", "\u{10FFFF}"])
  func `what is UTF-8 becomes the same text, and cut in a character none`(_ whole: String) {
    let bytes = Array(whole.utf8)
    for count in 0...bytes.count {
      #expect(text(Array(bytes[..<count])) == String(validating: bytes[..<count], as: UTF8.self))
    }
    #expect(text(bytes) == whole)
  }

  @Test func `every pair of bytes is taken as the standard library takes it`() {
    let differing = (0...UInt16.max).filter { pair in
      let bytes = [UInt8(pair >> 8), UInt8(pair & 0xFF)]
      return text(bytes) != String(validating: bytes, as: UTF8.self)
    }
    #expect(differing.isEmpty)
  }

  @Test(
    arguments: [
      [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
      [0xF8, 0x88, 0x80, 0x80, 0x80], [0x61, 0xFF],
    ] as [[UInt8]])
  func `overlong forms, surrogates and what lies beyond Unicode are no text`(_ bytes: [UInt8]) {
    #expect(text(bytes) == nil)
  }
}
