import Testing

@testable import StoryGrouping

@Suite struct PlainLettersTests {
  /// The reading of eight bytes at once.
  private func letters(_ bytes: [UInt8]) -> PlainLetters {
    bytes.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress, buffer.count >= PlainLetters.byteCount else {
        preconditionFailure("eight bytes are read")
      }
      return PlainLetters(start)
    }
  }

  private func isLetter(_ byte: UInt8) -> Bool {
    byte < 0x80 && Letters.folded(plain: byte) > Letters.dropped
  }

  @Test func `every byte at every place ends a word unless it is a letter or digit`() {
    for byte in UInt8.min...UInt8.max {
      for place in 0..<PlainLetters.byteCount {
        for filler in Array("aZ9".utf8) {
          var bytes = [UInt8](repeating: filler, count: PlainLetters.byteCount)
          bytes[place] = byte
          let expected = isLetter(byte) ? PlainLetters.byteCount : place
          #expect(letters(bytes).count == expected, "\(byte) at \(place) among \(filler)")
        }
      }
    }
  }

  @Test func `what stands after a word's end does not matter, be it a letter or not`() {
    for after in UInt8.min...UInt8.max {
      let bytes = Array("ab-".utf8) + [UInt8](repeating: after, count: 5)
      #expect(letters(bytes).count == 2)
    }
  }

  @Test func `letters are hashed together as they are one by one`() {
    for count in 0...PlainLetters.byteCount {
      for text in ["Covid19s", "ZZZZZZZZ", "a0b1c2d3", "the news"] {
        let bytes = Array(text.utf8)
        var together = StableHash()
        letters(bytes).combine(count, into: &together)
        var single = StableHash()
        for byte in bytes.prefix(min(count, WordReader.stemLetterCount)) {
          single.combine(isLetter(byte) ? Letters.folded(plain: byte) : UInt16(byte | 0x20))
        }
        #expect(together.state == single.state, "\(count) of \(text)")
      }
    }
  }

  @Test(arguments: [
    "storms", "Parliaments", "gas", "news", "a1b2c3d4e5f6g7", "sssssssssssssss", "Übung",
  ])
  func `every beginning of a word reads the same near a text's end and far from it`(word: String) {
    for length in 1...word.count {
      let word = String(word.prefix(length))
      #expect(first(word) == first(word + " and more words"), "\(word)")
      #expect(first(word) == first(word + ". "), "\(word)")
    }
  }

  /// The first word of a text as it is read.
  private func first(_ text: String) -> [UInt64] {
    let bytes = Array(text.utf8)
    return bytes.withUnsafeBufferPointer { buffer in
      var reader = WordReader(buffer)
      guard let word = reader.next() else { return [] }
      return [
        word.stem, word.exact, UInt64(word.traits.rawValue), UInt64(word.letterCount),
        UInt64(word.range.lowerBound), UInt64(word.range.upperBound),
      ]
    }
  }

  @Test func `a unit that was combined can be taken back`() {
    for unit in stride(from: UInt16.min, to: .max, by: 7) {
      var hash = StableHash()
      hash.combine(0x73)
      let before = hash.state
      hash.combine(unit)
      hash.takeBack(unit)
      #expect(hash.state == before)
    }
  }
}
