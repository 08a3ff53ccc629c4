internal import Checksums
internal import StoryArchive
internal import StoryGrouping
internal import Syndication

/// What is known of stored stories, kept below `state/`, so that a start folds only what came since.
/// Derived and losable: what is damaged, of another archive, of one that anything was taken out of since,
/// or of another version, is not used, and all is folded anew.
///
/// `state/knowledge` names the tables, `state/stories-…`.
struct KnowledgeStore {
  /// Stories that came since, from which on they are kept: folding fewer takes less time than keeping
  /// them would.
  static let leastStoryCount = 1024

  private static let name = "knowledge"
  private static let tablePrefix = "stories-"
  private static let lock = "knowledge.lock"

  private let archive: Archive

  init(_ archive: Archive) {
    self.archive = archive
  }

  /// What is kept, if it is of this archive, which then goes on behind it; nil where nothing can be used.
  func load() throws -> Knowledge? {
    guard let kept = read(), try kept.past == archive.past(before: kept.position),
      try archive.go(to: kept.position)
    else { return nil }
    return kept.knowledge
  }

  /// Keeps `knowledge`, which was folded from all records before the archive's position, and which is
  /// told where its tables lie from now on.
  ///
  /// - Throws: `ArchiveError`, `.locked` where another process does that; `DamagedTable`.
  func save(_ knowledge: inout Knowledge) throws {
    try archive.withStateLock(named: Self.lock) {
      var kept: [StoryTable] = []
      let name = try archive.writeStateFile(prefix: Self.tablePrefix) { sink in
        let written = try knowledge.stories.writeTable(to: sink)
        kept = written.kept
        return written.sum.hexadecimal
      }
      guard let file = try archive.stateFile(named: name), let table = StoryTable(file) else {
        throw DamagedTable()
      }
      for older in kept { try keep(older) }
      kept.append(table)
      knowledge.stories = KnownStories(tables: kept, count: knowledge.stories.count)
      try write(knowledge)
      try archive.removeStateFiles(
        prefix: Self.tablePrefix, keeping: Set(kept.map(Self.fileName)))
    }
  }

  /// Removes what is kept, since it cannot be used.
  func remove() throws {
    try archive.removeStateFiles(prefix: Self.name, keeping: [Self.lock])
    try archive.removeStateFiles(prefix: Self.tablePrefix, keeping: [])
  }

  /// Another process that keeps its own knowledge may have removed the table.
  private func keep(_ table: StoryTable) throws {
    if try archive.stateFile(named: Self.fileName(table)) != nil { return }
    try archive.writeStateFile(named: Self.fileName(table)) { sink in
      try table.withUnsafeBytes { bytes in Result { try sink(bytes) } }.get()
    }
  }

  private static func fileName(_ table: StoryTable) -> String {
    tablePrefix + table.sum.hexadecimal
  }

  private func table(_ sum: UInt64) -> StoryTable? {
    guard let file = try? archive.stateFile(named: Self.tablePrefix + sum.hexadecimal),
      let table = StoryTable(file), table.sum == sum
    else { return nil }
    return table
  }
}

// MARK: The file that names the tables

extension KnowledgeStore {
  private struct Kept {
    var knowledge: Knowledge
    var position: ArchivePosition
    var past: UInt64
  }

  /// AGKNOWS1
  private static let mark: UInt64 = 0x3153_574F_4E4B_4741
  private static let tableLimit = 1 << 10

  private func write(_ knowledge: Knowledge) throws {
    let position = archive.position
    // Where anything is missing, the next start is to notice it.
    guard let past = try archive.past(before: position) else { return }
    var list = NumberList()
    for number in [
      Self.mark, UInt64(position.ordinal), UInt64(position.offset), position.sum,
      past, UInt64(knowledge.stories.count),
    ] {
      list.append(number)
    }
    list.append(knowledge.stories.tables.map(\.sum))
    list.append(knowledge.feeds.sorted())
    let moved = knowledge.firstAddresses.sorted { $0.key < $1.key }
    list.append(moved.map(\.key))
    list.append(moved.map(\.value))
    list.append(list.bytes.withUnsafeBytes { SHA256($0).prefix })
    try archive.writeStateFile(named: Self.name) { sink in
      try list.bytes.withUnsafeBytes { try sink($0) }
    }
  }

  private func read() -> Kept? {
    guard let file = try? archive.stateFile(named: Self.name) else { return nil }
    return file.withUnsafeBytes { bytes in
      let end = bytes.count - MemoryLayout<UInt64>.stride
      guard end > 0,
        SHA256(UnsafeRawBufferPointer(rebasing: bytes[..<end])).prefix == bytes.number(at: end)
      else { return nil }
      var list = NumberList.Reader(UnsafeRawBufferPointer(rebasing: bytes[..<end]))
      return kept(&list)
    }
  }

  private func kept(_ list: inout NumberList.Reader) -> Kept? {
    guard list.number() == Self.mark, let ordinal = list.count(), let offset = list.count(),
      let sum = list.number(), let past = list.number(), let count = list.count(),
      let sums = list.numbers(), sums.count <= Self.tableLimit, let feeds = list.texts(),
      let addresses = list.texts(), let firsts = list.texts(), addresses.count == firsts.count
    else { return nil }
    let tables = sums.compactMap(table)
    guard tables.count == sums.count else { return nil }
    let knowledge = Knowledge(
      stories: KnownStories(tables: tables, count: count), feeds: Set(feeds),
      firstAddresses: Dictionary(zip(addresses, firsts)) { first, _ in first })
    return Kept(
      knowledge: knowledge,
      position: ArchivePosition(ordinal: ordinal, offset: offset, sum: sum), past: past)
  }
}

/// Numbers in the machine's order, and texts behind their lengths.
private struct NumberList {
  private(set) var bytes: [UInt8] = []

  mutating func append(_ number: UInt64) {
    withUnsafeBytes(of: number) { bytes += $0 }
  }

  mutating func append(_ numbers: [UInt64]) {
    append(UInt64(numbers.count))
    for number in numbers { append(number) }
  }

  mutating func append(_ texts: [String]) {
    append(UInt64(texts.count))
    for text in texts {
      append(UInt64(text.utf8.count))
      bytes += text.utf8
    }
  }

  /// Reads what was appended, in order; nil where there is less.
  struct Reader {
    private var rest: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) {
      rest = bytes
    }

    mutating func number() -> UInt64? {
      take(MemoryLayout<UInt64>.stride)?.number(at: 0)
    }

    mutating func count() -> Int? { number().flatMap(Int.init(exactly:)) }

    mutating func numbers() -> [UInt64]? { list { $0.number() } }

    mutating func texts() -> [String]? {
      list { reader in
        reader.count().flatMap { reader.take($0) }.map { String(decoding: $0, as: UTF8.self) }
      }
    }

    private mutating func list<Element>(_ next: (inout Reader) -> Element?) -> [Element]? {
      guard let count = count() else { return nil }
      var elements: [Element] = []
      while elements.count < count {
        guard let element = next(&self) else { return nil }
        elements.append(element)
      }
      return elements
    }

    private mutating func take(_ count: Int) -> UnsafeRawBufferPointer? {
      guard count <= rest.count else { return nil }
      defer { rest = UnsafeRawBufferPointer(rebasing: rest[count...]) }
      return UnsafeRawBufferPointer(rebasing: rest[..<count])
    }
  }
}
