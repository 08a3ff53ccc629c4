/// A reader of sanitised HTML that shares nothing with the sanitiser: it knows one spelling of
/// everything and names whatever differs.
struct HTMLStrictMarkup {
  private static let void: Set<String> = [
    "area", "br", "col", "command", "hr", "img", "input", "keygen", "nextid", "source", "spacer",
    "track", "wbr",
  ]
  private static let forbiddenElements: Set<String> = [
    "applet", "base", "body", "embed", "foreignobject", "frame", "frameset", "head", "html",
    "iframe", "link", "annotation-xml", "mglyph", "malignmark", "maction", "meta",
    "noembed", "noframes", "noscript", "object", "param",
    "plaintext", "script", "style", "svg", "template", "title", "xmp",
  ]
  private static let forbiddenAttributes: Set<String> = [
    "action", "background", "data", "formaction", "http-equiv", "ping", "srcdoc", "style", "target",
    "xlink:href", "xmlns",
  ]
  private static let mathematical: Set<String> = [
    "annotation", "menclose", "merror", "mfenced", "mfrac", "mi", "mmultiscripts", "mn", "mo",
    "mover", "mpadded",
    "mphantom", "mprescripts", "mroot", "mrow", "ms", "mspace", "msqrt", "mstyle", "msub",
    "msubsup",
    "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover", "none", "semantics",
  ]
  private static let addressAttributes: Set<String> = [
    "cite", "href", "longdesc", "poster", "src", "usemap",
  ]
  private static let schemes: Set<String> = [
    "aim", "callto", "cvs", "doi", "facetime", "feed", "ftp", "ftps", "gemini", "geo", "git",
    "gopher",
    "gtalk", "h323", "hdl", "http", "https", "imap", "info", "ipfs", "ipns", "irc", "irc6", "ircs",
    "itms", "itpc", "magnet", "mailto", "matrix", "mms", "msnim", "news", "nntp", "pcast",
    "podcast",
    "prospero", "rsync", "rtsp", "rtspu", "sftp", "shttp", "sip", "sips", "skype", "sms", "snews",
    "ssh", "svn", "svn+ssh", "tag", "tel", "telnet", "urn", "wais", "webcal", "xmpp", "ymsg",
  ]

  private(set) var problems: [String] = []
  private var open: [String] = []

  private let allowsRelativeAddresses: Bool

  /// What is wrong with `html`; empty when it is safe, balanced and in the one spelling. Without a base
  /// to resolve them against, relative addresses stay relative.
  static func problems(in html: String, allowsRelativeAddresses: Bool = false) -> [String] {
    var reader = HTMLStrictMarkup(allowsRelativeAddresses: allowsRelativeAddresses)
    reader.read(html)
    return reader.problems
  }

  private mutating func read(_ html: String) {
    var rest = html[...]
    while let mark = rest.utf8.firstIndex(of: UInt8(ascii: "<")) {
      checkText(rest[..<mark])
      guard let end = rest[mark...].utf8.firstIndex(of: UInt8(ascii: ">")) else {
        problems.append("a tag without an end")
        return
      }
      readTag(rest[rest.utf8.index(after: mark)..<end])
      rest = rest[rest.utf8.index(after: end)...]
    }
    checkText(rest)
    if !open.isEmpty { problems.append("left open: \(open)") }
  }

  /// By bytes: a combining mark after `>` or `;` makes one character of both.
  private mutating func checkText(_ text: Substring) {
    if text.utf8.contains(UInt8(ascii: ">")) { problems.append("a bare > in \(text)") }
    let parts = text.utf8.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false)
    for part in parts.dropFirst() {
      let isKnown = ["amp;", "lt;", "gt;", "quot;"].contains { part.starts(with: $0.utf8) }
      if !isKnown { problems.append("a bare & before \(Substring(part))") }
    }
  }

  private mutating func readTag(_ tag: Substring) {
    if tag.utf8.first == UInt8(ascii: "/") {
      let name = String(tag.dropFirst())
      if open.last == name { open.removeLast() } else { problems.append("stray </\(name)>") }
      return
    }
    let name = String(tag.prefix { $0 != " " })
    let isPlain = name.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") }
    if !isPlain || Self.forbiddenElements.contains(name) { problems.append("<\(name)>") }
    if open.contains("math") != Self.mathematical.contains(name) && name != "math" {
      problems.append("<\(name)> within \(open)")
    }
    readAttributes(tag.dropFirst(name.count), of: name)
    if !Self.void.contains(name) { open.append(name) }
  }

  private mutating func readAttributes(_ text: Substring, of element: String) {
    var rest = text.utf8
    while !rest.isEmpty {
      let parts = rest.split(
        separator: UInt8(ascii: "\""), maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3, parts[0].first == 0x20, parts[0].last == UInt8(ascii: "=") else {
        problems.append("odd attributes in <\(element)\(text)>")
        return
      }
      let (name, value) = (String(Substring(parts[0].dropFirst().dropLast())), Substring(parts[1]))
      checkText(value)
      check(name, value: value, of: element)
      rest = parts[2]
    }
  }

  private mutating func check(_ name: String, value: Substring, of element: String) {
    if name.hasPrefix("on") || name != name.lowercased() || name.contains(where: \.isWhitespace) {
      problems.append("@\(name)")
    }
    if Self.forbiddenAttributes.contains(name), !value.isEmpty { problems.append("@\(name)") }
    if name == "srcset" {
      for candidate in value.split(separator: ", ") where !isInert(candidate) {
        problems.append("@srcset \(candidate)")
      }
    }
    if Self.addressAttributes.contains(name), !value.isEmpty, !isInert(value) {
      problems.append("@\(name) \(value)")
    }
  }

  private init(allowsRelativeAddresses: Bool) {
    self.allowsRelativeAddresses = allowsRelativeAddresses
  }

  private func isInert(_ address: Substring) -> Bool {
    if allowsRelativeAddresses {
      let mark = address.utf8.first { ":/?#&%".utf8.contains($0) }
      if mark.map({ "/?#".utf8.contains($0) }) ?? true { return true }
      // Nobody reads a quote or a bracket as part of a scheme, or reads on behind one.
      let start = address.utf8.prefix { $0 != UInt8(ascii: ":") }
      let isRelative = ["&quot;", "&lt;", "&gt;"].contains { Substring(start).contains($0) }
      if isRelative { return true }
    }
    let scheme = address.utf8.prefix { $0 != UInt8(ascii: ":") }
    return Self.schemes.contains(String(decoding: scheme, as: UTF8.self))
  }
}
