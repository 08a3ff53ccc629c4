internal import Checksums
internal import Syndication

/// Which stories the lines of a sealed segment change, in the order of the lines: the `.changes` file
/// beside it. It is derived: whoever misses it, or finds it damaged or stale, reads the segment.
struct SegmentChanges {
  /// Of the plain segment.
  let digest: [UInt8]
  let changes: [StoryChange]

  private static let mark = Array("AGCHANGE".utf8)
  private static let digestByteCount = 32
  private static let headByteCount = mark.count + digestByteCount + 8
  private static let changeByteCount = 16
  private static let checkByteCount = 8

  /// Nil where a line stands too far from the start for the file's numbers.
  init?(_ changes: [StoryChange], digest: [UInt8]) {
    precondition(digest.count == Self.digestByteCount, "a SHA-256")
    guard changes.allSatisfy({ $0.line.upperBound <= UInt32.max }) else { return nil }
    self.changes = changes
    self.digest = digest
  }

  /// Reads the file; nil where it is not whole, or of other bytes than those with `digest`.
  init?(file bytes: [UInt8], of digest: [UInt8]) {
    let start = Self.mark + digest
    guard bytes.count >= Self.headByteCount + Self.checkByteCount, bytes.starts(with: start),
      case let end = bytes.count - Self.checkByteCount,
      UInt64(littleEndian: bytes, at: end) == SHA256(bytes[..<end]).prefix,
      let count = Int(exactly: UInt64(littleEndian: bytes, at: start.count)),
      (end - Self.headByteCount).quotientAndRemainder(dividingBy: Self.changeByteCount)
        == (count, 0)
    else { return nil }
    self.digest = digest
    changes = stride(from: Self.headByteCount, to: end, by: Self.changeByteCount).map { place in
      let offset = Int(UInt32(littleEndian: bytes, at: place + 8))
      let byteCount = Int(UInt32(littleEndian: bytes, at: place + 12))
      return StoryChange(
        story: StoryID(bits: UInt64(littleEndian: bytes, at: place)),
        line: offset..<offset + byteCount)
    }
  }

  /// The file.
  var bytes: [UInt8] {
    var bytes = Self.mark + digest
    bytes.append(littleEndian: UInt64(changes.count))
    for change in changes {
      bytes.append(littleEndian: change.story.bits)
      bytes.append(littleEndian: UInt32(change.line.lowerBound))
      bytes.append(littleEndian: UInt32(change.line.count))
    }
    bytes.append(littleEndian: SHA256(bytes).prefix)
    return bytes
  }
}

extension SegmentName {
  /// Not `*.jsonl*`, so that no reader of segments takes it for one.
  var changesPath: String { "\(directory)/\(with(.open).name.dropLast(5)).changes" }
  var temporaryChangesPath: String { changesPath + ".new" }
}
