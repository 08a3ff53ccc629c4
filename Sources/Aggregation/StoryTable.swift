internal import Checksums
internal import StoryArchive
internal import Synchronization
internal import Syndication

/// What is known of many stored stories, in a file that is searched where it lies: their versions by
/// identifier, then the stories by sighting.
///
/// Both are pages of rows in the order of their keys, numbers in the machine's order. Behind the pages
/// stand the first key and the sum of each. A page is summed up when it is first needed, so that opening a
/// table costs in proportion to its pages, not to its rows, and nothing of a damaged one is believed.
final class StoryTable: Sendable {
  static let pageByteCount = 4096
  /// AGSTORY1
  static let mark: UInt64 = 0x3159_524F_5453_4741
  /// Mark, numbers of versions and sightings, sum.
  static let trailerByteCount = 4 * MemoryLayout<UInt64>.stride
  /// A page's first key and its sum.
  static let fenceByteCount = 2 * MemoryLayout<UInt64>.stride

  private struct Checks {
    /// A bit for each page that is as it was written.
    var sound: [UInt64]
    var foundDamage = false
  }

  private let file: MappedFile
  let versions: TableSection<KnownVersion>
  let sightings: TableSection<KnownSighting>
  /// Of all that the table holds.
  let sum: UInt64
  private let fencesOffset: Int
  private let checks: Mutex<Checks>

  /// Nil where `file` is not a whole table, or where it does not say what its pages are.
  init?(_ file: MappedFile) {
    let trailer = file.byteCount - Self.trailerByteCount
    guard trailer >= 0 else { return nil }
    let numbers = file.withUnsafeBytes { bytes in
      (0..<4).map { bytes.number(at: trailer + $0 * MemoryLayout<UInt64>.stride) }
    }
    guard numbers[0] == Self.mark, let versionCount = Int(exactly: numbers[1]),
      let sightingCount = Int(exactly: numbers[2]), versionCount <= file.byteCount,
      sightingCount <= file.byteCount
    else { return nil }
    let versions = TableSection<KnownVersion>(firstPage: 0, rowCount: versionCount)
    let sightings = TableSection<KnownSighting>(
      firstPage: versions.pages.upperBound, rowCount: sightingCount)
    let pageCount = sightings.pages.upperBound
    let fencesOffset = pageCount * Self.pageByteCount
    guard fencesOffset + pageCount * Self.fenceByteCount == trailer,
      file.withUnsafeBytes({ Self.sum(of: $0, fencesOffset, trailer) }) == numbers[3]
    else { return nil }
    self.file = file
    self.versions = versions
    self.sightings = sightings
    self.fencesOffset = fencesOffset
    sum = numbers[3]
    checks = Mutex(Checks(sound: [UInt64](repeating: 0, count: (pageCount + 63) / 64)))
  }

  /// Whether a page was needed that is not as it was written: then what was answered is worth nothing.
  var foundDamage: Bool { checks.withLock { $0.foundDamage } }

  /// The row with `key` in `section`; nil where there is none.
  func row<Row>(_ key: UInt64, in section: TableSection<Row>) -> Row? {
    file.withUnsafeBytes { bytes in
      guard let page = page(of: key, in: section.pages, bytes), isSound(page, bytes) else {
        return nil
      }
      let start = page * Self.pageByteCount
      var (low, high) = (0, section.rowCount(inPage: page))
      while low < high {
        let middle = (low + high) / 2
        let row = start + middle * Row.byteCount
        let found = bytes.number(at: row)
        if found == key { return Row(bytes, at: row) }
        if found < key { low = middle + 1 } else { high = middle }
      }
      return nil
    }
  }

  /// The row at `place` of `section`; nil where its page is damaged.
  func row<Row>(at place: Int, in section: TableSection<Row>) -> Row? {
    let (page, row) = place.quotientAndRemainder(dividingBy: TableSection<Row>.rowsPerPage)
    return file.withUnsafeBytes { bytes in
      let page = section.pages.lowerBound + page
      guard isSound(page, bytes) else { return nil }
      return Row(bytes, at: page * Self.pageByteCount + row * Row.byteCount)
    }
  }

  /// The whole file, for whoever writes it once more.
  func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    file.withUnsafeBytes(body)
  }

  /// The last of `pages` that begins at `key` or before.
  private func page(
    of key: UInt64, in pages: Range<Int>, _ bytes: UnsafeRawBufferPointer
  ) -> Int? {
    var (low, high) = (pages.lowerBound, pages.upperBound)
    while low < high {
      let middle = (low + high) / 2
      let first = bytes.number(at: fencesOffset + middle * Self.fenceByteCount)
      if first <= key { low = middle + 1 } else { high = middle }
    }
    return low > pages.lowerBound ? low - 1 : nil
  }

  private func isSound(_ page: Int, _ bytes: UnsafeRawBufferPointer) -> Bool {
    let (word, bit) = (page / 64, UInt64(1) << UInt64(page % 64))
    if checks.withLock({ $0.sound[word] & bit != 0 }) { return true }
    let start = page * Self.pageByteCount
    let content = UnsafeRawBufferPointer(rebasing: bytes[start..<start + Self.pageByteCount])
    let fence = fencesOffset + page * Self.fenceByteCount
    let isSound =
      SHA256(content).prefix == bytes.number(at: fence + MemoryLayout<UInt64>.stride)
    checks.withLock { checks in
      if isSound { checks.sound[word] |= bit } else { checks.foundDamage = true }
    }
    return isSound
  }

  /// The sum of the fences and of the numbers behind them.
  private static func sum(
    of bytes: UnsafeRawBufferPointer, _ fences: Int, _ trailer: Int
  ) -> UInt64 {
    let end = trailer + 3 * MemoryLayout<UInt64>.stride
    return SHA256(UnsafeRawBufferPointer(rebasing: bytes[fences..<end])).prefix
  }
}

/// A row of fixed size, found by its key, which it begins with.
protocol TableRow: Sendable {
  static var byteCount: Int { get }
  var key: UInt64 { get }

  init(_ bytes: UnsafeRawBufferPointer, at offset: Int)
  func write(to bytes: UnsafeMutableRawBufferPointer, at offset: Int)
}

/// Where rows of one kind stand in a table.
struct TableSection<Row: TableRow>: Sendable {
  static var rowsPerPage: Int { StoryTable.pageByteCount / Row.byteCount }

  let rowCount: Int
  let pages: Range<Int>

  init(firstPage: Int, rowCount: Int) {
    self.rowCount = rowCount
    let pageCount = rowCount / Self.rowsPerPage + (rowCount % Self.rowsPerPage == 0 ? 0 : 1)
    pages = firstPage..<firstPage + pageCount
  }

  /// Of one of `pages`.
  func rowCount(inPage page: Int) -> Int {
    min(Self.rowsPerPage, rowCount - (page - pages.lowerBound) * Self.rowsPerPage)
  }
}

struct KnownVersion: TableRow {
  static let byteCount = 40
  let story: StoryID
  let version: StoryVersion

  var key: UInt64 { story.bits }

  init(story: StoryID, version: StoryVersion) {
    self.story = story
    self.version = version
  }

  init(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
    story = StoryID(bits: bytes.number(at: offset))
    version = StoryVersion(bytes, at: offset + 8)
  }

  func write(to bytes: UnsafeMutableRawBufferPointer, at offset: Int) {
    bytes.storeBytes(of: key, toByteOffset: offset, as: UInt64.self)
    version.write(to: bytes, at: offset + 8)
  }
}

struct KnownSighting: TableRow {
  static let byteCount = 16
  let sighting: StoryID
  let story: StoryID

  var key: UInt64 { sighting.bits }

  init(sighting: StoryID, story: StoryID) {
    self.sighting = sighting
    self.story = story
  }

  init(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
    sighting = StoryID(bits: bytes.number(at: offset))
    story = StoryID(bits: bytes.number(at: offset + 8))
  }

  func write(to bytes: UnsafeMutableRawBufferPointer, at offset: Int) {
    bytes.storeBytes(of: key, toByteOffset: offset, as: UInt64.self)
    bytes.storeBytes(of: story.bits, toByteOffset: offset + 8, as: UInt64.self)
  }
}

extension UnsafeRawBufferPointer {
  func number(at offset: Int) -> UInt64 { loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
}
