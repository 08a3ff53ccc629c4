internal import FoundationEssentials

/// The two manifests against each other, and against what the segments turned out to be.
///
/// Each is replaced as a whole, `segments.jsonl` first, and not before the segments are there that it adds. So
/// after a crash the newest segments may be missing in either, but none before one that is listed.
struct ManifestCheck {
  /// A segment that has the bytes that a manifest lists.
  struct ProvenSegment {
    /// What `segments.jsonl` said of it when it was read, and what it turned out to be.
    var listed: SegmentSummary
    var found: SegmentSummary
  }

  private typealias Sums = [String: (line: ManifestText.Line, sha256: String)]

  /// By ordinal.
  private let proven: [Int: ProvenSegment]
  private let sealed: [SegmentName]
  private let manifest: ManifestText
  private let checksums: ManifestText
  private(set) var damage: [Damage] = []
  /// Segments whose line says what they are not.
  private(set) var misstated: Set<Int> = []

  /// - Parameters:
  ///   - directory: The archive's.
  ///   - sealed: The sealed segments that are there, by ordinal.
  ///   - proven: Those that were read and are what was sealed, by ordinal.
  ///   - unsettled: Those that are being written anew.
  /// - Throws: `ArchiveError.io` when a manifest cannot be read.
  init(
    in directory: ArchiveDirectory, sealed: [SegmentName], proven: [Int: ProvenSegment],
    unsettled: Set<Int>
  ) throws(ArchiveError) {
    self.sealed = sealed.filter { !unsettled.contains($0.ordinal) }
    self.proven = proven
    // In the order in which a reader sees no more in the second than in the first.
    checksums = try ManifestText(ArchiveFormat.checksums, in: directory)
    manifest = try ManifestText(ArchiveFormat.manifest, in: directory)
    let sums = readChecksums()
    let listed = readManifest()
    checkListing(listed, sums)
    checkChecksums(sums, listed)
  }

  private mutating func readManifest() -> [Int: SegmentSummary] {
    var listed: [Int: SegmentSummary] = [:]
    for line in manifest.lines {
      guard let summary = SegmentSummary(manifestLine: line.bytes) else {
        damage.append(manifest.damage(line, "cannot be read"))
        continue
      }
      if listed[summary.ordinal] != nil {
        damage.append(manifest.damage(line, "segment \(summary.ordinal) is listed twice"))
      }
      listed[summary.ordinal] = summary
      guard let proven = proven[summary.ordinal], proven.listed == summary else { continue }
      for difference in summary.differences(from: proven.found) {
        damage.append(manifest.damage(line, difference))
        misstated.insert(summary.ordinal)
      }
    }
    return listed
  }

  private mutating func readChecksums() -> Sums {
    var sums: Sums = [:]
    for line in checksums.lines {
      guard let sum = ChecksumLine(line.bytes) else {
        damage.append(checksums.damage(line, "cannot be read"))
        continue
      }
      if sums[sum.path] != nil {
        damage.append(checksums.damage(line, "\(sum.path) is listed twice"))
      }
      sums[sum.path] = (line, sum.sha256)
    }
    return sums
  }

  /// The most segments that writers may leave unlisted which were stopped between sealing and listing.
  private static let unlistedLimit = 4

  private mutating func checkListing(_ listed: [Int: SegmentSummary], _ sums: Sums) {
    // What the other lists was listed here first.
    let isListed = sealed.map { listed[$0.ordinal] != nil }
    let isDue = sealed.map { $0.sealedForms.contains { sums[$0] != nil } }
    tellMissing(sealed, isListed, isDue, in: manifest)
  }

  private mutating func checkMissing(_ sums: Sums, _ listed: [Int: SegmentSummary]) {
    let due = sealed.filter { listed[$0.ordinal].map { $0.dropped == nil } ?? false }
    let isListed = due.map { $0.sealedForms.contains { sums[$0] != nil } }
    tellMissing(due, isListed, due.map { _ in false }, in: checksums)
  }

  private mutating func tellMissing(
    _ names: [SegmentName], _ isListed: [Bool], _ isDue: [Bool], in text: ManifestText
  ) {
    let listedCount = isListed.lastIndex(of: true).map { $0 + 1 } ?? 0
    let mayBeNew = names.count - listedCount <= Self.unlistedLimit
    let missing = names.indices.filter {
      !isListed[$0] && ($0 < listedCount || isDue[$0] || !mayBeNew)
    }
    if !names.isEmpty, missing.count == names.count {
      damage.append(text.damage("there are no lines about \(names.count) sealed segments"))
    } else {
      damage += missing.map { text.damage("no line about \(names[$0].manifestPath)") }
    }
  }

  private mutating func checkChecksums(_ sums: Sums, _ listed: [Int: SegmentSummary]) {
    let named = listed.values.compactMap { SegmentName(manifestPath: $0.segment) } + sealed
    let known = Set(named.flatMap(\.sealedForms))
    for (path, sum) in sums.sorted(by: { $0.value.line.number < $1.value.line.number }) {
      guard known.contains(path), let ordinal = SegmentName(manifestPath: path)?.ordinal else {
        damage.append(checksums.damage(sum.line, "\(path) is no segment that is listed"))
        continue
      }
      // Before the plain file of a compressed segment goes, its line does.
      let compressed = sealed.first { $0.ordinal == ordinal && $0.form == .compressed }
      if let compressed, compressed.manifestPath == listed[ordinal]?.segment,
        compressed.manifestPath != path
      {
        damage.append(checksums.damage(sum.line, "\(path) is not there but compressed"))
        continue
      }
      guard let proven = proven[ordinal], proven.listed == listed[ordinal],
        proven.found.segment == path, case let sha256 = proven.found.fileSHA256,
        sha256 != sum.sha256
      else { continue }
      damage.append(
        checksums.damage(sum.line, "not the checksum of \(path), which is \(sha256)"))
    }
    checkMissing(sums, listed)
  }
}

extension SegmentSummary {
  /// Reads a line of `segments.jsonl`; nil where it cannot be read, or is of two minds about which segment it means.
  init?(manifestLine line: ArraySlice<UInt8>) {
    guard let summary = try? JSONDecoder().decode(SegmentSummary.self, from: Data(line)),
      SegmentName(manifestPath: summary.segment)?.ordinal == summary.ordinal
    else { return nil }
    self = summary
  }

  /// The members that can be had from the segment again.
  private static let members: [(name: String, value: @Sendable (SegmentSummary) -> String?)] = [
    ("segment", { SegmentName(manifestPath: $0.segment)?.with(.sealed).manifestPath }),
    ("bytes", { "\($0.bytes)" }), ("lines", { "\($0.lines)" }), ("sha256", { $0.sha256 }),
    ("after", { $0.after }), ("last", { $0.last }),
    ("seenFirst", { $0.seenFirst }), ("seenLast", { $0.seenLast }),
    ("publishedMin", { $0.publishedMin }), ("publishedMax", { $0.publishedMax }),
    ("gzip", { $0.gzip.map { "\($0.bytes) bytes, \($0.sha256)" } }),
  ]

  /// What it says of a segment that was found to be otherwise, a sentence a member.
  ///
  /// Of a segment that is there plain and compressed, only one form was looked at.
  func differences(from found: SegmentSummary) -> [String] {
    Self.members.compactMap { name, value in
      let (listed, real) = (value(self), value(found))
      guard listed != real, name != "gzip" || segment == found.segment else { return nil }
      // Where lines are missing at the end, it is of one of those.
      if name == "last", end > bytes { return nil }
      return "\(name) is \(listed ?? "missing"), and of the segment \(real ?? "none")"
    }
  }
}

extension SegmentName {
  /// What either manifest calls it, plain and compressed.
  fileprivate var sealedForms: [String] {
    [with(.sealed).manifestPath, with(.compressed).manifestPath]
  }
}
