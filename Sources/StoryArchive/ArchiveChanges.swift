package import Syndication

/// What becomes of stories after they were stored, without reading all that came since.
extension Archive {
  /// Gives every record to `apply` that was written at `moment` or later and changes a story that
  /// `isMeant`, in order; does not disturb `catchUp`. What it skips because it is damaged is added to `damage`.
  ///
  /// Of sealed segments only the lists of changes are read, and the lines that are meant. Segments without
  /// a list are read through, and get one where this user may write it.
  /// - Throws: `ArchiveError` when a file cannot be read.
  package func changes(
    since moment: Timestamp, of isMeant: (StoryID) -> Bool, _ apply: (ArchiveRecord) -> Void
  ) throws(ArchiveError) {
    var reading = ChangeReading(since: moment, in: directory)
    var next = try lastSegment(before: moment)?.ordinal
    for segment in try segments() where segment.ordinal >= next ?? 0 {
      if let next, next < segment.ordinal { try noteMissing(next..<segment.ordinal) }
      next = segment.ordinal + 1
      do throws(ArchiveError) {
        try reading.read(segment, isMeant, apply)
      } catch {
        guard passesOverUnreadable, case .io = error else { throw error }
        if try isDropped(segment) { continue }
        ArchiveError.told(to: &damage, in: directory) { () throws(ArchiveError) in throw error }
      }
      segment.close()
    }
    damage += reading.damage.filter { !damage.contains($0) }
    keep(reading.made)
  }

  /// Whether the segment was pruned since it was listed.
  private func isDropped(_ segment: ArchiveSegment) throws(ArchiveError) -> Bool {
    try SegmentManifest(in: directory)[segment.ordinal]?.dropped != nil
  }

  // MARK: Keeping

  /// How many lists are written while others wait for the writer lock, and how long to wait for it.
  private static let keptAtOnce = 256
  private static let keepingPatience = Duration.seconds(2)

  /// Puts lists beside their segments where that is possible: nothing is lost where it is not.
  private func keep(_ lists: [(name: SegmentName, changes: SegmentChanges)]) {
    var rest = lists[...]
    while !rest.isEmpty {
      guard (try? keepSome(of: &rest)) == true else { return }
    }
  }

  /// - Returns: False while another process writes.
  private func keepSome(
    of lists: inout ArraySlice<(name: SegmentName, changes: SegmentChanges)>
  ) throws(ArchiveError) -> Bool {
    guard let lock = try WriterLock.take(in: directory, waiting: Self.keepingPatience) else {
      return false
    }
    defer {
      directory.system.unlock(lock)
      directory.system.close(lock)
    }
    let manifest = try SegmentManifest(in: directory)
    for (name, changes) in lists.prefix(Self.keptAtOnce) {
      // What was written anew meanwhile has other lines.
      let listed = ArchiveSegment(name, manifest[name.ordinal], in: directory)
      if listed.digest == changes.digest { try? write(changes, of: name) }
    }
    lists = lists.dropFirst(Self.keptAtOnce)
    return true
  }

  /// Puts the list of a segment that was just sealed beside it, under the writer lock.
  func keepChanges(of summary: SegmentSummary, _ name: SegmentName, _ changes: [StoryChange]) {
    guard let digest = ArchiveSegment(name, summary, in: directory).digest,
      let changes = SegmentChanges(changes, digest: digest)
    else { return }
    try? write(changes, of: name)
  }

  /// A crash may leave less than all of it: its check tells.
  private func write(_ changes: SegmentChanges, of name: SegmentName) throws(ArchiveError) {
    let temporary = name.temporaryChangesPath
    // What a killed writer left; where it cannot go, creating tells.
    try? directory.remove(temporary)
    let file = try directory.open(temporary, for: .creating)
    do throws(ArchiveError) {
      defer { directory.system.close(file) }
      try directory.append(changes.bytes, to: file, temporary)
      try directory.rename(temporary, to: name.changesPath)
    } catch {
      try? directory.remove(temporary)
      throw error
    }
  }
}

/// Reads changes of stories, a segment at a time.
private struct ChangeReading {
  private let since: Timestamp
  private let directory: ArchiveDirectory
  private(set) var damage: [Damage] = []
  /// Lists that had to be made.
  private(set) var made: [(name: SegmentName, changes: SegmentChanges)] = []

  init(since: Timestamp, in directory: ArchiveDirectory) {
    self.since = since
    self.directory = directory
  }

  mutating func read(
    _ segment: ArchiveSegment, _ isMeant: (StoryID) -> Bool, _ apply: (ArchiveRecord) -> Void
  ) throws(ArchiveError) {
    if let records = try listedRecords(of: segment, isMeant) {
      for record in records where record.seen >= since { apply(record) }
      return
    }
    let reading = try segment.forEachChange { record in
      if record.seen >= since, record.changedStories.contains(where: isMeant) { apply(record) }
    }
    damage += reading.damage
    if let changes = reading.changes { made.append((segment.name, changes)) }
  }

  /// The records that the segment's list names; nil where there is none to be believed.
  private func listedRecords(
    of segment: ArchiveSegment, _ isMeant: (StoryID) -> Bool
  ) throws(ArchiveError) -> [ArchiveRecord]? {
    guard let digest = segment.soundDigest,
      let file = try directory.contents(of: segment.name.changesPath, byteLimit: .max),
      let changes = SegmentChanges(file: file, of: digest)
    else { return nil }
    var records: [ArchiveRecord] = []
    for change in changes.changes where isMeant(change.story) {
      guard let record = try segment.record(at: change.line),
        record.changedStories.contains(change.story)
      else { return nil }
      if records.last != record { records.append(record) }
    }
    return records
  }
}
