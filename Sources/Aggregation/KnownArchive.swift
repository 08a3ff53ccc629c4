internal import StoryArchive
internal import Syndication

/// What is known of an archive: folded from its records, and folded anew where it holds no more.
final class KnownArchive {
  let archive: Archive
  var knowledge: Knowledge
  private let store: KnowledgeStore
  private let groupingStore: GroupingStore
  private let states: FeedStates
  private var belief: Belief
  /// Under way from when what was believed turned out to be no more, until all is folded anew.
  private var refold: Refold?
  private var upkeep: StoryUpkeep
  private var grouping: GroupingUpkeep
  /// Where damage was met that `knowledge` does without.
  private var heededPaths: Set<String> = []

  /// What is kept of `archive`, and what was not kept folded.
  ///
  /// - Throws: `ArchiveError` when it cannot be read.
  init(_ archive: Archive, _ states: FeedStates, limits: KnowledgeStore.Limits) throws {
    groupingStore = GroupingStore(archive, limits: limits)
    grouping = GroupingUpkeep(of: archive, groupingStore)
    self.archive = archive
    self.states = states
    store = KnowledgeStore(archive, limits: limits)
    upkeep = StoryUpkeep(store)
    belief = Belief(keptUnder: store.mark)
    knowledge = try store.load(mark: belief.mark) ?? Knowledge()
    if knowledge.stories.tables.isEmpty { store.remove() }
    try foldOn()
    try states.catchUp()
    heedDamage()
    // Not only once something is stored: what is asked in whose name is decided before.
    if !isSound { while try !foldAnew(limit: .max) {} }
  }

  /// Folds what `knowledge` has not yet.
  private func foldOn() throws {
    var fold = KnowledgeFold(knowledge, mark: belief.mark, store)
    do {
      while try !fold.goOn(limit: .max, { try archive.catchUp(limit: $0, $1) }) {}
      knowledge = fold.knowledge
    } catch is DamagedTable {
      // Found anew by whoever decides by it.
      belief.doubt()
    }
  }

  /// Folds in what other processes stored.
  ///
  /// - Throws: `ArchiveError`.
  func catchUp() throws {
    try archive.catchUp { knowledge.apply($0) }
  }
}

// Whether it holds.
extension KnownArchive {
  private var isSound: Bool {
    !belief.isDoubtful && knowledge.stories.isSound && knowledge.isGroupingSound
  }

  /// Whether what is known is not what the archive tells by now: a table is damaged, or something was taken
  /// out of segments by another process.
  var isOutdated: Bool { !(knowledge.stories.isSound && belief.holds(now: store.mark)) }

  /// Whether what was decided since the last catch up may be committed. If not, all is folded anew.
  func mayCommit() -> Bool {
    if !knowledge.isGroupingSound { groupingStore.remove() }
    if !isSound { belief.doubt() }
    return isSound
  }

  /// Runs `body`, which applies to `knowledge` what it makes durable.
  func whileAhead<Result>(_ body: () throws -> Result) rethrows -> Result {
    belief.beginWriting()
    let result = try body()
    // What maintenance takes out next need not be known before it ends.
    belief.endWriting(staysFresh: belief.isFresh && archive.isUnderMaintenance)
    return result
  }

  /// Folds up to `limit` further records of all, where that must be.
  ///
  /// - Returns: Whether there is nothing more to fold.
  /// - Throws: `ArchiveError`.
  func foldAnew(limit: Int) throws -> Bool {
    guard refold != nil || isOutdated else { return true }
    if refold == nil { refold = try Refold(of: archive, store) }
    do {
      guard try refold?.goOn(to: archive.readEnd, limit: limit) ?? true, let done = refold else {
        return false
      }
      take(done)
    } catch is DamagedTable {
      // What was just written cannot be read: then all anew, without tables.
      refold = nil
      store.abandon()
      store.stopSpilling()
      belief.doubt()
      return false
    }
    return true
  }

  private func take(_ done: Refold) {
    if !done.knowledge.stories.isSound { store.stopSpilling() }
    refold = nil
    grouping = GroupingUpkeep(of: archive, groupingStore)
    upkeep = StoryUpkeep(store)
    knowledge = done.knowledge
    belief = Belief(foldedUnder: done.mark)
    archive.forgetDamage(but: done.damage)
    heedDamage()
  }
}

// Damage.
extension KnownArchive {
  /// Damaged stretches of the archive that were skipped.
  var damage: [Damage] { archive.damage + grouping.damage }

  /// What was skipped may come again where a feed still holds it, but not behind a 304.
  private func heedDamage() {
    guard !archive.damage.isEmpty else { return }
    heededPaths.formUnion(archive.damage.map(\.path))
    store.remove()
    states.forgetValidators()
  }

  /// What was skipped may come again, so it must not be known from before either.
  private func heedGroupingDamage() {
    guard !grouping.damage.isEmpty else { return }
    states.forgetValidators()
    guard !heededPaths.isSuperset(of: grouping.damage.map(\.path)) else { return }
    heededPaths.formUnion(grouping.damage.map(\.path))
    store.remove()
    belief.doubt()
  }
}

// Grouping.
extension KnownArchive {
  /// Folds up to `limit` further records of those that a new story is grouped with. Nothing that is staged by
  /// now may be part of what is folded.
  ///
  /// - Returns: Whether all is folded that is needed.
  /// - Throws: `ArchiveError` when the archive cannot be read.
  func prepareToGroup(limit: Int) throws -> Bool {
    guard !knowledge.canGroup else { return true }
    guard try grouping.goOn(&knowledge, limit: limit) else { return false }
    heedGroupingDamage()
    return true
  }
}

// Keeping.
extension KnownArchive {
  /// Keeps what it takes to know stories again, where there is enough of it that is not kept, or `always`. Does
  /// a step of what takes long, or all `toTheEnd`.
  func keepStories(always: Bool, toTheEnd: Bool = true) {
    guard upkeep.isDue(knowledge.stories, always: always), isKeepable, let mark = belief.mark else {
      return
    }
    do {
      try upkeep.keep(&knowledge, mark: mark, toTheEnd: toTheEnd)
    } catch {
      belief.doubt()
    }
  }

  /// Keeps what it takes to group, where what is kept is outdated, or `always`.
  func keepGrouping(always: Bool) {
    if isSettled { grouping.keep(&knowledge, always: always) }
  }

  private var isSettled: Bool { refold == nil && !belief.isAhead && isSound }

  /// What is damaged is to be noticed by the next start, too; what another process changed as well.
  private var isKeepable: Bool { isSettled && damage.isEmpty && store.mark == belief.mark }
}
