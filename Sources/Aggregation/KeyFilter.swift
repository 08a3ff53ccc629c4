/// Says of most keys that a table does not have that it has not, without a look at the table: a Bloom filter
/// whose bits for a key all lie in one word. Keys are hashes already.
struct KeyFilter: Equatable {
  /// Rows for each word: eight bits a row, by which some five of a hundred absent keys pass.
  private static let rowsPerWord = 8
  private static let bitsPerKey = 4

  private(set) var words: [UInt64]

  /// A filter with room for so many keys.
  init(rowCount: Int) {
    words = [UInt64](repeating: 0, count: Self.wordCount(rowCount: rowCount))
  }

  init(words: [UInt64]) {
    self.words = words
  }

  static func wordCount(rowCount: Int) -> Int { rowCount / rowsPerWord + 1 }

  mutating func insert(_ key: UInt64) {
    words[place(of: key)] |= Self.bits(of: key)
  }

  func mayHold(_ key: UInt64) -> Bool {
    let bits = Self.bits(of: key)
    return words[place(of: key)] & bits == bits
  }

  private func place(of key: UInt64) -> Int {
    Int(key.multipliedFullWidth(by: UInt64(words.count)).high)
  }

  private static func bits(of key: UInt64) -> UInt64 {
    (0..<bitsPerKey).reduce(0) { $0 | 1 << (key >> UInt64($1 * 6) & 63) }
  }
}

/// The filters of a table's two kinds of rows.
struct KeyFilters {
  var versions: KeyFilter
  var sightings: KeyFilter
}
