import Testing

@testable import FeedParsing

@Suite struct HTMLNamedEntitiesTests {
  private func characters(_ name: String) -> String? {
    var name = name
    return name.withUTF8 { NamedEntities.characters(named: $0) }.map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  private var entries: [(name: String, characters: String, isLegacy: Bool)] {
    let table = "\(NamedEntities.table)"
    return table.utf8.split(separator: UInt8(ascii: " ")).map { entry in
      let name = entry.prefix { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: ":") }
      let isLegacy = entry.dropFirst(name.count).first == UInt8(ascii: ":")
      let characters = entry.dropFirst(name.count + 1)
      return (
        String(decoding: name, as: UTF8.self), String(decoding: characters, as: UTF8.self), isLegacy
      )
    }
  }

  @Test func `the table is whole, in order, and each name is found`() {
    let entries = entries
    #expect(entries.count == 2125)
    #expect(entries.count { $0.isLegacy } == 106)
    for (one, next) in zip(entries, entries.dropFirst()) {
      #expect(one.name.utf8.lexicographicallyPrecedes(next.name.utf8))
    }
    for entry in entries { #expect(characters(entry.name) == entry.characters) }
    #expect(entries.map(\.name.utf8.count).max() == NamedEntities.nameByteLimit)
  }

  @Test(arguments: [
    ("amp", "&"), ("AMP", "&"), ("nbsp", "\u{A0}"), ("eacute", "é"), ("Eacute", "É"),
    ("CounterClockwiseContourIntegral", "∳"), ("nGt", "≫⃒"), ("NewLine", "\n"), ("Aacute", "Á"),
    ("zwnj", "\u{200C}"), ("lang", "⟨"), ("bsol", "\\"), ("equals", "="), ("colon", ":"),
  ])
  func `a name means its characters`(name: String, meaning: String) {
    #expect(characters(name) == meaning)
  }

  @Test(arguments: [
    "", "a", "am", "ampx", "Amp", "amp;", "zzz", "é", " ", "=", String(repeating: "a", count: 99),
  ])
  func `anything else means nothing`(name: String) {
    #expect(characters(name) == nil)
  }

  @Test(arguments: [
    ("copyright", 4, "©"), ("notit", 3, "¬"), ("ampere", 3, "&"), ("frac12", 6, "½"),
  ])
  func `old names need no semicolon`(text: String, byteCount: Int, meaning: String) {
    var text = text
    let prefix = text.withUTF8 { NamedEntities.legacyPrefix(of: $0) }
    #expect(prefix?.byteCount == byteCount)
    #expect(prefix.map { String(decoding: $0.characters, as: UTF8.self) } == meaning)
    var new = "rarr "
    #expect(new.withUTF8 { NamedEntities.legacyPrefix(of: $0) } == nil)
  }
}
