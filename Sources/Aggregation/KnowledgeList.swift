internal import Checksums
internal import StoryArchive
internal import StoryGrouping
internal import Syndication

/// What `state/knowledge` says: which tables there are, and of what they were made. Numbers in the machine's
/// order, texts behind their lengths, a sum at the end.
struct KnowledgeList {
  /// Of the addresses of all feeds that ever had stories.
  static let byteLimit = 64 << 20

  /// After the last record that was folded in.
  var position: ArchivePosition
  /// `ArchivePast.mark` when that was begun.
  var past: UInt64
  var storyCount: Int
  /// Their sums.
  var tables: [UInt64]
  var feeds: [String]
  /// Addresses of feeds, with those at which they were first followed.
  var moves: [(String, String)]

  /// AGKNOWS2
  private static let mark: UInt64 = 0x3253_574F_4E4B_4741
  private static let tableLimit = 1 << 10
  /// What no ordinal, offset or count comes near to.
  private static let countLimit = 1 << 48

  var bytes: [UInt8] {
    var list = NumberList()
    for number in [
      Self.mark, StoryFingerprint.derivation, UInt64(position.ordinal), UInt64(position.offset),
      position.sum, past, UInt64(storyCount),
    ] {
      list.append(number)
    }
    list.append(tables)
    list.append(feeds)
    list.append(moves.map(\.0))
    list.append(moves.map(\.1))
    list.append(Self.sum(of: list.bytes[...]))
    return list.bytes
  }

  init(
    position: ArchivePosition, past: UInt64, storyCount: Int, tables: [UInt64], feeds: [String],
    moves: [(String, String)]
  ) {
    self.position = position
    self.past = past
    self.storyCount = storyCount
    self.tables = tables
    self.feeds = feeds
    self.moves = moves
  }

  static func sum(of bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.withUnsafeBytes { SHA256($0).prefix }
  }

  /// Nil for other bytes than those that `bytes` gives, and for those of a version that knows stories by other
  /// hashes.
  init?(_ bytes: UnsafeRawBufferPointer) {
    let end = bytes.count - MemoryLayout<UInt64>.stride
    guard end > 0,
      SHA256(UnsafeRawBufferPointer(rebasing: bytes[..<end])).prefix == bytes.number(at: end)
    else { return nil }
    var list = NumberList.Reader(UnsafeRawBufferPointer(rebasing: bytes[..<end]))
    guard list.number() == Self.mark, list.number() == StoryFingerprint.derivation,
      let ordinal = list.count(below: Self.countLimit),
      let offset = list.count(below: Self.countLimit), let sum = list.number(),
      let past = list.number(), let count = list.count(below: Self.countLimit),
      let tables = list.numbers(), tables.count <= Self.tableLimit,
      Set(tables).count == tables.count, let feeds = list.texts(), let addresses = list.texts(),
      let firsts = list.texts(), addresses.count == firsts.count
    else { return nil }
    self.init(
      position: ArchivePosition(ordinal: ordinal, offset: offset, sum: sum), past: past,
      storyCount: count, tables: tables, feeds: feeds, moves: Array(zip(addresses, firsts)))
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

    mutating func count(below limit: Int) -> Int? {
      number().flatMap(Int.init(exactly:)).flatMap { (0..<limit).contains($0) ? $0 : nil }
    }

    mutating func numbers() -> [UInt64]? { list { $0.number() } }

    mutating func texts() -> [String]? {
      list { reader in
        reader.count(below: .max).flatMap { reader.take($0) }
          .map { String(decoding: $0, as: UTF8.self) }
      }
    }

    private mutating func list<Element>(_ next: (inout Reader) -> Element?) -> [Element]? {
      guard let count = count(below: .max) else { return nil }
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
