/// Reads JSON leniently and within bounds: comments are not JSON, but a missing end is forgiven, so
/// that the items before a cut are not lost, and so are stray commas, raw control characters and
/// numbers that are none.
///
/// A document is read twice. The outline checks all of it and keeps the object's own members; then
/// the elements of its one long list are read one after the other.
struct JSONReader {
  /// Arrays and objects inside each other.
  static let depthLimit = 64
  /// Values in an element of the list, or outside the list.
  static let valueLimit = 200_000

  private let scan: ByteScan
  private let textByteLimit: Int
  private var place = 0
  private var values = 0
  /// Whether values are kept; otherwise only their syntax is looked at.
  private var keeps = true
  private var end = End.whole
  private var isTooLarge = false
  /// Whether a text of the last value was cut at its limit.
  private(set) var isTextCut = false
  /// Whether something was forgiven that is no JSON.
  private(set) var isMended = false
  /// Whether control characters were dropped that JSON allows.
  private(set) var hasForbiddenCharacters = false

  /// How a text ends.
  enum End: Equatable {
    case whole
    /// Inside a value.
    case cut
    /// With something other than JSON from a place on.
    case broken(Int)
  }

  /// What a text says but the elements of its list.
  struct Outline {
    var members: [String: JSONValue] = [:]
    var list: List?
    var end = End.whole
  }

  struct List {
    /// The place of its first element.
    var start: Int
    var startsWithObject = false
    /// Elements before the end, a cut or what is no JSON.
    var wholeCount = 0
  }

  enum Element {
    case whole(JSONValue)
    /// What stands of the last element of a text that was cut.
    case open(JSONValue)
    /// It holds more values than the limit.
    case tooLarge
  }

  init(_ bytes: UnsafeBufferPointer<UInt8>, textByteLimit: Int = .max) {
    scan = ByteScan(bytes: bytes)
    self.textByteLimit = textByteLimit
    if scan.matches("\u{FEFF}", at: 0) { place = 3 }
  }

  /// Reads the whole text, an object, without the elements of the first list with the key `name`. Nil
  /// when it is no JSON and no element of the list is whole.
  mutating func outline(list name: String) -> Outline? {
    skipSpace()
    guard scan[place] == UInt8(ascii: "{") else { return nil }
    place += 1
    var outline = Outline()
    while let next = nextMember(closing: UInt8(ascii: "}")), next != UInt8(ascii: "}") {
      guard let key = key(next) else { break }
      if key == name, outline.list == nil, scan[place] == UInt8(ascii: "[") {
        outline.list = skipList()
      } else if let value = value(depth: 1), end == .whole, outline.members[key] == nil {
        outline.members[key] = value
      }
      if end != .whole { break }
    }
    outline.end = end
    skipSpace()
    if end == .whole, place < scan.count { isMended = true }
    if case .broken = end, outline.list?.wholeCount ?? 0 == 0 { return nil }
    return outline
  }

  private mutating func skipList() -> List {
    keeps = false
    defer { keeps = true }
    place += 1
    var list = List(start: place)
    while let next = nextMember(closing: UInt8(ascii: "]")), next != UInt8(ascii: "]") {
      if list.wholeCount == 0 { list.startsWithObject = next == UInt8(ascii: "{") }
      _ = value(depth: 2)
      guard end == .whole else { break }
      list.wholeCount += 1
    }
    return list
  }

  /// Goes to the list's first element.
  mutating func enter(_ list: List) {
    place = list.start
    end = .whole
  }

  /// The next element of the list that was entered; nil after the last.
  mutating func nextElement(of list: List) -> Element? {
    guard end == .whole, let next = nextMember(closing: UInt8(ascii: "]")),
      next != UInt8(ascii: "]")
    else { return nil }
    let start = place
    values = 0
    isTextCut = false
    let value = value(depth: 2)
    switch end {
    case .whole: return value.map { .whole($0) }
    case .cut: return value.map { .open($0) }
    case .broken: break
    }
    guard isTooLarge else { return nil }
    isTooLarge = false
    place = start
    end = .whole
    skipValue(depth: 2)
    return .tooLarge
  }

  private mutating func skipValue(depth: Int) {
    keeps = false
    values = 0
    _ = value(depth: depth)
    keeps = true
  }
}

/// Values.
extension JSONReader {
  private mutating func value(depth: Int) -> JSONValue? {
    skipSpace()
    guard place < scan.count else { return cut() }
    if keeps { values += 1 }
    isTooLarge = values > JSONReader.valueLimit
    guard depth < JSONReader.depthLimit, !isTooLarge else { return fail() }
    switch scan[place] {
    case UInt8(ascii: "{"): return object(depth)
    case UInt8(ascii: "["): return array(depth)
    case UInt8(ascii: "\""): return string().map { .string($0) }
    case UInt8(ascii: "t"): return literal("true", .bool(true))
    case UInt8(ascii: "f"): return literal("false", .bool(false))
    case UInt8(ascii: "n"): return literal("null", .null)
    case UInt8(ascii: "N"): return noNumber("NaN")
    case UInt8(ascii: "I"): return noNumber("Infinity")
    case UInt8(ascii: "-") where scan[place + 1] == UInt8(ascii: "I"): return noNumber("-Infinity")
    default: return number()
    }
  }

  private mutating func fail() -> JSONValue? {
    if end == .whole { end = .broken(place) }
    place = scan.count
    return nil
  }

  private mutating func cut() -> JSONValue? {
    if end == .whole { end = .cut }
    return nil
  }

  /// An object; of one that is cut, the members that are whole.
  private mutating func object(_ depth: Int) -> JSONValue? {
    place += 1
    var members: [String: JSONValue] = [:]
    while let next = nextMember(closing: UInt8(ascii: "}")), next != UInt8(ascii: "}") {
      guard let key = key(next) else { break }
      guard let value = value(depth: depth + 1), end == .whole else { break }
      if keeps, members[key] == nil { members[key] = value }
    }
    if case .broken = end { return nil }
    return .object(members)
  }

  private mutating func array(_ depth: Int) -> JSONValue? {
    place += 1
    var elements: [JSONValue] = []
    while let next = nextMember(closing: UInt8(ascii: "]")), next != UInt8(ascii: "]") {
      guard let value = value(depth: depth + 1), end == .whole else { break }
      if keeps { elements.append(value) }
    }
    return end == .whole ? .array(elements) : nil
  }

  /// Skips to the next member; returns its first byte, or nil at the end. A `closing` is consumed.
  private mutating func nextMember(closing: UInt8) -> UInt8? {
    guard end == .whole else { return nil }
    skipSpace()
    var commas = 0
    while scan[place] == UInt8(ascii: ",") {
      place += 1
      commas += 1
      skipSpace()
    }
    guard place < scan.count else {
      end = .cut
      return nil
    }
    let next = scan[place]
    if commas > (next == closing ? 0 : 1) { isMended = true }
    if next == closing { place += 1 }
    return next
  }

  /// The key that `first` begins, with its colon and the space after it.
  private mutating func key(_ first: UInt8) -> String? {
    guard first == UInt8(ascii: "\"") else {
      _ = fail()
      return nil
    }
    guard let key = string() else { return nil }
    skipSpace()
    guard scan[place] == UInt8(ascii: ":") else {
      _ = place < scan.count ? fail() : cut()
      return nil
    }
    place += 1
    skipSpace()
    return key
  }

  private mutating func literal(_ text: StaticString, _ value: JSONValue) -> JSONValue? {
    guard scan.matches(text, at: place) else {
      let isStart = text.utf8CodeUnitCount > scan.count - place
      return isStart ? cut() : fail()
    }
    place += text.utf8CodeUnitCount
    return value
  }

  /// What Python and JavaScript write for numbers that JSON lacks.
  private mutating func noNumber(_ text: StaticString) -> JSONValue? {
    isMended = true
    return literal(text, .null)
  }

  private mutating func number() -> JSONValue? {
    let start = place
    while scan[place].isNumberByte { place += 1 }
    guard place > start else { return fail() }
    guard keeps else { return .null }
    return .number(String(decoding: scan.slice(start..<place), as: UTF8.self))
  }

  private mutating func skipSpace() {
    while scan[place].isASCIISpaceOfXML { place += 1 }
  }
}

/// Strings.
extension JSONReader {
  private mutating func string() -> String? {
    place += 1
    let start = place
    place = scan.nextSpecialOfJSON(from: place)
    if scan[place] == UInt8(ascii: "\"") {
      place += 1
      return keeps ? text(scan.slice(start..<place - 1)) : ""
    }
    var text: [UInt8] = []
    var copied = start
    while place < scan.count {
      if keeps { text.append(contentsOf: scan.slice(copied..<place)) }
      switch scan[place] {
      case UInt8(ascii: "\""):
        place += 1
        return keeps ? text.withUnsafeBufferPointer { self.text($0) } : ""
      case UInt8(ascii: "\\"): escape(into: &text)
      case 0x0D:
        text.append(0x0D)
        place += 1
      case 0x7F:
        hasForbiddenCharacters = true
        place += 1
      default:
        isMended = true
        place += 1
      }
      copied = place
      place = scan.nextSpecialOfJSON(from: place)
    }
    return cutString()
  }

  private mutating func cutString() -> String? {
    _ = cut()
    return nil
  }

  /// The text of a string, up to the limit and there to the last whole character.
  private mutating func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    if let mended = ControlCharacters.asWindows1252(bytes) {
      hasForbiddenCharacters = true
      return mended.withUnsafeBufferPointer { text($0) }
    }
    guard bytes.count > textByteLimit else { return String(decoding: bytes, as: UTF8.self) }
    isTextCut = true
    var end = textByteLimit
    while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
    return String(decoding: UnsafeBufferPointer(rebasing: bytes[..<end]), as: UTF8.self)
  }

  private mutating func escape(into text: inout [UInt8]) {
    guard place + 1 < scan.count else {
      place = scan.count
      return
    }
    let letter = scan[place + 1]
    place += 2
    switch letter {
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "b"), UInt8(ascii: "f"): text.append(0x20)
    case UInt8(ascii: "u"): unicodeEscape(into: &text)
    case let control where control.isForbiddenControl:
      // Dropped as it would be without the backslash.
      place -= 1
      isMended = true
    default: text.append(letter)
    }
  }

  /// After `\u`; a surrogate without its half becomes U+FFFD, a control character nothing.
  private mutating func unicodeEscape(into text: inout [UInt8]) {
    guard let first = fourDigits() else { return }
    var code = first
    if 0xD800..<0xDC00 ~= first, scan.matches("\\u", at: place) {
      let before = place
      place += 2
      if let second = fourDigits(), 0xDC00..<0xE000 ~= second {
        code = 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
      } else {
        place = before
      }
    }
    if 0xD800..<0xE000 ~= code { code = 0xFFFD }
    if code < 0x80, UInt8(code).isForbiddenControl {
      hasForbiddenCharacters = true
    } else {
      text.append(scalar: code)
    }
  }

  private mutating func fourDigits() -> UInt32? {
    guard place + 4 <= scan.count else {
      place = scan.count
      return nil
    }
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = scan[place].digitValue(isHexadecimal: true) else { return nil }
      code = code << 4 | digit
      place += 1
    }
    return code
  }
}

extension UInt8 {
  fileprivate var isNumberByte: Bool {
    isASCIIDigit || self == UInt8(ascii: "-") || self == UInt8(ascii: "+")
      || self == UInt8(ascii: ".") || self | 0x20 == UInt8(ascii: "e")
  }
}
