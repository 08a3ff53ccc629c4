import FeedParsing

/// Whatever goes in, what comes out of the sanitiser is safe, balanced, and stays as it is when it is
/// sanitised again; plain text holds no line ends where one line was asked for.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  withinBudget {
    let html = String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    let sanitizer = HTMLSanitizer(base: "https://news.test/dir/page")
    let safe = sanitizer.sanitize(html)
    let problems = HTMLStrictMarkup.problems(in: safe)
    promise(problems.isEmpty, "\(problems)")
    let again = sanitizer.sanitize(safe)
    promise(again == safe, "sanitising twice changes it: \(safe) to \(again)")
    promise(!PlainText.line(ofHTML: html).utf8.contains(0x0A), "a line of two lines")
    let text = PlainText.line(ofText: html)
    promise(PlainText.line(ofText: text) == text, "a line is changed again")
    _ = PlainText.text(ofHTML: html)
    _ = FeedDiscovery.candidates(inHTML: Array(html.utf8), base: "https://news.test/")
  }
  return 0
}
