internal import Checksums
package import Syndication
internal import SystemPackage

/// A segment, for those who read the archive a segment at a time.
///
/// Knows what the manifests said when it was listed. Its file is opened when it is first read and stays
/// open, so that it is read as it was whatever becomes of its name, until `close`.
package final class ArchiveSegment {
  let name: SegmentName
  private let summary: SegmentSummary?
  private let directory: ArchiveDirectory
  private var file: SegmentFile?
  private var reader = RecordReader()

  init(_ name: SegmentName, _ summary: SegmentSummary?, in directory: ArchiveDirectory) {
    self.name = name
    self.summary = name.form == .open || summary?.dropped != nil ? nil : summary
    self.directory = directory
  }

  package var ordinal: Int { name.ordinal }

  /// Within the archive's directory.
  package var path: String { name.path }

  /// The SHA-256 of the plain bytes, 32 of them, as the manifest lists it; nil of a segment that still
  /// grows or is not listed.
  package var digest: [UInt8]? {
    guard let digits = summary?.sha256.utf8, digits.count == 64 else { return nil }
    let values = digits.compactMap(\.lowercaseHexadecimalValue)
    guard values.count == 64 else { return nil }
    return stride(from: 0, to: 64, by: 2).map { values[$0] << 4 | values[$0 + 1] }
  }

  /// The same, of a segment that was without damage when it was listed.
  var soundDigest: [UInt8]? { summary?.damage == nil ? digest : nil }

  /// When its first and its last line were written; nil where that is not listed.
  package var firstSeen: Timestamp? { summary?.seenFirst.flatMap(Timestamp.init(archivedText:)) }
  package var lastSeen: Timestamp? { summary?.seenLast.flatMap(Timestamp.init(archivedText:)) }

  /// Bytes of the plain segment. One that grows has more each time.
  package func byteCount() throws(ArchiveError) -> Int { try opened().byteCount() }

  /// Lets the file go; it is opened again when it is read again.
  package func close() {
    file = nil
  }

  private func opened() throws(ArchiveError) -> SegmentFile {
    if let file { return file }
    guard let opened = try SegmentFile.openInAnyForm(name, in: directory) else {
      throw .io(path: directory.named(name.path), action: "open", .noSuchFileOrDirectory)
    }
    file = opened
    return opened
  }

  /// What reading all of a segment came to.
  package struct Reading {
    /// Of the plain bytes.
    package var byteCount: Int
    package var digest: [UInt8]
    package var damage: [Damage]
  }

  /// Gives every sound record to `body` with the offset of its line in the plain segment.
  package func forEachRecord(
    _ body: (_ record: ArchiveRecord, _ offset: Int) -> Void
  ) throws(ArchiveError) -> Reading {
    let file = try opened()
    var scan = SegmentScan(path: name.path)
    var hasher = SHA256Hasher()
    var byteCount = 0
    _ = try LineScanner(file).scan(from: 0) { bytes in
      hasher.update(bytes)
      byteCount += bytes.count
    } _: { line, offset in
      if scan.admits(line, at: offset), case .line(let bytes) = line,
        case .record(let record) = reader.read(bytes)
      {
        body(record, offset)
      }
      return true
    }
    if name.form != .open { scan.noteEnd(byteCount: byteCount, acknowledged: nil) }
    return Reading(
      byteCount: byteCount, digest: hasher.finalize().bytes, damage: scan.damage + scan.newer)
  }

  /// Gives every sound record to `body` that changes a story, without reading what the others say.
  ///
  /// - Returns: What was damaged, and the list of the changes where the segment is as it is listed.
  func forEachChange(
    _ body: (ArchiveRecord) -> Void
  ) throws(ArchiveError) -> (damage: [Damage], changes: SegmentChanges?) {
    let file = try opened()
    var scan = SegmentScan(path: name.path, tally: SegmentTally())
    _ = try LineScanner(file).scan(from: 0) { line, offset in
      if scan.admits(line, at: offset), case .line(let bytes) = line,
        StoryChange.mayBeMade(by: bytes), case .record(let record) = reader.read(bytes)
      {
        body(record)
      }
      return true
    }
    if name.form != .open { scan.noteEnd(byteCount: try file.byteCount(), acknowledged: nil) }
    let damage = scan.damage + scan.newer + file.unreadable
    guard damage.isEmpty, let tally = scan.tally, let digest = soundDigest,
      tally.sha256 == summary?.sha256
    else { return (damage, nil) }
    return (damage, SegmentChanges(tally.changes, digest: digest))
  }

  /// The record whose line begins at the start of `lines`, before the end of which the next begins; nil
  /// where no sound line begins.
  package func record(at lines: Range<Int>) throws(ArchiveError) -> ArchiveRecord? {
    let file = try opened()
    let start = max(0, lines.lowerBound - Self.trailingByteCount)
    let byteCount = min(lines.upperBound - start, RecordLine.byteLimit + Self.trailingByteCount)
    let bytes = try file.contents(from: start, byteLimit: byteCount)
    return try bytes.withUnsafeBufferPointer { (bytes) throws(ArchiveError) in
      let place = lines.lowerBound - start
      guard place > 0, place < bytes.count, bytes[place - 1] == 0x0A,
        let end = bytes.firstPlace(of: 0x0A, from: place)
      else { return try recordByReadingOn(to: lines.lowerBound) }
      let line = UnsafeBufferPointer(rebasing: bytes[place..<end])
      let before = UnsafeBufferPointer(rebasing: bytes[..<(place - 1)])
      guard RecordLine.successorSums(of: before).contains(where: { line.follows($0) }) else {
        return try recordByReadingOn(to: lines.lowerBound)
      }
      guard case .record(let record) = reader.read(line) else { return nil }
      return record
    }
  }

  /// The end of a line that says what follows from it, and the line feed.
  private static let trailingByteCount = RecordLine.trailerByteCount + 26

  /// Behind damage it takes the lines from the beginning to tell whether one is sound.
  private func recordByReadingOn(to offset: Int) throws(ArchiveError) -> ArchiveRecord? {
    var scan = SegmentScan(path: name.path)
    var found: ArchiveRecord?
    _ = try LineScanner(opened()).scan(from: 0) { line, place in
      if scan.admits(line, at: place), place == offset, case .line(let bytes) = line,
        case .record(let record) = reader.read(bytes)
      {
        found = record
      }
      return place < offset
    }
    return found
  }
}

extension Archive {
  /// All segments, the oldest first, as the directories and the manifests are now.
  package func segments() throws(ArchiveError) -> [ArchiveSegment] {
    let manifest = try SegmentManifest(in: directory)
    return try SegmentListing.all(in: directory).map {
      ArchiveSegment($0, manifest[$0.ordinal], in: directory)
    }
  }
}

extension SHA256 {
  fileprivate var bytes: [UInt8] {
    [words.0, words.1, words.2, words.3].flatMap { word in
      withUnsafeBytes(of: word.bigEndian) { Array($0) }
    }
  }
}

extension RecordLine {
  /// What may follow from a line of which only the end is known.
  fileprivate static func successorSums(of end: UnsafeBufferPointer<UInt8>) -> [UInt64] {
    let place = end.count - trailerByteCount - 25
    var sums = [recordedSum(of: end)]
    if end.matches(replacedSumStart, at: place) {
      sums.append(
        UInt64(
          lowercaseHexadecimal: UnsafeBufferPointer(rebasing: end[place + 8..<place + 24])))
    }
    return sums.compactMap(\.self)
  }
}

extension UnsafeBufferPointer<UInt8> {
  fileprivate func follows(_ sum: UInt64) -> Bool {
    guard let body = RecordLine.body(of: self) else { return false }
    return RecordLine.sum(of: body, after: sum) == RecordLine.recordedSum(of: self)
  }
}

extension Timestamp {
  /// Reads what the manifest says.
  init?(archivedText text: String) {
    var text = text
    guard let moment = text.withUTF8({ Timestamp(archived: $0) }) else { return nil }
    self = moment
  }
}
