internal import CRarityTable

/// Which words name a month or a day of the week, in 43 languages.
///
/// The table is built by Benchmarks/grouping/build-dates.py from the Unicode CLDR.
enum DateTable {
  /// The months and days of the week that a word may name; several where languages disagree.
  struct Names: OptionSet {
    let rawValue: UInt32
    static let months = Names(rawValue: 0xFFF)

    /// 1 is January.
    static func month(_ number: Int) -> Names { Names(rawValue: 1 << UInt32(number - 1)) }
    /// 0 is Sunday.
    static func weekday(_ number: Int) -> Names { Names(rawValue: 1 << UInt32(number + 12)) }
  }

  /// Nothing for a word that names neither.
  static func names(_ stem: UInt64) -> Names {
    let fingerprint = max(UInt32(truncatingIfNeeded: stem & 0x1FFF), 1)
    var place = UInt32(truncatingIfNeeded: stem >> 53)
    while true {
      let cell = date_cell(place)
      if cell == 0 { return [] }
      if cell >> 19 == fingerprint { return Names(rawValue: cell & 0x7_FFFF) }
      place &+= 1
    }
  }
}
