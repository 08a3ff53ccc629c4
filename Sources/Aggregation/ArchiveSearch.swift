package import StoryArchive
package import StorySearch
package import Syndication

/// Finds stories in the archive, the newest first.
///
/// An index only says where to look: every line that it names is read, checked and compared with the
/// query, so that no index can make a wrong answer; one that cannot be right is made anew. A story is
/// taken as it is now: by its last revision, at the time when it was first seen, and not at all once its
/// words were taken out. A copy has the text of its original.
package final class ArchiveSearch {
  private let query: SearchQuery
  private let matcher: StoryMatcher
  private let finder: CandidateFinder
  private let indexes: SegmentIndexes
  private let since: Timestamp
  private let until: Timestamp

  /// Stories of which a later line was met: 8 bytes and some for each that was edited or removed.
  private var edited: Set<StoryID> = []
  private var removed: Set<StoryID> = []
  /// Revisions that are meant and whose stories began earlier.
  private var pending: [StoryID: Line] = [:]

  private struct Line {
    var story: StoryID
    var place: Int
    var range: Range<Int>
  }

  /// - Parameters:
  ///   - query: What is looked for, with its tags resolved.
  ///   - archive: Opened for reading or writing.
  ///   - since: Where the half-open range of first-seen times begins.
  ///   - until: Where it ends.
  ///   - keepsIndexes: Whether indexes that have to be made are kept beside their segments, if this user
  ///     may write there.
  ///   - onMaking: Told of each segment that is about to be read through.
  /// - Throws: `ArchiveError` when the archive cannot be read.
  package init(
    _ query: SearchQuery, in archive: Archive, since: Timestamp, until: Timestamp,
    keepsIndexes: Bool, onMaking: @escaping (_ path: String) -> Void = { _ in }
  ) throws {
    self.query = query
    self.since = since
    self.until = until
    matcher = StoryMatcher(query)
    finder = CandidateFinder(query)
    indexes = try SegmentIndexes(archive, wanted: query.wantedTerms, keeps: keepsIndexes)
    indexes.onMaking = onMaking
  }

  /// What was found damaged in segments that were read through.
  package var damage: [Damage] { indexes.damage }

  /// Gives each story to `found`, the newest first, until it returns false.
  ///
  /// - Throws: `ArchiveError` when the archive cannot be read; what `found` throws.
  package func run(_ found: (Story) throws -> Bool) throws {
    for place in indexes.segments.indices.reversed() {
      if let lastSeen = indexes.segments[place].lastSeen, lastSeen < since { return }
      guard try search(at: place, found) else { return }
      indexes.release(from: place)
    }
  }

  private func search(at place: Int, _ found: (Story) throws -> Bool) throws -> Bool {
    var bound = Int.max
    while true {
      do {
        return try search(at: place, below: &bound, found)
      } catch let problem as IndexProblem {
        guard try indexes.refuse(at: place) else {
          throw ArchiveError.damaged(
            path: indexes.segments[place].path, offset: 0, detail: "cannot be searched: \(problem)")
        }
      }
    }
  }

  /// Gives the stories that began in one segment. `bound` is where the line begins that was judged last:
  /// none from there on is judged again.
  private func search(
    at place: Int, below bound: inout Int, _ found: (Story) throws -> Bool
  ) throws -> Bool {
    let index = try indexes.index(at: place)
    let candidates = try finder.candidates(
      in: index, ordinal: indexes.segments[place].ordinal, lender: indexes.index(of:))
    let revisions = try index.revisions()
    removed.formUnion(try index.removals())
    try collect(revisions, among: candidates, index, place)
    let due = try due(index, place)
    let revised = Set(revisions.map(\.story))
    for document in Set(candidates).union(due.keys).sorted(by: >) {
      let offset = try index.lines(of: document).lowerBound
      guard offset < bound else { continue }
      let story =
        if let line = due[document] {
          try revisedStory(line, first: document, index, place)
        } else {
          try story(document, index, place, revised)
        }
      bound = offset
      guard let story else { continue }
      if try !found(story) { return false }
    }
    edited.formUnion(revised)
    for line in due.values { pending[line.story] = nil }
    return true
  }

  // MARK: Lines

  private func record(
    _ document: UInt32, _ index: SegmentIndex, _ place: Int
  ) throws -> ArchiveRecord {
    guard let record = try indexes.segments[place].record(at: index.lines(of: document)) else {
      throw IndexProblem.stale
    }
    return record
  }

  /// The story that begins at this line, if it is meant and this is its last state.
  private func story(
    _ document: UInt32, _ index: SegmentIndex, _ place: Int, _ revised: Set<StoryID>
  ) throws -> Story? {
    guard case .story(var story, _, let original) = try record(document, index, place),
      since <= story.seen, story.seen < until,
      !edited.contains(story.id), !removed.contains(story.id), !revised.contains(story.id)
    else { return nil }
    if story.text.isEmpty, original != nil {
      story.text = try borrowedText(document, index, place)
    }
    return matcher.matches(story) ? story : nil
  }

  private func borrowedText(
    _ document: UInt32, _ index: SegmentIndex, _ place: Int
  ) throws -> String {
    guard let lender = try index.lender(of: document) else { return "" }
    let lenderIndex = try lender.segment.map(indexes.index(of:)) ?? index
    if let segment = lender.segment, indexes.isUnreadable(segment) { return "" }
    let lenderPlace = lender.segment.flatMap { indexes.place(ofOrdinal: $0.ordinal) } ?? place
    switch try record(lender.document, lenderIndex, lenderPlace) {
    case .story(let story, _, _), .revision(let story): return story.text
    case .move, .relocation, .removed: throw IndexProblem.stale
    }
  }

  // MARK: Revisions

  /// Remembers the last revisions in the segment that are meant.
  private func collect(
    _ revisions: [(story: StoryID, document: UInt32)], among candidates: [UInt32],
    _ index: SegmentIndex, _ place: Int
  ) throws {
    let candidates = Set(candidates)
    for (id, document) in revisions
    where candidates.contains(document) && !edited.contains(id) && !removed.contains(id) {
      guard case .revision(let story) = try record(document, index, place), story.id == id,
        matcher.matches(story)
      else { continue }
      pending[id] = Line(story: id, place: place, range: try index.lines(of: document))
    }
  }

  /// Those of the pending revisions whose stories began in this segment, by where.
  private func due(_ index: SegmentIndex, _ place: Int) throws -> [UInt32: Line] {
    guard !pending.isEmpty else { return [:] }
    let doubles = try index.doubledDocuments()
    var due: [UInt32: Line] = [:]
    try index.forEachStory { story, document, isRevision in
      guard !isRevision, !doubles.contains(document), let line = pending[story] else { return }
      due[document] = line
    }
    return due
  }

  /// The newest words under the time of the first: an edit makes no story new.
  private func revisedStory(
    _ line: Line, first document: UInt32, _ index: SegmentIndex, _ place: Int
  ) throws -> Story? {
    guard case .story(let first, _, _) = try record(document, index, place),
      since <= first.seen, first.seen < until,
      case .revision(var story) = try indexes.segments[line.place].record(at: line.range)
    else { return nil }
    story.seen = first.seen
    return story
  }
}
