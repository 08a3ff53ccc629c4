internal import Checksums
internal import Syndication

/// The first lines of a segment, from a copy that was made while it grew, and the rest of the segment as it is.
struct SegmentMending {
  private let own: SegmentFile?
  private let copy: SegmentFile
  /// Where the sound lines of the copy end.
  private let end: Int

  private static let pieceByteCount = 1 << 18

  /// Nil when the copy makes up for no damage, or is not known to be of the same history: it has to have the
  /// first line that `summary` lists, to follow from the segment before, or to have the line that the next one
  /// follows from; where its first line was not known, a line that is sound here will do.
  ///
  /// `own` is the damaged segment, if there is one.
  init?(
    _ own: SegmentFile?, with copy: SegmentFile, listed summary: SegmentSummary,
    between neighbours: SegmentNeighbours
  ) throws(ArchiveError) {
    var beginning = SegmentScan(path: copy.path, tally: SegmentTally())
    var isKnown = false
    _ = try LineScanner(copy).scan(from: 0) { line, offset in
      let isSound = beginning.admits(line, at: offset)
      if isSound, beginning.chain.sum == neighbours.next { isKnown = true }
      return isSound
    }
    guard beginning.soundEnd > 0, let start = beginning.previousSum else { return nil }
    // The sum alone says nothing of a first segment: every archive begins with the same.
    let isListed =
      summary.after == start.hexadecimal && summary.seenFirst == beginning.tally?.firstSeen?.text
    isKnown = isKnown || isListed || start != RecordLine.origin && start == neighbours.previous
    guard isKnown || summary.after == nil && own != nil else { return nil }
    self.own = own
    self.copy = copy
    end = beginning.soundEnd
    guard let own else { return }
    guard try isOfUse(to: own, before: beginning.soundSum, isKnown: isKnown) else { return nil }
  }

  /// Whether `own` is damaged where the copy is sound, the same everywhere else, and goes on from it. One that
  /// is not known to be of the same history needs a line that shows it.
  private func isOfUse(
    to own: SegmentFile, before sum: UInt64, isKnown: Bool
  ) throws(ArchiveError) -> Bool {
    var scan = SegmentScan(path: own.path)
    var (isKnown, goesOn) = (isKnown, true)
    _ = try LineScanner(own).scan(from: 0) { line, offset in
      let isSound = scan.admits(line, at: offset)
      if isSound, scan.end <= end { isKnown = true }
      // Where the end of the last line is damaged, the next one seems to be a part of it.
      if offset <= end, end < scan.end, case .line(let bytes) = line {
        var chain = ChecksumChain(after: sum)
        let follows = chain.admits(UnsafeBufferPointer(rebasing: bytes[(end - offset)...]))
        if follows { isKnown = true }
        if isSound { goesOn = follows }
      }
      return true
    }
    let byteCount = try own.byteCount()
    scan.noteEnd(byteCount: byteCount, acknowledged: end)
    let damaged = scan.damage.map(\.range).filter { $0.lowerBound < end }
    guard isKnown, goesOn, !damaged.isEmpty else { return false }
    return try isSame(own, but: damaged)
  }

  private func isSame(_ own: SegmentFile, but damaged: [Range<Int>]) throws(ArchiveError) -> Bool {
    var offset = 0
    for range in damaged + [end..<end] {
      while offset < range.lowerBound {
        let count = min(Self.pieceByteCount, range.lowerBound - offset)
        let here = try own.contents(from: offset, byteLimit: count)
        guard try here == copy.contents(from: offset, byteLimit: count) else { return false }
        offset += count
      }
      offset = max(offset, range.upperBound)
    }
    return true
  }

  /// Gives all bytes to `body`, in order.
  func forEachPiece(_ body: (UnsafeBufferPointer<UInt8>) -> Void) throws(ArchiveError) {
    try copy.forEachPiece(ofFirst: end, body)
    guard let own else { return }
    var offset = end
    while case let piece = try own.contents(from: offset, byteLimit: Self.pieceByteCount),
      !piece.isEmpty
    {
      piece.withUnsafeBufferPointer(body)
      offset += piece.count
    }
  }
}

/// The sums around a segment, as far as they are known.
struct SegmentNeighbours {
  /// Of the last line of the segment before.
  let previous: UInt64?
  /// Of the line that the next segment follows from, or that HEAD knows for the last.
  let next: UInt64?
}

extension Archive {
  private func neighbours(of name: SegmentName) throws(ArchiveError) -> SegmentNeighbours {
    let previous = try SegmentManifest(in: directory)[name.ordinal - 1]?.last
    return SegmentNeighbours(
      previous: previous.flatMap { UInt64(hexadecimal: $0) }, next: try endSum(of: name))
  }

  /// The sum of the last line of a segment that counts: the next segment follows from it, or HEAD has it.
  func endSum(of name: SegmentName) throws(ArchiveError) -> UInt64? {
    let head = try readHead()
    return try successor(of: name) ?? (head?.ordinal == name.ordinal ? head?.sum : nil)
  }

  /// Puts the first lines of a segment into its place as far as a backup has them that is not of all of it, as
  /// is one that was made while the segment grew. The manifests go on listing the bytes that were.
  ///
  /// Not where words were taken out: the backup may still have them.
  /// - Returns: The mended segment; nil where the backup does not help.
  func mend(
    _ listed: SegmentName, _ summary: SegmentSummary, from backup: Archive?, _ forms: [SegmentName],
    _ report: inout RepairReport
  ) throws -> SegmentName? {
    guard let backup, summary.removals?.isEmpty ?? true,
      let copy = try SegmentFile.openInAnyForm(listed.with(.open), in: backup.directory)
    else { return nil }
    guard try !hasWords(of: redactedStories(), in: copy) else {
      report.notes.append(
        "\(backup.directory.named(copy.path)): has words that were redacted since: not taken")
      return nil
    }
    let own = try forms.first.map { try SegmentFile.openExisting($0, in: directory) }
    let neighbours = try neighbours(of: listed)
    guard let mending = try SegmentMending(own, with: copy, listed: summary, between: neighbours)
    else { return nil }
    let mended = listed.with(.sealed)
    let deed = "first lines taken from \(backup.directory.named(copy.path))"
    try replace(forms, by: mended, deed, &report) { try write(mending, to: mended) }
    return mended
  }

  /// Stories that a person had redacted. That is recorded in whichever segment grew then, so that it is known
  /// without the manifests; a line in the place of others says it of its own segment only.
  private func redactedStories() throws(ArchiveError) -> Set<StoryID> {
    var stories: Set<StoryID> = []
    var reader = RecordReader()
    for name in try SegmentListing.all(in: directory) {
      guard let segment = try SegmentFile.openInAnyForm(name, in: directory) else { continue }
      _ = try LineScanner(segment).scan(from: 0) { line, _ in
        if case .line(let bytes) = line, bytes.matches(RecordLine.removalStart, at: 0),
          RecordLine.successorSum(of: bytes) == RecordLine.recordedSum(of: bytes),
          case .record(.removed(let found, _)) = reader.read(bytes)
        {
          stories.formUnion(found)
        }
        return true
      }
    }
    return stories
  }

  private func hasWords(
    of stories: Set<StoryID>, in segment: SegmentFile
  ) throws(ArchiveError) -> Bool {
    guard !stories.isEmpty else { return false }
    var reader = RecordReader()
    var isFound = false
    _ = try LineScanner(segment).scan(from: 0) { line, _ in
      guard case .line(let bytes) = line, case .record(let record) = reader.read(bytes) else {
        return true
      }
      switch record {
      case .story(let story, _, _), .revision(let story): isFound = stories.contains(story.id)
      case .move, .relocation, .removed: break
      }
      return !isFound
    }
    return isFound
  }

  private func write(_ mending: SegmentMending, to mended: SegmentName) throws {
    let writer = try SegmentWriter(mended, in: directory)
    var hasher = SHA256Hasher()
    try mending.forEachPiece {
      hasher.update($0)
      writer.append($0)
    }
    let digest = hasher.finalize().hexadecimal
    try writer.finish { (written) throws(ArchiveError) in try written.plainDigest() == digest }
  }

  /// Whether a segment has nothing but sound lines, up to the one that the next segment follows from.
  func isWhole(_ name: SegmentName, _ summary: SegmentSummary) throws(ArchiveError) -> Bool {
    guard let scan = try scanOfSound(name) else { return false }
    let next = try endSum(of: name) ?? summary.last.flatMap { UInt64(hexadecimal: $0) }
    return next == scan.chain.sum
  }

  /// Whether the end of a segment is gone that is listed, or was acknowledged before it was.
  func isCut(_ name: SegmentName, _ summary: SegmentSummary) throws(ArchiveError) -> Bool {
    try SegmentFile.openExisting(name, in: directory).byteCount() < summary.end
  }

  /// Nil when there is anything but sound lines.
  private func scanOfSound(_ name: SegmentName) throws(ArchiveError) -> SegmentScan? {
    let segment = try SegmentFile.openExisting(name, in: directory)
    var scan = SegmentScan(path: name.path)
    _ = try LineScanner(segment).scan(from: 0) { line, offset in scan.admits(line, at: offset) }
    let byteCount = try segment.byteCount()
    return scan.damage.isEmpty && scan.end == byteCount ? scan : nil
  }
}
