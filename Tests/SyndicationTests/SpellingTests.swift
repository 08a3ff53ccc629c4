import Syndication
import Testing

@Suite struct SpellingTests {
  @Test func `a feed is found by a word of its name, the nearest and of these the first`() {
    let names = [
      "Deutsche Welle", "The Herald", "herald.example", "https://herald.example/rss", "BBC News",
    ]
    for (typed, name) in [
      ("Deutche", "Deutsche Welle"), ("hreald", "The Herald"), ("bcc", "BBC News"),
      ("https://herald.exmaple/rss", "https://herald.example/rss"), ("news", "BBC News"),
      ("herald.exampel", "herald.example"),
    ] {
      #expect(Spelling.nearest(to: typed, among: names) == name)
    }
  }

  @Test func `every single slip in a name is understood`() {
    let name = Array("harbour")
    for place in name.indices {
      var (without, other, twice, swapped) = (name, name, name, name)
      without.remove(at: place)
      other[place] = "x"
      twice.insert(name[place], at: place)
      if place > 0 { swapped.swapAt(place, place - 1) }
      for typed in [without, other, twice, swapped] {
        #expect(Spelling.nearest(to: String(typed), among: ["quay", "harbour"]) == "harbour")
      }
    }
  }
}
