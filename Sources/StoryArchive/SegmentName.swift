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
    let parts = name.utf8.split(
      separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let form = Form(rawValue: String(Substring(parts[1]))) else {
      return nil
    }
    let numbers = parts[0].split(
      separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard numbers.count == 4, 6...SegmentName.ordinalDigitLimit ~= numbers[0].count,
      let ordinal = Int(Substring(numbers[0])), let year = Int(Substring(numbers[1])),
      let month = Int(Substring(numbers[2])), let day = Int(Substring(numbers[3])),
      ordinal >= 0, year >= 0
    else { return nil }
    self.init(
      ordinal: ordinal, date: CivilDate(year: year, month: month, day: day), form: form)
    guard date.isValid, self.name == name else { return nil }
  }

  func with(_ form: Form) -> SegmentName {
    SegmentName(ordinal: ordinal, date: date, form: form)
  }

  var name: String {
    "\(padded(ordinal, 6))-\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
      + ".\(form.rawValue)"
  }

  /// The name of the year's directory.
  var year: String { padded(date.year, 4) }

  /// The directory within the archive.
  var directory: String { "\(ArchiveFormat.stories)/\(year)" }

  /// The path within the archive.
  var path: String { "\(directory)/\(name)" }

  /// Where the file is made that is to bear the name: no reader takes that for a segment.
  var temporaryPath: String { "\(directory)/\(with(.open).name.dropLast(5)).new" }

  /// The path below `stories/`, as the manifests have it.
  var manifestPath: String { "\(year)/\(name)" }
}

private func padded(_ number: Int, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}
