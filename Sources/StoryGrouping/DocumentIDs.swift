/// The ids of documents in the order they came, no two of the same bytes: two spellings of one letter are two ids.
struct DocumentIDs {
  private(set) var all: [String] = []
  /// Places in `all`, plus one.
  private var table = SlotTable<UInt32>()
  /// What found no room in the table: empty unless ids were made to meet there.
  private var crowded: Set<[UInt8]> = []

  /// Takes in an id; false for one that is known.
  mutating func insert(_ id: String) -> Bool {
    if table.isFull() { grow() }
    let end = table.search(StableHash.name(id)) { entry, _ in
      all[Int(entry) - 1].utf8.elementsEqual(id.utf8)
    }
    switch end {
    case .entry: return false
    case .room(let slot): table.put(UInt32(all.count + 1), at: slot)
    case .crowded: guard crowded.insert(Array(id.utf8)).inserted else { return false }
    }
    all.append(id)
    return true
  }

  private mutating func grow() {
    for entry in table.grow() where entry != 0 {
      let end = table.search(StableHash.name(all[Int(entry) - 1])) { _, _ in false }
      switch end {
      case .room(let slot), .entry(let slot): table.put(entry, at: slot)
      case .crowded: crowded.insert(Array(all[Int(entry) - 1].utf8))
      }
    }
  }
}
