import FeedFetching
import Syndication

/// Whatever goes in, a date that comes out lies within the calendar, is read back from its own text in
/// either of the forms that feeds use, and does not depend on the space around it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  withinBudget {
    let text = String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    checkHeader(text)
    let moment = WebDate.parse(text)
    promise(WebDate.parse(" \n\(text)\t ") == moment, "space around it changes it")
    guard let moment else { return }
    promise(1...9999 ~= moment.date.year, "outside the calendar")
    promise(moment.rfc3339.utf8.count == 24, "not in the one form: \(moment.rfc3339)")
    promise(WebDate.parse(moment.rfc3339) == moment, "not read back")
    promise(Timestamp(rfc3339: moment.rfc3339) == moment, "not read back strictly")
    let second = moment - .milliseconds(moment.milliseconds % 1000)
    promise(WebDate.parse(mailDate(second)) == second, "not read back: \(mailDate(second))")
  }
  return 0
}

/// What a server says in `Last-Modified` and `Retry-After`.
private func checkHeader(_ text: String) {
  let now = Timestamp(milliseconds: 1_795_280_624_000)
  guard let moment = HTTPDate.moment(of: text, now: now) else { return }
  let written = mailDate(moment)
  promise(HTTPDate.moment(of: written, now: nil) == moment, "not read back: \(written)")
}

/// RFC 822 with the four-digit years of RFC 1123.
private func mailDate(_ moment: Timestamp) -> String {
  let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
  let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  let parts = moment.rfc3339.split { "-T.".contains($0) }
  let weekday = weekdays[((moment.day % 7) + 7) % 7]
  return "\(weekday), \(parts[2]) \(months[moment.date.month - 1]) \(parts[0]) \(parts[3]) GMT"
}
