/// The named character references of HTML: 2,125 names, 106 of them valid without a semicolon.
package enum NamedEntities {
  /// The longest name in bytes, without ampersand and semicolon.
  package static let nameByteLimit = 31
  private static let legacyNameByteLimit = 6

  /// The UTF-8 bytes that `&name;` stands for; the name comes without ampersand and semicolon, and
  /// its case counts.
  package static func characters(named name: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    find(name).map { Array($0.characters) }
  }

  /// The longest name without a semicolon that `text` begins with (`copy` in `copyright`), and what
  /// it stands for.
  package static func legacyPrefix(
    of text: UnsafeBufferPointer<UInt8>
  ) -> (byteCount: Int, characters: [UInt8])? {
    for count in stride(from: min(text.count, legacyNameByteLimit), to: 1, by: -1) {
      if let entity = find(UnsafeBufferPointer(rebasing: text[..<count])), entity.isLegacy {
        return (count, Array(entity.characters))
      }
    }
    return nil
  }

  struct Entity {
    /// Points into the static table.
    var characters: UnsafeBufferPointer<UInt8>
    var isLegacy: Bool
  }

  /// Binary search by byte position: a probe lands inside an entry and moves back to its start.
  static func find(_ name: UnsafeBufferPointer<UInt8>) -> Entity? {
    guard 2...nameByteLimit ~= name.count else { return nil }
    let table = UnsafeBufferPointer(start: table.utf8Start, count: table.utf8CodeUnitCount)
    var (low, high) = (0, table.count)
    while low < high {
      var start = low + (high - low) / 2
      while start > low, table[start - 1] != UInt8(ascii: " ") { start -= 1 }
      var end = start
      while end < table.count, table[end] != UInt8(ascii: " ") { end += 1 }
      let entry = UnsafeBufferPointer(rebasing: table[start..<end])
      switch compare(name, entry) {
      case .equal(let isLegacy):
        let characters = UnsafeBufferPointer(rebasing: entry.dropFirst(name.count + 1))
        return Entity(characters: characters, isLegacy: isLegacy)
      case .before: high = start
      case .after: low = end + 1
      }
    }
    return nil
  }

  private enum Order {
    case before, after
    case equal(isLegacy: Bool)
  }

  private static func compare(
    _ name: UnsafeBufferPointer<UInt8>, _ entry: UnsafeBufferPointer<UInt8>
  ) -> Order {
    for (place, byte) in name.enumerated() {
      let other = entry[place]
      if other == UInt8(ascii: "=") || other == UInt8(ascii: ":") { return .after }
      if byte != other { return byte < other ? .before : .after }
    }
    switch entry[name.count] {
    case UInt8(ascii: "="): return .equal(isLegacy: false)
    case UInt8(ascii: ":"): return .equal(isLegacy: true)
    default: return .before
    }
  }
}
