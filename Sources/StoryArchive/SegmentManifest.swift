internal import Checksums
internal import FoundationEssentials

/// What is remembered of a sealed segment besides its bytes: a line of `stories/segments.jsonl`.
///
/// Everything but `damage`, `removals` and `dropped` can be had from the segment again. Numbers and sums are those of the plain
/// segment unless they stand in `gzip`.
struct SegmentSummary: Codable, Hashable {
  /// The file of a compressed segment.
  struct CompressedFile: Codable, Hashable {
    var bytes: Int
    var sha256: String
  }

  struct DamagedRange: Codable, Hashable {
    var from: Int
    var to: Int
    var detail: String
  }

  /// Why a sealed segment is not what it was.
  struct Removal: Codable, Hashable {
    enum Reason: String, Codable {
      case pruned
      /// Of some feeds only.
      case prunedFeeds = "pruned-feeds"
      case redacted, damaged
    }

    var at: String
    var reason: Reason
    /// The story whose words were taken out, when it is one.
    var story: String?
    /// Lines that went, and the plain segment before.
    var lines: Int
    var bytesBefore: Int
    var sha256Before: String
  }

  /// Below `stories/`.
  var segment: String
  var ordinal: Int
  var bytes: Int
  var lines: Int
  var sha256: String
  /// The sum that the first line follows from, and that of the last line.
  var after: String?
  var last: String?
  var seenFirst: String?
  var seenLast: String?
  var publishedMin: String?
  var publishedMax: String?
  /// What recovery found and left as it was.
  var damage: [DamagedRange]?
  /// Set when `segment` is compressed.
  var gzip: CompressedFile?
  /// In the order in which they happened.
  var removals: [Removal]?
  /// When the whole segment was removed.
  var dropped: String?

  /// What `SHA256SUMS` says of the file.
  var fileSHA256: String { gzip?.sha256 ?? sha256 }
}

/// The two files beside the segments, `segments.jsonl` and `SHA256SUMS`: sealed segments only.
struct SegmentManifest {
  private(set) var summaries: [Int: SegmentSummary] = [:]
  /// What `SHA256SUMS` lists, by the path below `stories/`.
  private(set) var checksums: [String: String] = [:]

  /// Reads both; a line that cannot be read is as good as missing.
  init(in directory: ArchiveDirectory) throws(ArchiveError) {
    checksums = try SegmentManifest.checksums(in: directory)
    let bytes = try directory.contents(
      of: ArchiveFormat.manifest, byteLimit: ArchiveFormat.manifestByteLimit)
    let decoder = JSONDecoder()
    for line in (bytes ?? []).split(separator: 0x0A) {
      guard let summary = try? decoder.decode(SegmentSummary.self, from: Data(line)) else {
        continue
      }
      summaries[summary.ordinal] = summary
    }
  }

  /// Takes `summary` for what is listed, in memory.
  mutating func believe(_ summary: SegmentSummary) {
    summaries[summary.ordinal] = summary
    checksums[summary.segment] = nil
  }

  /// Whether the segment is listed, in either form.
  static func lists(_ name: SegmentName, in checksums: [String: String]) -> Bool {
    [SegmentName.Form.sealed, .compressed].contains { checksums[name.with($0).manifestPath] != nil }
  }

  /// Reads `SHA256SUMS` alone.
  static func checksums(in directory: ArchiveDirectory) throws(ArchiveError) -> [String: String] {
    let bytes = try directory.contents(
      of: ArchiveFormat.checksums, byteLimit: ArchiveFormat.manifestByteLimit)
    var sums: [String: String] = [:]
    for line in (bytes ?? []).split(separator: 0x0A) where line.count > 66 {
      let text = String(decoding: line, as: UTF8.self)
      sums[String(text.dropFirst(66))] = String(text.prefix(64))
    }
    return sums
  }

  mutating func set(_ summary: SegmentSummary) {
    if let before = summaries[summary.ordinal] { checksums[before.segment] = nil }
    summaries[summary.ordinal] = summary
    checksums[summary.segment] = summary.dropped == nil ? summary.fileSHA256 : nil
  }

  /// Replaces both files, `SHA256SUMS` last: what it lists is in the other.
  func write(to directory: ArchiveDirectory) throws(ArchiveError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var lines: [UInt8] = []
    for summary in summaries.values.sorted(by: { $0.ordinal < $1.ordinal }) {
      guard let line = try? encoder.encode(summary) else { continue }
      lines += line
      lines.append(0x0A)
    }
    let sums = checksums.sorted { $0.key < $1.key }.map { "\($0.value)  \($0.key)\n" }.joined()
    try directory.replace(ArchiveFormat.manifest, in: ArchiveFormat.stories, with: lines)
    try directory.replace(
      ArchiveFormat.checksums, in: ArchiveFormat.stories, with: Array(sums.utf8))
  }
}

extension SegmentSummary {
  init(
    _ name: SegmentName, _ tally: SegmentTally, after: UInt64?, last: UInt64?,
    damage: [Damage] = []
  ) {
    self.init(
      segment: name.manifestPath, ordinal: name.ordinal, bytes: tally.byteCount,
      lines: tally.lineCount, sha256: tally.sha256, after: after?.hexadecimal,
      last: last?.hexadecimal, seenFirst: tally.firstSeen?.text, seenLast: tally.lastSeen?.text,
      publishedMin: tally.earliestPublished?.text, publishedMax: tally.latestPublished?.text,
      damage: damage.isEmpty
        ? nil
        : damage.map {
          DamagedRange(from: $0.range.lowerBound, to: $0.range.upperBound, detail: $0.detail)
        })
  }
}
