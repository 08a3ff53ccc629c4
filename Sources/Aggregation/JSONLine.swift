internal import StoryArchive
internal import Syndication

/// One JSON object, written member by member without white space; what is nil is left out.
///
/// By hand because a line is written with every answer: a twentieth of JSONEncoder's time.
struct JSONLine {
  /// Strings are cut to this length, escapes included.
  private static let textByteLimit = StateLog.lineByteLimit / 8

  private var bytes: [UInt8]

  init() {
    bytes = []
    bytes.reserveCapacity(1024)
    bytes.append(UInt8(ascii: "{"))
  }

  /// The whole object.
  consuming func closed() -> [UInt8] {
    bytes.append(UInt8(ascii: "}"))
    return bytes
  }

  mutating func add(_ name: StaticString, _ text: String?) {
    guard let text else { return }
    begin(name)
    bytes.appendJSON(text, limit: Self.textByteLimit)
  }

  mutating func add(_ name: StaticString, _ number: (some BinaryInteger)?) {
    guard let number else { return }
    begin(name)
    bytes.append(decimal: number)
  }

  /// A number that is none (NaN, infinity) is left out.
  mutating func add(_ name: StaticString, _ number: Double?) {
    guard let number, number.isFinite else { return }
    begin(name)
    bytes.append(contentsOf: number.description.utf8)
  }

  mutating func add(_ name: StaticString, _ flag: Bool?) {
    guard let flag else { return }
    begin(name)
    bytes.append(contentsOf: flag ? "true".utf8 : "false".utf8)
  }

  mutating func add(_ name: StaticString, _ moment: Timestamp?) {
    guard let moment else { return }
    begin(name)
    bytes.append(UInt8(ascii: "\""))
    moment.appendRFC3339(to: &bytes)
    bytes.append(UInt8(ascii: "\""))
  }

  /// An empty list is left out.
  mutating func add(_ name: StaticString, _ numbers: [some BinaryInteger]) {
    addList(name, numbers) { $1.append(decimal: $0) }
  }

  /// An empty list is left out.
  mutating func add(_ name: StaticString, _ texts: [String]) {
    addList(name, texts) { $1.appendJSON($0, limit: Self.textByteLimit) }
  }

  mutating func addObject(_ name: StaticString, _ members: (inout JSONLine) -> Void) {
    begin(name)
    bytes.append(UInt8(ascii: "{"))
    members(&self)
    bytes.append(UInt8(ascii: "}"))
  }

  private mutating func addList<Element>(
    _ name: StaticString, _ elements: [Element], _ append: (Element, inout [UInt8]) -> Void
  ) {
    guard !elements.isEmpty else { return }
    begin(name)
    var separator = UInt8(ascii: "[")
    for element in elements {
      bytes.append(separator)
      append(element, &bytes)
      separator = UInt8(ascii: ",")
    }
    bytes.append(UInt8(ascii: "]"))
  }

  private mutating func begin(_ name: StaticString) {
    // Behind a member stands its value's end, which is never a brace that opens.
    if bytes.last != UInt8(ascii: "{") { bytes.append(UInt8(ascii: ",")) }
    bytes.append(UInt8(ascii: "\""))
    bytes.append(
      contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    bytes.append(contentsOf: "\":".utf8)
  }
}

extension [UInt8] {
  private static let decimalDigitLimit = 20

  /// Appends the decimal digits of `number`, which are few as a rule: a text need not be made of them.
  fileprivate mutating func append(decimal number: some BinaryInteger) {
    guard var rest = UInt64(exactly: number) else {
      return append(contentsOf: String(number).utf8)
    }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.decimalDigitLimit) { digits in
      var start = digits.count
      repeat {
        start -= 1
        digits[start] = UInt8(ascii: "0") + UInt8(rest % 10)
        rest /= 10
      } while rest > 0
      append(contentsOf: UnsafeBufferPointer(rebasing: digits[start...]))
    }
  }
}
