internal import CLibxml2

/// The meaning of each name of a document, found once: libxml2 interns names, so that a name, its
/// prefix and its namespace are three pointers that can be compared as numbers.
struct MarkupNames<Value> {
  private var slots: [(key: Key, value: Value)?]
  private var used = 0

  private struct Key: Equatable {
    var name: UInt
    var prefix: UInt
    var uri: UInt

    var hash: Int {
      let mixed = (name &* 31 &+ prefix) &* 31 &+ uri
      return Int(truncatingIfNeeded: (mixed &* 0x9E37_79B9_7F4A_7C15) >> 33)
    }
  }

  init() {
    slots = Array(repeating: nil, count: 128)
  }

  /// The value of a name, made by `meaning` when the name is new.
  mutating func value(
    _ name: UnsafePointer<xmlChar>, _ prefix: UnsafePointer<xmlChar>?,
    _ uri: UnsafePointer<xmlChar>?, _ meaning: () -> Value
  ) -> Value {
    let key = Key(
      name: UInt(bitPattern: name), prefix: UInt(bitPattern: prefix), uri: UInt(bitPattern: uri))
    let slot = slot(of: key)
    if let known = slots[slot] { return known.value }
    let value = meaning()
    insert(key, value, at: slot)
    return value
  }

  private func slot(of key: Key) -> Int {
    var slot = key.hash & (slots.count - 1)
    while let known = slots[slot], known.key != key { slot = (slot + 1) & (slots.count - 1) }
    return slot
  }

  private mutating func insert(_ key: Key, _ value: Value, at slot: Int) {
    slots[slot] = (key, value)
    used += 1
    guard used * 2 > slots.count else { return }
    let old = slots
    slots = Array(repeating: nil, count: old.count * 2)
    for entry in old {
      if let entry { slots[self.slot(of: entry.key)] = entry }
    }
  }
}

/// libxml2's strings.
enum MarkupName {
  static func text(_ pointer: UnsafePointer<xmlChar>) -> String {
    String(cString: pointer)
  }

  /// Prefix and local name. Where no namespace was declared for the prefix, libxml2 may leave it in
  /// the name.
  static func split(
    _ name: UnsafePointer<xmlChar>, _ prefix: UnsafePointer<xmlChar>?
  ) -> (prefix: String?, name: String) {
    let name = text(name)
    if let prefix { return (text(prefix), name) }
    guard let colon = name.lastIndex(of: ":") else { return (nil, name) }
    return (String(name[..<colon]), String(name[name.index(after: colon)...]))
  }

  /// An attribute's value. Without entity substitution libxml2 writes every `&` of it as `&#38;`.
  static func withUnescaped(
    _ start: UnsafePointer<xmlChar>, _ end: UnsafePointer<xmlChar>,
    _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    let raw = UnsafeBufferPointer(start: start, count: end - start)
    guard raw.contains(UInt8(ascii: "&")) else { return body(raw) }
    var text: [UInt8] = []
    text.reserveCapacity(raw.count)
    var place = 0
    while place < raw.count {
      text.append(raw[place])
      let isEscaped = raw[place] == UInt8(ascii: "&") && raw[place...].starts(with: "&#38;".utf8)
      place += isEscaped ? 5 : 1
    }
    text.withUnsafeBufferPointer(body)
  }
}
