internal import Syndication

/// A stretch of a segment that is not what was written.
package struct Damage: Hashable, Sendable {
  /// Within the archive's directory.
  package var path: String
  /// Byte offsets; empty where bytes are missing.
  package var range: Range<Int>
  package var detail: String
  /// What is wrong with it.
  package var problem = Problem.damaged

  package enum Problem: String, Sendable {
    case damaged
    /// Sound lines that this program cannot read.
    case newer = "written by a newer version"
  }

  package init(path: String, range: Range<Int>, detail: String) {
    self.path = path
    self.range = range
    self.detail = detail
  }

  /// Without the word that goes without saying.
  package var explanation: String {
    problem == .damaged ? detail : "\(problem.rawValue): \(detail)"
  }

  func at(_ path: String) -> Damage {
    var damage = self
    damage.path = path
    return damage
  }
}

extension Damage: CustomStringConvertible {
  /// `file:offset: damaged: detail`
  package var description: String {
    "\(path):\(range.lowerBound): \(problem.rawValue): \(detail), \(range.count) bytes"
  }
}

/// What is known of a segment from reading its lines forward from some place.
struct SegmentScan {
  let path: String
  var chain: ChecksumChain
  /// Where the last whole line read ends.
  var end: Int
  var lineCount = 0
  /// The longest prefix of sound lines: where it ends and what follows from it.
  private(set) var soundEnd: Int
  private(set) var soundSum: UInt64
  /// Where the last sound line of that prefix starts, and the last one of all.
  private(set) var lastLineOfPrefix: Int?
  /// What the segment's first line follows from.
  var previousSum: UInt64?
  private(set) var lastSoundLine: Int?
  /// Adds up the sound prefix, where that is asked for.
  private(set) var tally: SegmentTally?
  /// In order, neighbours joined.
  private(set) var damage: [Damage] = []
  /// Sound lines of a version that this program does not know, neighbours joined.
  private(set) var newer: [Damage] = []
  /// Whether a sound line follows a damaged one.
  private(set) var hasSoundLineAfterDamage = false
  /// Whether sound lines of more than one batch do: all lines of a batch have the same moment.
  private(set) var hasLaterBatchAfterDamage = false
  private var seenAfterDamage: Timestamp?

  init(
    path: String, at offset: Int = 0, chain: ChecksumChain = ChecksumChain(after: 0),
    tally: SegmentTally? = nil
  ) {
    self.path = path
    self.tally = tally
    self.end = offset
    self.chain = chain
    soundEnd = offset
    soundSum = chain.sum
  }

  /// Whether the line is sound; damage is noted.
  mutating func admits(_ line: ScannedLine, at offset: Int) -> Bool {
    lineCount += 1
    switch line {
    case .overlong(let byteCount):
      end = offset + byteCount
      note("a line longer than \(RecordLine.byteLimit) bytes", offset..<end)
      return false
    case .line(let bytes):
      end = offset + bytes.count + 1
      let start = offset == 0 ? restartChain(bytes) : nil
      guard chain.admits(bytes) else {
        note("the checksum does not match", offset..<end)
        return false
      }
      if let start { previousSum = start }
      noteVersion(of: bytes, offset..<end)
      lastSoundLine = offset
      if damage.isEmpty {
        soundEnd = end
        soundSum = chain.sum
        lastLineOfPrefix = offset
        tally?.add(bytes: UnsafeBufferPointer(start: bytes.baseAddress, count: bytes.count + 1))
        tally?.add(line: bytes, at: offset)
      } else {
        hasSoundLineAfterDamage = true
        let seen = RecordReader.seen(of: bytes)
        if let earlier = seenAfterDamage, earlier != seen { hasLaterBatchAfterDamage = true }
        seenAfterDamage = seen
      }
      return true
    }
  }

  /// Notes bytes after the last whole line, or missing ones.
  mutating func note(_ detail: String, _ range: Range<Int>) {
    if let last = damage.last, last.range.upperBound == range.lowerBound, last.detail == detail {
      damage[damage.count - 1].range = last.range.lowerBound..<range.upperBound
    } else {
      damage.append(Damage(path: path, range: range, detail: detail))
    }
  }

  /// - Throws: `ArchiveError.newerLine` of the first line that this program cannot read.
  func refuseNewer(in directory: ArchiveDirectory) throws(ArchiveError) {
    guard let first = newer.first else { return }
    throw .newerLine(
      path: directory.named(path), offset: first.range.lowerBound, detail: first.detail)
  }

  private mutating func noteVersion(of line: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
    guard let version = RecordReader.newerVersion(of: line) else { return }
    var lines = Damage(
      path: path, range: range,
      detail: "a line of version \(version), this program knows up to \(RecordReader.version)")
    lines.problem = .newer
    if let last = newer.last, last.range.upperBound == range.lowerBound,
      last.detail == lines.detail
    {
      lines.range = newer.removeLast().range.lowerBound..<range.upperBound
    }
    newer.append(lines)
  }

  /// Notes what is wrong with the end of a file of that length.
  mutating func noteEnd(byteCount: Int, acknowledged: Int?) {
    if end < byteCount { note("the last line has no end", end..<byteCount) }
    if let acknowledged, byteCount < acknowledged {
      note("acknowledged bytes are missing", byteCount..<acknowledged)
    }
  }

  /// Returns what the line says that it follows from, which is true if it is sound.
  private mutating func restartChain(_ firstLine: UnsafeBufferPointer<UInt8>) -> UInt64? {
    var reader = RecordReader()
    guard case .segment(let header) = reader.read(firstLine) else { return nil }
    chain.restart(after: header.previousSum)
    return header.previousSum
  }
}
