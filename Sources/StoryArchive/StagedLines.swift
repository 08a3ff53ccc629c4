internal import Syndication

/// Lines that wait for their `seen` and their checksums.
struct StagedLines {
  private(set) var bytes: [UInt8] = []
  private var lines: [Line] = []

  private struct Line {
    var end: Int
    /// From the start of the line; nil when it has its time already.
    var seenOffset: Int?
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
    let seenOffset = RecordEncoder.append(record, to: &bytes)
    lines.append(Line(end: bytes.count, seenOffset: seenOffset))
  }

  mutating func append(_ story: Story, cluster: StoryID, original: StoryID?) {
    let seenOffset = RecordEncoder.append(
      story, cluster: cluster, original: original, to: &bytes)
    lines.append(Line(end: bytes.count, seenOffset: seenOffset))
  }

  mutating func append(_ header: SegmentHeader) {
    let seenOffset = RecordEncoder.append(header, to: &bytes)
    lines.append(Line(end: bytes.count, seenOffset: seenOffset))
  }

  mutating func append(_ others: StagedLines) {
    lines += others.lines.map { Line(end: $0.end + bytes.count, seenOffset: $0.seenOffset) }
    bytes += others.bytes
  }

  /// Adds whole lines that were stored before: they keep their times and get other checksums.
  mutating func append(sealedLines: [UInt8]) {
    var start = bytes.count
    bytes += sealedLines
    while let end = bytes[start...].firstIndex(of: 0x0A) {
      lines.append(Line(end: end + 1, seenOffset: nil))
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

  /// Calls `body` with each line, without its line feed.
  func forEach(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    bytes.withUnsafeBufferPointer { bytes in
      var start = 0
      for line in lines {
        body(UnsafeBufferPointer(rebasing: bytes[start..<line.end - 1]))
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
        if let seenOffset = line.seenOffset {
          for place in stamp.indices { bytes[start + seenOffset + place] = stamp[place] }
        }
        sum = RecordLine.fillSum(
          of: UnsafeMutableBufferPointer(rebasing: bytes[start..<line.end]), after: sum)
        start = line.end
      }
    }
    return sum
  }
}
