package import StoryArchive
package import Syndication

/// The spine: a fetch result goes in, and once everything it brought is durable an outcome comes out.
///
/// Decide → write → apply. Confined to one thread at a time; other processes may append to the same
/// archive, and what they wrote is folded in before anything is decided. When a write fails the
/// error is thrown and this value must be dropped: its knowledge may run ahead of the disk, and a new
/// one folds the archive anew.
package final class Aggregator {
  private let archive: Archive
  private let states: FeedStates
  private let store: KnowledgeStore
  private var knowledge: Knowledge
  /// `ArchivePast.mark` when `knowledge` began to be folded.
  private var mark: UInt64?
  /// Under way from when what was believed turned out to be no more, until all is folded anew.
  private var refold: Refold?
  /// Whether what is known must not be decided by.
  private var isDoubtful = false
  /// Whether the archive was folded anew and nothing was stored since. Then that happens once whatever became
  /// of segments meanwhile, lest long maintenance keep everything from being stored.
  private var isFresh = false
  /// Whether `knowledge` has what may not be on disk: a write failed, or is under way.
  private var isAhead = false
  /// Where damage was met that `knowledge` does without.
  private var heededPaths: Set<String> = []
  /// Under way from the first new story until all of what it is grouped with is folded.
  private var fold: GroupingFold?
  private var groupingCopy = GroupingCopy()
  /// Damage that was met when what it takes to group was folded.
  private var foldDamage: [Damage] = []
  /// How many stories that are in no table keeping them is next worth the while.
  private var keptStoryCount = KnowledgeStore.leastStoryCount
  /// The addresses that are followed, as far as anybody told.
  private var followed: Set<String> = []
  /// Which feed's moves led to an address that is followed now instead of the feed's own.
  private var formerAddresses: [String: String] = [:]

  /// Opens the archive in `storage` for writing and folds what was not kept of it.
  ///
  /// - Throws: `ArchiveError` when the storage cannot be used.
  package convenience init(storage: String, now: Timestamp) throws {
    try self.init(archive: Archive.open(at: storage, access: .readWrite, now: now), now: now)
  }

  /// Folds what was not kept of `archive`, which is open for writing and nobody else's.
  ///
  /// - Throws: `ArchiveError` when it cannot be read.
  package convenience init(archive: Archive, now: Timestamp) throws {
    try self.init(archive: archive, limits: KnowledgeStore.Limits())
  }

  init(archive: Archive, limits: KnowledgeStore.Limits) throws {
    self.archive = archive
    states = try FeedStates(archive: archive)
    store = KnowledgeStore(archive, limits: limits)
    mark = store.mark
    knowledge = try store.load(mark: mark) ?? Knowledge()
    if knowledge.stories.tables.isEmpty { store.remove() }
    try foldOn()
    try states.catchUp()
    heedDamage()
    // Not only once something is stored: what is asked in whose name is decided before.
    if isDoubtful || !knowledge.stories.isSound { while try !foldAnew(limit: .max) {} }
  }

  /// Folds what `knowledge` has not yet.
  private func foldOn() throws {
    var fold = KnowledgeFold(knowledge, mark: mark, store)
    do {
      while try !fold.goOn(limit: .max, { try archive.catchUp(limit: $0, $1) }) {}
      knowledge = fold.knowledge
    } catch is DamagedTable {
      // Found anew by whoever decides by it.
      isDoubtful = true
    }
  }

  /// What was skipped may come again where a feed still holds it, but not behind a 304.
  private func heedDamage() {
    guard !archive.damage.isEmpty else { return }
    heededPaths.formUnion(archive.damage.map(\.path))
    store.remove()
    states.forgetValidators()
  }

  /// Damaged stretches of the archive that were skipped, a sentence each.
  package var damage: [String] { (archive.damage + foldDamage).map { "\($0)" } }

  package var storyCount: Int { knowledge.storyCount }

  /// What is remembered of `feed`, as any process last wrote it.
  package func state(of feed: Feed) -> FeedState {
    if let state = states.known(feed.url) { return state }
    // A feed that moved goes on where it was.
    guard let first = named(feed).firstAddress else { return states[feed.url] }
    let addresses = knowledge.addresses(of: first) + [formerAddresses[feed.url]].compactMap { $0 }
    let former = addresses.compactMap(states.known)
    return former.max { ($0.pollCount, $1.feed) < ($1.pollCount, $0.feed) }?.moved(to: feed.url)
      ?? states[feed.url]
  }

  /// What reading the older documents of `feed` has cost, also by other addresses that lead to them.
  func archiveToll(of feed: Feed, now: Timestamp) -> ArchiveToll? {
    states.archiveToll(of: state(of: feed), now: now)
  }

  /// `feed` with the address at which the archive first knew it.
  ///
  /// A feed whose former address is followed too goes by its own: of two publishers neither may write
  /// under the other's identifiers.
  package func named(_ feed: Feed) -> Feed {
    var feed = feed
    let first = firstAddress(of: feed.url)
    let isItsOwn =
      first == feed.url || followed.contains(first) || knowledge.hasStories(of: feed.url)
    feed.firstAddress = isItsOwn ? nil : first
    return feed
  }

  /// Where the feed at `url` was first followed, by what the archive says or is about to.
  private func firstAddress(of url: String) -> String {
    guard let former = formerAddresses[url] else { return knowledge.firstAddress(of: url) }
    let first = knowledge.firstAddress(of: former)
    return knowledge.canContinue(first, at: url) ? first : knowledge.firstAddress(of: url)
  }

  /// From now on `feeds` are followed and no others. That alone is what a move for good waits for: a
  /// server that redirects may name any address, but only who follows that one in the other's stead says
  /// that they are the same feed.
  package func follow(_ feeds: [Feed]) {
    followed = Set(feeds.map(\.url))
    formerAddresses = states.formerAddresses(followed: followed)
  }

  /// Remembers of the feed that is followed at `url` from now on what is known of it at `former`.
  ///
  /// - Throws: `ArchiveError`.
  package func carryState(of former: String, to url: String) throws {
    try catchUp()
    followed.remove(former)
    followed.insert(url)
    formerAddresses[url] = former
    guard states.known(url) == nil, let state = states.known(former) else { return }
    try states.update([state.moved(to: url)])
  }

  /// Tells other processes that no host can be reached since `moment`, or with nil that some can.
  package func note(offlineSince moment: Timestamp?) throws {
    try states.note(offlineSince: moment)
  }

  /// Until when what waits in `line` (`FeedsConfiguration.queueHost`) is to be left alone, where its
  /// server asked for that.
  package func blockedUntil(line: String, now: Timestamp) -> Timestamp? {
    states.blockedUntil(line: line, now: now)
  }

  /// When `feed` was asked without an answer having been stored, by whichever process.
  package func askedAt(_ feed: Feed) -> Timestamp? {
    states.lines.askedAt(feed.url)
  }

  /// The least time between two requests of `line` that its server's answers taught; zero for none.
  package func learnedGap(line: String, now: Timestamp) -> Duration {
    states.lines.pace(of: line).gap(now: now)
  }

  /// When `feed` was asked last, whatever came of it.
  package func lastAsked(_ feed: Feed) -> Timestamp? {
    [askedAt(feed), states[feed.url].lastAttempt].compactMap { $0 }.max()
  }

  /// Decide → write → ask: who of `slots` may ask now. What is granted is written down first, so that no
  /// process that shares the archive asks the same feed or the same line too soon.
  ///
  /// - Returns: A ruling for each slot.
  /// - Throws: `ArchiveError.locked` when another process decides right now: nothing was done, try again.
  package func reserve(_ slots: [RequestSlot], now: Timestamp) throws -> [RequestSlot.Ruling] {
    guard slots.contains(where: { !$0.isLocal }) else { return slots.map { _ in .granted } }
    return try archive.withStateLock(named: Self.slotsLock) {
      try states.catchUp()
      return try states.reserve(slots, now: now)
    }
  }

  /// What was asked of these feeds never reached a server, so that they may be asked at any time.
  package func settle(_ feeds: [String]) throws {
    try states.settle(feeds)
  }

  /// The wall clock was stepped while this process ran, and shows `now`: what servers asked for and the
  /// gaps of lines still last as long as they would have.
  ///
  /// - Throws: `ArchiveError` when other processes cannot be told.
  package func clockStepped(by step: Duration, now: Timestamp) throws {
    try states.shift(by: step, now: now)
  }

  private static let slotsLock = "slots.lock"

  /// Makes sure that this process alone follows feeds into the archive, until it ends.
  ///
  /// - Throws: `ArchiveError.locked` when another one does.
  package func claim() throws {
    try archive.claim("daemon.lock")
  }

  /// Writes and discards a megabyte, as a storage must allow it before polling goes on.
  ///
  /// - Throws: `ArchiveError` when there is no room for it.
  package static func probe(storage: String, now: Timestamp) throws {
    let archive = try Archive.open(at: storage, access: .readWrite, now: now)
    let log = try archive.stateLog(named: "probe")
    try archive.withWriterLock(waiting: .seconds(1)) { _ in
      // What a failed probe left would take up the very room that is looked for.
      try log.compact(to: [])
      defer { try? log.compact(to: []) }
      try log.append([UInt8](repeating: UInt8(ascii: "."), count: probeByteCount / 2))
      try log.append([UInt8](repeating: UInt8(ascii: "."), count: probeByteCount / 2))
    }
  }

  static let probeByteCount = 1 << 20

  /// `leaveAlone` for an archive that nobody has open.
  package static func leaveAlone(
    _ line: String, for pause: Duration, storage: String, now: Timestamp
  ) throws {
    let archive = try Archive.open(at: storage, access: .readWrite, now: now)
    let until = now + min(pause, RefreshPolicy.hintCeiling)
    try FeedStates(archive: archive).block(line: line, until: until, now: now)
  }

  /// `clockStepped` for an archive that nobody has open.
  package static func clockStepped(by step: Duration, storage: String, now: Timestamp) throws {
    let states = try FeedStates(
      archive: Archive.open(at: storage, access: .readWrite, now: now))
    try states.catchUp()
    try states.shift(by: step, now: now)
  }

  /// Folds in what other processes did.
  package func catchUp() throws {
    try archive.catchUp { knowledge.apply($0) }
    try states.catchUp()
  }

  /// Whether what is known is not what the archive tells by now: a table is damaged, or something was taken
  /// out of segments by another process.
  private var mustFold: Bool {
    isDoubtful || !knowledge.stories.isSound || (!isFresh && store.mark != mark)
  }

  /// Folds up to `limit` further records of all, where that must be.
  ///
  /// - Returns: Whether there is nothing more to fold.
  private func foldAnew(limit: Int) throws -> Bool {
    guard refold != nil || mustFold else { return true }
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
      isDoubtful = true
      return false
    }
    return true
  }

  private func take(_ done: Refold) {
    refold = nil
    fold = nil
    if !done.knowledge.stories.isSound { store.stopSpilling() }
    groupingCopy = GroupingCopy()
    foldDamage = []
    (knowledge, mark) = (done.knowledge, done.mark)
    (isDoubtful, isAhead, isFresh) = (false, false, true)
    keptStoryCount = KnowledgeStore.leastStoryCount
    archive.forgetDamage(but: done.damage)
    heedDamage()
  }

  /// Runs `body` under the writer lock, knowing what others wrote. Where it decided by what turns out to be
  /// known no more, nothing of it was committed, and it runs again by what the archive says.
  private func write<Result>(
    waiting patience: Duration, _ body: (inout ArchiveTransaction) throws -> Result
  ) throws -> Result {
    for _ in 0..<Self.foldTryLimit {
      while try !foldAnew(limit: .max) {}
      do {
        return try archive.withWriterLock(waiting: patience) { transaction in
          try catchUp()
          if mustFold { throw Outdated() }
          isAhead = true
          let result = try body(&transaction)
          (isAhead, isFresh) = (false, false)
          return result
        }
      } catch is Outdated {
        continue
      }
    }
    throw ArchiveError.locked(path: Self.knowledgeSubject)
  }

  /// What is known changed faster than it could be folded.
  private struct Outdated: Error {}
  private static let foldTryLimit = 4
  private static let knowledgeSubject = "state/knowledge"

  /// - Throws: `Outdated` when what is staged may be wrong.
  private func commit(_ transaction: inout ArchiveTransaction, now: Timestamp) throws {
    guard !isDoubtful, knowledge.stories.isSound else {
      isDoubtful = true
      throw Outdated()
    }
    try transaction.commit(now: now)
  }

  /// The whole way of answers into the archive, in their order, each of another feed. They share one
  /// commit, since making many stories durable takes as long as making one.
  ///
  /// - Parameters:
  ///   - answers: What came of some requests.
  ///   - now: When they are stored.
  /// - Returns: What each came to, with everything durable that it counts.
  /// - Throws: `ArchiveError.locked` when another process writes right now: nothing was done, try again.
  ///   Another `ArchiveError` when something could not be made durable; then nothing of these answers
  ///   was acknowledged, and no feed's validators have advanced.
  package func refresh(_ answers: [ReadAnswer], now: Timestamp) throws -> [RefreshOutcome] {
    precondition(Set(answers.map(\.feed.url)).count == answers.count, "an answer a feed")
    // Without the lock, for which others wait.
    while try !prepareToGroup(answers, limit: .max) {}
    return try write(waiting: Self.lockPatience) { transaction in
      // Whatever becomes of what the answers brought, their servers are left alone.
      for answer in answers {
        // An answer from before the wall clock was put back counts from now, not from a day ahead.
        try leaveAlone(answer.line, for: answer.reading.retryAfter, now: min(answer.now, now))
      }
      let staged = try answers.map { try stage($0, in: &transaction, now: now) }
      try commit(&transaction, now: now)
      let polls = staged.map { poll(of: $0, now: now) }
      // Only now, after the stories are durable, do validators advance.
      try states.update(polls.map(\.after))
      try zip(staged, polls).forEach { try learn(from: $0.answer, $1.polled) }
      try compactIfGrown(now: now)
      return zip(staged, polls).map { outcome(of: $0.answer, $1.polled, $1.after) }
    }
  }

  /// An answer whose stories are staged, and how they fared.
  private typealias StagedAnswer = (answer: ReadAnswer, counts: StoryCounts)

  private func stage(
    _ answer: ReadAnswer, in transaction: inout ArchiveTransaction, now: Timestamp
  ) throws -> StagedAnswer {
    let answer = answer.of(named(answer.feed))
    settle(answer.feed, in: &transaction, now: now)
    let counts = try answer.accepted.map { try stage($0, in: &transaction, now: now) }
    return (answer, counts ?? StoryCounts())
  }

  /// Files what a feed that is followed at another address than before brings under its first one for
  /// ever: whatever becomes of `state/`, no story comes twice.
  private func settle(_ feed: Feed, in transaction: inout ArchiveTransaction, now: Timestamp) {
    guard let first = feed.firstAddress, knowledge.firstAddress(of: feed.url) != first else {
      return
    }
    let record = ArchiveRecord.relocation(feed: first, address: feed.url, seen: now)
    transaction.stage(record)
    knowledge.apply(record)
  }

  private func poll(
    of staged: StagedAnswer, now: Timestamp
  ) -> (polled: PolledState, after: FeedState) {
    let (answer, counts) = staged
    let polled = PolledState(
      before: state(of: answer.feed), feed: answer.feed, policy: answer.policy, counts: counts,
      now: now)
    return (polled, polled.after(answer.reading))
  }

  /// Remembers, for every process, that a server asked for a pause of what waits in `line`; nil for none.
  /// To be called as soon as that is known: what the answer brought besides is stored later, if at all.
  ///
  /// - Returns: Until when the line is left alone.
  /// - Throws: `ArchiveError` when there is no room even for that.
  @discardableResult
  package func leaveAlone(_ line: String, for pause: Duration?, now: Timestamp) throws -> Timestamp?
  {
    guard let pause else { return nil }
    let until = now + min(pause, RefreshPolicy.hintCeiling)
    try states.block(line: line, until: until, now: now)
    return until
  }

  /// Remembers what an answer says of the pace of its line.
  private func learn(from answer: ReadAnswer, _ polled: PolledState) throws {
    try states.learn(
      answer.reading.answer(after: polled.before.failure), limit: answer.reading.rateLimit,
      of: answer.line, now: polled.now)
  }

  private func outcome(
    of answer: ReadAnswer, _ polled: PolledState, _ after: FeedState
  ) -> RefreshOutcome {
    var outcome = polled.outcome(of: answer.reading, state: after)
    outcome.leftAloneUntil = states.blockedUntil(line: answer.line, now: polled.now)
    outcome.successor = successor(of: answer.feed, after)
    return outcome
  }

  /// Where `feed` may be followed from now on, its move being settled.
  private func successor(of feed: Feed, _ state: FeedState) -> String? {
    guard let move = state.move, move.isSettled else { return nil }
    let first = feed.firstAddress ?? feed.url
    return knowledge.canContinue(first, at: move.target) ? move.target : nil
  }

  /// Stores what is new in an older document of `feed`, and with it how far such documents were read.
  /// An entry that is known stays as it is: of two versions the older document has the older.
  ///
  /// - Parameters:
  ///   - page: The document.
  ///   - feed: Whose.
  ///   - now: When it came.
  ///   - progress: What to remember, given how the page's entries fared.
  /// - Returns: How they fared, with everything durable that it counts.
  /// - Throws: as `refresh`.
  package func store(
    page: ParsedFeed, of feed: Feed, now: Timestamp,
    progress: (StoryCounts) -> ArchiveProgress
  ) throws -> StoryCounts {
    try write(waiting: Self.lockPatience) { transaction in
      let feed = named(feed)
      let accepted = StoryAcceptance(feed: feed).stories(of: page, seen: now)
      let counts = try stage(accepted, in: &transaction, now: now, takesEdits: false)
      try commit(&transaction, now: now)
      var state = state(of: feed)
      state.storedCount += counts.new
      state.archives = progress(counts)
      try states.update([state])
      return counts
    }
  }

  /// Stores what is new among what another program kept of `feed`: an entry that is known stays as it is.
  /// Nothing is remembered of the feed itself.
  ///
  /// - Parameters:
  ///   - document: Entries of the feed as that program kept them.
  ///   - feed: Whose.
  ///   - now: When they are taken over.
  /// - Returns: How they fared, with everything durable that it counts.
  /// - Throws: as `refresh`.
  package func store(
    imported document: ParsedFeed, of feed: Feed, now: Timestamp
  ) throws -> StoryCounts {
    try write(waiting: Self.importPatience) { transaction in
      let accepted = StoryAcceptance(feed: named(feed)).stories(of: document, seen: now)
      return try commit(accepted, in: &transaction, now: now)
    }
  }

  /// Stores what is new among `stories`, which another archive of this program kept of the feed that it
  /// first followed at `first`. They keep their identifiers, and the archive says that the feed is
  /// followed at `address` now; where stories are filed under that already, these join them.
  ///
  /// - Returns: as above.
  /// - Throws: as `refresh`.
  package func store(
    imported stories: [Story], firstFollowedAt first: String, nowAt address: String, now: Timestamp
  ) throws -> StoryCounts {
    try write(waiting: Self.importPatience) { transaction in
      var feed = Feed(url: address)
      feed.firstAddress = first
      let canContinue = knowledge.canContinue(first, at: address)
      if canContinue { settle(feed, in: &transaction, now: now) }
      let filed = knowledge.firstAddress(of: address)
      let stories = filed == first ? stories : stories.map { $0.filed(under: filed) }
      let accepted = AcceptedStories(
        stories: stories, fingerprints: stories.map { StoryFingerprint(of: $0) }, ignoredCount: 0)
      return try commit(accepted, in: &transaction, now: now)
    }
  }

  private func commit(
    _ accepted: AcceptedStories, in transaction: inout ArchiveTransaction, now: Timestamp
  ) throws -> StoryCounts {
    let counts = try stage(accepted, in: &transaction, now: now, takesEdits: false)
    try commit(&transaction, now: now)
    return counts
  }

  /// Remembers how far the older documents of `feed` were read.
  ///
  /// - Throws: as `refresh`.
  package func note(_ progress: ArchiveProgress, of feed: Feed) throws {
    try write(waiting: Self.lockPatience) { _ in
      var state = state(of: feed)
      state.archives = progress
      try states.update([state])
    }
  }

  /// Takes in what the answer to an older document says of its server, for every process, and what it
  /// cost.
  ///
  /// - Parameters:
  ///   - reading: The answer.
  ///   - page: What was asked for.
  ///   - feed: Whose older documents are read.
  ///   - line: Where the request waited its turn.
  ///   - now: When the answer came.
  /// - Throws: as `refresh`.
  package func learn(
    from reading: FeedReading, ofPage page: String, of feed: Feed, line: String, now: Timestamp
  ) throws {
    try write(waiting: Self.lockPatience) { _ in
      try states.settle([page])
      try leaveAlone(line, for: reading.retryAfter, now: now)
      try states.learn(
        reading.answer(after: nil), limit: reading.rateLimit, of: line, now: now)
      var state = state(of: feed)
      let failed = !(reading.parsed?.isComplete ?? false)
      state.archiveToll = .after(state.archiveToll, failed: failed, now: now)
      try states.update([state])
    }
  }

  /// How long a refresh waits for another process' refresh to end: hardly, since the thread that waits
  /// is the one that would notice a signal.
  static let lockPatience = Duration.milliseconds(20)

  /// Nobody waits for an import.
  private static let importPatience = Duration.seconds(60)

  /// Places and stages every story.
  private func stage(
    _ accepted: AcceptedStories, in transaction: inout ArchiveTransaction, now: Timestamp,
    takesEdits: Bool = true
  ) throws -> StoryCounts {
    let seen = transaction.seen(at: now)
    var counts = StoryCounts()
    counts.ignored = accepted.ignoredCount
    var taken = Set(accepted.stories.map(\.id))
    for (story, fingerprint) in zip(accepted.stories, accepted.fingerprints) {
      var story = story
      story.seen = seen
      let isAmbiguous = accepted.ambiguous.contains(story.id)
      if let known = knowledge.known(story.id, fingerprint, isAmbiguous: isAmbiguous),
        taken.insert(known).inserted
      {
        story.id = known
      }
      if knowledge.isNew(story.id), let twin = story.twin, !knowledge.isNew(twin),
        taken.insert(twin).inserted
      {
        story.id = twin
      }
      if knowledge.isNew(story.id) {
        while try !prepareToGroup(limit: .max) {}
        knowledge.advance(to: seen)
      }
      place(story, fingerprint, in: &transaction, takesEdits: takesEdits, &counts)
    }
    return counts
  }

  /// Folds up to `limit` further records of those that the new stories of `answers` are grouped with, if
  /// there are new ones, and before that of all, if what is known of them holds no more: `refresh` folds the
  /// rest, and answers nothing meanwhile.
  ///
  /// - Returns: Whether all is folded that is needed.
  /// - Throws: `ArchiveError` when the archive cannot be read.
  package func prepareToGroup(_ answers: [ReadAnswer], limit: Int) throws -> Bool {
    guard try foldAnew(limit: limit) else { return false }
    guard !knowledge.canGroup, answers.contains(where: bringsNews) else { return true }
    return try prepareToGroup(limit: limit) && !mustFold
  }

  /// Nothing that is staged by now may be part of what is folded.
  private func prepareToGroup(limit: Int) throws -> Bool {
    guard !knowledge.canGroup else { return true }
    if fold == nil { fold = try GroupingFold(of: archive) }
    guard try fold?.goOn(to: archive.position, limit: limit) ?? false, let done = fold else {
      return false
    }
    fold = nil
    knowledge.group(with: done.grouping)
    noteDamage(done.damage)
    groupingCopy = GroupingCopy(
      epoch: done.epoch, storyCount: knowledge.storyCount - done.recordCount)
    return true
  }

  /// What was skipped may come again, so it must not be known from before either.
  private func noteDamage(_ damage: [Damage]) {
    foldDamage = damage.filter { !archive.damage.contains($0) }
    guard !foldDamage.isEmpty else { return }
    states.forgetValidators()
    guard !heededPaths.isSuperset(of: foldDamage.map(\.path)) else { return }
    heededPaths.formUnion(foldDamage.map(\.path))
    store.remove()
    isDoubtful = true
  }

  private func bringsNews(_ answer: ReadAnswer) -> Bool {
    guard let accepted = answer.accepted else { return false }
    return zip(accepted.stories, accepted.fingerprints).contains { story, fingerprint in
      let isAmbiguous = accepted.ambiguous.contains(story.id)
      return knowledge.known(story.id, fingerprint, isAmbiguous: isAmbiguous) == nil
    }
  }

  /// Keeps copies of what is known, where folding what came since they were made would take noticeably
  /// long, or `always`: for quiet moments, and for the end. What takes long is done in steps, one a call, or
  /// all `toTheEnd`. What cannot be kept is folded anew.
  package func keepCopies(always: Bool = false, toTheEnd: Bool = false) {
    keepStories(always: always, toTheEnd: toTheEnd)
    keepGrouping(always)
  }

  /// As `keepCopies`, of what it takes to know stories again alone.
  func keepStories(always: Bool, toTheEnd: Bool = true) {
    let count = knowledge.stories.recentCount
    guard store.isMerging || count >= (always ? 1 : keptStoryCount), isKeepable, let mark else {
      return
    }
    do {
      try store.keep(&knowledge, mark: mark, toTheEnd: toTheEnd)
      keptStoryCount = KnowledgeStore.leastStoryCount
    } catch is KnowledgeStore.Unnamed {
      isDoubtful = true
    } catch {
      // Not again before long.
      keptStoryCount = count * 2
    }
  }

  /// What is damaged is to be noticed by the next start, too; what another process changed as well.
  private var isKeepable: Bool {
    archive.damage.isEmpty && foldDamage.isEmpty && refold == nil && !isAhead && !isDoubtful
      && knowledge.stories.isSound && store.mark == mark
  }

  private func keepGrouping(_ always: Bool) {
    guard always || groupingCopy.isOutdated(storyCount: knowledge.storyCount), refold == nil,
      !isAhead, !isDoubtful, knowledge.stories.isSound
    else { return }
    // Not before long, also where it fails.
    groupingCopy.storyCount = knowledge.storyCount
    guard let epoch = groupingCopy.epoch, (try? archive.epoch()) == epoch else { return }
    let source = GroupingStore.Source(position: archive.position, epoch: epoch)
    knowledge.withGrouping { try? GroupingStore(archive).save(&$0, of: source) }
  }

  private func place(
    _ story: Story, _ fingerprint: StoryFingerprint, in transaction: inout ArchiveTransaction,
    takesEdits: Bool, _ counts: inout StoryCounts
  ) {
    switch knowledge.decide(story, fingerprint) {
    case .new(let placed):
      for record in placed.records { transaction.stage(record) }
      knowledge.apply(placed)
      counts.new += 1
    case .edited where !takesEdits: counts.known += 1
    case .edited(let edit):
      transaction.stage(edit)
      knowledge.apply(edit)
      counts.edited += 1
    case .known: counts.known += 1
    case .withheld: counts.withheld += 1
    }
  }

  /// What another process writes down at this moment must not fall out.
  private func compactIfGrown(now: Timestamp) throws {
    guard states.isGrown else { return }
    do {
      try archive.withStateLock(named: Self.slotsLock) {
        try states.catchUp()
        states.compactIfGrown(now: now)
      }
    } catch ArchiveError.locked {
      // The next poll comes by here too.
    }
  }
}
