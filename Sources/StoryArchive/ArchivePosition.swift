internal import Checksums

/// A place in an archive between two lines, and what leads up to it: the sum of the line that ends there
/// follows from every line before, so a place of another archive is not found in this one.
package struct ArchivePosition: Hashable, Sendable {
  /// The segment; 0 before the first.
  package var ordinal: Int
  /// Bytes of the plain segment before the place.
  package var offset: Int
  /// Of the last line before the place.
  package var sum: UInt64

  package init(ordinal: Int, offset: Int, sum: UInt64) {
    self.ordinal = ordinal
    self.offset = offset
    self.sum = sum
  }

  /// The beginning of every archive.
  package static let start = ArchivePosition(ordinal: 0, offset: 0, sum: RecordLine.origin)

  /// Up to where a segment is before this place.
  func end(inSegment ordinal: Int) -> Int {
    if ordinal == self.ordinal { return offset }
    return ordinal < self.ordinal ? .max : 0
  }
}

extension Archive {
  /// Up to where a `RecordStream` reads to have what this value has read: also where the segment that was read
  /// last was written anew since.
  package var readEnd: ArchivePosition {
    var end = position
    if cursor.isFinished { end.offset = .max }
    return end
  }

  /// Says that all up to here was read anew by a `RecordStream`, which met `damage` and no other.
  package func forgetDamage(but damage: [Damage]) { self.damage = damage }

  /// Where `catchUp` goes on: all records before were given out, or committed by this value.
  package var position: ArchivePosition {
    ArchivePosition(ordinal: cursor.ordinal, offset: cursor.offset, sum: cursor.chain.sum)
  }

  /// Lets `catchUp` go on behind `position`.
  ///
  /// - Returns: False where there is no such place in this archive, or none any more: then nothing changed.
  /// - Throws: `ArchiveError` when a file cannot be read.
  package func go(to position: ArchivePosition) throws(ArchiveError) -> Bool {
    guard position != .start else {
      cursor = ArchiveCursor()
      return true
    }
    guard position.ordinal > 0, position.offset > 0,
      let name = try SegmentListing.all(in: directory).first(where: {
        $0.ordinal == position.ordinal
      }),
      let segment = try SegmentFile.openInAnyForm(name, in: directory),
      try segment.byteCount() >= position.offset
    else { return false }
    let ends = try SegmentEnds(of: segment, byteCount: position.offset)
    guard ends.lastEnd == position.offset, ends.lastSum == position.sum else { return false }
    cursor.ordinal = position.ordinal
    cursor.offset = position.offset
    cursor.chain = ChecksumChain(after: position.sum)
    cursor.isFinished = false
    cursor.segment = nil
    return true
  }

  /// Tells archives apart whose words were taken out or damaged otherwise: what was made of the records
  /// before that is not what would be made of them now. That old ones were pruned makes no difference.
  ///
  /// - Throws: `ArchiveError` when the manifest cannot be read.
  package func epoch() throws(ArchiveError) -> UInt64 {
    let summaries = try SegmentManifest(in: directory).summaries
    var hasher = SHA256Hasher()
    for summary in summaries.sorted(by: { $0.ordinal < $1.ordinal }) {
      for removal in summary.removals ?? []
      where removal.reason == .redacted || removal.reason == .damaged {
        hasher.update("\(summary.ordinal) \(removal.sha256Before)\n")
      }
    }
    return hasher.finalize().prefix
  }
}

/// Reads the records between two places a few at a time, beside `catchUp`.
package final class RecordStream {
  private let reading: Archive

  /// What was skipped so far because it is damaged.
  package var damage: [Damage] { reading.damage }

  /// A stream of what follows `position` in `archive`; nil where that has no such place.
  ///
  /// - Throws: `ArchiveError` when a file cannot be read.
  package init?(of archive: Archive, after position: ArchivePosition) throws(ArchiveError) {
    reading = Archive(directory: archive.directory, access: .readOnly)
    // What is made of the records is kept, or decided by.
    reading.passesOverUnreadable = false
    guard try reading.go(to: position) else { return nil }
  }

  /// Gives up to `limit` further records before `end` to `apply`, in order.
  ///
  /// - Returns: Whether there are no more.
  /// - Throws: `ArchiveError` when a file cannot be read.
  package func read(
    to end: ArchivePosition, limit: Int, _ apply: (ArchiveRecord) -> Void
  ) throws(ArchiveError) -> Bool {
    var count = 0
    reading.bound = end
    try reading.advance { record in
      apply(record)
      count += 1
      return count < limit
    }
    return count < limit
  }
}
