/// A date written for people: any order, any of some thirty languages, twelve-hour clocks, ordinals,
/// zones in brackets.
///
/// The bytes are read once, left to right, into clock, zone, month and the numbers left over; then
/// the numbers find their places. A word that means nothing refuses the date, unless it stands
/// first (a weekday in an unknown language, of two words at most) or after the clock (an unknown zone, taken as UTC).
struct WrittenDate {
  private struct Number {
    var value: Int
    var digits: Int
    /// The byte after it.
    var mark: UInt8
  }

  /// More numbers than any date has.
  private static let numberLimit = 8

  /// The words of a weekday in a language that the tables lack: `Chủ Nhật`, `יום שני`.
  private static let unknownWordLimit = 2

  private var cursor: DateCursor
  private var numbers: [Number] = []
  private var fields = DateFields()
  private var month: Int?
  private var unitYear: Int?
  private var unitDay: Int?
  private var weekday: Int?
  private var hasClock = false
  private var hasMinute = false
  private var isAfternoon: Bool?
  private var offset: Int?
  private var isKorean = false
  private var unknownWords = 0
  private var numberFollowing: DateUnit?

  static func read(_ bytes: UnsafeBufferPointer<UInt8>) -> Timestamp? {
    guard bytes.contains(where: { $0 >= 0x80 }) else {
      var date = WrittenDate(cursor: DateCursor(bytes))
      return date.moment()
    }
    var plain = String(decoding: bytes, as: UTF8.self).plainPunctuation
    return plain.withUTF8 { bytes in
      var date = WrittenDate(cursor: DateCursor(bytes))
      return date.moment()
    }
  }

  private init(cursor: DateCursor) {
    self.cursor = cursor
  }

  private mutating func moment() -> Timestamp? {
    while !cursor.isAtEnd {
      guard readPiece() else { return nil }
    }
    guard placeClock(), placeDate() else { return nil }
    // Korean portals leave out the zone (feedparser's "OnBlog" and "Nate" forms).
    fields.offsetMinutes = offset ?? (isKorean ? 540 : 0)
    return fields.moment
  }

  private mutating func readPiece() -> Bool {
    let byte = cursor.next
    if byte.isASCIIDigit { return readNumber() }
    if byte.isASCIILetter || byte >= 0x80 { return readWord() }
    if byte == UInt8(ascii: "(") || byte == UInt8(ascii: "[") { return skipComment() }
    if hasClock, offset == nil, byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-"),
      cursor.byte(at: cursor.place + 1).isASCIIDigit
    {
      offset = cursor.offset()
      return offset != nil && !cursor.next.isASCIIDigit
    }
    return cursor.skip(anyOf: " \t\n\r\u{B}\u{C},./-:;|@_'+")
  }

  /// A comment, which names the zone where nothing before it did: `13:04 (PST)`.
  private mutating func skipComment() -> Bool {
    let start = cursor.place
    cursor.place += 1
    if hasClock, offset == nil, let packed = cursor.packedWord(), cursor.skip(anyOf: ")]"),
      let minutes = DateNames.zoneMinutes(packed)
    {
      offset = minutes
      return true
    }
    cursor.place = start
    while !cursor.isAtEnd {
      if cursor.skip(anyOf: ")]") { return true }
      cursor.place += 1
    }
    return true
  }

  private mutating func readNumber() -> Bool {
    let isClock =
      cursor.byte(at: cursor.place + 1) == UInt8(ascii: ":")
      || cursor.byte(at: cursor.place + 2) == UInt8(ascii: ":")
    if isClock, cursor.readClock(&fields) {
      defer { (hasClock, hasMinute) = (true, true) }
      return !hasClock
    }
    guard let number = cursor.number(digits: 1...4), numbers.count < Self.numberLimit else {
      return false
    }
    switch numberFollowing {
    case .followedByMonth: month = number.value
    case .followedByYear: unitYear = number.value
    default:
      numbers.append(Number(value: number.value, digits: number.digits, mark: cursor.next))
    }
    numberFollowing = nil
    return true
  }

  private mutating func readWord() -> Bool {
    if readDottedMeridiem() { return true }
    let start = cursor.place
    while cursor.next.isASCIILetter || cursor.next >= 0x80 { cursor.place += 1 }
    let bytes = cursor.bytes[start..<cursor.place]
    let word = String(decoding: bytes, as: UTF8.self).lowercased()
    return readUnit(word) || readMeridiem(word) || readZone(word) || readName(word)
      || DateNames.fillers.contains(word) || readSeparator(word)
      || readUnknown(word, isCapital: bytes.first.map { 0x41...0x5A ~= $0 } ?? false)
  }

  /// `a.m.`, `p.m.`, `p. m.`
  private mutating func readDottedMeridiem() -> Bool {
    let letter = cursor.next | 0x20
    guard letter == UInt8(ascii: "a") || letter == UInt8(ascii: "p"),
      cursor.byte(at: cursor.place + 1) == UInt8(ascii: ".")
    else { return false }
    let start = cursor.place
    cursor.place += 2
    cursor.skipSpaces()
    guard cursor.next | 0x20 == UInt8(ascii: "m"),
      !cursor.byte(at: cursor.place + 1).isASCIILetter
    else {
      cursor.place = start
      return false
    }
    cursor.place += 1
    isAfternoon = letter == UInt8(ascii: "p")
    return true
  }

  private mutating func readUnit(_ word: String) -> Bool {
    guard let unit = DateNames.units[word] else { return false }
    switch unit {
    case .followedByMonth, .followedByYear:
      numberFollowing = unit
      return true
    case .hour where hasClock, .minute where hasMinute, .second where numbers.isEmpty: return true
    default: break
    }
    guard let number = numbers.popLast() else { return false }
    switch unit {
    case .year: unitYear = number.value
    case .month: month = number.value
    case .day: unitDay = number.value
    case .hour:
      (fields.hour, hasClock) = (number.value, true)
      // 15h30: the minutes follow without a unit of their own.
      if let minute = cursor.number(digits: 2...2) {
        (fields.minute, hasMinute) = (minute.value, true)
      }
    case .minute: fields.minute = number.value
    case .second: fields.second = number.value
    case .followedByMonth, .followedByYear: break
    }
    isKorean = isKorean || word == "년"
    return true
  }

  private mutating func readMeridiem(_ word: String) -> Bool {
    guard let isAfternoon = DateNames.meridiems[word] else { return false }
    self.isAfternoon = isAfternoon
    isKorean = isKorean || word == "오전" || word == "오후"
    if !hasClock, let number = numbers.last, number.digits <= 2, word.utf8.count == 2 {
      // 4 pm
      numbers.removeLast()
      (fields.hour, hasClock) = (number.value, true)
    }
    return true
  }

  private mutating func readZone(_ word: String) -> Bool {
    let isUTC = word == "gmt" || word == "utc"
    guard hasClock || isUTC, month == nil || DateNames.month(word) == nil || word.utf8.count < 3
    else { return false }
    guard let packed = word.packed, let minutes = DateNames.zoneMinutes(packed) else {
      return isUTC
    }
    // In "+0100 CET" the name only repeats the number.
    guard offset == nil else { return true }
    // In GMT-01:00 and EST-0500 the number says it all.
    let start = cursor.place
    cursor.skipSpaces()
    if let offset = cursor.offset() {
      self.offset = offset
    } else {
      cursor.place = start
      offset = minutes
    }
    return true
  }

  private mutating func readName(_ word: String) -> Bool {
    if let named = DateNames.month(word) {
      guard month != nil else {
        month = named
        return true
      }
      // In "mar., 01 déc." and "mar 16 mar" the first was a weekday.
      guard DateNames.weekday(word) == nil else { return true }
      month = named
      return true
    }
    guard let day = DateNames.weekday(word) else { return false }
    weekday = day
    return true
  }

  private func readSeparator(_ word: String) -> Bool {
    word == "t" && !hasClock && cursor.next.isASCIIDigit
  }

  private mutating func readUnknown(_ word: String, isCapital: Bool) -> Bool {
    if hasClock {
      guard isCapital, offset == nil else { return false }
      if cursor.next == UInt8(ascii: "/") { return skipRegion(word) }
      return word.utf8.count <= 5
    }
    guard numbers.isEmpty, month == nil, unitYear == nil, unknownWords < Self.unknownWordLimit
    else { return false }
    unknownWords += 1
    return true
  }
}

// MARK: - Regions

extension WrittenDate {
  /// After the area of a zone such as `America/New_York`: its place. Without tables of the world's
  /// clocks it means UTC; `Etc/` is followed by a zone's name.
  private mutating func skipRegion(_ area: String) -> Bool {
    guard area != "etc" else { return true }
    while cursor.next.isASCIILetter || cursor.skip(anyOf: "/_-") {
      if cursor.next.isASCIILetter { cursor.place += 1 }
    }
    offset = 0
    return true
  }
}

// MARK: - Placing

extension WrittenDate {
  /// A clock written with points, after a date; and the twelve-hour clock.
  private mutating func placeClock() -> Bool {
    let dateCount = 3 - [month, unitYear, unitDay].count { $0 != nil }
    if !hasClock, numbers.count == dateCount + 2 || numbers.count == dateCount + 3 {
      let clock = numbers[dateCount...]
      guard clock.dropLast().allSatisfy({ $0.mark == UInt8(ascii: ".") }),
        clock.allSatisfy({ $0.digits <= 2 })
      else { return false }
      let values = clock.map(\.value)
      (fields.hour, fields.minute) = (values[0], values[1])
      if values.count == 3 { fields.second = values[2] }
      numbers.removeLast(clock.count)
      hasClock = true
    }
    guard let isAfternoon else { return true }
    guard hasClock else { return false }
    if isAfternoon, fields.hour < 12 { fields.hour += 12 }
    if !isAfternoon, fields.hour == 12 { fields.hour = 0 }
    return true
  }

  private mutating func placeDate() -> Bool {
    if let unitYear {
      let digits = unitYear < 100 ? 2 : 4
      fields.year = DateFields.fullYear(unitYear, digits: digits)
      var rest = numbers.map(\.value)
      if let month {
        fields.month = month
      } else if !rest.isEmpty {
        fields.month = rest.removeFirst()
      }
      fields.day = unitDay ?? rest.popLast() ?? 1
      return rest.isEmpty && (unitDay != nil || month != nil)
    }
    if let unitDay { numbers.insert(Number(value: unitDay, digits: 1, mark: 0), at: 0) }
    if let month { return place(month: month) }
    return placeThreeNumbers()
  }

  private mutating func place(month: Int) -> Bool {
    fields.month = month
    switch numbers.count {
    case 1 where numbers[0].digits == 4 && unknownWords == 0:
      setYear(numbers[0])
    case 2:
      let isYearFirst = numbers[0].digits > 2 || (numbers[0].value > 31 && numbers[1].value <= 31)
      let (year, day) = isYearFirst ? (numbers[0], numbers[1]) : (numbers[1], numbers[0])
      guard day.digits <= 2, year.digits != 1, year.digits != 3 else { return false }
      setYear(year)
      fields.day = day.value
    default: return false
    }
    return true
  }

  private mutating func setYear(_ number: Number) {
    fields.year = DateFields.fullYear(number.value, digits: number.digits)
  }

  /// Year first when it has four digits; else by the mark between: points and hyphens put the day
  /// first, slashes the month, unless the calendar or the weekday objects.
  private mutating func placeThreeNumbers() -> Bool {
    guard numbers.count == 3 else { return false }
    let (first, second, third) = (numbers[0], numbers[1], numbers[2])
    if first.digits == 4 {
      setYear(first)
      (fields.month, fields.day) = (second.value, third.value)
      return second.digits <= 2 && third.digits <= 2
    }
    guard first.digits <= 2, second.digits <= 2, third.digits == 4 || third.digits == 2
    else { return false }
    setYear(third)
    let monthFirst = (month: first.value, day: second.value)
    let dayFirst = (month: second.value, day: first.value)
    let usual = first.mark == UInt8(ascii: "/") ? monthFirst : dayFirst
    let other = first.mark == UInt8(ascii: "/") ? dayFirst : monthFirst
    let fits = [usual, other].filter {
      CivilDate(year: fields.year, month: $0.month, day: $0.day).isValid
    }
    let onWeekday = fits.first {
      CivilDate(year: fields.year, month: $0.month, day: $0.day).weekday == weekday
    }
    guard let chosen = onWeekday ?? fits.first else { return false }
    (fields.month, fields.day) = (chosen.month, chosen.day)
    return true
  }
}

extension String {
  /// White space, dashes and invisible marks as ASCII, and the decimal digits of other scripts too.
  fileprivate var plainPunctuation: String {
    var plain = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      switch scalar.properties.generalCategory {
      case .spaceSeparator, .lineSeparator, .paragraphSeparator, .otherPunctuation,
        .initialPunctuation, .finalPunctuation:
        plain.append(scalar.isASCII ? scalar : " ")
      case .dashPunctuation: plain.append("-")
      case .mathSymbol: plain.append(scalar == "\u{2212}" ? "-" : scalar)
      case .openPunctuation: plain.append("(")
      case .closePunctuation: plain.append(")")
      case .format: continue
      case .decimalNumber:
        plain.append(Unicode.Scalar(0x30 + UInt8(scalar.properties.numericValue ?? 0)))
      default: plain.append(scalar)
      }
    }
    return String(plain)
  }

  /// As `DateCursor.packedWord`; nil when it is longer than eight bytes.
  fileprivate var packed: UInt64? {
    guard utf8.count <= 8 else { return nil }
    return utf8.reduce(0) { $0 << 8 | UInt64($1) }
  }
}
