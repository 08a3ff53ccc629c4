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

  /// Reads what `bytes` writes, whether or not a power cut left it all of its padding, which says nothing; nil
  /// for anything else.
  init?(_ bytes: [UInt8]) {
    guard bytes.count <= ArchiveHead.byteCount else { return nil }
    var place = 0
    guard let ordinal = bytes.number(at: &place), let offset = bytes.number(at: &place),
      let sum = bytes.withUnsafeBufferPointer({ bytes in
        UInt64(
          lowercaseHexadecimal: UnsafeBufferPointer(rebasing: bytes[place...].prefix(16)))
      })
    else { return nil }
    self.init(ordinal: ordinal, offset: offset, sum: sum)
    guard bytes.count >= proven.count, self.bytes.starts(with: bytes) else { return nil }
  }

  /// Always `byteCount` bytes: padded with spaces, ended by a line feed.
  var bytes: [UInt8] {
    let bytes = proven
    let padding = max(0, ArchiveHead.byteCount - 1 - bytes.count)
    return bytes + repeatElement(UInt8(ascii: " "), count: padding) + [0x0A]
  }

  /// What it says, and the check of that.
  private var proven: [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendLine(ofAtMost: ArchiveHead.byteCount) { line in
      line.writeDecimal(ordinal)
      line.write(UInt8(ascii: " "))
      line.writeDecimal(offset)
      line.write(UInt8(ascii: " "))
      line.writeHexadecimal(sum)
    }
    let check = SHA256(bytes).prefix
    bytes.append(UInt8(ascii: " "))
    bytes.appendHexadecimal(check)
    return bytes
  }
}

extension [UInt8] {
  /// The decimal number there, and the place behind the space that follows it.
  fileprivate func number(at place: inout Int) -> Int? {
    var value = 0
    let start = place
    while place < count, case UInt8(ascii: "0")...UInt8(ascii: "9") = self[place] {
      let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflows) = product.addingReportingOverflow(
        Int(self[place] - UInt8(ascii: "0")))
      guard !isTooLarge, !overflows else { return nil }
      value = sum
      place += 1
    }
    guard place > start, place < count, self[place] == UInt8(ascii: " ") else { return nil }
    place += 1
    return value
  }
}
