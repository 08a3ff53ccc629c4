/// Both manifests as they stand in their files, `segments.jsonl` and `SHA256SUMS`.
struct ManifestFiles: Equatable {
  /// A line a segment, in the order of the ordinals.
  var segments: [UInt8]
  /// In the order of the paths.
  var checksums: [UInt8]

  init(segments: [UInt8], checksums: [UInt8]) {
    self.segments = segments
    self.checksums = checksums
  }

  /// Reads both; one that is not there is empty.
  init(in directory: ArchiveDirectory) throws(ArchiveError) {
    segments = try ManifestFiles.read(ArchiveFormat.manifest, in: directory)
    checksums = try ManifestFiles.read(ArchiveFormat.checksums, in: directory)
  }

  private static func read(
    _ path: String, in directory: ArchiveDirectory
  ) throws(ArchiveError) -> [UInt8] {
    try directory.contents(of: path, byteLimit: ArchiveFormat.manifestByteLimit) ?? []
  }

  /// Replaces both files, `SHA256SUMS` last: what it lists is in the other. Where a promise is taken back it comes
  /// first, so that a crash leaves the promise and not the checksum of what never came.
  func write(to directory: ArchiveDirectory, takingBack: Bool = false) throws(ArchiveError) {
    let files = [(ArchiveFormat.manifest, segments), (ArchiveFormat.checksums, checksums)]
    for (path, bytes) in takingBack ? files.reversed() : files {
      try directory.replace(path, in: ArchiveFormat.stories, with: bytes)
    }
  }

  static func checksumLine(of path: String, _ sha256: String) -> String { "\(sha256)  \(path)\n" }
}

/// Manifests that list every sealed segment, for whoever seals the next: with thousands of segments, reading and
/// writing them anew takes longer than storing a day.
struct CompleteManifests {
  private(set) var files: ManifestFiles
  /// The segment of the highest ordinal, below `stories/`.
  private var last: SegmentSummary

  /// Nil unless `last` is the last in both files of `manifest`.
  init?(_ manifest: SegmentManifest, _ files: ManifestFiles, last: SegmentSummary) {
    guard last.ordinal == manifest.highestOrdinal,
      manifest.checksums.keys.allSatisfy({ $0 <= last.segment })
    else { return nil }
    self.files = files
    self.last = last
  }

  /// With a segment more; nil when it does not come right behind the last one.
  func adding(_ summary: SegmentSummary) -> CompleteManifests? {
    guard summary.ordinal == last.ordinal + 1, summary.segment > last.segment else { return nil }
    var longer = self
    longer.last = summary
    longer.files.segments += summary.manifestLine
    longer.files.segments.append(0x0A)
    longer.files.checksums +=
      ManifestFiles.checksumLine(of: summary.segment, summary.fileSHA256).utf8
    return longer
  }
}
