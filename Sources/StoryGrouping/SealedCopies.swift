internal import Syndication

/// Bytes that stay as they are, wherever they are: in an array, or in a file that is mapped.
package protocol SealedBytes: Sendable {
  func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result
}

extension [UInt8]: SealedBytes {
  package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    withUnsafeBufferPointer { body(UnsafeRawBufferPointer($0)) }
  }
}

/// What tells the copies of stories that are too old for anything else: 250 bytes a story, flat, so that
/// it can be searched where it lies.
///
/// A header, a record for each story, then slots of 32 bits: a hash table of the stories' bands, filled
/// to four fifths. Twelve bands do for what is left to be found: of copies that came late, which must
/// resemble by .8, all but 1 in 500. Native byte order, as in `SnapshotWriter`.
package struct SealedCopies: Sendable {
  /// Without a gap in memory.
  struct Record: BitwiseCopyable, Sendable {
    var bins: CopySignature.Bins
    var story: UInt64
    var original: UInt64
    /// The cluster that the story stood in, which is named for ever.
    var cluster: UInt64
    /// As in `StoryTable.Record`.
    var time: Int64
    var source: UInt32
    var title: UInt32
    var shingleCount: UInt32
    var unused: (UInt32, UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0, 0)
  }

  struct Header: BitwiseCopyable {
    static let mark: UInt64 = 0x3153_4549_504F_4353  // SCOPIES1

    var mark = Header.mark
    /// Over everything after the header.
    var checksum: UInt64 = 0
    var recordCount: UInt64 = 0
    var slotCount: UInt64 = 0
  }

  /// Stories that one table can hold: slots have 24 bits for a number.
  package static let storyLimit = 1 << 24 - 1
  static let bandCount = 12
  private static let probeLimit = 64

  /// The table as it is to be kept.
  package let bytes: any SealedBytes
  private let header: Header

  package var storyCount: Int { Int(header.recordCount) }
  /// Tells this table from another.
  package var checksum: UInt64 { header.checksum }

  /// A table as it was kept, of which only the header is read; throws when that is not of a table of
  /// this length. No other bytes lead outside the table.
  package init(_ bytes: any SealedBytes) throws(SnapshotError) {
    guard let header = bytes.withUnsafeBytes(Self.header) else { throw .damaged }
    self.bytes = bytes
    self.header = header
  }

  /// Whether the bytes are those that were written: reads them all.
  package var isIntact: Bool {
    bytes.withUnsafeBytes { Self.checksum($0) } == header.checksum
  }

  private static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var checksum = SnapshotChecksum()
    checksum.add(UnsafeRawBufferPointer(rebasing: bytes[MemoryLayout<Header>.stride...]))
    return checksum.value
  }

  private static func header(_ bytes: UnsafeRawBufferPointer) -> Header? {
    guard bytes.count >= MemoryLayout<Header>.stride,
      bytes.count.isMultiple(of: SnapshotWriter.alignment)
    else {
      return nil
    }
    let header = bytes.loadUnaligned(as: Header.self)
    guard header.mark == Header.mark, header.recordCount < storyLimit, header.slotCount < 1 << 32,
      bytes.count == byteCount(records: Int(header.recordCount), slots: Int(header.slotCount))
    else { return nil }
    return header
  }

  private static func byteCount(records: Int, slots: Int) -> Int {
    let length =
      MemoryLayout<Header>.stride + records * MemoryLayout<Record>.stride
      + slots * MemoryLayout<UInt32>.stride
    let alignment = SnapshotWriter.alignment
    return (length + alignment - 1) / alignment * alignment
  }

  /// Calls `body` with the stories that share a band with `bins`, some of them again for further bands.
  func forEachStory(sharing bins: CopySignature.Bins, _ body: (Record) -> Void) {
    guard header.slotCount > 0, storyCount > 0 else { return }
    let keys = bins.bandKeys
    bytes.withUnsafeBytes { bytes in
      for band in 0..<Self.bandCount {
        var slot = Self.home(keys[band], header.slotCount)
        for _ in 0..<Self.probeLimit {
          let entry = bytes.loadUnaligned(fromByteOffset: offset(ofSlot: slot), as: UInt32.self)
          if entry == 0 { break }
          let number = Int(entry & 0xFF_FFFF)
          if entry >> 24 == keys[band] & 0xFF, 1...storyCount ~= number {
            body(record(number - 1, bytes))
          }
          slot = (slot + 1) % Int(header.slotCount)
        }
      }
    }
  }

  private func offset(ofSlot slot: Int) -> Int {
    MemoryLayout<Header>.stride + storyCount * MemoryLayout<Record>.stride
      + slot * MemoryLayout<UInt32>.stride
  }

  private func record(_ number: Int, _ bytes: UnsafeRawBufferPointer) -> Record {
    bytes.loadUnaligned(
      fromByteOffset: MemoryLayout<Header>.stride + number * MemoryLayout<Record>.stride,
      as: Record.self)
  }

  @inline(__always)
  private static func home(_ key: UInt32, _ slotCount: UInt64) -> Int {
    Int(((UInt64(key) &* 0x9E37_79B9_7F4A_7C15) >> 32 &* slotCount) >> 32)
  }
}

// Making tables.
extension SealedCopies {
  /// The stories of several tables, the oldest table first, and `records` after them.
  init(_ tables: [SealedCopies], _ records: [Record]) {
    let count = tables.reduce(records.count) { $0 + $1.storyCount }
    precondition(count < Self.storyLimit, "a table has numbers for so many stories")
    let slotCount = count * Self.bandCount * 5 / 4 + (count > 0 ? 1 : 0)
    var header = Header(recordCount: UInt64(count), slotCount: UInt64(slotCount))
    var bytes = [UInt8](
      repeating: 0, count: Self.byteCount(records: count, slots: slotCount))
    bytes.withUnsafeMutableBytes { bytes in
      var next = MemoryLayout<Header>.stride
      for table in tables { next = table.copyRecords(to: bytes, at: next) }
      records.withUnsafeBytes {
        UnsafeMutableRawBufferPointer(rebasing: bytes[next...]).copyMemory(from: $0)
      }
      Self.fillSlots(bytes, header)
      header.checksum = Self.checksum(UnsafeRawBufferPointer(bytes))
      bytes.storeBytes(of: header, as: Header.self)
    }
    self.bytes = bytes
    self.header = header
  }

  /// Returns where the next one's begin.
  private func copyRecords(to room: UnsafeMutableRawBufferPointer, at place: Int) -> Int {
    let length = storyCount * MemoryLayout<Record>.stride
    bytes.withUnsafeBytes { bytes in
      let start = MemoryLayout<Header>.stride
      UnsafeMutableRawBufferPointer(rebasing: room[place...])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<start + length]))
    }
    return place + length
  }

  /// Newer stories of a full bucket, or without an empty slot near, are not found by this band.
  private static func fillSlots(_ bytes: UnsafeMutableRawBufferPointer, _ header: Header) {
    let start = MemoryLayout<Header>.stride
    let slots = start + Int(header.recordCount) * MemoryLayout<Record>.stride
    for number in 0..<Int(header.recordCount) {
      let record = bytes.loadUnaligned(
        fromByteOffset: start + number * MemoryLayout<Record>.stride, as: Record.self)
      let keys = record.bins.bandKeys
      for band in 0..<bandCount {
        var slot = home(keys[band], header.slotCount)
        var bucket = 0
        for _ in 0..<probeLimit where bucket < Parameters.bucketLimit {
          let entry = bytes.loadUnaligned(fromByteOffset: slots + 4 * slot, as: UInt32.self)
          if entry == 0 {
            bytes.storeBytes(
              of: (keys[band] & 0xFF) << 24 | UInt32(number + 1), toByteOffset: slots + 4 * slot,
              as: UInt32.self)
            break
          }
          if entry >> 24 == keys[band] & 0xFF { bucket += 1 }
          slot = (slot + 1) % Int(header.slotCount)
        }
      }
    }
  }
}

extension SealedCopies.Record {
  var traits: CopyTraits {
    CopyTraits(
      bins: bins, shingleCount: UInt16(clamping: shingleCount), source: source, title: title,
      time: time == StoryTable.Record.noTime ? nil : Timestamp(milliseconds: time))
  }
}
