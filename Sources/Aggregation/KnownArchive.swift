internal import StoryArchive
internal import StoryGrouping
internal import Syndication

/// Something is to be folded before anything is decided: what was staged is not to be committed.
struct NotFolded: Error {}

/// What is known of an archive: folded from its records, and folded anew where it holds no more.
final class KnownArchive {
  let archive: Archive
  var knowledge: Knowledge
  private let store: KnowledgeStore
  private var groupingStore: GroupingStore
  private let states: FeedStates
  private var belief: Belief
  /// Under way from when what was believed turned out to be no more, until all is folded anew.
  private var refold: Refold?
  private var upkeep: StoryUpkeep
  private var grouping: GroupingUpkeep
  /// Whether something waits to be stored that must be grouped.
  private var mustGroup = false
  /// Tables below `state/` that were not what was written, and are made anew.
  private var tableDamage: [Damage] = []
  private static let tableDamageLimit = 64
  /// What was missing of the archive when it was opened, or known to be damaged.
  private let shortfall: [Damage]
  /// Where damage was met that `knowledge` does without.
  private var heededPaths: Set<String> = []

  /// What is kept of `archive`, and what was not kept folded.
  ///
  /// - Throws: `ArchiveError` when it cannot be read.
  init(_ archive: Archive, _ states: FeedStates, limits: TableLimits) throws {
    groupingStore = GroupingStore(archive, limits: limits)
    grouping = GroupingUpkeep(of: archive, groupingStore)
    self.archive = archive
    self.states = states
    store = KnowledgeStore(archive, limits: limits)
    upkeep = StoryUpkeep(store)
    belief = Belief(keptUnder: store.mark)
    shortfall = try archive.shortfall(besides: belief.mark)
    knowledge = try store.load(mark: belief.mark) ?? Knowledge()
    if knowledge.stories.tables.isEmpty { store.remove() }
    try foldOn()
    try states.catchUp()
    heedDamage()
    // Not only once something is stored: what is asked in whose name is decided before.
    if !isSound { while try !fold(limit: .max) {} }
  }

  /// What `body` finds out from `knowledge`, which it is to leave as it is.
  ///
  /// Lent where it stands, which only `inout` does: to read the property would copy it, and count a reference to each
  /// of some fifty tables.
  func look<Result>(_ body: (inout Knowledge) throws -> Result) rethrows -> Result {
    try body(&knowledge)
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

  /// Makes sure that what was decided since the last catch up may be committed.
  ///
  /// - Throws: `NotFolded` where it may not: then all is folded anew.
  func prove() throws {
    guard !isSound else { return }
    // What was staged comes again, and is placed again.
    mustGroup = knowledge.canGroup
    if !knowledge.isGroupingSound { distrustGrouping() }
    belief.doubt()
    throw NotFolded()
  }

  /// Runs `body`, which applies to `knowledge` what it makes durable.
  func whileAhead<Result>(_ body: () throws -> Result) rethrows -> Result {
    belief.beginWriting()
    let result = try body()
    // What maintenance takes out next need not be known before it ends.
    belief.endWriting(staysFresh: belief.isFresh && archive.isUnderMaintenance)
    mustGroup = false
    return result
  }

  /// Folds up to `limit` further records of what must be folded before anything is stored: of all, where what is
  /// known holds no more, then of what something that waits is grouped with.
  ///
  /// - Returns: Whether there is nothing more to fold.
  /// - Throws: `ArchiveError`.
  func fold(limit: Int) throws -> Bool {
    guard try foldAnew(limit: limit) else { return false }
    return try !mustGroup || (prepareToGroup(limit: limit) && !isOutdated)
  }

  private func foldAnew(limit: Int) throws -> Bool {
    guard refold != nil || isOutdated else { return true }
    if refold == nil {
      note(damaged: knowledge.stories)
      refold = try Refold(of: archive, store)
    }
    do {
      guard try refold?.goOn(to: archive.readEnd, limit: limit) ?? true, let done = refold else {
        return false
      }
      take(done)
    } catch is DamagedTable {
      // What was just written cannot be read: then all anew, without tables.
      refold.map { note(damaged: $0.knowledge.stories) }
      refold = nil
      store.abandon()
      store.stopSpilling()
      belief.doubt()
      return false
    }
    return true
  }

  private func take(_ done: Refold) {
    if !done.knowledge.stories.isSound {
      note(damaged: done.knowledge.stories)
      store.stopSpilling()
    }
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
  var skipped: [Damage] { archive.damage + grouping.damage }

  /// These, what is missing without having been met, and damaged tables that are done without.
  var damage: [Damage] {
    let skipped = skipped
    return skipped + shortfall.filter { !skipped.contains($0) } + tableDamage
  }

  private func note(damaged stories: KnownStories) {
    for table in stories.tables where table.foundDamage {
      note(damagedTable: KnowledgeStore.tableName(table.sum), byteCount: table.byteCount)
    }
  }

  /// One that is written anew may get its old name, and is named once.
  private func note(damagedTable name: String, byteCount: Int) {
    let damage = Damage(
      path: "state/\(name)", range: 0..<byteCount,
      detail: "does not read as it was written, and is made anew from the archive")
    guard !tableDamage.contains(where: { $0.path == damage.path }) else { return }
    tableDamage = tableDamage.suffix(Self.tableDamageLimit - 1) + [damage]
  }

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
  /// Whether `stories` can be placed. If not, `fold` folds what new ones are grouped with. To be asked before
  /// any is staged: what was given up then would be known already.
  func canPlace(_ stories: () -> [AcceptedStories]) -> Bool {
    guard !knowledge.canGroup, stories().contains(where: { StoryStaging.bringsNews($0, self) })
    else { return true }
    mustGroup = true
    return false
  }

  /// Makes sure that a story can be placed.
  ///
  /// - Throws: `NotFolded` where what it is grouped with is to be folded first.
  func expectGrouping() throws {
    guard !knowledge.canGroup else { return }
    mustGroup = true
    // What was staged before is known already.
    belief.doubt()
    throw NotFolded()
  }

  /// Folds up to `limit` further records of those that a new story is grouped with.
  ///
  /// - Returns: Whether all is folded that is needed.
  /// - Throws: `ArchiveError` when the archive cannot be read.
  private func prepareToGroup(limit: Int) throws -> Bool {
    guard !knowledge.canGroup else { return true }
    guard try grouping.goOn(&knowledge, limit: limit) else { return false }
    guard knowledge.isGroupingSound else {
      distrustGrouping()
      return false
    }
    heedGroupingDamage()
    return true
  }

  /// A table of copies is damaged: what it takes to group is to be folded anew, and without tables on disk from
  /// now on, lest a disk that gives none back as it was written keep everything from being stored.
  private func distrustGrouping() {
    knowledge.withGrouping { grouping in
      for table in grouping.grouper.sealed where !table.isSound {
        let name = GroupingStore.tableName(table.checksum)
        note(damagedTable: name, byteCount: table.bytes.byteCount)
      }
    }
    knowledge.dropGrouping()
    groupingStore.remove()
    groupingStore.stopSpilling()
    grouping.startAnew(groupingStore)
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
  private var isKeepable: Bool {
    isSettled && skipped.isEmpty && belief.mark?.isWhole == true && store.mark == belief.mark
  }
}
