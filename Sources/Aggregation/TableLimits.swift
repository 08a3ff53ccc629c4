/// How much of what is known stays in memory, and how much is done at one go.
struct TableLimits {
  /// Rows that one step of a merge writes, in some 20 ms.
  var mergedRowCount = 1 << 16
  /// Rows in memory from which on a fold writes them out: some 20 MB.
  var spilledRowCount = 1 << 18
  /// Rows in memory with which a fold ends that cannot write them out: some 300 MB.
  var heldRowCount = 1 << 22
  /// Bytes of a table of copies that is kept in memory, at most, all of them twice that: to search what lies
  /// on disk takes a read for each band.
  var heldCopiesByteCount = 8 << 20
  /// Bytes of tables of copies in memory from which on they are written out.
  var spilledCopiesByteCount = 32 << 20
  /// Records between two looks at how much memory a fold takes.
  var foldedRecordCount = 1 << 15
}
