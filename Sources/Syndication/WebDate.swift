/// The moments that feeds name, in every form seen in the wild.
///
/// A text is tried against an ordered table of readers, each of which must account for every byte of
/// it: half a date is no date. A missing time means midnight, a missing zone UTC.
package enum WebDate {
  /// The longest text in bytes that is looked at; the longest forms in the wild have about 80.
  static let byteLimit = 256

  /// The moment that `text` names, or nil when it names none that the calendar has, or one outside
  /// the years 1 to 9999. Reads RFC 822, 2822, 850 and 3339, asctime, W3CDTF, ISO 8601 (calendar,
  /// week and ordinal dates, extended and basic), Unix time, and dates written in words.
  package static func parse(_ text: some StringProtocol) -> Timestamp? {
    var text = Substring(text)
    return text.withUTF8 { bytes in
      let bytes = bytes.withoutOuterSpace
      guard 1...byteLimit ~= bytes.count, bytes.mayHoldDigit else { return nil }
      for read in readers {
        if let moment = read(bytes) { return moment }
      }
      return nil
    }
  }

  /// The frequent and the strict come before the rare and the tolerant.
  private static let readers: [@Sendable (UnsafeBufferPointer<UInt8>) -> Timestamp?] = [
    { InternetDate.read($0) },
    { ISODate.read($0) },
    { UnixTime.read($0) },
    { WrittenDate.read($0) },
  ]
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether a digit may be among the characters; without one no text is a date.
  fileprivate var mayHoldDigit: Bool { contains { $0.isASCIIDigit || $0 >= 0x80 } }
}

/// The parts of a date as they are read, before the calendar has judged them.
struct DateFields {
  var year = 0
  var month = 1
  var day = 1
  var hour = 0
  var minute = 0
  var second = 0
  var millisecond = 0
  var offsetMinutes = 0

  /// Hour 24 is the day's end at 24:00:00 (ISO 8601); with minutes it is how the Java pattern `kk`
  /// writes the day's first hour.
  var moment: Timestamp? {
    let isEndOfDay = hour == 24 && minute == 0 && second == 0
    guard
      let civil = Timestamp(
        year: year, month: month, day: day, hour: hour == 24 ? 0 : hour, minute: minute,
        second: second, millisecond: millisecond)
    else { return nil }
    let moment = civil + .seconds((isEndOfDay ? 86_400 : 0) - offsetMinutes * 60)
    return 1...9999 ~= moment.date.year ? moment : nil
  }

  /// RFC 2822 section 4.3 would put 50 to 99 into the last century; feeds begin in 1997.
  static func fullYear(_ value: Int, digits: Int) -> Int {
    guard digits <= 2 else { return value }
    return value + (value < 90 ? 2000 : 1900)
  }
}

/// Seconds since 1970, or thousandths or millionths of them, by the number of digits.
enum UnixTime {
  static func read(_ bytes: UnsafeBufferPointer<UInt8>) -> Timestamp? {
    var cursor = DateCursor(bytes)
    guard let number = cursor.number(digits: 9...16) else { return nil }
    let isFractional = cursor.skip(".") && cursor.number(digits: 1...9) != nil
    guard cursor.isAtEnd else { return nil }
    switch number.digits {
    case 9, 10: return Timestamp(milliseconds: Int64(number.value) * 1000)
    case 13 where !isFractional: return Timestamp(milliseconds: Int64(number.value))
    case 16 where !isFractional: return Timestamp(milliseconds: Int64(number.value / 1000))
    default: return nil
    }
  }
}
