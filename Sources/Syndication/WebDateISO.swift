/// The forms of RFC 822, 1123, 2822, 850 and asctime in English, the bulk of what RSS feeds send.
///
/// Only clean forms: whatever is odd about a date is the business of `WrittenDate`.
enum InternetDate {
  static func read(_ bytes: UnsafeBufferPointer<UInt8>) -> Timestamp? {
    var cursor = DateCursor(bytes)
    if let word = cursor.packedWord() {
      guard DateNames.isEnglishWeekday(word) else { return nil }
      _ = cursor.skip(",")
      cursor.skipSpaces()
    }
    var fields = DateFields()
    guard readDate(&cursor, &fields) else { return nil }
    cursor.skipSpaces()
    guard cursor.readClock(&fields) else { return nil }
    cursor.skipSpaces()
    guard let offset = cursor.offset() ?? cursor.packedWord().flatMap(DateNames.zoneMinutes)
    else { return nil }
    fields.offsetMinutes = offset
    return cursor.isAtEnd ? fields.moment : nil
  }

  /// `21 Nov 2026`, with any white space or hyphens.
  private static func readDate(_ cursor: inout DateCursor, _ fields: inout DateFields) -> Bool {
    guard let day = cursor.number(digits: 1...2), skipGap(&cursor),
      let month = cursor.packedWord().flatMap(DateNames.englishMonth), skipGap(&cursor),
      let year = cursor.number(digits: 2...4), year.digits != 3
    else { return false }
    fields.day = day.value
    fields.month = month
    fields.year = DateFields.fullYear(year.value, digits: year.digits)
    return true
  }

  private static func skipGap(_ cursor: inout DateCursor) -> Bool {
    if cursor.skip("-") { return true }
    guard cursor.next.isASCIISpace else { return false }
    cursor.skipSpaces()
    return true
  }
}

/// ISO 8601 with its profiles RFC 3339 and W3CDTF: calendar, ordinal and week dates.
enum ISODate {
  static func read(_ bytes: UnsafeBufferPointer<UInt8>) -> Timestamp? {
    var cursor = DateCursor(bytes)
    var fields = DateFields()
    guard readDate(&cursor, &fields) else { return nil }
    if readDateZone(&cursor, &fields) { return fields.moment }
    guard skipToClock(&cursor), cursor.readClock(&fields) || readBasicClock(&cursor, &fields)
    else { return nil }
    guard readZone(&cursor, &fields), cursor.isAtEnd else { return nil }
    return fields.moment
  }

  /// The end, or a zone right behind the date (XML Schema's `date`).
  private static func readDateZone(_ cursor: inout DateCursor, _ fields: inout DateFields) -> Bool {
    let start = cursor.place
    if let offset = cursor.skip(anyOf: "Zz") ? 0 : cursor.offset() { fields.offsetMinutes = offset }
    if cursor.isAtEnd { return true }
    fields.offsetMinutes = 0
    cursor.place = start
    return false
  }

  /// A `T`, white space, both, or nothing within a run of digits.
  private static func skipToClock(_ cursor: inout DateCursor) -> Bool {
    let start = cursor.place
    cursor.skipSpaces()
    if cursor.skip(anyOf: "Tt_") { cursor.skipSpaces() }
    return cursor.place > start || (start == 8 && cursor.next.isASCIIDigit)
  }

  private static func readDate(_ cursor: inout DateCursor, _ fields: inout DateFields) -> Bool {
    let isCenturyLess = cursor.skip("-")
    let start = cursor.place
    guard let run = cursor.number(digits: 2...14) else { return false }
    switch run.digits {
    case 2:
      fields.year = DateFields.fullYear(run.value, digits: 2)
      guard cursor.skip("-") else { return false }
      if !isCenturyLess, let ordinal = cursor.number(digits: 3...3) {
        return fields.set(ordinal: ordinal.value)
      }
      return readMonth(&cursor, &fields, needsDay: !isCenturyLess)
    case 4 where isCenturyLess: return fields.set(year: run.value / 100, month: run.value % 100)
    case _ where isCenturyLess: return false
    case 4:
      fields.year = run.value
      return readRest(&cursor, &fields)
    case 5: return fields.set(year: run.value / 1000, ordinal: run.value % 1000)
    case 6:
      return fields.set(
        year: run.value / 10_000, month: run.value / 100 % 100, day: run.value % 100)
    case 7:
      fields.year = run.value / 1000
      return fields.set(ordinal: run.value % 1000)
    case 8, 12, 14:
      cursor.place = start
      return readBasicDate(&cursor, &fields)
    default: return false
    }
  }

  private static func readBasicDate(_ cursor: inout DateCursor, _ fields: inout DateFields) -> Bool
  {
    guard let year = cursor.fixed(4), let month = cursor.fixed(2), let day = cursor.fixed(2)
    else { return false }
    (fields.year, fields.month, fields.day) = (year, month, day)
    return true
  }

  /// What follows a year of four digits.
  private static func readRest(_ cursor: inout DateCursor, _ fields: inout DateFields) -> Bool {
    if cursor.isAtEnd { return true }
    if cursor.skip("W") { return readWeek(&cursor, &fields, isExtended: false) }
    guard cursor.skip(anyOf: "-/.") else { return false }
    if cursor.skip("W") { return readWeek(&cursor, &fields, isExtended: true) }
    if let ordinal = cursor.number(digits: 3...3) { return fields.set(ordinal: ordinal.value) }
    return readMonth(&cursor, &fields, needsDay: false)
  }

  private static func readMonth(
    _ cursor: inout DateCursor, _ fields: inout DateFields, needsDay: Bool
  ) -> Bool {
    guard let month = cursor.number(digits: 1...2) else { return false }
    fields.month = month.value
    guard cursor.skip(anyOf: "-/.") else { return !needsDay && month.digits == 2 }
    guard let day = cursor.number(digits: 1...2) else { return false }
    fields.day = day.value
    return true
  }

  private static func readWeek(
    _ cursor: inout DateCursor, _ fields: inout DateFields, isExtended: Bool
  ) -> Bool {
    guard let week = cursor.fixed(2) else { return false }
    var weekday = 1
    if isExtended ? cursor.skip("-") : cursor.next.isASCIIDigit {
      guard let value = cursor.fixed(1) else { return false }
      weekday = value
    }
    return fields.set(week: week, weekday: weekday)
  }

  /// `hh`, `hhmm` or `hhmmss`.
  private static func readBasicClock(_ cursor: inout DateCursor, _ fields: inout DateFields) -> Bool
  {
    guard let run = cursor.number(digits: 2...6), run.digits.isMultiple(of: 2) else { return false }
    var value = run.value
    if run.digits == 6 {
      fields.second = value % 100
      value /= 100
    }
    if run.digits >= 4 {
      fields.minute = value % 100
      value /= 100
    }
    fields.hour = value
    fields.millisecond = cursor.fraction() ?? 0
    return true
  }

  /// Nothing, `Z`, an offset, a zone's name, and after an offset the zone in brackets as Java
  /// writes it.
  private static func readZone(_ cursor: inout DateCursor, _ fields: inout DateFields) -> Bool {
    cursor.skipSpaces()
    if cursor.isAtEnd { return true }
    guard let offset = cursor.offset() ?? cursor.packedWord().flatMap(DateNames.zoneMinutes)
    else { return false }
    fields.offsetMinutes = offset
    if cursor.skip("["), let end = cursor.bytes.lastIndex(of: UInt8(ascii: "]")) {
      cursor.place = end + 1
    }
    return true
  }
}

extension DateCursor {
  /// `h:mm` with optional seconds and their fraction.
  mutating func readClock(_ fields: inout DateFields) -> Bool {
    let start = place
    guard let hour = number(digits: 1...2), skip(":"), let minute = number(digits: 1...2) else {
      place = start
      return false
    }
    (fields.hour, fields.minute, fields.second, fields.millisecond) = (
      hour.value, minute.value, 0, 0
    )
    guard skip(":") else { return true }
    guard let second = number(digits: 1...2), let thousandths = fraction(),
      next != UInt8(ascii: ":")
    else {
      place = start
      return false
    }
    (fields.second, fields.millisecond) = (second.value, thousandths)
    return true
  }
}

extension DateFields {
  fileprivate mutating func set(year: Int, month: Int, day: Int = 1) -> Bool {
    self.year = DateFields.fullYear(year, digits: 2)
    (self.month, self.day) = (month, day)
    return true
  }

  fileprivate mutating func set(year: Int, ordinal: Int) -> Bool {
    self.year = DateFields.fullYear(year, digits: 2)
    return set(ordinal: ordinal)
  }

  fileprivate mutating func set(ordinal: Int) -> Bool {
    guard 1...(CivilDate.isLeap(year) ? 366 : 365) ~= ordinal else { return false }
    return set(daysSince1970: CivilDate(year: year, month: 1, day: 1).daysSince1970 + ordinal - 1)
  }

  /// ISO 8601: week 1 holds the year's first Thursday; weekday 1 is Monday.
  fileprivate mutating func set(week: Int, weekday: Int) -> Bool {
    let fourth = CivilDate(year: year, month: 1, day: 4)
    let monday = fourth.daysSince1970 - (fourth.weekday + 6) % 7
    let thursday = CivilDate(daysSince1970: monday + (week - 1) * 7 + 3)
    guard 1...53 ~= week, 1...7 ~= weekday, thursday.year == year else { return false }
    return set(daysSince1970: monday + (week - 1) * 7 + weekday - 1)
  }

  private mutating func set(daysSince1970 days: Int) -> Bool {
    let date = CivilDate(daysSince1970: days)
    (year, month, day) = (date.year, date.month, date.day)
    return true
  }
}
