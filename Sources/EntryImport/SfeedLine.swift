package import Syndication

/// One line of sfeed's format: fields between tabs, in this order (sfeed(5)).
package struct SfeedLine {
  /// Older versions end with the enclosure or before it.
  static let fieldCountLimit = 7...9

  private enum Field: Int {
    case timestamp, title, link, content, contentType, id, author, enclosure, category
  }

  private let fields: [Substring]

  /// - Throws: `ImportError` for a line that is none, under the name `subject`.
  package init(_ line: some Collection<UInt8>, subject: String) throws(ImportError) {
    fields = String(decoding: line, as: UTF8.self)
      .split(separator: "\t", omittingEmptySubsequences: false)
    guard fields.count >= Self.fieldCountLimit.lowerBound else {
      throw ImportError(
        subject, "not a line of sfeed",
        "\(fields.count) fields between tabs, not \(Self.fieldCountLimit.upperBound)")
    }
    let date = fields[Field.timestamp.rawValue]
    guard date.isEmpty || Int64(date) != nil else {
      throw ImportError(subject, "not a line of sfeed", "its first field is no UNIX time")
    }
  }

  /// What the line says.
  package var entry: Entry {
    var entry = Entry()
    entry.guid = self[.id]
    entry.permalink = self[.link]
    entry.title = self[.title].map { TextConstruct($0) }
    entry.published = self[.timestamp].flatMap { Int64($0) }.flatMap(Timestamp.init(unix:))
    entry.authors = self[.author].map { [Person(name: $0)] } ?? []
    let kind: TextConstruct.Kind = self[.contentType] == "html" ? .html : .text
    entry.content = self[.content].map {
      TextConstruct($0.withoutEscapes, kind: kind, base: entry.permalink)
    }
    entry.enclosures = self[.enclosure].map { [Enclosure(url: $0)] } ?? []
    entry.categories = (self[.category] ?? "").split(separator: "|")
      .map { Category(term: String($0)) }
    return entry
  }

  private subscript(_ field: Field) -> String? {
    field.rawValue < fields.count ? String(fields[field.rawValue]).nonBlank : nil
  }
}

extension String {
  /// Tabs, line feeds and backslashes as they were before sfeed escaped them.
  fileprivate var withoutEscapes: String {
    guard utf8.contains(UInt8(ascii: "\\")) else { return self }
    var text: [UInt8] = []
    text.reserveCapacity(utf8.count)
    var isEscaped = false
    for byte in utf8 {
      if isEscaped {
        text.append(byte.unescaped)
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else {
        text.append(byte)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}

extension UInt8 {
  fileprivate var unescaped: UInt8 {
    switch self {
    case UInt8(ascii: "n"): UInt8(ascii: "\n")
    case UInt8(ascii: "t"): UInt8(ascii: "\t")
    default: self
    }
  }
}
