internal import CLibxml2

/// Writes elements inside a text construct as HTML.
///
/// Prefixes are left out: `<xhtml:p>` is HTML's `<p>`, and a foreign element without its namespace
/// is one that the sanitiser removes.
enum MarkupSerializer {
  static func start(
    _ name: UnsafePointer<xmlChar>, _ values: UnsafeBufferPointer<UnsafePointer<xmlChar>?>,
    into builder: inout FeedBuilder
  ) {
    var markup: [UInt8] = [UInt8(ascii: "<")]
    let local = MarkupName.split(name, nil).name
    markup.append(contentsOf: local.utf8)
    var base: String?
    for place in stride(from: 0, to: values.count, by: 5) {
      guard let name = values[place], let start = values[place + 3], let end = values[place + 4]
      else { continue }
      let (prefix, attribute) = MarkupName.split(name, values[place + 1])
      MarkupName.withUnescaped(start, end) { value in
        if prefix == "xml", attribute == "base" { base = String(decoding: value, as: UTF8.self) }
        append(attribute, prefix: prefix, value, to: &markup)
      }
    }
    markup.append(UInt8(ascii: ">"))
    builder.openMarkup(local, markup, base: base)
  }

  static func end(_ name: UnsafePointer<xmlChar>, into builder: inout FeedBuilder) {
    builder.closeMarkup(MarkupName.split(name, nil).name)
  }

  private static func append(
    _ attribute: String, prefix: String?, _ value: UnsafeBufferPointer<UInt8>,
    to markup: inout [UInt8]
  ) {
    if prefix == "xml", attribute != "lang" { return }
    markup.append(UInt8(ascii: " "))
    // What a foreign namespace says is no attribute of HTML.
    if let prefix, prefix != "xml" { markup.append(contentsOf: "\(prefix):".utf8) }
    markup.append(contentsOf: attribute.utf8)
    markup.append(contentsOf: "=\"".utf8)
    markup.append(escaping: value, quotes: true)
    markup.append(UInt8(ascii: "\""))
  }
}

extension [UInt8] {
  /// Appends text as HTML text, or as the value of a quoted attribute.
  mutating func append(escaping text: UnsafeBufferPointer<UInt8>, quotes: Bool = false) {
    for byte in text {
      switch byte {
      case UInt8(ascii: "&"): append(contentsOf: "&amp;".utf8)
      case UInt8(ascii: "<"): append(contentsOf: "&lt;".utf8)
      case UInt8(ascii: ">"): append(contentsOf: "&gt;".utf8)
      case UInt8(ascii: "\"") where quotes: append(contentsOf: "&quot;".utf8)
      default: append(byte)
      }
    }
  }
}
