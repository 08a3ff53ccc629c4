import Syndication

/// Whatever goes in, a date that comes out lies within the calendar and is read back from its own
/// text.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let text = String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
  guard let moment = WebDate.parse(text) else { return 0 }
  precondition(1...9999 ~= moment.date.year, "outside the calendar")
  precondition(WebDate.parse(moment.rfc3339) == moment, "not read back")
  return 0
}
