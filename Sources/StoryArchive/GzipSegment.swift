internal import Syndication

/// The plain bytes of a compressed segment, by their offsets, whichever is asked for.
///
/// What cannot be decoded costs itself: in its place stand as many bytes that are no lines, so that
/// offsets stay and readers find there what they find in a damaged plain segment.
final class GzipSegment {
  private let file: ReadableFile
  /// In order, without overlap. Between two of them a member is missing.
  private let members: [(place: Int, member: GzipMember)]
  /// What was decoded last, and where it stands.
  private var decoded: [UInt8] = []
  private var decodedStart = 0
  let byteCount: Int
  /// Why it is not decoded at all.
  let refused: Damage?

  /// The longest file of another program that is decoded, and the most that it may hold: it has to be
  /// kept whole, and what this program writes is at most half as long.
  private static let foreignByteLimit = 128 << 20

  init(_ file: ReadableFile) throws(ArchiveError) {
    self.file = file
    let fileByteCount = try file.status().byteCount
    let walk = try GzipWalk(file, byteCount: fileByteCount)
    members = walk.members
    guard members.isEmpty, fileByteCount > 0 else {
      byteCount = walk.plainEnd + (walk.isComplete ? 0 : 1)
      refused = nil
      return
    }
    if fileByteCount <= GzipSegment.foreignByteLimit,
      let plain = GzipCodec.inflateAll(
        try file.contents(from: 0, byteLimit: fileByteCount), limit: GzipSegment.foreignByteLimit)
    {
      decoded = plain
      refused = nil
    } else {
      decoded = [0]
      refused = Damage(
        path: file.path, range: 0..<fileByteCount,
        detail: "compressed by another program, and longer than any segment")
    }
    byteCount = decoded.count
  }

  /// Reads up to `buffer.count` plain bytes at `offset`; 0 at the end.
  func read(
    at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(ArchiveError) -> Int {
    guard offset < byteCount, !buffer.isEmpty else { return 0 }
    if !(decodedStart..<decodedStart + decoded.count).contains(offset) { try decode(at: offset) }
    let start = offset - decodedStart
    let count = min(buffer.count, decoded.count - start)
    decoded.withUnsafeBytes {
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[start..<start + count]))
    }
    return count
  }

  /// The member that the segment begins with; nil where it cannot be told.
  var firstMember: GzipMember? {
    members.first.flatMap { $0.member.plain.lowerBound == 0 ? $0.member : nil }
  }

  /// The member with the last line that was seen before `moment`; nil when there is none.
  func lastMember(before moment: Timestamp) -> GzipMember? {
    let place = members.partitionPoint { $0.member.seen >= moment }
    return place > 0 ? members[place - 1].member : nil
  }

  private func decode(at offset: Int) throws(ArchiveError) {
    let place = members.partitionPoint { $0.member.plain.lowerBound > offset }
    let next = place < members.count ? members[place].member : nil
    if place > 0, members[place - 1].member.plain.contains(offset) {
      try decode(members[place - 1], next)
    } else {
      let start = place > 0 ? members[place - 1].member.plain.upperBound : 0
      fillGap(from: start, to: next?.plain.lowerBound ?? byteCount, around: offset, next)
    }
  }

  private func decode(
    _ found: (place: Int, member: GzipMember), _ next: GzipMember?
  ) throws(ArchiveError) {
    let member = found.member
    let bytes = try file.contents(from: found.place, byteLimit: member.fileByteCount)
    var plain = bytes.withUnsafeBufferPointer {
      GzipCodec.inflate($0, limit: member.plain.count).bytes
    }
    let isLast = next == nil || next?.plain.lowerBound != member.plain.upperBound
    if plain.count < member.plain.count {
      plain += GzipSegment.filler(
        member.plain.count - plain.count, handingOver: isLast ? nil : next?.after)
    }
    decoded = plain
    decodedStart = member.plain.lowerBound
  }

  /// A gap may be long, so only a piece of it is made up at a time, cut off from its end.
  private func fillGap(from start: Int, to end: Int, around offset: Int, _ next: GzipMember?) {
    let piecesBehind = (end - 1 - offset) / GzipSegment.fillerByteCount
    let pieceEnd = end - piecesBehind * GzipSegment.fillerByteCount
    decodedStart = max(start, pieceEnd - GzipSegment.fillerByteCount)
    decoded = GzipSegment.filler(
      pieceEnd - decodedStart, handingOver: piecesBehind == 0 ? next?.after : nil)
  }

  /// Shorter than the longest line, so that it passes for damaged lines.
  private static let fillerByteCount = 64 << 10

  /// Whole lines that are none. The last carries the sum that the next line follows from, as a damaged
  /// line would.
  private static func filler(_ byteCount: Int, handingOver sum: UInt64?) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: byteCount)
    for place in stride(from: byteCount - 1, through: 0, by: -fillerByteCount) {
      bytes[place] = 0x0A
    }
    guard byteCount > RecordLine.trailerByteCount + 1, let sum else { return bytes }
    bytes.removeLast(RecordLine.trailerByteCount + 1)
    RecordLine.appendTrailer(sum, to: &bytes)
    return bytes
  }
}

/// Finds the members of a compressed segment from header to header, and behind a damaged header the
/// next sound one.
private struct GzipWalk {
  private(set) var members: [(place: Int, member: GzipMember)] = []
  /// Where the plain bytes end, as far as members tell.
  private(set) var plainEnd = 0
  /// Whether the last member ends with the file.
  private(set) var isComplete = true

  private static let pieceByteCount = 1 << 16
  /// Far more than a segment has.
  private static let memberLimit = 1 << 16

  init(_ file: ReadableFile, byteCount: Int) throws(ArchiveError) {
    var place = 0
    while place < byteCount {
      guard members.count < GzipWalk.memberLimit else {
        isComplete = false
        return
      }
      let bytes = try file.contents(from: place, byteLimit: GzipMember.headerByteCount)
      if let member = GzipMember(bytes[...]), member.plain.lowerBound >= plainEnd {
        members.append((place, member))
        plainEnd = member.plain.upperBound
        place += member.fileByteCount
        isComplete = place <= byteCount
      } else {
        isComplete = false
        place = try GzipWalk.nextHeader(file, after: place, byteCount)
      }
    }
  }

  /// Where the next thing that looks like a header begins; `byteCount` when there is none.
  private static func nextHeader(
    _ file: ReadableFile, after place: Int, _ byteCount: Int
  ) throws(ArchiveError) -> Int {
    var start = place + 1
    while start < byteCount {
      let bytes = try file.contents(
        from: start, byteLimit: pieceByteCount + GzipMember.headerByteCount)
      for candidate in 0..<min(pieceByteCount, bytes.count)
      where bytes[candidate] == 0x1F && GzipMember(bytes[candidate...]) != nil {
        return start + candidate
      }
      start += pieceByteCount
    }
    return byteCount
  }
}

extension Array {
  /// The first index whose element is in the second part, in an array whose elements for which
  /// `isInSecond` holds come last.
  func partitionPoint(_ isInSecond: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isInSecond(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
