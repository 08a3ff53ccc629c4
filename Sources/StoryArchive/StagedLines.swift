internal import Syndication

/// Lines that wait for their `seen` and their checksums.
struct StagedLines {
  private(set) var bytes: [UInt8] = []
  private var lines: [Line] = []

  private struct Line {
    var end: Int
    /// Nil when it has its time already.
    var moments: RecordEncoder.Moments?
  }

  init() {}

  /// Uses the room that `room` has, which is empty.
  init(reusing room: consuming [UInt8]) {
    precondition(room.isEmpty, "the room is taken")
    bytes = room
  }

  var isEmpty: Bool { lines.isEmpty }
  var byteCount: Int { bytes.count }

  mutating func append(_ record: ArchiveRecord) {
    let moments = RecordEncoder.append(record, to: &bytes)
    lines.append(Line(end: bytes.count, moments: moments))
  }

  mutating func append(_ story: Story, cluster: StoryID, original: StoryID?) {
    let moments = RecordEncoder.append(
      story, cluster: cluster, original: original, to: &bytes)
    lines.append(Line(end: bytes.count, moments: moments))
  }

  mutating func append(_ header: SegmentHeader) {
    let moments = RecordEncoder.append(header, to: &bytes)
    lines.append(Line(end: bytes.count, moments: moments))
  }

  /// Puts the first line of a segment before the others, or takes it away again.
  mutating func insert(_ header: SegmentHeader) {
    var first = StagedLines()
    first.append(header)
    bytes.insert(contentsOf: first.bytes, at: 0)
    for place in lines.indices { lines[place].end += first.byteCount }
    lines.insert(contentsOf: first.lines, at: 0)
  }

  mutating func removeFirst() {
    let byteCount = lines.removeFirst().end
    bytes.removeFirst(byteCount)
    for place in lines.indices { lines[place].end -= byteCount }
  }

  /// Adds whole lines that were stored before: they keep their times and get other checksums.
  mutating func append(sealedLines: [UInt8]) {
    var start = bytes.count
    bytes += sealedLines
    while let end = bytes[start...].firstIndex(of: 0x0A) {
      lines.append(Line(end: end + 1, moments: nil))
      start = end + 1
    }
  }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    lines.removeAll(keepingCapacity: true)
  }

  /// Empties this value and gives its room away.
  mutating func surrenderRoom() -> [UInt8] {
    removeAll()
    defer { bytes = [] }
    return bytes
  }

  /// Calls `body` with each line, without its line feed, and where its moments stand if that is known.
  func forEach(_ body: (UnsafeBufferPointer<UInt8>, RecordEncoder.Moments?) -> Void) {
    bytes.withUnsafeBufferPointer { bytes in
      var start = 0
      for line in lines {
        body(UnsafeBufferPointer(rebasing: bytes[start..<line.end - 1]), line.moments)
        start = line.end
      }
    }
  }

  /// Stamps every line with `seen`, if that is given, and fills in the checksums; returns the last one.
  mutating func complete(seen: Timestamp?, after previous: UInt64) -> UInt64 {
    var stamp: [UInt8] = []
    seen?.appendRFC3339(to: &stamp)
    var sum = previous
    bytes.withUnsafeMutableBufferPointer { bytes in
      var start = 0
      for line in lines {
        if let seen = line.moments?.seen {
          for place in stamp.indices { bytes[start + seen + place] = stamp[place] }
        }
        sum = RecordLine.fillSum(
          of: UnsafeMutableBufferPointer(rebasing: bytes[start..<line.end]), after: sum)
        start = line.end
      }
    }
    return sum
  }
}
