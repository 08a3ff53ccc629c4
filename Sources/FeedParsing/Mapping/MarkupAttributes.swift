/// The attributes of an element that any mapping looks at; others are not kept.
enum AttributeName: UInt8, CaseIterable {
  case base, lang, href, url, uri, rel, type, hreflang, title, length, mode, src, term, scheme
  case domain, label, isPermaLink, version, about, resource, text, port, path
  case registerProcedure, `protocol`, role, relationship, width, height, start, image, img, ref,
    source
  case lastModified, fileSize, srsName, srsDimension, medium, isDefault, duration
  case average, count, views, favorites, state

  /// The name as compared: in lower case, without prefix.
  var spelling: String {
    switch self {
    case .lastModified: "lastmod"
    default: String(describing: self).lowercased()
    }
  }

  static let bySpelling: [String: AttributeName] = Dictionary(
    uniqueKeysWithValues: allCases.map { ($0.spelling, $0) })
}

/// The attributes of one start tag, their values in one buffer.
struct MarkupAttributes {
  private(set) var bytes: [UInt8] = []
  private var spans: [(name: AttributeName, range: Range<Int>)] = []

  var isEmpty: Bool { spans.isEmpty }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    spans.removeAll(keepingCapacity: true)
    isMended = false
  }

  /// Whether a value held control characters from U+0080 on.
  private(set) var isMended = false

  mutating func append(_ name: AttributeName, _ value: UnsafeBufferPointer<UInt8>) {
    let start = bytes.count
    if let mended = ControlCharacters.asWindows1252(value) {
      bytes.append(contentsOf: mended)
      isMended = true
    } else {
      bytes.append(contentsOf: value)
    }
    spans.append((name, start..<bytes.count))
  }

  /// The value without white space at its ends; nil when the attribute is missing or blank.
  subscript(name: AttributeName) -> String? {
    guard let span = spans.first(where: { $0.name == name }) else { return nil }
    return bytes[span.range].trimmedText
  }

  /// Whether the attribute is there, whatever its value.
  func has(_ name: AttributeName) -> Bool {
    spans.contains { $0.name == name }
  }
}

extension ArraySlice<UInt8> {
  /// The slice without white space at its ends.
  var trimmed: ArraySlice<UInt8> {
    var start = startIndex
    var end = endIndex
    while start < end, self[start].isASCIISpaceOfXML { start += 1 }
    while end > start, self[end - 1].isASCIISpaceOfXML { end -= 1 }
    return self[start..<end]
  }

  /// The trimmed text, or nil when nothing is left.
  var trimmedText: String? {
    let slice = trimmed
    return slice.isEmpty ? nil : String(checkedUTF8: slice)
  }
}

extension String {
  /// A copy of text that a decoded document holds, which is UTF-8: it was checked as a whole, and is
  /// cut between characters only.
  init(checkedUTF8 text: ArraySlice<UInt8>) {
    assert(UTF8Repair.isValid(text), "text of a document that is no UTF-8")
    let isASCII = text.withUnsafeBufferPointer {
      ByteScan(bytes: $0).nextBeyondASCII(from: 0) == $0.count
    }
    self.init(copying: UTF8Span(unchecked: text.span, isKnownASCII: isASCII))
  }
}
