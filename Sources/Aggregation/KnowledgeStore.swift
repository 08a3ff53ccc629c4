internal import Checksums
internal import StoryArchive
internal import StoryGrouping
internal import Syndication

/// What is known of stored stories, kept below `state/`, so that a start folds only what came since.
/// Derived and losable: what is damaged, of another archive, of one that anything was taken out of since,
/// or of another version, is not used, and all is folded anew.
///
/// `state/knowledge` names the tables, `state/stories-…`. One process at a time writes them; those that
/// another one removed meanwhile are written once more before they are named.
final class KnowledgeStore {
  /// Stories that came since, from which on they are kept: folding fewer takes less time than keeping
  /// them would.
  static let leastStoryCount = 1024

  /// Rows of what is in memory that are made durable at once.
  private static let draftedRowLimit = 1 << 16
  private static let name = "knowledge"
  private static let tablePrefix = "stories-"
  /// What the names of all files begin with that tell of stories.
  static let prefixes = [name, tablePrefix]
  private static let draftName = "stories-new"
  private static let lock = "knowledge.lock"

  private let archive: Archive
  private let past: ArchivePast
  private let cache = PageCache()
  private var merge: Merge?
  let limits: TableLimits
  private var spilledRowCount: Int
  /// What `state/knowledge` named when this process last looked.
  private var namedTables: Set<UInt64> = []

  /// What was named was found unusable by another process.
  struct Unnamed: Error {}

  /// A merge under way, of tables that are known at these places.
  private struct Merge {
    let lock: StateLock
    let places: Range<Int>
    var work: TableMerge
  }

  init(_ archive: Archive, limits: TableLimits = TableLimits()) {
    self.archive = archive
    self.limits = limits
    spilledRowCount = limits.spilledRowCount
    past = ArchivePast(of: archive)
  }

  static func tableName(_ sum: UInt64) -> String { tablePrefix + sum.hexadecimal }

  /// `ArchivePast.mark` by now.
  var mark: ArchiveMark? { past.mark() }

  /// What is kept, if it is of this archive, which then goes on behind it, and if `mark`, which was made before,
  /// is the one that it was kept under; nil where nothing can be used.
  func load(mark: ArchiveMark?) throws -> Knowledge? {
    guard let mark, mark.isWhole, let list = readList(), list.past == mark.sum else { return nil }
    namedTables = Set(list.tables)
    let tables = list.tables.compactMap { table($0) }
    guard tables.count == list.tables.count,
      list.storyCount <= tables.reduce(0, { $0 + $1.versions.rowCount }),
      try archive.go(to: list.position)
    else { return nil }
    return Knowledge(
      stories: KnownStories(tables: tables, count: list.storyCount),
      filed: FiledFeeds(
        feeds: Set(list.feeds), moves: Dictionary(list.moves) { first, _ in first }))
  }

  /// Removes what is kept, since it cannot be used; tables only unless another process is writing some.
  func remove() {
    merge = nil
    namedTables = []
    try? archive.removeStateFiles(prefix: Self.name, keeping: [Self.lock])
    guard let lock = try? archive.stateLock(named: Self.lock) else { return }
    try? archive.removeStateFiles(prefix: Self.tablePrefix, keeping: [])
    _ = consume lock
  }

  /// Whether a merge waits to be gone on with.
  var isMerging: Bool { merge != nil }

  /// Keeps `knowledge`, which was folded from all records before the archive's position, when `mark` was its
  /// mark, and which is told where its tables lie from now on. Of merges it does a step, or all `toTheEnd`.
  ///
  /// - Throws: `ArchiveError`, `.locked` where another process does that; `DamagedTable`.
  func keep(_ knowledge: inout Knowledge, mark: ArchiveMark, toTheEnd: Bool) throws {
    if merge != nil {
      guard try goOn(&knowledge.stories, toTheEnd: toTheEnd) else { return }
    }
    let lock = try archive.stateLock(named: Self.lock)
    // Whoever removed it found that it cannot be used, maybe because of damage that this process did not meet.
    if !namedTables.isEmpty, try !archive.hasStoredFile(named: Self.name) { throw Unnamed() }
    while true {
      try writeRecent(&knowledge.stories, isCurrent: { self.mark == mark })
      if let gone = try gone(of: knowledge.stories) {
        // As it was, proved again.
        try begin(gone, knowledge.stories, lock, isCurrent: { self.mark == mark })
      } else {
        try name(knowledge, mark: mark)
        guard let places = knowledge.stories.mergeable else { return }
        try begin(places, knowledge.stories, lock, isCurrent: { self.mark == mark })
      }
      guard try goOn(&knowledge.stories, toTheEnd: toTheEnd) else { return }
    }
  }

  /// Writes out what a fold that began under `mark` has in memory, where that is much, so that the memory it
  /// takes is bounded. Does a step of it at a time.
  ///
  /// - Returns: Whether there is nothing more to do by now.
  /// - Throws: `DamagedTable`; `ArchiveError` when there is too much that cannot be written out.
  func spill(_ stories: inout KnownStories, mark: ArchiveMark?) throws -> Bool {
    do {
      if merge != nil { return try goOn(&stories, toTheEnd: false) && false }
      guard stories.recentRowCount >= spilledRowCount else { return true }
      let lock = try archive.stateLock(named: Self.lock)
      try writeRecent(&stories, isCurrent: { isUnredacted(since: mark) })
      spilledRowCount = limits.spilledRowCount
      guard let places = stories.mergeable else { return true }
      try begin(places, stories, lock, isCurrent: { isUnredacted(since: mark) })
      return false
    } catch let error as ArchiveError {
      merge = nil
      // What cannot be written out stays in memory, as long as there is not too much of it.
      guard stories.recentRowCount < limits.heldRowCount else { throw error }
      spilledRowCount = min(
        max(spilledRowCount, stories.recentRowCount * 2), limits.heldRowCount)
      return true
    }
  }

  /// Gives up a merge of tables that are not in use any more.
  func abandon() { merge = nil }

  /// From now on a fold keeps all in memory, since tables cannot be read back that were just written.
  func stopSpilling() { spilledRowCount = .max }

  /// Whether no words were taken out that a fold which began under `mark` may have read.
  private func isUnredacted(since mark: ArchiveMark?) -> Bool {
    self.mark?.redactionCount == mark?.redactionCount
  }

  private func writeRecent(_ stories: inout KnownStories, isCurrent: () -> Bool) throws {
    guard stories.recentRowCount > 0 else { return }
    let rows = stories.recentRows
    var work = TableMerge(of: rows.versions, rows.sightings, to: try draft(isCurrent))
    while true {
      guard let written = try work.goOn(limit: Self.draftedRowLimit) else { continue }
      return stories.moveRecent(to: try opened(written))
    }
  }

  private func begin(
    _ places: Range<Int>, _ stories: KnownStories, _ lock: StateLock, isCurrent: () -> Bool
  ) throws {
    let draft = try draft(isCurrent)
    merge = Merge(
      lock: lock, places: places, work: try TableMerge(of: stories.tables[places], to: draft))
  }

  /// True when the merge is done.
  private func goOn(_ stories: inout KnownStories, toTheEnd: Bool) throws -> Bool {
    guard var merge else { return true }
    self.merge = nil
    var written: TableMerge.Written?
    repeat {
      written = try merge.work.goOn(limit: limits.mergedRowCount)
    } while toTheEnd && written == nil
    guard let written else {
      self.merge = merge
      return false
    }
    let merged = stories.tables[merge.places].map(\.sum)
    stories.replace(merge.places, by: try opened(written))
    // Nobody else knows of those that were never named.
    for sum in merged where sum != written.sum && !namedTables.contains(sum) {
      try archive.removeStateFiles(prefix: Self.tableName(sum), keeping: [])
    }
    return true
  }

  /// A new table's file, if what is to be written `isCurrent`.
  ///
  /// - Throws: `ArchiveError`, `.locked` where it is not.
  private func draft(_ isCurrent: () -> Bool) throws -> StoredFileDraft {
    let draft = try archive.draftStoredFile(at: Self.draftName)
    // Who takes words out from now on finds it, and removes it.
    guard isCurrent() else { throw ArchiveError.locked(path: Self.draftName) }
    return draft
  }

  private func opened(_ written: TableMerge.Written) throws -> StoryTable {
    guard let table = table(written.sum) else { throw DamagedTable() }
    table.use(written.filters)
    return table
  }

  private func table(_ sum: UInt64) -> StoryTable? {
    guard let file = try? archive.storedFile(named: Self.tableName(sum)),
      let table = StoryTable(file, cache: cache), table.sum == sum
    else { return nil }
    return table
  }

  /// The first table that has no name any more, since another process kept what it knew.
  private func gone(of stories: KnownStories) throws -> Range<Int>? {
    for (place, table) in stories.tables.enumerated()
    where try !archive.hasStoredFile(named: Self.tableName(table.sum)) {
      return place..<place + 1
    }
    return nil
  }

  private func name(_ knowledge: Knowledge, mark: ArchiveMark) throws {
    let sums = knowledge.stories.tables.map(\.sum)
    let list = KnowledgeList(
      position: archive.position, past: mark.sum, storyCount: knowledge.storyCount, tables: sums,
      feeds: knowledge.filed.feeds.sorted(),
      moves: knowledge.filed.moves.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    let bytes = list.bytes
    try archive.writeStateFile(named: Self.name) { sink in
      try bytes.withUnsafeBytes { try sink($0) }
      if self.mark != mark { throw ArchiveError.locked(path: Self.name) }
    }
    namedTables = Set(sums)
    try archive.removeStateFiles(
      prefix: Self.tablePrefix, keeping: Set(sums.map(Self.tableName)))
  }

  private func readList() -> KnowledgeList? {
    guard let file = try? archive.storedFile(named: Self.name),
      file.byteCount <= KnowledgeList.byteLimit
    else { return nil }
    var bytes = [UInt8](repeating: 0, count: file.byteCount)
    let isRead = bytes.withUnsafeMutableBytes { (try? file.read(at: 0, into: $0)) != nil }
    return isRead ? bytes.withUnsafeBytes { KnowledgeList($0) } : nil
  }
}
