internal import CRarityTable

/// How common words are in general, over 42 languages: what an empty archive knows of rarity.
///
/// The table is built by Benchmarks/grouping/build-tables.py from wordfreq (CC BY-SA 4.0).
enum RarityTable {
  /// The highest level there is.
  static let highestLevel: UInt8 = 31

  /// Begins to bring what `level` will look at into the caches.
  @inline(__always)
  static func prefetch(_ stem: UInt64) {
    rarity_prefetch(UInt32(truncatingIfNeeded: stem >> 45))
  }

  /// 0 for a stem that no list holds, else 1 (once in a million words) to 31 (once in ten), six levels
  /// a factor of ten.
  @inline(__always)
  static func level(_ stem: UInt64) -> UInt8 {
    let fingerprint = max(UInt16(truncatingIfNeeded: stem >> 11 & 0x7FF), 1)
    var place = UInt32(truncatingIfNeeded: stem >> 45)
    while true {
      let cell = rarity_cell(place)
      if cell == 0 { return 0 }
      if cell >> 5 == fingerprint { return UInt8(truncatingIfNeeded: cell & 31) }
      place &+= 1
    }
  }
  /// The cell that holds a stem; nil for a stem that no list holds.
  static func cell(of stem: UInt64) -> UInt32? {
    let fingerprint = max(UInt16(truncatingIfNeeded: stem >> 11 & 0x7FF), 1)
    var place = UInt32(truncatingIfNeeded: stem >> 45)
    while true {
      let cell = rarity_cell(place)
      if cell == 0 { return nil }
      if cell >> 5 == fingerprint { return place & UInt32(RARITY_CELL_COUNT - 1) }
      place &+= 1
    }
  }
}
