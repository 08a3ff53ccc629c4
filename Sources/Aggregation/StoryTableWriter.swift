internal import Checksums
internal import StoryArchive

/// Writes a `StoryTable`: rows in the order of their keys, versions first.
struct StoryTableWriter {
  private let draft: StoredFileDraft
  private var page = [UInt8](repeating: 0, count: StoryTable.pageByteCount)
  private var used = 0
  private var fences: [UInt64] = []
  private var counts: [UInt64] = []
  private var count: UInt64 = 0
  private var filter: KeyFilter
  private(set) var filters: [KeyFilter] = []

  /// A table of at most so many rows of each kind.
  init(to draft: StoredFileDraft, versionCount: Int) {
    self.draft = draft
    filter = KeyFilter(rowCount: versionCount)
  }

  mutating func append<Row: TableRow>(_ row: Row) throws {
    if used + Row.byteCount > page.count { try endPage() }
    if used == 0 { fences.append(row.key) }
    page.withUnsafeMutableBytes { row.write(to: $0, at: used) }
    used += Row.byteCount
    count += 1
    filter.insert(row.key)
  }

  /// Ends one section; the next has at most so many rows.
  mutating func endSection(nextCount: Int = 0) throws {
    if used > 0 { try endPage() }
    counts.append(count)
    count = 0
    filters.append(filter)
    filter = KeyFilter(rowCount: nextCount)
  }

  /// Ends the table and says its sum.
  mutating func finish() throws -> UInt64 {
    for filter in filters { try write(filter) }
    var numbers = fences + [StoryTable.mark] + counts + filters.map { UInt64($0.words.count) }
    let sum = StoryTable.sum(of: numbers[...])
    numbers.append(sum)
    try numbers.withUnsafeBytes { try draft.append($0) }
    return sum
  }

  private mutating func write(_ filter: KeyFilter) throws {
    for word in filter.words {
      if used == page.count { try endPage() }
      if used == 0 { fences.append(0) }
      page.withUnsafeMutableBytes { $0.storeBytes(of: word, toByteOffset: used, as: UInt64.self) }
      used += MemoryLayout<UInt64>.stride
    }
    if used > 0 { try endPage() }
  }

  private mutating func endPage() throws {
    try page.withUnsafeBytes { page in
      fences.append(PageSum.of(page))
      try draft.append(page)
    }
    page.withUnsafeMutableBytes { _ = $0.initializeMemory(as: UInt8.self, repeating: 0) }
    used = 0
  }
}
