/// The textual form of a moment on the command line: RFC 3339, a date (its first moment in UTC),
/// `now`, or a duration ago (`24h`).
package enum TimeText {
  /// The moment that `text` names when it is read at `now`; nil for anything else.
  package static func parse(_ text: some StringProtocol, now: Timestamp) -> Timestamp? {
    if text == "now" { return now }
    if let ago = DurationText.parse(text) { return now - ago }
    if text.utf8.count == 10 { return Timestamp(rfc3339: "\(text)T00:00:00Z") }
    return Timestamp(rfc3339: text)
  }
}
