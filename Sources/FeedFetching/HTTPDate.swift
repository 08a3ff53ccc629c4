package import Syndication

/// The dates of HTTP header fields (RFC 9110 section 5.6.7): the fixed form, the two obsolete ones, and
/// what servers make of them: dashes for spaces, one-digit days, a missing or numeric zone.
package enum HTTPDate {
  /// The moment that `text` names, or nil.
  ///
  /// A year of two digits is the one within fifty years of `now`, and none where `now` is unknown.
  package static func moment(of text: String, now: Timestamp?) -> Timestamp? {
    guard text.utf8.count <= byteLimit else { return nil }
    var words = text.split { " \t,-".contains($0) }[...]
    if let first = words.first, !first.isDecimal { words.removeFirst() }
    guard words.count >= 4 else { return nil }
    return words[words.startIndex].isDecimal
      ? dayFirst(Array(words), now: now) : monthFirst(Array(words))
  }

  private static let byteLimit = 64

  /// `06 Nov 1994 08:49:37 GMT`
  private static func dayFirst(_ words: [Substring], now: Timestamp?) -> Timestamp? {
    guard let day = number(words[0], digits: 1...2), let month = month(words[1]),
      let year = year(words[2], now: now), let time = time(words[3]),
      words.count == 4 || isGreenwich(words[4...])
    else { return nil }
    return Timestamp(
      year: year, month: month, day: day, hour: time.hour, minute: time.minute, second: time.second)
  }

  /// `Nov  6 08:49:37 1994`
  private static func monthFirst(_ words: [Substring]) -> Timestamp? {
    guard let month = month(words[0]), let day = number(words[1], digits: 1...2),
      let time = time(words[2]), let year = number(words[3], digits: 4...4),
      words.count == 4 || isGreenwich(words[4...])
    else { return nil }
    return Timestamp(
      year: year, month: month, day: day, hour: time.hour, minute: time.minute, second: time.second)
  }

  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  private static func month(_ word: Substring) -> Int? {
    months.firstIndex(of: word.prefix(3).lowercased()).map { $0 + 1 }
  }

  private static func year(_ word: Substring, now: Timestamp?) -> Int? {
    guard let year = number(word, digits: 2...4), word.utf8.count != 3 else { return nil }
    guard word.utf8.count == 2 else { return year }
    guard let present = now?.date.year else { return nil }
    let candidate = present - present % 100 + year
    return candidate > present + 50 ? candidate - 100 : candidate
  }

  private static func time(_ word: Substring) -> (hour: Int, minute: Int, second: Int)? {
    let parts = word.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, let hour = number(parts[0], digits: 1...2),
      let minute = number(parts[1], digits: 2...2), let second = number(parts[2], digits: 2...2)
    else { return nil }
    return (hour, minute, second)
  }

  private static func isGreenwich(_ words: ArraySlice<Substring>) -> Bool {
    guard words.count == 1, let zone = words.first else { return false }
    return ["gmt", "utc", "ut", "z", "+0000", "0000"].contains(zone.lowercased())
  }

  private static func number(_ word: Substring, digits: ClosedRange<Int>) -> Int? {
    word.isDecimal && digits.contains(word.utf8.count) ? Int(word) : nil
  }
}

extension Substring {
  fileprivate var isDecimal: Bool {
    !isEmpty && utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
  }
}
