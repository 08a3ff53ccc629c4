/// Walks the words of one line of feeds.conf.
///
/// Words are parted by spaces and tabs; a `#` at the beginning of a word starts a comment. A word may
/// stand in quotation marks, with `\"`, `\\` and `\t` inside.
struct ConfigurationLine {
  /// A value and the byte offset at which it stands.
  struct Word: Equatable {
    var text: String
    var offset: Int
  }

  let bytes: ArraySlice<UInt8>
  private(set) var place: Int

  /// `bytes` are valid UTF-8 without the line's end.
  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    place = bytes.startIndex
  }

  var offset: Int { place - bytes.startIndex }

  var isIndented: Bool { bytes.first.map(ConfigurationLine.isBlank) ?? false }

  /// Whether only blanks and a comment follow.
  mutating func isAtEnd() -> Bool {
    skipBlanks()
    return place == bytes.endIndex || bytes[place] == UInt8(ascii: "#")
  }

  /// The unquoted word that comes next, without taking it.
  func peekWord() -> String {
    var copy = self
    copy.skipBlanks()
    return String(decoding: copy.rest.prefix { !ConfigurationLine.isBlank($0) }, as: UTF8.self)
  }

  /// The letters and hyphens that come next, when an equals sign follows them.
  func peekKey() -> String? {
    var copy = self
    copy.skipBlanks()
    let key = copy.rest.prefix {
      UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 | 0x20 || $0 == UInt8(ascii: "-")
    }
    copy.place += key.count
    copy.skipBlanks()
    return !key.isEmpty && copy.rest.first == UInt8(ascii: "=")
      ? String(decoding: key, as: UTF8.self) : nil
  }

  /// Takes a key that `peekKey` has seen, and its equals sign.
  @discardableResult
  mutating func takeKey(_ key: String) -> Bool {
    skipBlanks()
    for byte in key.unicodeScalars { _ = take(byte) }
    skipBlanks()
    return take("=")
  }

  mutating func skipBlanks() {
    while place < bytes.endIndex, ConfigurationLine.isBlank(bytes[place]) { place += 1 }
  }

  /// True when `byte` came next; then it is taken.
  mutating func take(_ byte: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: byte) else { return false }
    place += 1
    return true
  }

  /// A quoted or an unquoted word, as it stands after blanks.
  mutating func word(_ wanted: String) throws(LineProblem) -> Word {
    guard !isAtEnd() else { throw LineProblem(offset: offset, message: "\(wanted) is missing") }
    return try value()
  }

  /// A word that begins exactly here; empty where blanks or the end follow.
  mutating func value() throws(LineProblem) -> Word {
    let start = offset
    if take("\"") { return Word(text: try quoted(from: start), offset: start) }
    let text = rest.prefix { !ConfigurationLine.isBlank($0) }
    if let mark = text.firstIndex(of: UInt8(ascii: "\"")) {
      throw LineProblem(
        offset: mark - bytes.startIndex,
        message: "a quotation mark inside an unquoted value; quote the whole value")
    }
    place += text.count
    return Word(text: String(decoding: text, as: UTF8.self), offset: start)
  }

  /// `[` has been taken: what stands before `]`, trimmed.
  mutating func bracketed() throws(LineProblem) -> Word {
    let start = offset
    guard let close = rest.firstIndex(of: UInt8(ascii: "]")) else {
      throw LineProblem(offset: start, message: "a [ without its ]")
    }
    let inside = bytes[place..<close].trimmed
    place = close + 1
    return Word(text: String(decoding: inside, as: UTF8.self), offset: start)
  }

  /// `/` has been taken: what stands before the next `/` that no backslash precedes.
  mutating func pattern() throws(LineProblem) -> Word {
    let start = offset
    let first = place
    while place < bytes.endIndex, bytes[place] != UInt8(ascii: "/") {
      place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
    }
    guard place < bytes.endIndex else {
      place = bytes.endIndex
      throw LineProblem(offset: start, message: "a regular expression without its closing /")
    }
    let text = String(decoding: bytes[first..<place], as: UTF8.self)
    place += 1
    return Word(text: text, offset: start)
  }

  /// What is left, up to a comment, trimmed: a list that needs no quotation marks.
  mutating func restOfLine() -> Word {
    skipBlanks()
    let start = offset
    var end = place
    while end < bytes.endIndex {
      let startsWord = end == place || ConfigurationLine.isBlank(bytes[end - 1])
      if startsWord, bytes[end] == UInt8(ascii: "#") { break }
      end += 1
    }
    let text = String(decoding: bytes[place..<end].trimmed, as: UTF8.self)
    place = end
    return Word(text: text, offset: start)
  }

  /// Refuses anything but a comment after what was understood.
  mutating func expectEnd() throws(LineProblem) {
    guard !isAtEnd() else { return }
    throw LineProblem(
      offset: offset,
      message: "nothing is expected here: \(peekWord().quotedForDisplay)")
  }

  private var rest: ArraySlice<UInt8> { bytes[min(place, bytes.endIndex)...] }

  private mutating func quoted(from start: Int) throws(LineProblem) -> String {
    var text: [UInt8] = []
    while place < bytes.endIndex {
      let byte = bytes[place]
      place += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard rest.first.map(ConfigurationLine.isBlank) ?? true else {
          throw LineProblem(offset: offset, message: "no blank after the closing quotation mark")
        }
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): text.append(try escaped())
      default: text.append(byte)
      }
    }
    throw LineProblem(offset: start, message: "a quotation mark without its partner")
  }

  private mutating func escaped() throws(LineProblem) -> UInt8 {
    defer { place = min(place + 1, bytes.endIndex) }
    switch rest.first {
    case UInt8(ascii: "\""): return UInt8(ascii: "\"")
    case UInt8(ascii: "\\"): return UInt8(ascii: "\\")
    case UInt8(ascii: "t"): return UInt8(ascii: "\t")
    default:
      throw LineProblem(
        offset: offset - 1, message: #"an unknown escape; there are \", \\ and \t"#)
    }
  }

  static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }
}

extension ArraySlice<UInt8> {
  fileprivate var trimmed: ArraySlice<UInt8> {
    var trimmed = drop(while: ConfigurationLine.isBlank)
    while let last = trimmed.last, ConfigurationLine.isBlank(last) { trimmed.removeLast() }
    return trimmed
  }
}
