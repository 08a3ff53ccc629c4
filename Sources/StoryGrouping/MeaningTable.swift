internal import CRarityTable

/// What common words mean, as directions that point alike for words that occur in like sentences, across
/// eleven languages: "wins" and "clinches", "quake" and "terremoto".
///
/// The table is built by Benchmarks/grouping/build-meanings.py from a multilingual sentence encoder. The
/// sum of the directions of a text's words, weighed by their rarity, is what the text is about.
enum MeaningTable {
  typealias Direction = SIMD64<Float>

  /// nil for a stem whose meaning is not known, such as most names and all numbers.
  static func direction(of stem: UInt64) -> Direction? {
    guard let cell = RarityTable.cell(of: stem) else { return nil }
    let number = meaning_number(cell)
    guard number >= 0 else { return nil }
    var direction = Direction()
    for component in 0..<Int32(Direction.scalarCount) {
      direction[Int(component)] = Float(meaning_component(number, component))
    }
    return direction
  }

  /// The cosine of two directions, -1…1; 0 where one has no length.
  static func cosine(_ left: Direction, _ right: Direction) -> Double {
    let square = (left * left).sum() * (right * right).sum()
    guard square > 0 else { return 0 }
    return Double((left * right).sum() / square.squareRoot())
  }
}
