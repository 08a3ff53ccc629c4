package import DigestExport
package import StoryArchive
internal import StoryGrouping
package import Syndication

/// Which stories a digest is asked for.
package struct DigestSelection: Hashable, Sendable {
  /// The half-open range of first-seen times.
  package var since: Timestamp
  package var until: Timestamp
  /// Addresses of the feeds to look at; nil for every feed in the archive.
  package var feeds: Set<String>?
  /// The most clusters, or stories, to show; nil for all.
  package var limit: Int?

  package init(
    since: Timestamp, until: Timestamp, feeds: Set<String>? = nil, limit: Int? = nil
  ) {
    self.since = since
    self.until = until
    self.feeds = feeds
    self.limit = limit
  }

  /// Looks at the feeds' stories under the addresses at which they were first followed as well: stories
  /// stand under those.
  ///
  /// - Throws: `ArchiveError` when the state cannot be read.
  package mutating func includeFormerAddresses(_ archive: Archive) throws {
    guard let feeds else { return }
    let states = try FeedStates(archive: archive)
    try states.catchUp()
    self.feeds = feeds.union(feeds.compactMap { states[$0].firstAddress })
  }

  /// The stories of the window, each for itself, in the order in which they were first seen.
  ///
  /// - Throws: `ArchiveError` when the archive cannot be read.
  package func stories(of archive: Archive) throws -> [Story] {
    let fold = try fold(of: archive, from: since, lending: isAsked)
    let asked = fold.stories.filter(isAsked).map(\.story)
    return Array(asked.prefix(limit ?? .max))
  }

  /// The digest of what `archive` holds. Clusters are shown whole: a report seen earlier than
  /// `since` stands beside the one in the window that brought the cluster here.
  ///
  /// - Throws: `ArchiveError` when the archive cannot be read.
  package func digest(of archive: Archive) throws -> Digest {
    let fold = try fold(of: archive, from: since - Grouper.window) { $0.story.seen < until }
    let clusters = fold.clusters.filter { $0.contains(where: isAsked) }.map { group in
      let members = group.filter { $0.story.seen < until }
      return DigestAssembly.cluster(id: group[0].story.id, members: members)
    }
    return DigestAssembly.digest(since: since, until: until, clusters: clusters, limit: limit)
  }

  /// What came since `moment`, those copies that are `lent` to with the words that they have in common
  /// with older stories.
  private func fold(
    of archive: Archive, from moment: Timestamp, lending lent: (DigestMember) -> Bool
  ) throws -> ClusterFold {
    var fold = ClusterFold(until: until)
    if try archive.records(since: moment, until: until, { fold.apply($0) }) {
      // What came in the window may be edited, moved or removed long after.
      try archive.changes(since: until, of: { fold.holds($0) }, { fold.apply($0) })
    }
    let copies = fold.copiesWithoutWords(where: lent)
    guard let last = copies.last else { return fold }
    // Most originals came shortly before; to look for them from the archive's beginning would make every
    // digest as slow as the archive is old.
    var reach = Self.firstReach
    while true {
      let since = reach < Self.longestReach ? moment - reach : Timestamp(milliseconds: .min)
      var lender = WordLender(copies.originals)
      try archive.records(since: since, until: last + .milliseconds(1)) { lender.apply($0) }
      guard !lender.hasFoundAll, reach < Self.longestReach else {
        fold.take(lender.words)
        return fold
      }
      reach = reach * 4
    }
  }

  private static let firstReach = Duration.seconds(7 * 86_400)
  /// Beyond this an original is looked for in the whole archive.
  private static let longestReach = Duration.seconds(1000 * 86_400)

  private func isAsked(_ member: DigestMember) -> Bool {
    since <= member.story.seen && member.story.seen < until
      && feeds?.contains(member.story.feed) ?? true
  }
}

/// The archive's records folded to clusters of whole stories.
struct ClusterFold {
  /// From when on stories are left out, and only what becomes of those before is heeded.
  private let until: Timestamp
  private var members: [StoryID: DigestMember] = [:]
  private var order: [StoryID] = []
  private var clusterOfStory: [StoryID: StoryID] = [:]
  /// Copies whose words are their originals', which are not among the stories; with those.
  private(set) var copiesWithoutWords: [StoryID: StoryID] = [:]

  init(until: Timestamp = Timestamp(milliseconds: .max)) {
    self.until = until
  }

  mutating func apply(_ record: ArchiveRecord) {
    switch record {
    case .story(let story, let cluster, let original):
      guard story.seen < until, members[story.id] == nil else { return }
      var story = story
      if story.text.isEmpty, let original {
        story.text = members[original]?.story.text ?? ""
        if members[original] == nil { copiesWithoutWords[story.id] = original }
      }
      members[story.id] = DigestMember(story: story, original: original)
      order.append(story.id)
      clusterOfStory[story.id] = cluster
    case .revision(let edit):
      revise(edit)
    case .move(let story, let cluster, _):
      if members[story] != nil { clusterOfStory[story] = cluster }
    case .relocation: break
    case .removed(let stories, _):
      for story in stories {
        members[story] = nil
        copiesWithoutWords[story] = nil
      }
    }
  }

  /// Of those copies the ones that are `asked` for, and when the last of them came.
  func copiesWithoutWords(
    where asked: (DigestMember) -> Bool
  ) -> (originals: [StoryID: StoryID], last: Timestamp?) {
    let originals = copiesWithoutWords.filter { copy, _ in members[copy].map(asked) ?? false }
    return (originals, originals.keys.compactMap { members[$0]?.story.seen }.max())
  }

  /// Gives copies the words that were found for them.
  mutating func take(_ words: [StoryID: String]) {
    for copy in copiesWithoutWords.keys {
      guard let known = members[copy], let text = words[copy] else { continue }
      var story = known.story
      story.text = text
      members[copy] = DigestMember(story: story, original: known.original)
    }
    copiesWithoutWords = [:]
  }

  func holds(_ story: StoryID) -> Bool { members[story] != nil }

  /// In the order in which they were first seen.
  var stories: [DigestMember] { order.compactMap { members[$0] } }

  var clusters: [[DigestMember]] {
    var places: [StoryID: Int] = [:]
    var clusters: [[DigestMember]] = []
    for member in stories {
      let cluster = clusterOfStory[member.story.id] ?? member.story.id
      if let place = places[cluster] {
        clusters[place].append(member)
      } else {
        places[cluster] = clusters.count
        clusters.append([member])
      }
    }
    return clusters
  }

  /// The newest words under the time of the first: an edit makes no story new.
  private mutating func revise(_ edit: Story) {
    guard let known = members[edit.id] else { return }
    var story = edit
    story.seen = known.story.seen
    members[edit.id] = DigestMember(story: story, original: known.original)
    copiesWithoutWords[edit.id] = nil
  }
}

/// Finds the words of copies whose records leave them out: those that their originals had when they came.
private struct WordLender {
  private let originals: [StoryID: StoryID]
  private var lent: [StoryID: String]
  private(set) var words: [StoryID: String] = [:]
  private var missing: Set<StoryID>

  init(_ originals: [StoryID: StoryID]) {
    self.originals = originals
    lent = Dictionary(originals.values.map { ($0, "") }) { first, _ in first }
    missing = Set(originals.values)
  }

  /// Whether every original came by or was removed.
  var hasFoundAll: Bool { missing.isEmpty }

  mutating func apply(_ record: ArchiveRecord) {
    switch record {
    case .story(let story, _, _):
      if let original = originals[story.id], words[story.id] == nil {
        words[story.id] = lent[original]
      }
      if lent[story.id] == "" { lent[story.id] = story.text }
      missing.remove(story.id)
    case .revision(let story):
      if lent[story.id] != nil { lent[story.id] = story.text }
    case .removed(let stories, _):
      for story in stories where lent[story] != nil {
        lent[story] = ""
        missing.remove(story)
      }
    case .move, .relocation: break
    }
  }
}
