/// The known word that an unknown one was probably meant to be.
enum Spelling {
  /// Longer words are not looked at; no keyword comes near.
  private static let characterLimit = 32

  /// `; did you mean "interval"?`, or nothing when no known word is near.
  static func hint(for word: String, among known: [String]) -> String {
    guard let nearest = nearest(to: word, among: known) else { return "" }
    return "; did you mean \"\(nearest)\"?"
  }

  /// The known word at the smallest distance: at most two edits, and fewer than the word has letters.
  static func nearest(to word: String, among known: [String]) -> String? {
    guard word.utf8.count <= characterLimit else { return nil }
    let ranked = known.map { (distance: distance(word.lowercased(), $0), word: $0) }
    let best = ranked.min { $0.distance < $1.distance }
    guard let best, best.distance <= 2, best.distance < best.word.count else { return nil }
    return best.word
  }

  /// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
  private static func distance(_ left: String, _ right: String) -> Int {
    let left = Array(left.utf8)
    let right = Array(right.utf8)
    var older: [Int] = []
    var previous = Array(0...right.count)
    for row in left.indices {
      var current = [row + 1]
      for column in right.indices {
        let replaced = previous[column] + (left[row] == right[column] ? 0 : 1)
        var least = min(replaced, previous[column + 1] + 1, current[column] + 1)
        let isSwap =
          row > 0 && column > 0 && left[row] == right[column - 1] && left[row - 1] == right[column]
        if isSwap { least = min(least, older[column - 1] + 1) }
        current.append(least)
      }
      (older, previous) = (previous, current)
    }
    return previous[right.count]
  }
}
