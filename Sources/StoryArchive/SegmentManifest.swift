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
      /// The file was gone, and a person said that it will not come back.
      case lost
    }

    var at: String
    var reason: Reason
    /// The story whose words were taken out, when it is one.
    var story: String? = nil
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

  /// Where the acknowledged bytes ended, also where some at the end were missing when it was listed.
  var end: Int { max(bytes, damage?.map(\.to).max() ?? 0) }

  /// Whether it was gone, and a person said that it will not come back.
  var isGivenUp: Bool { dropped != nil && removals?.last?.reason == .lost }

  /// Notes that lines are missing behind the last one, at least one and those up to `acknowledged`.
  mutating func noteMissingEnd(_ acknowledged: Int) {
    let missing = DamagedRange(
      from: bytes, to: max(acknowledged, bytes + 1), detail: "acknowledged bytes are missing")
    damage = (damage ?? []) + [missing]
  }

  /// What `SHA256SUMS` says of the file.
  var fileSHA256: String { gzip?.sha256 ?? sha256 }
}

/// The two files beside the segments, `segments.jsonl` and `SHA256SUMS`: sealed segments only.
///
/// A line is decoded when it is asked for, and one that is not set anew is written as it was read: with
/// ten thousand segments that is the difference between opening an archive and waiting for it.
struct SegmentManifest {
  private var lines: [Int: ManifestLine] = [:]
  /// What `SHA256SUMS` lists, by the path below `stories/`.
  private(set) var checksums: [String: String] = [:]

  /// Of an archive whose manifests cannot be read.
  static var none: SegmentManifest { SegmentManifest() }

  private init() {}

  /// Reads both; a line that cannot be read is as good as missing.
  init(in directory: ArchiveDirectory) throws(ArchiveError) {
    checksums = try SegmentManifest.checksums(in: directory)
    let bytes = try directory.contents(
      of: ArchiveFormat.manifest, byteLimit: ArchiveFormat.manifestByteLimit)
    for line in (bytes ?? []).lines {
      guard let ordinal = ManifestLine.ordinal(of: line) else { continue }
      lines[ordinal] = ManifestLine(bytes: line)
    }
  }

  /// What is remembered of the segment of that ordinal.
  subscript(ordinal: Int) -> SegmentSummary? { lines[ordinal]?.summary }

  /// All that can be read, by ordinal.
  var summaries: [SegmentSummary] {
    lines.sorted { $0.key < $1.key }.compactMap(\.value.summary)
  }

  /// What is remembered of the segment of the highest ordinal, or of the highest that is lower than `ordinal`.
  func last(before ordinal: Int = .max) -> SegmentSummary? {
    lines.filter { $0.key < ordinal }.max { $0.key < $1.key }?.value.summary
  }

  /// Of the lines that can be read: another may bear any number.
  var highestOrdinal: Int? {
    guard let highest = lines.keys.max(), lines[highest]?.summary == nil else {
      return lines.keys.max()
    }
    return lines.filter { $0.value.summary != nil }.keys.max()
  }

  /// What became of each segment, by ordinal.
  var pasts: [Int: SegmentPast] {
    lines.compactMapValues { $0.summary == nil ? nil : SegmentPast($0.bytes) }
  }

  /// What is told of a segment that is gone.
  func missing(_ ordinal: Int) -> Damage {
    guard let listed = self[ordinal] else {
      return Damage(
        path: ArchiveFormat.stories, range: 0..<0, detail: "segment \(ordinal) is gone")
    }
    return Damage(
      path: "\(ArchiveFormat.stories)/\(listed.segment)", range: 0..<listed.bytes,
      detail: "the segment is gone")
  }

  /// Whether there is a line about that ordinal, which may still be one that cannot be decoded.
  func mentions(_ ordinal: Int) -> Bool { lines[ordinal] != nil }

  /// Takes `summary` for what is listed, in memory.
  mutating func believe(_ summary: SegmentSummary) {
    lines[summary.ordinal] = ManifestLine(summary)
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
    for line in (bytes ?? []).lines where line.count > 66 {
      let path = String(decoding: line.dropFirst(66), as: UTF8.self)
      sums[path] = String(decoding: line.prefix(64), as: UTF8.self)
    }
    return sums
  }

  mutating func set(_ summary: SegmentSummary) {
    if let before = self[summary.ordinal] { checksums[before.segment] = nil }
    // A crash between both files may have left the other form here.
    if let name = SegmentName(manifestPath: summary.segment) {
      for form in [SegmentName.Form.sealed, .compressed] {
        checksums[name.with(form).manifestPath] = nil
      }
    }
    lines[summary.ordinal] = ManifestLine(summary)
    checksums[summary.segment] = summary.dropped == nil ? summary.fileSHA256 : nil
  }

  /// Adds the checksums of the segments behind all that `SHA256SUMS` lists: whoever listed them was stopped between
  /// both files, and they would pass for missing as soon as one behind them is listed.
  mutating func completeChecksums() {
    let last = checksums.keys.compactMap { SegmentName(manifestPath: $0)?.ordinal }.max() ?? 0
    for (ordinal, line) in lines where ordinal > last {
      guard let summary = line.summary, summary.dropped == nil else { continue }
      checksums[summary.segment] = summary.fileSHA256
    }
  }

  /// Leaves out what cannot be read, and makes `SHA256SUMS` anew from the rest.
  mutating func renew() {
    lines = lines.filter { $0.value.summary != nil }
    checksums = [:]
    for summary in summaries where summary.dropped == nil {
      checksums[summary.segment] = summary.fileSHA256
    }
  }

  /// As they are to be written.
  var files: ManifestFiles {
    var text: [UInt8] = []
    for line in lines.sorted(by: { $0.key < $1.key }) {
      text += line.value.bytes
      text.append(0x0A)
    }
    let sums = checksums.sorted { $0.key < $1.key }.map {
      ManifestFiles.checksumLine(of: $0.key, $0.value)
    }
    return ManifestFiles(segments: text, checksums: Array(sums.joined().utf8))
  }
}

extension [UInt8] {
  /// What stands between line feeds.
  fileprivate var lines: [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    withUnsafeBufferPointer { bytes in
      var start = 0
      while start < bytes.count {
        let end = bytes.firstPlace(of: 0x0A, from: start) ?? bytes.count
        if end > start { lines.append(self[start..<end]) }
        start = end + 1
      }
    }
    return lines
  }
}

/// A line of `segments.jsonl`, without its line feed.
private final class ManifestLine {
  let bytes: ArraySlice<UInt8>
  /// Nil when it cannot be decoded.
  private(set) lazy var summary = SegmentSummary(manifestLine: bytes)

  init(bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
  }

  init(_ summary: SegmentSummary) {
    bytes = summary.manifestLine[...]
  }

  /// The ordinal that a whole line names. What a person wrote anew with other white space is decoded.
  static func ordinal(of line: ArraySlice<UInt8>) -> Int? {
    let found = line.withUnsafeBufferPointer { ordinal(in: JSONScanner($0[...])) }
    return found ?? ManifestLine(bytes: line).summary?.ordinal
  }

  private static func ordinal(in line: JSONScanner) -> Int? {
    var (line, ordinal) = (line, Int?.none)
    guard line.take("{") else { return nil }
    repeat {
      guard let key = line.key() else { return nil }
      if key.equals("ordinal") {
        ordinal = line.number()
      } else if !line.skipValue() {
        return nil
      }
    } while line.take(",")
    return line.take("}") && line.isAtEnd ? ordinal : nil
  }
}

extension SegmentSummary {
  /// Its line, without a line feed.
  var manifestLine: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Strings and whole numbers can always be encoded.
    return (try? encoder.encode(self)).map(Array.init) ?? []
  }

  /// Of a segment that is gone and of which nothing is known but that it was there.
  init(unseen name: SegmentName) {
    self.init(name, SegmentTally(), after: nil, last: nil)
  }

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
