internal import Syndication

/// Bytes that stay as they are, wherever they are: in an array, or in a file.
package protocol SealedBytes {
  var byteCount: Int { get }
  /// Whether all that was asked for could be had as it was written.
  var isSound: Bool { get }

  /// Gives `body` the bytes of `range`, which lies within them; nil where they are not what was written.
  func withBytes<Result>(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Result) -> Result?
}

extension [UInt8]: SealedBytes {
  package var byteCount: Int { count }
  package var isSound: Bool { true }

  package func withBytes<Result>(
    _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result? {
    withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
  }
}

/// What tells the copies of stories that are too old for anything else: 250 bytes a story, flat, so that
/// it can be searched where it lies.
///
/// A header, a record for each story, then slots of 32 bits: a hash table of the stories' bands, filled
/// to four fifths. Twelve bands do for what is left to be found: of copies that came late, which must
/// resemble by .8, all but 1 in 500. Native byte order, as in `SnapshotWriter`.
package struct SealedCopies {
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
  /// Slots that are read at once.
  private static let slotRun = 16
  /// Bytes of a table that are read at once where all of it is: a multiple of a record's.
  private static let pieceByteCount = 1024 * MemoryLayout<Record>.stride

  /// The table as it is to be kept.
  package let bytes: any SealedBytes
  private let header: Header
  /// Whether the tables that this one was joined from were sound.
  private let isWhole: Bool

  /// Whether nothing that was needed of it is damaged. If not, what was found is worth nothing.
  package var isSound: Bool { isWhole && bytes.isSound }

  /// How many stories' copies it tells.
  package var storyCount: Int { Int(header.recordCount) }
  /// Tells this table from another.
  package var checksum: UInt64 { header.checksum }

  /// A table as it was kept, of which only the header is read; throws when that is not of a table of
  /// this length. No other bytes lead outside the table.
  package init(_ bytes: any SealedBytes) throws(SnapshotError) {
    guard let header = Self.header(bytes) else { throw .damaged }
    self.bytes = bytes
    self.header = header
    isWhole = true
  }

  /// Whether the bytes are those that were written: reads them all.
  package var isIntact: Bool {
    var checksum = SnapshotChecksum()
    let start = MemoryLayout<Header>.stride
    let isRead = forEachPiece(start..<bytes.byteCount) { checksum.add($0) }
    return isRead && checksum.value == header.checksum
  }

  /// Gives `body` all bytes of `range`, a piece at a time; false where some are damaged.
  private func forEachPiece(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Void) -> Bool {
    for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.pieceByteCount) {
      let end = min(start + Self.pieceByteCount, range.upperBound)
      guard bytes.withBytes(start..<end, body) != nil else { return false }
    }
    return true
  }

  private static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var checksum = SnapshotChecksum()
    checksum.add(UnsafeRawBufferPointer(rebasing: bytes[MemoryLayout<Header>.stride...]))
    return checksum.value
  }

  private static func header(_ bytes: some SealedBytes) -> Header? {
    let length = MemoryLayout<Header>.stride
    guard bytes.byteCount >= length, bytes.byteCount.isMultiple(of: SnapshotWriter.alignment),
      let header = bytes.withBytes(0..<length, { $0.loadUnaligned(as: Header.self) }),
      header.mark == Header.mark, header.recordCount < storyLimit, header.slotCount < 1 << 32,
      bytes.byteCount == byteCount(records: Int(header.recordCount), slots: Int(header.slotCount))
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
    for band in 0..<Self.bandCount {
      forEachEntry(from: Self.home(keys[band], header.slotCount)) { entry in
        let number = Int(entry & 0xFF_FFFF)
        if entry >> 24 == keys[band] & 0xFF, 1...storyCount ~= number,
          let record = record(number - 1)
        {
          body(record)
        }
      }
    }
  }

  /// Calls `body` with the slots from the one given to the next empty one, of as many as are ever looked at.
  private func forEachEntry(from home: Int, _ body: (UInt32) -> Void) {
    var (slot, left) = (home, Self.probeLimit)
    while left > 0 {
      let count = min(Self.slotRun, left, Int(header.slotCount) - slot)
      let start = offset(ofSlot: slot)
      let goesOn = bytes.withBytes(start..<start + count * MemoryLayout<UInt32>.stride) { slots in
        for place in 0..<count {
          let entry = slots.loadUnaligned(fromByteOffset: 4 * place, as: UInt32.self)
          if entry == 0 { return false }
          body(entry)
        }
        return true
      }
      guard goesOn == true else { return }
      slot = (slot + count) % Int(header.slotCount)
      left -= count
    }
  }

  private func offset(ofSlot slot: Int) -> Int {
    MemoryLayout<Header>.stride + storyCount * MemoryLayout<Record>.stride
      + slot * MemoryLayout<UInt32>.stride
  }

  private func record(_ number: Int) -> Record? {
    let start = MemoryLayout<Header>.stride + number * MemoryLayout<Record>.stride
    return bytes.withBytes(start..<start + MemoryLayout<Record>.stride) {
      $0.loadUnaligned(as: Record.self)
    }
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
    var isWhole = tables.allSatisfy(\.isSound)
    var header = Header(recordCount: UInt64(count), slotCount: UInt64(slotCount))
    var bytes = [UInt8](
      repeating: 0, count: Self.byteCount(records: count, slots: slotCount))
    bytes.withUnsafeMutableBytes { bytes in
      var next = MemoryLayout<Header>.stride
      for table in tables {
        guard let end = table.copyRecords(to: bytes, at: next) else {
          isWhole = false
          return
        }
        next = end
      }
      records.withUnsafeBytes {
        UnsafeMutableRawBufferPointer(rebasing: bytes[next...]).copyMemory(from: $0)
      }
      Self.fillSlots(bytes, header)
      header.checksum = Self.checksum(UnsafeRawBufferPointer(bytes))
      bytes.storeBytes(of: header, as: Header.self)
    }
    self.bytes = bytes
    self.header = header
    self.isWhole = isWhole
  }

  /// Returns where the next one's begin; nil where some are damaged.
  private func copyRecords(to room: UnsafeMutableRawBufferPointer, at place: Int) -> Int? {
    var next = place
    let start = MemoryLayout<Header>.stride
    let isRead = forEachPiece(start..<start + storyCount * MemoryLayout<Record>.stride) { piece in
      UnsafeMutableRawBufferPointer(rebasing: room[next...]).copyMemory(from: piece)
      next += piece.count
    }
    return isRead ? next : nil
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
