internal import Syndication

/// The end of the archive, where the holder of the writer lock appends.
struct ArchiveTail {
  /// The one segment that grows.
  struct ActiveSegment {
    var name: SegmentName
    var file: OpenFile
    var inode: UInt64
    /// False until the directory was synchronized after the file was made.
    var hasDurableName: Bool
    /// Of the acknowledged bytes.
    var tally = SegmentTally()
    /// What the segment's first line follows from.
    var previousSum: UInt64
  }

  /// The highest ordinal in use; 0 in an empty archive.
  var ordinal: Int
  /// The acknowledged bytes of that segment; between two commits the active file has no others.
  var offset: Int
  /// The checksum of the last acknowledged line.
  var sum: UInt64
  /// The `seen` of the last acknowledged line: no later line may be earlier.
  var seen: Timestamp
  /// Nil after a seal: the next batch begins a segment.
  var active: ActiveSegment?
  /// The segment that ends here, when this value sealed and listed it.
  var sealed: SealedSegment?

  struct SealedSegment {
    var name: SegmentName
    var inode: UInt64
  }

  /// Of an archive without a record.
  static let empty = ArchiveTail(
    ordinal: 0, offset: 0, sum: RecordLine.origin, seen: Timestamp(milliseconds: 0))
}
