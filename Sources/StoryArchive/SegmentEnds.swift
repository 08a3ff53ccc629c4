internal import Syndication

/// The first and the last line of a segment, read without the rest.
struct SegmentEnds {
  private(set) var header: SegmentHeader?
  /// What a line behind the last whole one follows from; nil when it carries none, or when there is no line.
  private(set) var lastSum: UInt64?
  private(set) var lastSeen: Timestamp?
  /// Where the last whole line starts, and where it ends.
  private(set) var lastLine = 0
  private(set) var lastEnd = 0

  /// How much of the end is read at first; most lines are far shorter.
  private static let usualByteCount = 1 << 14
  private static let headerByteLimit = 1 << 10

  /// Reads the ends of the first `byteCount` bytes of a segment.
  init(of segment: SegmentFile, byteCount: Int) throws(ArchiveError) {
    header = try SegmentEnds.header(of: segment)
    for length in [SegmentEnds.usualByteCount, RecordLine.byteLimit + 1] {
      let offset = max(0, byteCount - length)
      let end = try segment.contents(from: offset, byteLimit: byteCount - offset)
      if readLastLine(of: end, at: offset) { return }
    }
  }

  /// Nil where the first line is none, or not sound: what it says would be believed of the segment before, too.
  static func header(of segment: SegmentFile) throws(ArchiveError) -> SegmentHeader? {
    let bytes = try segment.contents(from: 0, byteLimit: headerByteLimit)
    var reader = RecordReader()
    return bytes.prefix { $0 != 0x0A }.withUnsafeBufferPointer { line in
      guard case .segment(let header) = reader.read(line) else { return nil }
      var chain = ChecksumChain(after: header.previousSum)
      return chain.admits(line) ? header : nil
    }
  }

  /// False when the line starts before the bytes.
  private mutating func readLastLine(of bytes: [UInt8], at offset: Int) -> Bool {
    guard let lineFeed = bytes.lastIndex(of: 0x0A) else { return offset == 0 }
    let before = bytes[..<lineFeed].lastIndex(of: 0x0A)
    if before == nil, offset > 0 { return false }
    let start = before.map { $0 + 1 } ?? 0
    lastLine = offset + start
    lastEnd = offset + lineFeed + 1
    bytes[start..<lineFeed].withUnsafeBufferPointer { line in
      lastSum = RecordLine.successorSum(of: line)
      lastSeen = RecordReader.seen(of: line)
    }
    return true
  }
}
