internal import Checksums
package import StoryArchive
internal import StoryGrouping
internal import Syndication

/// A copy of what grouping knows, below `state/`: read back where folding all the records before would
/// take longer. Derived and losable; one that is damaged, of another archive or of another version is
/// not used, and made anew in time.
///
/// Beside `state/grouping` lie the tables of old copies, `state/copies-…`, which are searched where they
/// lie.
struct GroupingStore {
  /// What a copy was folded from.
  struct Source: Hashable {
    /// After the last record that was folded in.
    var position: ArchivePosition
    /// `Archive.epoch()` when the fold began.
    var epoch: UInt64
  }

  fileprivate static let name = "grouping"
  private static let tablePrefix = "copies-"
  fileprivate static let lock = "grouping.lock"
  /// What the names of all files begin with that tell of stories.
  static let prefixes = [name, tablePrefix]
  private let archive: Archive
  let limits: TableLimits
  /// Whether tables that were written out are searched where they lie.
  private var isSpilling = true

  init(_ archive: Archive, limits: TableLimits = .init()) {
    self.archive = archive
    self.limits = limits
  }

  /// The copy that is there; nil where there is none that can be used.
  func load() -> (grouping: Grouping, source: Source)? {
    guard let stored = try? archive.storedFile(named: Self.name), Self.isReadable(stored),
      let file = try? stored.mapped(),
      let header = file.withUnsafeBytes(Header.init),
      let tables = tables(header.tables),
      let grouper = file.withUnsafeBytes({ bytes in
        try? Grouper(
          snapshot: UnsafeRawBufferPointer(rebasing: bytes[header.byteCount...]), sealed: tables,
          // Else the file lay in memory beside what is made of it.
          whenRead: file.forget)
      })
    else { return nil }
    return (Grouping(grouper, forgotten: header.forgotten), header.source)
  }

  /// Whether the disk gives all of the copy, which is then in memory already when it is mapped: where it did
  /// not give a page of what is mapped, the process would end.
  private static func isReadable(_ file: StoredFile) -> Bool {
    withUnsafeTemporaryAllocation(byteCount: pieceByteCount, alignment: 16) { piece in
      stride(from: 0, to: file.byteCount, by: pieceByteCount).allSatisfy { start in
        let count = min(pieceByteCount, file.byteCount - start)
        return
          (try? file.read(at: start, into: UnsafeMutableRawBufferPointer(rebasing: piece[..<count])))
          != nil
      }
    }
  }

  private static let pieceByteCount = 1 << 18

  /// Replaces the copy by one of `grouping`, which is told where its tables lie from now on.
  ///
  /// - Throws: `ArchiveError`; `.locked` where another process does that.
  func save(_ grouping: inout Grouping, of source: Source) throws {
    try archive.withStateLock(named: Self.lock) {
      try writeTables(of: &grouping, epoch: source.epoch)
      let tables = grouping.grouper.sealed.map(\.checksum)
      let header = Header(source: source, forgotten: grouping.forgotten, tables: tables)
      try archive.writeStateFile(named: Self.name) { sink in
        try header.bytes.withUnsafeBytes { try sink($0) }
        try grouping.grouper.writeSnapshot(to: sink)
        try expect(source.epoch)
      }
      try archive.removeStateFiles(
        prefix: Self.tablePrefix, keeping: Set(tables.map(Self.tableName)))
    }
  }

  /// Writes tables out that would take up much memory, of what began to be folded in `epoch`.
  func spill(_ grouping: inout Grouping, epoch: UInt64) throws {
    guard isSpilling else { return }
    let byteCount = grouping.grouper.sealed.reduce(0) { $0 + ($1.isInMemory ? $1.byteCount : 0) }
    guard byteCount >= limits.spilledCopiesByteCount else { return }
    try archive.withStateLock(named: Self.lock) { try writeTables(of: &grouping, epoch: epoch) }
  }

  /// Words were taken out of segments since what is to be kept was folded.
  private struct Outdated: Error {}

  /// To be asked when the file to be kept is there already: who takes words out after that finds it, and
  /// removes it.
  private func expect(_ epoch: UInt64) throws {
    guard try archive.epoch() == epoch else { throw Outdated() }
  }

  private func writeTables(of grouping: inout Grouping, epoch: UInt64) throws {
    var written: [SealedCopies] = []
    for table in grouping.grouper.sealed {
      let name = Self.tableName(table.checksum)
      // What another process removed is written once more, proved as it is read.
      guard try (table.isInMemory && isSpilling) || !archive.hasStoredFile(named: name) else {
        continue
      }
      try archive.writeStateFile(named: name) { sink in
        try SummedFile.write(table.bytes, to: sink)
        try expect(epoch)
      }
      if isSpilling, let kept = self.table(table.checksum) { written.append(kept) }
    }
    grouping.grouper.use(written)
  }

  private func tables(_ checksums: [UInt64]) -> [SealedCopies]? {
    let tables = checksums.compactMap(table)
    return tables.count == checksums.count ? tables : nil
  }

  private func table(_ checksum: UInt64) -> SealedCopies? {
    guard let stored = try? archive.storedFile(named: Self.tableName(checksum)),
      let file = SummedFile(stored)
    else { return nil }
    if !isSpilling || file.byteCount <= limits.heldCopiesByteCount {
      guard file.hold() else { return nil }
    }
    guard let table = try? SealedCopies(file), table.checksum == checksum else { return nil }
    return table
  }

  /// Removes the copy, since it cannot be used.
  func remove() { try? archive.clearStateFiles(prefixes: Self.prefixes) }

  /// From now on all tables are kept in memory, since some cannot be read back as they were written.
  mutating func stopSpilling() { isSpilling = false }

  static func tableName(_ checksum: UInt64) -> String { tablePrefix + checksum.hexadecimal }
}

/// What stands before a snapshot: numbers in the machine's order, like those behind.
private struct Header {
  private static let mark: UInt64 = 0x3150_554F_5247_4741  // AGGROUP1
  /// What follows begins at a multiple of so many bytes.
  private static let alignment = 64
  private static let fixedCount = 7
  private static let tableLimit = 1 << 16

  var source: GroupingStore.Source
  var forgotten: Timestamp
  var tables: [UInt64]

  init(source: GroupingStore.Source, forgotten: Timestamp, tables: [UInt64]) {
    self.source = source
    self.forgotten = forgotten
    self.tables = tables
  }

  /// Nil for bytes that do not begin with a whole header.
  init?(_ bytes: UnsafeRawBufferPointer) {
    func number(_ place: Int) -> UInt64? {
      let offset = place * MemoryLayout<UInt64>.stride
      guard offset + MemoryLayout<UInt64>.stride <= bytes.count else { return nil }
      return bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }
    guard number(0) == Self.mark, let count = number(6).flatMap(Int.init(exactly:)),
      count <= Self.tableLimit
    else { return nil }
    let numbers = (0...Self.fixedCount + count).compactMap(number)
    guard numbers.count == Self.fixedCount + count + 1,
      numbers.last == Self.checksum(numbers.dropLast()),
      let ordinal = Int(exactly: numbers[1]), let offset = Int(exactly: numbers[2])
    else { return nil }
    let position = ArchivePosition(ordinal: ordinal, offset: offset, sum: numbers[3])
    self.init(
      source: .init(position: position, epoch: numbers[4]),
      forgotten: Timestamp(milliseconds: Int64(bitPattern: numbers[5])),
      tables: Array(numbers[Self.fixedCount..<Self.fixedCount + count]))
    guard byteCount <= bytes.count else { return nil }
  }

  var byteCount: Int { bytes.count }

  var bytes: [UInt8] {
    let position = source.position
    var numbers =
      [
        Self.mark, UInt64(position.ordinal), UInt64(position.offset), position.sum, source.epoch,
        UInt64(bitPattern: forgotten.milliseconds), UInt64(tables.count),
      ] + tables
    numbers.append(Self.checksum(numbers[...]))
    let bytes = numbers.withUnsafeBytes { Array($0) }
    let padding = (Self.alignment - bytes.count % Self.alignment) % Self.alignment
    return bytes + repeatElement(0, count: padding)
  }

  private static func checksum(_ numbers: ArraySlice<UInt64>) -> UInt64 {
    numbers.withUnsafeBytes { SHA256($0).prefix }
  }
}

extension SealedCopies {
  fileprivate var isInMemory: Bool { bytes is [UInt8] }
  fileprivate var byteCount: Int { bytes.byteCount }
}

extension Archive {
  /// Removes what grouping keeps of the archive, some megabytes, where they are needed more: it is made again.
  ///
  /// - Throws: `ArchiveError`.
  package func removeGroupingCopy() throws {
    try removeStateFiles(prefix: GroupingStore.name, keeping: [GroupingStore.lock])
  }
}
