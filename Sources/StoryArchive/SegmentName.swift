internal import Syndication

/// How a segment is named: `2026/000124-2026-11-21.jsonl` below `stories/`.
///
/// The date is the UTC day on which the segment was begun. Ordinals rise by one.
struct SegmentName: Hashable, Sendable {
  enum Form: String, Hashable, Sendable, CaseIterable {
    /// Still growing. Not `*.jsonl`, so that no reader of whole files meets half a line.
    case open
    case sealed = "jsonl"
    /// Sealed, in gzip members.
    case compressed = "jsonl.gz"
  }

  var ordinal: Int
  var date: CivilDate
  var form: Form

  /// The longest run of digits that is taken for an ordinal.
  private static let ordinalDigitLimit = 12

  init(ordinal: Int, date: CivilDate, form: Form) {
    self.ordinal = ordinal
    self.date = date
    self.form = form
  }

  /// Reads the last component of a path; nil for the names of other files.
  init?(_ name: String) {
    var name = name
    guard let read = name.withUTF8(SegmentName.read) else { return nil }
    self = read
  }

  /// Reads a path below `stories/`, as the manifests have it.
  init?(manifestPath: String) {
    guard let name = manifestPath.split(separator: "/").last else { return nil }
    self.init(String(name))
    guard self.manifestPath == manifestPath else { return nil }
  }

  private static func read(_ name: UnsafeBufferPointer<UInt8>) -> SegmentName? {
    let ordinalEnd = name.firstPlace(of: UInt8(ascii: "-"), from: 0) ?? 0
    let end = ordinalEnd + 11
    guard 6...ordinalDigitLimit ~= ordinalEnd, end < name.count,
      ordinalEnd == 6 || name[0] != UInt8(ascii: "0"),
      [ordinalEnd + 5, ordinalEnd + 8].allSatisfy({ name[$0] == UInt8(ascii: "-") }),
      name[end] == UInt8(ascii: "."),
      let form = Form.allCases.first(where: {
        name.count == end + 1 + $0.rawValue.utf8.count
          && zip(name[(end + 1)...], $0.rawValue.utf8).allSatisfy(==)
      }),
      let ordinal = number(name[..<ordinalEnd]),
      let year = number(name[ordinalEnd + 1..<ordinalEnd + 5]),
      let month = number(name[ordinalEnd + 6..<ordinalEnd + 8]),
      let day = number(name[ordinalEnd + 9..<end])
    else { return nil }
    let date = CivilDate(year: year, month: month, day: day)
    return date.isValid ? SegmentName(ordinal: ordinal, date: date, form: form) : nil
  }

  /// Of at most twelve digits.
  private static func number(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
    var number = 0
    for digit in digits {
      guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= digit else { return nil }
      number = number * 10 + Int(digit - UInt8(ascii: "0"))
    }
    return number
  }

  func with(_ form: Form) -> SegmentName {
    SegmentName(ordinal: ordinal, date: date, form: form)
  }

  var name: String { text(behind: "", .name) }

  /// The name of the year's directory.
  var year: String { text(behind: "", .year) }

  /// The directory within the archive.
  var directory: String { text(behind: "stories/", .year) }

  /// The path within the archive.
  var path: String { text(behind: "stories/", .path) }

  /// Where the file is made that is to bear the name: no reader takes that for a segment.
  var temporaryPath: String { text(behind: "stories/", .path, form: "new") }

  /// The path below `stories/`, as the manifests have it.
  var manifestPath: String { text(behind: "", .path) }

  private enum Part {
    case year, name, path
  }

  /// Built in one go: paths are asked for at every call of the file system.
  private func text(behind start: StaticString, _ part: Part, form: String? = nil) -> String {
    var form = form ?? self.form.rawValue
    return String(unsafeUninitializedCapacity: SegmentName.byteLimit) { buffer in
      var text = NameBuilder(buffer)
      text.append(UnsafeBufferPointer(start: start.utf8Start, count: start.utf8CodeUnitCount))
      if part != .name { text.append(date.year, width: 4) }
      if part == .path { text.append(UInt8(ascii: "/")) }
      if part != .year {
        text.append(ordinal, width: 6)
        for (number, width) in [(date.year, 4), (date.month, 2), (date.day, 2)] {
          text.append(UInt8(ascii: "-"))
          text.append(number, width: width)
        }
        text.append(UInt8(ascii: "."))
        form.withUTF8 { text.append($0) }
      }
      return text.count
    }
  }

  /// Room for the longest path, with numbers of any length.
  private static let byteLimit = 128
}

/// Writes a name into memory that has room for it.
private struct NameBuilder {
  private let buffer: UnsafeMutableBufferPointer<UInt8>
  private(set) var count = 0

  init(_ buffer: UnsafeMutableBufferPointer<UInt8>) {
    self.buffer = buffer
  }

  mutating func append(_ byte: UInt8) {
    buffer[count] = byte
    count += 1
  }

  mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    for byte in bytes { append(byte) }
  }

  /// Appends a number with zeros before it up to `width` digits.
  mutating func append(_ number: Int, width: Int) {
    let number = max(0, number)
    var digitCount = 1
    var rest = number / 10
    while rest > 0 {
      digitCount += 1
      rest /= 10
    }
    digitCount = max(digitCount, width)
    rest = number
    for place in (count..<count + digitCount).reversed() {
      buffer[place] = UInt8(ascii: "0") + UInt8(rest % 10)
      rest /= 10
    }
    count += digitCount
  }
}
