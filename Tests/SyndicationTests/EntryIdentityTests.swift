import Syndication
import Testing

@Suite struct EntryIdentityTests {
  private func entry(guid: String? = nil, link: String? = nil, title: String = "A title") -> Entry {
    var entry = Entry()
    entry.guid = guid
    entry.permalink = link
    entry.title = TextConstruct(title)
    return entry
  }

  @Test func `a GUID names its entry, whatever else changes`() {
    let before = EntryIdentity.ladder(of: [entry(guid: "tag:1", link: "http://a/1", title: "Old")])
    let after = EntryIdentity.ladder(of: [entry(guid: " tag:1\n", link: "http://b/2", title: "New")]
    )
    #expect(before == after)
  }

  @Test func `entries that share a GUID are told apart by their links`() {
    let ladder = EntryIdentity.ladder(of: [
      entry(guid: "same", link: "http://a/1"), entry(guid: "same", link: "http://a/2"),
    ])
    #expect(Set(ladder).count == 2)
  }

  @Test func `entries that share GUID and link are told apart by their words, repeats are not`() {
    let first = entry(guid: "same", link: "http://a/1", title: "Book announced")
    let second = entry(guid: "same", link: "http://a/1", title: "Book published")
    #expect(Set(EntryIdentity.ladder(of: [first, second])).count == 2)
    #expect(EntryIdentity.ladder(of: [first, first]) == [.guid("same"), .guid("same")])
  }

  @Test func `entries without a GUID that share a link or all words are told apart, too`() {
    let links = ["One", "Two", "Two"].map { entry(link: "http://a/", title: $0) }
    #expect(Set(EntryIdentity.ladder(of: links)).count == 2)
    var dated = [entry(title: "Weather"), entry(title: "Weather")]
    dated[0].published = Timestamp(milliseconds: 0)
    dated[1].published = Timestamp(milliseconds: 86_400_000)
    #expect(Set(EntryIdentity.ladder(of: dated)).count == 2)
  }

  @Test func `an entry with neither GUID nor link is named by its words`() {
    let ladder = EntryIdentity.ladder(of: [entry(title: "One"), entry(title: "Two")])
    #expect(Set(ladder).count == 2)
  }

  @Test func `a GUID that moves to https is the same story`() {
    let plain = StoryID(feed: "http://f", identity: .guid("http://a/1"))
    let secure = StoryID(feed: "http://f", identity: .guid("https://a/1"))
    #expect(plain == secure)
  }

  @Test func `identifiers never change`() {
    #expect(
      StoryID(feed: "https://example.org/rss", identity: .guid("urn:1")).hexadecimal
        == "ff55ba4714963a41")
  }
}
