package import StoryArchive

/// Makes the indexes that searches would make when they come to need them.
package struct ArchiveIndexing: Hashable, Sendable {
  /// Sealed segments, and those of them whose index was made now.
  package private(set) var segmentCount = 0
  package private(set) var madeCount = 0
  /// Segments whose index could not be kept as they are being changed, or are not what is listed.
  package private(set) var leftPaths: [String] = []
  /// What was found damaged in segments that were read through, and files that cannot be read.
  package private(set) var damage: [Damage] = []

  /// Sees to it that every sealed segment of `archive` has an index, the oldest first.
  ///
  /// - Throws: `ArchiveError` when the archive cannot be read or indexes cannot be written.
  package init(_ archive: Archive, onMaking: @escaping (_ path: String) -> Void) throws {
    let indexes = try SegmentIndexes(archive, wanted: nil, keeps: true)
    indexes.onMaking = onMaking
    for place in indexes.segments.indices where indexes.segments[place].digest != nil {
      segmentCount += 1
      guard try !indexes.isKept(at: place) else { continue }
      _ = try indexes.index(at: place)
      if let failure = indexes.keepingFailure { throw failure }
      if try indexes.isKept(at: place) {
        madeCount += 1
      } else {
        leftPaths.append(indexes.segments[place].path)
      }
      if place > 0 { indexes.release(at: place - 1) }
    }
    damage = indexes.damage
  }
}
