internal import Checksums

/// Writes a `StoryTable`: rows in the order of their keys, versions first.
struct StoryTableWriter {
  typealias Sink = (UnsafeRawBufferPointer) throws -> Void

  private let sink: Sink
  private var page: [UInt8] = []
  private var fences: [UInt64] = []
  private var counts: [UInt64] = []

  /// What makes the file goes to `sink`, in order.
  init(to sink: @escaping Sink) {
    self.sink = sink
  }

  /// Writes one section: what `next` gives until it gives nil.
  mutating func write<Row: TableRow>(_ next: () throws -> Row?) throws {
    var (count, used) = (0, 0)
    page = [UInt8](repeating: 0, count: StoryTable.pageByteCount)
    while let row = try next() {
      if used + Row.byteCount > page.count { try endPage(&used) }
      if used == 0 { fences.append(row.key) }
      page.withUnsafeMutableBytes { row.write(to: $0, at: used) }
      used += Row.byteCount
      count += 1
    }
    if used > 0 { try endPage(&used) }
    counts.append(UInt64(count))
  }

  /// Ends the table and says its sum.
  mutating func finish() throws -> UInt64 {
    var numbers = fences + [StoryTable.mark] + counts
    let sum = numbers.withUnsafeBytes { SHA256($0).prefix }
    numbers.append(sum)
    try numbers.withUnsafeBytes { try sink($0) }
    return sum
  }

  private mutating func endPage(_ used: inout Int) throws {
    try page.withUnsafeBytes { page in
      fences.append(SHA256(page).prefix)
      try sink(page)
    }
    for place in page.indices { page[place] = 0 }
    used = 0
  }
}

/// Rows of several sources in the order of their keys; of rows with one key only that of the last source.
struct MergedRows<Row: TableRow> {
  fileprivate enum Source {
    case rows([Row])
    case table(StoryTable, TableSection<Row>)
  }

  fileprivate struct Cursor {
    let source: Source
    var place = 0
    var row: Row?
  }

  private var cursors: [Cursor] = []

  /// Adds `table`, which counts for more than those before.
  mutating func add(_ table: StoryTable, _ section: TableSection<Row>) throws {
    try add(Cursor(source: .table(table, section)))
  }

  /// Adds `rows`, in the order of their keys, which count for more than those before.
  mutating func add(_ rows: [Row]) throws {
    try add(Cursor(source: .rows(rows)))
  }

  /// The next row; nil behind the last.
  ///
  /// - Throws: `DamagedTable`.
  mutating func next() throws -> Row? {
    guard let key = cursors.compactMap({ $0.row?.key }).min() else { return nil }
    var row: Row?
    for place in cursors.indices where cursors[place].row?.key == key {
      row = cursors[place].row
      try cursors[place].advance()
    }
    return row
  }

  private mutating func add(_ cursor: Cursor) throws {
    var cursor = cursor
    try cursor.advance()
    cursors.append(cursor)
  }
}

extension MergedRows.Cursor {
  mutating func advance() throws {
    row = nil
    switch source {
    case .rows(let rows): if place < rows.count { row = rows[place] }
    case .table(let table, let section) where place < section.rowCount:
      guard let next = table.row(at: place, in: section) else { throw DamagedTable() }
      row = next
    case .table: break
    }
    place += 1
  }
}

/// A table is not what was written.
struct DamagedTable: Error {}
