internal import Checksums
internal import Syndication

/// Where the acknowledged part of the archive ends: `124 1048576 1c1b300f6890b594 <check>`.
///
/// Written after every acknowledgement and synchronized only when it is made, so after a power cut it
/// may lag; it is never ahead. It tells a torn tail from rot, and a clean cut from the end. Losing it
/// loses nothing.
struct ArchiveHead: Hashable, Sendable {
  var ordinal: Int
  /// Bytes of the segment that are acknowledged.
  var offset: Int
  /// The checksum of the last acknowledged line.
  var sum: UInt64

  /// One disk sector holds it, so that it is not torn.
  static let byteCount = 80

  init(ordinal: Int, offset: Int, sum: UInt64) {
    self.ordinal = ordinal
    self.offset = offset
    self.sum = sum
  }

  /// Reads what `bytes` writes; nil for anything else.
  init?(_ bytes: [UInt8]) {
    guard bytes.count == ArchiveHead.byteCount else { return nil }
    let fields = bytes.split(whereSeparator: { $0 == 0x20 || $0 == 0x0A })
      .map { String(decoding: $0, as: UTF8.self) }
    guard fields.count == 4, let ordinal = Int(fields[0]), let offset = Int(fields[1]),
      let sum = UInt64(hexadecimal: fields[2]), ordinal >= 0, offset >= 0
    else { return nil }
    self.init(ordinal: ordinal, offset: offset, sum: sum)
    guard self.bytes == bytes else { return nil }
  }

  /// Always `byteCount` bytes: padded with spaces, ended by a line feed.
  var bytes: [UInt8] {
    let text = "\(ordinal) \(offset) \(sum.hexadecimal)"
    let line = Array("\(text) \(SHA256(text.utf8).prefix.hexadecimal)".utf8)
    let padding = repeatElement(
      UInt8(ascii: " "), count: max(0, ArchiveHead.byteCount - 1 - line.count))
    return line + padding + [0x0A]
  }
}
