internal import Syndication

/// One member of a compressed segment: whole lines, compressed by themselves, so that a reader who
/// wants a moment need not read what stands before it.
///
/// What the members hold stands in their headers, as the subfield `AG` of gzip's extra field, which
/// every reader of gzip passes over: so a compressed segment is its own index.
struct GzipMember: Hashable {
  /// Bytes of the member in the file.
  var fileByteCount: Int
  /// The bytes of the plain segment that it holds.
  var plain: Range<Int>
  /// The `seen` of its first line.
  var seen: Timestamp
  /// The sum that its first line follows from.
  var after: UInt64

  /// How many plain bytes a member is given before it ends with their line.
  static let usualByteCount = 256 << 10
  /// A member ends where no line does once it holds as much as the longest line and a usual member.
  static let plainByteLimit = usualByteCount + RecordLine.byteLimit
  static let fileByteLimit = 2 * plainByteLimit
  /// The longest segment that is believed: far more than is ever written.
  static let segmentByteLimit = 1 << 28

  static let headerByteCount = 52
  /// The fixed part of a header, up to the subfield's own bytes: deflate, an extra field, no time, best
  /// compression, no operating system; 40 bytes of extra field, `AG`, 36 of subfield.
  private static let prefix: [UInt8] = [
    0x1F, 0x8B, 8, 4, 0, 0, 0, 0, 2, 255, 40, 0, UInt8(ascii: "A"), UInt8(ascii: "G"), 36, 0,
  ]
  private static let trailerByteCount = 8

  init(fileByteCount: Int, plain: Range<Int>, seen: Timestamp, after: UInt64) {
    self.fileByteCount = fileByteCount
    self.plain = plain
    self.seen = seen
    self.after = after
  }

  /// Reads a header that `bytes` begin with; nil when they begin otherwise.
  init?(_ bytes: ArraySlice<UInt8>) {
    guard bytes.starts(with: GzipMember.prefix), bytes.count >= GzipMember.headerByteCount else {
      return nil
    }
    let fields = Array(bytes.prefix(GzipMember.headerByteCount).dropFirst(GzipMember.prefix.count))
    guard UInt32(littleEndian: fields, at: 32) == GzipMember.check(of: fields) else { return nil }
    let plainByteCount = Int(UInt32(littleEndian: fields, at: 4))
    guard let start = Int(exactly: UInt64(littleEndian: fields, at: 8)),
      start <= GzipMember.segmentByteLimit, plainByteCount <= GzipMember.plainByteLimit
    else { return nil }
    fileByteCount = Int(UInt32(littleEndian: fields, at: 0))
    plain = start..<start + plainByteCount
    seen = Timestamp(milliseconds: Int64(bitPattern: UInt64(littleEndian: fields, at: 16)))
    after = UInt64(littleEndian: fields, at: 24)
    guard GzipMember.headerByteCount...GzipMember.fileByteLimit ~= fileByteCount else { return nil }
  }

  /// The member of plain bytes that start at `offset`, whole.
  static func compress(
    _ bytes: UnsafeBufferPointer<UInt8>, at offset: Int, seen: Timestamp, after: UInt64
  ) -> [UInt8] {
    let body = GzipCodec.deflate(bytes)
    let member = GzipMember(
      fileByteCount: headerByteCount + body.count + trailerByteCount,
      plain: offset..<offset + bytes.count, seen: seen, after: after)
    var whole = member.header
    whole += body
    whole.append(littleEndian: GzipCodec.crc32(bytes))
    whole.append(littleEndian: UInt32(truncatingIfNeeded: bytes.count))
    return whole
  }

  private var header: [UInt8] {
    var fields: [UInt8] = []
    fields.append(littleEndian: UInt32(truncatingIfNeeded: fileByteCount))
    fields.append(littleEndian: UInt32(truncatingIfNeeded: plain.count))
    fields.append(littleEndian: UInt64(plain.lowerBound))
    fields.append(littleEndian: UInt64(bitPattern: seen.milliseconds))
    fields.append(littleEndian: after)
    fields.append(littleEndian: GzipMember.check(of: fields))
    return GzipMember.prefix + fields
  }

  /// The checksum over all fields before it.
  private static func check(of fields: [UInt8]) -> UInt32 {
    fields.prefix(32).withUnsafeBufferPointer(GzipCodec.crc32)
  }
}
