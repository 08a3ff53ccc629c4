package import Syndication

extension Archive {
  /// Gives every record that was first seen in the half-open range to `apply`, in order; does not
  /// disturb `catchUp`. What it skips because it is damaged is added to `damage`. Sees every whole line, like an archive opened for reading.
  ///
  /// `seen` never decreases, so the start is found by a binary search over the segments and then over
  /// the bytes of one, and nothing after the end is read.
  /// - Returns: Whether there is a record that was seen at `until` or later.
  /// - Throws: what `apply` throws, and `ArchiveError` when a file cannot be read.
  @discardableResult
  package func records(
    since: Timestamp, until: Timestamp = Timestamp(milliseconds: .max),
    _ apply: (ArchiveRecord) throws -> Void
  ) throws -> Bool {
    let reading = Archive(directory: directory, access: .readOnly)
    reading.cursor = try cursor(at: since)
    var failure: (any Error)?
    var goesOn = false
    try reading.advance { record in
      goesOn = record.seen >= until
      guard !goesOn else { return false }
      guard since <= record.seen else { return true }
      do {
        try apply(record)
        return true
      } catch {
        failure = error
        return false
      }
    }
    damage += reading.damage.filter { !damage.contains($0) }
    if let failure { throw failure }
    return goesOn
  }

  /// Where the first record that was seen at `moment` or later is found by reading on.
  private func cursor(at moment: Timestamp) throws(ArchiveError) -> ArchiveCursor {
    var cursor = ArchiveCursor()
    guard let name = try lastSegment(before: moment),
      let segment = try SegmentFile.openInAnyForm(name, in: directory)
    else { return cursor }
    cursor.ordinal = name.ordinal
    cursor.isFinished = false
    cursor.segment = segment
    var search = SegmentSearch(range: 0..<(try segment.byteCount()))
    if let member = segment.member(before: moment) { search = SegmentSearch(member) }
    let lines = LineScanner(segment, pieceByteLimit: SegmentSearch.pieceByteCount)
    if let place = try search.place(before: moment, lines) {
      cursor.offset = place.offset
      cursor.chain = ChecksumChain(after: place.sum)
    }
    return cursor
  }

  /// The last segment that began before `moment`; nil when to begin at the first.
  func lastSegment(before moment: Timestamp) throws(ArchiveError) -> SegmentName? {
    let segments = try SegmentListing.all(in: directory)
    var (low, high) = (0, segments.count)
    while low < high {
      let middle = (low + high) / 2
      if let begun = try begin(of: segments[middle]), begun < moment {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low > 0 ? segments[low - 1] : nil
  }

  /// Nil where the segment does not tell, or cannot be read: then reading begins earlier, and tells why.
  private func begin(of name: SegmentName) throws(ArchiveError) -> Timestamp? {
    do throws(ArchiveError) {
      guard let segment = try SegmentFile.openInAnyForm(name, in: directory) else { return nil }
      if let member = segment.firstMember { return member.seen }
      return try SegmentEnds.header(of: segment)?.seen
    } catch {
      guard case .io = error else { throw error }
      return nil
    }
  }
}

/// A binary search over the bytes of a segment, or of one member of a compressed segment.
private struct SegmentSearch {
  /// Behind a sound line: where the next starts and what it follows from.
  struct Place {
    var offset: Int
    var sum: UInt64
  }

  static let pieceByteCount = 1 << 12
  /// Where the search ends and reading on is as cheap.
  private static let nearByteCount = 1 << 14

  private let range: Range<Int>
  /// A place behind a line that was seen before any in the range.
  private var start: Place?

  init(range: Range<Int>) {
    self.range = range
  }

  init(_ member: GzipMember) {
    range = member.plain
    start = Place(offset: member.plain.lowerBound, sum: member.after)
  }

  /// A place behind a line that was seen before `moment`, near the last such line; nil for the start.
  func place(before moment: Timestamp, _ lines: LineScanner) throws(ArchiveError) -> Place? {
    var (low, high) = (range.lowerBound, range.upperBound)
    var best = start
    while high - low > SegmentSearch.nearByteCount {
      let middle = low + (high - low) / 2
      guard let probe = try soundLine(lines, after: middle, before: high), probe.seen < moment
      else {
        high = middle
        continue
      }
      best = probe.place
      low = max(probe.place.offset, middle + 1)
    }
    return best
  }

  /// The first line in the range whose checksum follows from the line before it: a damaged line must
  /// not lead the search astray.
  private func soundLine(
    _ lines: LineScanner, after start: Int, before end: Int
  ) throws(ArchiveError) -> (place: Place, seen: Timestamp)? {
    var chain: ChecksumChain?
    var isInLine = true
    var found: (Place, Timestamp)?
    _ = try lines.scan(from: start, to: end) { line, offset in
      defer { isInLine = false }
      guard !isInLine, case .line(let bytes) = line else { return true }
      guard chain?.admits(bytes) == true, let seen = RecordReader.seen(of: bytes),
        let sum = RecordLine.successorSum(of: bytes)
      else {
        chain = RecordLine.successorSum(of: bytes).map(ChecksumChain.init(after:))
        return true
      }
      found = (Place(offset: offset + bytes.count + 1, sum: sum), seen)
      return false
    }
    return found.map { (place: $0.0, seen: $0.1) }
  }
}
