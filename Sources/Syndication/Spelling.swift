/// What somebody may have meant who mistyped a name.
package enum Spelling {
  /// Nothing that is typed by hand is longer.
  private static let characterLimit = 256

  /// The rest of a sentence on `typed`, `; did you mean "interval"?`; empty where no name is near.
  package static func hint(for typed: String, among names: some Sequence<String>) -> String {
    nearest(to: typed, among: names).map { "; did you mean \"\($0)\"?" } ?? ""
  }

  /// The name that takes the fewest slips to become `typed`, whole or one of its words, whatever the
  /// case; of several the first. Nil where that is more than two slips, in three letters more than one, in
  /// long names more than one for three letters.
  package static func nearest(to typed: String, among names: some Sequence<String>) -> String? {
    let wanted = Array(typed.lowercased())
    guard 2...characterLimit ~= wanted.count else { return nil }
    var limit = max(wanted.count > 3 ? 2 : 1, wanted.count / 3)
    var nearest: String?
    for name in names {
      for form in forms(of: name.lowercased()) {
        guard let count = slips(from: form, to: wanted, atMost: limit) else { continue }
        nearest = name
        limit = count - 1
      }
      if limit < 0 { break }
    }
    return nearest
  }

  /// What a name may be called for short.
  private static func forms(of name: String) -> [[Character]] {
    guard !name.contains("://") else { return [Array(name)] }
    let words = name.split { !$0.isLetter && !$0.isNumber }.filter { $0.count > 2 }
    return [Array(name)] + (words.count > 1 ? words.map(Array.init) : [])
  }

  /// How many letters were left out, added, taken for others or for their neighbours (the optimal string
  /// alignment distance); nil where it is more than `limit`.
  private static func slips(
    from name: [Character], to typed: [Character], atMost limit: Int
  ) -> Int? {
    guard limit >= 0, abs(name.count - typed.count) <= limit else { return nil }
    var (before, last) = ([Int](), Array(0...typed.count))
    for (row, letter) in name.enumerated() {
      var current = [row + 1]
      for (column, other) in typed.enumerated() {
        var count = min(
          last[column] + (letter == other ? 0 : 1), last[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, letter == typed[column - 1], other == name[row - 1] {
          count = min(count, before[column - 1] + 1)
        }
        current.append(count)
      }
      (before, last) = (last, current)
    }
    return last[typed.count] <= limit ? last[typed.count] : nil
  }
}
