/// The textual form of a duration on the command line and in feeds.conf: `30s`, `15m`, `2h`, `7d`,
/// `2w`, or several from the largest unit to the smallest, `1h30m`.
package enum DurationText {
  /// The longest duration that is understood: a thousand years, which no sum with a `Timestamp` of
  /// our age overflows.
  package static let longest = Duration.seconds(365_250 * 86_400)

  private static let units: [(letter: UInt8, seconds: Int64)] = [
    (UInt8(ascii: "w"), 604_800), (UInt8(ascii: "d"), 86_400), (UInt8(ascii: "h"), 3600),
    (UInt8(ascii: "m"), 60), (UInt8(ascii: "s"), 1),
  ]

  /// The duration that `text` names; nil for anything else and for more than `longest`.
  package static func parse(_ text: some StringProtocol) -> Duration? {
    var rest = Substring(text).utf8
    var remaining = units[...]
    var total: Int64 = 0
    repeat {
      let digits = rest.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
      guard let count = Int64(Substring(digits)), let letter = rest.dropFirst(digits.count).first,
        let unit = remaining.firstIndex(where: { $0.letter == letter })
      else { return nil }
      let (product, productOverflow) = count.multipliedReportingOverflow(by: units[unit].seconds)
      let (sum, sumOverflow) = total.addingReportingOverflow(product)
      guard !productOverflow, !sumOverflow, .seconds(sum) <= longest else { return nil }
      total = sum
      remaining = units[(unit + 1)...]
      rest = rest.dropFirst(digits.count + 1)
    } while !rest.isEmpty
    return .seconds(total)
  }

  /// The shortest text that `parse` reads as the same whole seconds; fractions are dropped.
  package static func string(_ duration: Duration) -> String {
    var seconds = max(duration.components.seconds, 0)
    var text = ""
    for unit in units.dropFirst() where seconds >= unit.seconds {
      text += "\(seconds / unit.seconds)\(Character(Unicode.Scalar(unit.letter)))"
      seconds %= unit.seconds
    }
    return text.isEmpty ? "0s" : text
  }
}
