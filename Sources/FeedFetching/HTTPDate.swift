package import Syndication

/// The dates of HTTP header fields (RFC 9110 section 5.6.7): the fixed form, the two obsolete ones, and
/// what servers make of them: dashes for spaces, one-digit days, a missing or numeric zone.
package enum HTTPDate {
  /// The moment that `text` names, or nil.
  ///
  /// A year of two digits is the one within fifty years of `now`, and none where `now` is unknown.
  package static func moment(of text: String, now: Timestamp?) -> Timestamp? {
    guard text.utf8.count <= byteLimit else { return nil }
    var text = text
    return text.withUTF8 { bytes in
      var words = bytes.split(whereSeparator: separates)[...]
      if let first = words.first, !first.isDecimal { words.removeFirst() }
      guard words.count >= 4 else { return nil }
      return words[words.startIndex].isDecimal ? dayFirst(words, now: now) : monthFirst(words)
    }
  }

  private typealias Word = Slice<UnsafeBufferPointer<UInt8>>

  private static let byteLimit = 64

  private static func separates(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: ","), UInt8(ascii: "-"): true
    default: false
    }
  }

  /// `06 Nov 1994 08:49:37 GMT`
  private static func dayFirst(_ words: ArraySlice<Word>, now: Timestamp?) -> Timestamp? {
    let first = words.startIndex
    guard let day = number(words[first], digits: 1...2), let month = month(words[first + 1]),
      let year = year(words[first + 2], now: now), let time = time(words[first + 3]),
      words.count == 4 || isGreenwich(words[(first + 4)...])
    else { return nil }
    return Timestamp(
      year: year, month: month, day: day, hour: time.hour, minute: time.minute, second: time.second)
  }

  /// `Nov  6 08:49:37 1994`
  private static func monthFirst(_ words: ArraySlice<Word>) -> Timestamp? {
    let first = words.startIndex
    guard let month = month(words[first]), let day = number(words[first + 1], digits: 1...2),
      let time = time(words[first + 2]), let year = number(words[first + 3], digits: 4...4),
      words.count == 4 || isGreenwich(words[(first + 4)...])
    else { return nil }
    return Timestamp(
      year: year, month: month, day: day, hour: time.hour, minute: time.minute, second: time.second)
  }

  private static let months: [StaticString] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  private static func month(_ word: Word) -> Int? {
    months.firstIndex { word.prefix(3).isEqual(toLowerCase: $0) }.map { $0 + 1 }
  }

  private static func year(_ word: Word, now: Timestamp?) -> Int? {
    guard let year = number(word, digits: 2...4), word.count != 3 else { return nil }
    guard word.count == 2 else { return year }
    guard let present = now?.date.year else { return nil }
    let candidate = present - present % 100 + year
    return candidate > present + 50 ? candidate - 100 : candidate
  }

  private static func time(_ word: Word) -> (hour: Int, minute: Int, second: Int)? {
    let parts = word.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard parts.count == 3, let hour = number(parts[0], digits: 1...2),
      let minute = number(parts[1], digits: 2...2), let second = number(parts[2], digits: 2...2)
    else { return nil }
    return (hour, minute, second)
  }

  private static let zones: [StaticString] = ["gmt", "utc", "ut", "z", "+0000", "0000"]

  private static func isGreenwich(_ words: ArraySlice<Word>) -> Bool {
    guard words.count == 1, let word = words.first else { return false }
    return zones.contains { word.isEqual(toLowerCase: $0) }
  }

  private static func number(_ word: Word, digits: ClosedRange<Int>) -> Int? {
    guard digits.contains(word.count), word.isDecimal else { return nil }
    return word.reduce(0) { $0 * 10 + Int($1 & 0xF) }
  }
}

extension Slice<UnsafeBufferPointer<UInt8>> {
  fileprivate var isDecimal: Bool {
    !isEmpty && allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
  }

  /// Whether these are the bytes of `text`, in whatever case their letters are.
  fileprivate func isEqual(toLowerCase text: StaticString) -> Bool {
    let others = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    return elementsEqual(others) { mine, its in
      mine == its || (UInt8(ascii: "A")...UInt8(ascii: "Z") ~= mine && mine | 0x20 == its)
    }
  }
}
