/// The one textual form of a moment that this program writes: RFC 3339 in UTC with milliseconds,
/// `2026-11-21T17:03:44.123Z`, always 24 bytes for the years 0 to 9999.
extension Timestamp {
  package var rfc3339: String {
    String(unsafeUninitializedCapacity: Self.rfc3339ByteCount) { text in
      writeRFC3339(to: text)
      return Self.rfc3339ByteCount
    }
  }

  /// Appends the 24 bytes of `rfc3339`.
  package func appendRFC3339(to bytes: inout [UInt8]) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.rfc3339ByteCount) { text in
      writeRFC3339(to: text)
      bytes.append(contentsOf: UnsafeBufferPointer(text))
    }
  }

  package static let rfc3339ByteCount = 24

  /// Reads what `rfc3339` writes and every other RFC 3339 form (section 5.6): any offset, any number
  /// of fractional digits (cut to milliseconds), a space for the `T`, small letters.
  package init?(rfc3339 text: some StringProtocol) {
    var text = Substring(text)
    guard let moment = text.withUTF8({ Timestamp(rfc3339Bytes: $0) }) else { return nil }
    self = moment
  }

  /// Writes the 24 bytes of `rfc3339` to `text`, which has as many.
  package func writeRFC3339(to text: UnsafeMutableBufferPointer<UInt8>) {
    let date = date
    let year = UInt32(min(max(date.year, 0), 9999))
    let millisecond = UInt32(milliseconds - Int64(day) * 86_400_000)
    let second = millisecond / 1000
    let minute = second / 60
    let hour = minute / 60
    text.write(pair: year / 100, at: 0)
    text.write(pair: year % 100, at: 2, then: "-")
    text.write(pair: UInt32(date.month), at: 5, then: "-")
    text.write(pair: UInt32(date.day), at: 8, then: "T")
    text.write(pair: hour, at: 11, then: ":")
    text.write(pair: minute - hour * 60, at: 14, then: ":")
    text.write(pair: second - minute * 60, at: 17, then: ".")
    let thousandth = millisecond - second * 1000
    text.write(pair: thousandth / 10, at: 20)
    text[22] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: thousandth % 10)
    text[23] = UInt8(ascii: "Z")
  }

  private init?(rfc3339Bytes bytes: UnsafeBufferPointer<UInt8>) {
    guard bytes.count >= 20, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      "Tt ".utf8.contains(bytes[10]), bytes[13] == UInt8(ascii: ":"),
      bytes[16] == UInt8(ascii: ":"),
      let year = bytes.number(0..<4), let month = bytes.number(5..<7),
      let day = bytes.number(8..<10), let hour = bytes.number(11..<13),
      let minute = bytes.number(14..<16), let second = bytes.number(17..<19)
    else { return nil }
    var place = 19
    guard let millisecond = bytes.fraction(at: &place), let offset = bytes.zone(at: &place),
      place == bytes.count,
      let civil = Timestamp(
        year: year, month: month, day: day, hour: hour, minute: minute, second: second,
        millisecond: millisecond)
    else { return nil }
    self = civil - offset
  }
}

extension UnsafeMutableBufferPointer<UInt8> {
  /// Writes the two decimal digits of a number below 100 from `offset` on, and an ASCII character behind
  /// them. The tens are had without a division, which takes most of the time of writing a moment.
  @inline(__always)
  fileprivate func write(pair value: UInt32, at offset: Int, then mark: Unicode.Scalar? = nil) {
    let tens = (value &* 103) &>> 10
    self[offset] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: tens)
    self[offset + 1] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value &- tens &* 10)
    if let mark { self[offset + 2] = UInt8(ascii: mark) }
  }
}

extension UnsafeBufferPointer<UInt8> {
  fileprivate func number(_ range: Range<Int>) -> Int? {
    guard range.upperBound <= count else { return nil }
    var value = 0
    for place in range {
      guard case UInt8(ascii: "0")...UInt8(ascii: "9") = self[place] else { return nil }
      value = value * 10 + Int(self[place] - UInt8(ascii: "0"))
    }
    return value
  }

  /// Milliseconds of an optional `.digits`; nil when the point has no digit after it.
  fileprivate func fraction(at place: inout Int) -> Int? {
    guard place < count, self[place] == UInt8(ascii: ".") else { return 0 }
    place += 1
    let start = place
    var value = 0
    while place < count, let digit = number(place..<place + 1) {
      if place - start < 3 { value = value * 10 + digit }
      place += 1
    }
    guard place > start else { return nil }
    for _ in Swift.min(place - start, 3)..<3 { value *= 10 }
    return value
  }

  fileprivate func zone(at place: inout Int) -> Duration? {
    guard place < count else { return nil }
    let sign = self[place]
    place += 1
    if sign == UInt8(ascii: "Z") || sign == UInt8(ascii: "z") { return .zero }
    guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
      let hours = number(place..<place + 2), place + 2 < count,
      self[place + 2] == UInt8(ascii: ":"), let minutes = number(place + 3..<place + 5),
      hours < 24, minutes < 60
    else { return nil }
    place += 5
    let offset = Duration.seconds(hours * 3600 + minutes * 60)
    return sign == UInt8(ascii: "-") ? .zero - offset : offset
  }
}
