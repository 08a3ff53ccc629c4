internal import CRarityTable

/// Which words name a country: by its name, its language or a city that a time zone is called after, in
/// 43 languages.
///
/// The table is built by Benchmarks/grouping/build-meanings.py from the Unicode CLDR and the time zone
/// database.
enum CountryTable {
  /// The number of the country that a word with this stem names, nil for any other word.
  static func country(_ stem: UInt64) -> UInt8? {
    let fingerprint = max(UInt16(truncatingIfNeeded: stem), 1)
    var place = UInt32(truncatingIfNeeded: stem >> 50)
    while true {
      let cell = country_cell(place)
      if cell == 0 { return nil }
      if UInt16(truncatingIfNeeded: cell) == fingerprint {
        return UInt8(truncatingIfNeeded: cell >> 16)
      }
      place &+= 1
    }
  }
}
