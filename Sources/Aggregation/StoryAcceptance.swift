internal import FeedParsing
internal import Syndication

/// What became of a document's entries.
struct AcceptedStories: Sendable {
  /// Oldest first, so that they are stored in the order in which they were published.
  var stories: [Story]
  /// Of each of `stories`.
  var fingerprints: [StoryFingerprint]
  /// Identifiers of stories that share link, title, date and text with another one of the document.
  var ambiguous: Set<StoryID> = []
  /// Entries left out: by the operator's rules, told twice, or without a word and an address.
  var ignoredCount: Int
}

/// Turns the entries of a document into stories: identity, plain text, the operator's rules.
struct StoryAcceptance {
  let feed: Feed

  /// The stories of `parsed`, first seen at `seen`.
  func stories(of parsed: ParsedFeed, seen: Timestamp) -> AcceptedStories {
    let source = sourceName(parsed.properties)
    let identities = EntryIdentity.ladder(of: parsed.entries)
    var taken: Set<StoryID> = []
    var stories: [Story] = []
    stories.reserveCapacity(identities.count)
    // Entries are large: they are looked at where they are.
    let entries = parsed.entries.span
    for place in entries.indices.reversed() {
      let id = StoryID(feed: feed.firstAddress ?? feed.url, identity: identities[place])
      guard
        let story = story(
          entries[place], id: id, seen: seen, source: source, language: parsed.properties.language),
        feed.wants(story), taken.insert(id).inserted
      else { continue }
      stories.append(story)
    }
    let fingerprints = stories.map { StoryFingerprint(of: $0) }
    return AcceptedStories(
      stories: stories, fingerprints: fingerprints,
      ambiguous: Self.ambiguous(stories, fingerprints),
      ignoredCount: parsed.entries.count - stories.count)
  }

  private static func ambiguous(
    _ stories: [Story], _ fingerprints: [StoryFingerprint]
  ) -> Set<StoryID> {
    let sightings = fingerprints.compactMap(\.sighting).sorted()
    let shared = Set(zip(sightings, sightings.dropFirst()).filter(==).map(\.0))
    // As a rule each has a sighting of its own.
    guard !shared.isEmpty || sightings.count < stories.count else { return [] }
    let places = fingerprints.indices.filter { place in
      fingerprints[place].sighting.map(shared.contains) ?? true
    }
    return Set(places.map { stories[$0].id })
  }

  /// The outlet's name: the operator's, else the feed's own, else its host.
  func sourceName(_ properties: FeedProperties) -> String {
    if let title = feed.title { return title }
    if let title = properties.title.map(Self.line)?.nonBlank { return title }
    return WebAddress.host(of: feed.url) ?? feed.url
  }

  private func story(
    _ entry: Entry, id: StoryID, seen: Timestamp, source: String, language: String?
  ) -> Story? {
    let title = entry.title.map(Self.line) ?? ""
    let summary = entry.summary.map(Self.text)?.nonBlank
    let content = entry.content.map(Self.text)?.nonBlank
    let link = Self.webLink(of: entry)
    guard !title.isEmpty || summary != nil || content != nil || link != nil else { return nil }
    return Story(
      id: id, seen: seen, feed: feed.firstAddress ?? feed.url, source: source,
      guid: entry.guid?.nonBlank, link: link,
      title: title, author: Self.names(of: entry.authors),
      published: Self.known(entry.published) ?? Self.known(entry.created)
        ?? Self.known(entry.updated),
      updated: Self.known(entry.updated),
      language: entry.language ?? entry.content?.language ?? language,
      categories: entry.categories.compactMap { PlainText.line(ofGuessed: $0.term).nonBlank },
      enclosures: entry.enclosures.filter { WebAddress.isSafe($0.url) },
      summary: content == nil || content == summary ? nil : summary,
      text: content ?? summary ?? "")
  }

  /// Texts may be older than feeds; nothing is as old as a clock that was never set.
  private static func known(_ date: Timestamp?) -> Timestamp? {
    date.flatMap { $0.isOfUnsetClock ? nil : $0 }
  }

  private static func webLink(of entry: Entry) -> String? {
    if let link = entry.permalink, isWebLink(link) { return link }
    if let link = entry.links.first(where: { $0.has(relation: "alternate") && isWebLink($0.href) })
    {
      return link.href
    }
    return entry.guid.flatMap { isWebLink($0) ? $0 : nil }
  }

  private static func isWebLink(_ address: String) -> Bool {
    address.hasPrefix("https://") || address.hasPrefix("http://")
  }

  private static func line(_ construct: TextConstruct) -> String {
    switch construct.kind {
    case .html: PlainText.line(ofHTML: construct.value)
    case .text: PlainText.line(ofText: construct.value)
    }
  }

  private static func text(_ construct: TextConstruct) -> String {
    switch construct.kind {
    case .html: PlainText.text(ofHTML: construct.value)
    case .text: lines(of: construct.value)
    }
  }

  private static func lines(of text: String) -> String {
    text.unicodeScalars.split(whereSeparator: \.endsLine)
      .map { PlainText.line(ofText: String($0)) }.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private static func names(of people: [Person]) -> String? {
    if people.count == 1 { return name(people[0]) }
    return people.compactMap(name).joined(separator: ", ").nonBlank
  }

  private static func name(_ person: Person) -> String? {
    (person.name ?? person.email).map(PlainText.line(ofGuessed:))?.nonBlank
  }
}

extension Unicode.Scalar {
  /// As `Character.isNewline`, which takes a text apart into characters first.
  fileprivate var endsLine: Bool {
    switch value {
    case 0x0A...0x0D, 0x85, 0x2028, 0x2029: true
    default: false
    }
  }
}
