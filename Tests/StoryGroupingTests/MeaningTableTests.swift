import Testing

@testable import StoryGrouping

/// What the tables of meanings and countries know.
@Suite struct MeaningTableTests {
  private func stem(_ word: String) -> UInt64 {
    var word = word
    return word.withUTF8 { bytes in
      var reader = WordReader(bytes)
      return reader.next()?.stem ?? 0
    }
  }

  private func likeness(_ left: String, _ right: String) -> Double {
    guard let left = MeaningTable.direction(of: stem(left)),
      let right = MeaningTable.direction(of: stem(right))
    else { return -2 }
    return MeaningTable.cosine(left, right)
  }

  @Test(
    arguments: [
      ("earthquake", "terremoto", "elections"), ("president", "presidente", "football"),
      ("fire", "incendie", "music"), ("war", "savaş", "banana"), ("doctor", "arzt", "bridge"),
      ("government", "правительство", "goal"), ("money", "para", "winter"),
    ])
  func `words for like things point alike, across languages`(
    word: String, like: String, other: String
  ) {
    #expect(likeness(word, like) > likeness(word, other) + 0.2)
  }

  @Test func `numbers, invented names and scripts without spaces have no meaning here`() {
    for word in ["2026", "Kelmora", "東京"] {
      #expect(MeaningTable.direction(of: stem(word)) == nil, "\(word)")
    }
  }

  @Test func `a stem's meaning is a word's own`() {
    #expect(likeness("water", "water") > 0.999)
    #expect(MeaningTable.cosine(.zero, .one) == 0)
  }

  @Test(
    arguments: [
      ["Egypt", "Mısır", "Ägypten", "مصر"], ["France", "French", "Paris", "Frankreich"],
      ["Russia", "Россия", "Moscow", "Rusya"], ["Japan", "Japón", "Tokyo", "japonais"],
    ])
  func `a country is known by its names, its language and its city`(words: [String]) {
    let found = words.map { CountryTable.country(stem($0)) }
    #expect(found[0] != nil && Set(found).count == 1, "\(words): \(found)")
  }

  @Test func `different countries have different numbers, and other words none`() {
    let countries = ["Egypt", "Peru", "France", "Norway", "Kenya"].map {
      CountryTable.country(stem($0))
    }
    #expect(Set(countries).count == 5 && !countries.contains(nil))
    for word in ["ferry", "council", "the", "7", "male"] {
      #expect(CountryTable.country(stem(word)) == nil, "\(word)")
    }
  }
}
