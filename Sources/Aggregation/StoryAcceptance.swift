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
    for (entry, identity) in zip(parsed.entries, identities).reversed() {
      let id = StoryID(feed: feed.firstAddress ?? feed.url, identity: identity)
      guard
        let story = story(
          entry, id: id, seen: seen, source: source, language: parsed.properties.language),
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
    var counts: [StoryID?: Int] = [nil: 2]
    for fingerprint in fingerprints { counts[fingerprint.sighting, default: 0] += 1 }
    let shared = zip(stories, fingerprints).filter { counts[$1.sighting, default: 0] > 1 }
    return Set(shared.map(\.0.id))
  }

  /// The outlet's name: the operator's, else the feed's own, else its host.
  func sourceName(_ properties: FeedProperties) -> String {
    if let title = feed.title { return title }
    if let title = properties.title.map(line)?.nonBlank { return title }
    return WebAddress.host(of: feed.url) ?? feed.url
  }

  private func story(
    _ entry: Entry, id: StoryID, seen: Timestamp, source: String, language: String?
  ) -> Story? {
    let title = entry.title.map(line) ?? ""
    let summary = entry.summary.map(text)?.nonBlank
    let content = entry.content.map(text)?.nonBlank
    let link = webLink(of: entry)
    guard !title.isEmpty || summary != nil || content != nil || link != nil else { return nil }
    return Story(
      id: id, seen: seen, feed: feed.firstAddress ?? feed.url, source: source,
      guid: entry.guid?.nonBlank, link: link,
      title: title, author: entry.authors.compactMap(name).joined(separator: ", ").nonBlank,
      published: [entry.published, entry.created, entry.updated].lazy.compactMap(known).first,
      updated: known(entry.updated),
      language: entry.language ?? entry.content?.language ?? language,
      categories: entry.categories.compactMap { PlainText.line(ofGuessed: $0.term).nonBlank },
      enclosures: entry.enclosures.filter { WebAddress.isSafe($0.url) },
      summary: content == nil || content == summary ? nil : summary,
      text: content ?? summary ?? "")
  }

  /// Texts may be older than feeds; nothing is as old as a clock that was never set.
  private func known(_ date: Timestamp?) -> Timestamp? {
    date.flatMap { $0.isOfUnsetClock ? nil : $0 }
  }

  private func webLink(of entry: Entry) -> String? {
    let alternates = entry.links.filter { $0.has(relation: "alternate") }.map(\.href)
    let candidates =
      [entry.permalink].compactMap { $0 } + alternates + [entry.guid].compactMap { $0 }
    return candidates.first { address in
      WebAddress.isSafe(address)
        && (address.hasPrefix("http://") || address.hasPrefix("https://"))
    }
  }

  private func line(_ construct: TextConstruct) -> String {
    switch construct.kind {
    case .html: PlainText.line(ofHTML: construct.value)
    case .text: PlainText.line(ofText: construct.value)
    }
  }

  private func text(_ construct: TextConstruct) -> String {
    switch construct.kind {
    case .html: PlainText.text(ofHTML: construct.value)
    case .text: lines(of: construct.value)
    }
  }

  private func lines(of text: String) -> String {
    text.split(whereSeparator: \.isNewline).map { PlainText.line(ofText: String($0)) }
      .filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private func name(_ person: Person) -> String? {
    (person.name ?? person.email).map(PlainText.line(ofGuessed:))?.nonBlank
  }
}
