internal import StoryArchive
internal import Syndication

/// Writes several tables, or what is in memory, into one new table, a few rows at a time.
struct TableMerge {
  private var versions: MergedRows<KnownVersion>
  private var sightings: MergedRows<KnownSighting>
  private var writer: StoryTableWriter
  private let draft: StoredFileDraft
  private let sightingCount: Int
  private var hasAllVersions = false

  /// - Parameters:
  ///   - tables: What a later one says of a story counts.
  ///   - draft: Where the new one is written.
  /// - Throws: `DamagedTable`.
  init(of tables: some Collection<StoryTable>, to draft: StoredFileDraft) throws {
    try self.init(
      MergedRows(tables.map { ($0, $0.versions) }), MergedRows(tables.map { ($0, $0.sightings) }),
      counts: tables.reduce(into: (0, 0)) { counts, table in
        counts.0 += table.versions.rowCount
        counts.1 += table.sightings.rowCount
      }, to: draft)
  }

  /// Of what is given in the order of the keys.
  init(of versions: [KnownVersion], _ sightings: [KnownSighting], to draft: StoredFileDraft) {
    self.init(
      MergedRows(versions), MergedRows(sightings), counts: (versions.count, sightings.count),
      to: draft)
  }

  private init(
    _ versions: MergedRows<KnownVersion>, _ sightings: MergedRows<KnownSighting>,
    counts: (Int, Int), to draft: StoredFileDraft
  ) {
    self.versions = versions
    self.sightings = sightings
    self.draft = draft
    sightingCount = counts.1
    writer = StoryTableWriter(to: draft, versionCount: counts.0)
  }

  /// What is whole now, with the filters that it was written with.
  struct Written {
    var sum: UInt64
    var filters: KeyFilters
  }

  /// Writes up to `limit` further rows; nil until there are no more.
  ///
  /// - Throws: `DamagedTable`, `ArchiveError`.
  mutating func goOn(limit: Int) throws -> Written? {
    for _ in 0..<limit {
      if !hasAllVersions {
        if let row = try versions.next() {
          try writer.append(row)
        } else {
          hasAllVersions = true
          try writer.endSection(nextCount: sightingCount)
        }
      } else if let row = try sightings.next() {
        try writer.append(row)
      } else {
        return try finish()
      }
    }
    try draft.settle()
    return nil
  }

  private mutating func finish() throws -> Written {
    try writer.endSection()
    let sum = try writer.finish()
    try draft.finish(named: KnowledgeStore.tableName(sum))
    return Written(
      sum: sum, filters: KeyFilters(versions: writer.filters[0], sightings: writer.filters[1]))
  }
}

/// Rows of several sources in the order of their keys; of rows with one key only that of the last source.
private struct MergedRows<Row: TableRow> {
  private struct Source {
    let table: StoryTable?
    let section: TableSection<Row>
    /// Of one page, or all that there are.
    var rows: [Row]
    var place = 0
    var nextPage: Int
    /// None behind the last row.
    var key: UInt64?
  }

  private var sources: [Source]

  init(_ rows: [Row]) {
    let none = TableSection<Row>(firstPage: 0, rowCount: 0)
    sources = [Source(table: nil, section: none, rows: rows, nextPage: 0, key: rows.first?.key)]
  }

  /// - Throws: `DamagedTable`.
  init(_ tables: [(StoryTable, TableSection<Row>)]) throws {
    sources = []
    for (table, section) in tables {
      var source = Source(
        table: table, section: section, rows: [], nextPage: section.pages.lowerBound)
      try Self.turn(&source)
      sources.append(source)
    }
  }

  /// The next row; nil behind the last.
  ///
  /// - Throws: `DamagedTable`.
  mutating func next() throws -> Row? {
    var least: UInt64?
    for place in sources.indices {
      guard let key = sources[place].key else { continue }
      if least.map({ key < $0 }) ?? true { least = key }
    }
    guard let least else { return nil }
    var row: Row?
    for place in sources.indices where sources[place].key == least {
      row = sources[place].rows[sources[place].place]
      try Self.advance(&sources[place])
    }
    return row
  }

  private static func advance(_ source: inout Source) throws {
    let last = source.key
    source.place += 1
    if source.place < source.rows.count {
      source.key = source.rows[source.place].key
    } else {
      try turn(&source)
    }
    // No table was written so.
    if let last, let key = source.key, key <= last {
      source.table?.noteDamage()
      throw DamagedTable()
    }
  }

  private static func turn(_ source: inout Source) throws {
    source.key = nil
    guard let table = source.table, source.nextPage < source.section.pages.upperBound else {
      return
    }
    guard let rows = table.rows(ofPage: source.nextPage, in: source.section) else {
      throw DamagedTable()
    }
    source.rows = rows
    source.place = 0
    source.nextPage += 1
    source.key = rows.first?.key
  }
}

/// A table is not what was written.
struct DamagedTable: Error {}
