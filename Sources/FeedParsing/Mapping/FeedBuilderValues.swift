internal import Syndication

/// Addresses, dates and persons.
extension FeedBuilder {
  /// The absolute address that a text means, or nil when it cannot be used. Without a base a relative
  /// one stays as it is.
  mutating func address(_ text: String, _ base: String?) -> String? {
    let resolved = resolve(text, against: base) ?? text
    guard WebAddress.isSafe(resolved) else {
      tally.note(.address, "an address with a forbidden scheme dropped")
      return nil
    }
    return resolved
  }

  mutating func date(_ text: String) -> Timestamp? {
    let date = WebDate.parse(text)
    tally.note(date)
    return date
  }
}

extension String {
  /// Whether it would run or hold a script as an address. For names that only look like addresses, which
  /// the allow-list of schemes does not fit.
  var isActiveContent: Bool {
    guard !WebAddress.isSafe(self) else { return false }
    let plain = lowercased().filter { $0.isASCII && $0.isLetter || $0 == ":" }
    return ["javascript:", "vbscript:", "livescript:", "data:"].contains { plain.hasPrefix($0) }
  }
}

extension Person {
  /// A person as RSS writes one: "mail (Name)", "Name <mail>", "Name (mail)", a name or an address.
  init(published text: String) {
    guard let mail = Person.mail(in: text) else {
      self.init(name: text)
      return
    }
    var rest = text
    rest.removeSubrange(mail)
    for leftover in ["mailto:", "()", "<>", "[]", "&lt;&gt;"] {
      rest = rest.replacing(leftover, with: "")
    }
    rest = rest.nonBlank ?? ""
    if rest.hasPrefix("(") { rest.removeFirst() }
    if rest.hasSuffix(")") { rest.removeLast() }
    // A display name in quotes (RFC 5322 section 3.4), and the comma before a second address.
    if rest.utf8.count > 1, rest.hasPrefix("\""), rest.hasSuffix("\"") {
      rest = String(rest.dropFirst().dropLast())
    }
    let name = String(rest.drop { $0 == "," || $0 == " " })
    self.init(name: name.nonBlank, email: String(text[mail]))
  }

  /// The range of a mail address (the `addr-spec` that people use): word characters around an `@`,
  /// with a dot after it.
  private static func mail(in text: String) -> Range<String.Index>? {
    guard let at = text.utf8.firstIndex(of: UInt8(ascii: "@")) else { return nil }
    let bytes = text.utf8
    var start = at
    while start > bytes.startIndex, isMailByte(bytes[bytes.index(before: start)]) {
      start = bytes.index(before: start)
    }
    var end = bytes.index(after: at)
    while end < bytes.endIndex, isMailByte(bytes[end]) { end = bytes.index(after: end) }
    while end > at, bytes[bytes.index(before: end)] == UInt8(ascii: ".") {
      end = bytes.index(before: end)
    }
    guard start < at, bytes[at..<end].contains(UInt8(ascii: ".")) else { return nil }
    return start..<end
  }

  private static func isMailByte(_ byte: UInt8) -> Bool {
    byte.isASCIIAlphanumeric || "._-+".utf8.contains(byte)
  }
}
