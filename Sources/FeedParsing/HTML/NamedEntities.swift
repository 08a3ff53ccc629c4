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

  static func find(_ name: UnsafeBufferPointer<UInt8>) -> Entity? {
    guard 2...nameByteLimit ~= name.count else { return nil }
    let entries = entries
    var slot = hash(name)
    while slots[slot] != 0 {
      let start = Int(slots[slot]) - 1
      let end = start + name.count
      if end < entries.count, name.elementsEqual(entries[start..<end]),
        let isLegacy = isLegacy(mark: entries[end])
      {
        let characters = entries[(end + 1)...].prefix { $0 != UInt8(ascii: " ") }
        return Entity(characters: UnsafeBufferPointer(rebasing: characters), isLegacy: isLegacy)
      }
      slot = (slot + 1) & (slotCount - 1)
    }
    return nil
  }

  /// Nil for a byte that does not end a name.
  private static func isLegacy(mark: UInt8) -> Bool? {
    switch mark {
    case UInt8(ascii: "="): false
    case UInt8(ascii: ":"): true
    default: nil
    }
  }

  private static var entries: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: table.utf8Start, count: table.utf8CodeUnitCount)
  }

  private static let slotCount = 8192

  /// Where the names begin in the table, plus one; zero for an empty slot.
  private static let slots: [UInt16] = {
    var slots = [UInt16](repeating: 0, count: slotCount)
    var start = 0
    while start < entries.count {
      let name = entries[start...].prefix { isLegacy(mark: $0) == nil }
      var slot = hash(UnsafeBufferPointer(rebasing: name))
      while slots[slot] != 0 { slot = (slot + 1) & (slotCount - 1) }
      slots[slot] = UInt16(start + 1)
      start = (entries[name.endIndex...].firstIndex(of: UInt8(ascii: " ")) ?? entries.count) + 1
    }
    return slots
  }()

  private static func hash(_ name: UnsafeBufferPointer<UInt8>) -> Int {
    var hash: UInt32 = 0x811C_9DC5
    for byte in name { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
    return Int(hash ^ hash >> 16) & (slotCount - 1)
  }
}
