internal import Checksums
internal import StoryArchive
internal import Syndication

/// What is known of many stored stories, in a file that is searched where it lies: their versions by
/// identifier, then the stories by sighting, then a filter for either.
///
/// All are pages, those of rows in the order of their keys, numbers in the machine's order. Behind the pages
/// stand the first key and the sum of each, and how many rows and words there are. A page's sum is proved
/// whenever the page is read from disk, so nothing of a damaged one is believed.
final class StoryTable {
  static let pageByteCount = 4096
  /// Rows of both kinds that one table may have.
  static let rowLimit = 2 << 20
  /// AGSTORY2
  static let mark: UInt64 = 0x3259_524F_5453_4741
  /// Mark, numbers of versions and of sightings, words of their filters, sum.
  static let trailerNumberCount = 6
  /// A page's first key and its sum.
  static let fenceNumberCount = 2
  /// Looks without the filters, after which they are read.
  private static let patience = 64

  private let file: StoredFile
  private let cache: PageCache
  private let number: UInt64
  let versions: TableSection<KnownVersion>
  let sightings: TableSection<KnownSighting>
  private let filterPages: (versions: FilterPages, sightings: FilterPages)
  /// Of all that the table holds.
  let sum: UInt64
  private let pageCount: Int
  /// First key and sum of each page, once one was needed: 16 bytes for each 4 KiB.
  private var fences: [UInt64] = []
  /// Of versions and of sightings, once it was worth reading them: a byte for each row.
  private var filters: KeyFilters?
  private var lookCount = 0
  /// Whether something was needed that is not as it was written, or cannot be read: then what was answered is
  /// worth nothing.
  private(set) var foundDamage = false

  /// Nil where `file` is not a whole table.
  init?(_ file: StoredFile, cache: PageCache) {
    let size = MemoryLayout<UInt64>.stride
    let trailer = file.byteCount - Self.trailerNumberCount * size
    guard trailer >= 0, let numbers = Self.numbers(of: file, at: trailer, Self.trailerNumberCount),
      numbers[0] == Self.mark
    else { return nil }
    let counts = numbers[1...4].compactMap { Int(exactly: $0) }
    guard counts.count == 4, counts.allSatisfy({ (0...Self.rowLimit).contains($0) }) else {
      return nil
    }
    versions = TableSection(firstPage: 0, rowCount: counts[0])
    sightings = TableSection(firstPage: versions.pages.upperBound, rowCount: counts[1])
    let versionFilter = FilterPages(
      firstPage: sightings.pages.upperBound, wordCount: counts[2])
    filterPages = (
      versionFilter, FilterPages(firstPage: versionFilter.pages.upperBound, wordCount: counts[3])
    )
    pageCount = filterPages.sightings.pages.upperBound
    guard counts[2] > 0, counts[3] > 0,
      pageCount * (Self.pageByteCount + Self.fenceNumberCount * size) == trailer
    else { return nil }
    sum = numbers[5]
    self.file = file
    self.cache = cache
    number = cache.newTable()
  }

  var byteCount: Int { file.byteCount }
  var rowCount: Int { versions.rowCount + sightings.rowCount }

  /// The version of the story; nil where there is none.
  func version(of story: StoryID) -> StoryVersion? {
    countLook()
    guard filters?.versions.mayHold(story.bits) ?? true else { return nil }
    return row(story.bits, in: versions)?.version
  }

  /// The story that was first sighted so; nil where there is none.
  func story(sightedAs sighting: StoryID) -> StoryID? {
    countLook()
    guard filters?.sightings.mayHold(sighting.bits) ?? true else { return nil }
    return row(sighting.bits, in: sightings)?.story
  }

  /// Takes over the filters that the table was written with.
  func use(_ filters: KeyFilters) { self.filters = filters }

  /// Whoever uses the table is not to believe it any more.
  func noteDamage() { foundDamage = true }

  /// The rows of one of `section`'s pages, in order; nil where it is damaged.
  func rows<Row>(ofPage page: Int, in section: TableSection<Row>) -> [Row]? {
    withPage(page, isKept: false) { bytes in
      (0..<section.rowCount(inPage: page)).map { Row(bytes, at: $0 * Row.byteCount) }
    }
  }

  /// A few looks do without the filters.
  private func countLook() {
    guard filters == nil, lookCount <= Self.patience else { return }
    lookCount += 1
    if lookCount > Self.patience { readFilters() }
  }

  private func readFilters() {
    guard let versions = filter(filterPages.versions),
      let sightings = filter(filterPages.sightings)
    else { return }
    filters = KeyFilters(versions: versions, sightings: sightings)
  }

  private func filter(_ pages: FilterPages) -> KeyFilter? {
    var words: [UInt64] = []
    words.reserveCapacity(pages.wordCount)
    for page in pages.pages {
      let isRead: Void? = withPage(page, isKept: false) { bytes in
        for place in 0..<min(FilterPages.wordsPerPage, pages.wordCount - words.count) {
          words.append(bytes.number(at: place * MemoryLayout<UInt64>.stride))
        }
      }
      guard isRead != nil else { return nil }
    }
    return words.count == pages.wordCount ? KeyFilter(words: words) : nil
  }

  private func row<Row>(_ key: UInt64, in section: TableSection<Row>) -> Row? {
    guard readFences(), let page = page(of: key, in: section.pages) else { return nil }
    let found: Row?? = withPage(page, isKept: true) { bytes in
      var (low, high) = (0, section.rowCount(inPage: page))
      while low < high {
        let middle = (low + high) / 2
        let offset = middle * Row.byteCount
        let found = bytes.number(at: offset)
        if found == key { return Row(bytes, at: offset) }
        if found < key { low = middle + 1 } else { high = middle }
      }
      return nil
    }
    return found ?? nil
  }

  /// The last of `pages` that begins at `key` or before.
  private func page(of key: UInt64, in pages: Range<Int>) -> Int? {
    var (low, high) = (pages.lowerBound, pages.upperBound)
    while low < high {
      let middle = (low + high) / 2
      if fences[middle * Self.fenceNumberCount] <= key { low = middle + 1 } else { high = middle }
    }
    return low > pages.lowerBound ? low - 1 : nil
  }

  /// Gives `body` a page as it was written; nil where it is not. `isKept` says that it may be needed again.
  private func withPage<Result>(
    _ page: Int, isKept: Bool, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result? {
    guard readFences() else { return nil }
    guard !isKept else { return cache.page(page, of: number, read: { read(page, $0) }).map(body) }
    return withUnsafeTemporaryAllocation(byteCount: Self.pageByteCount, alignment: 16) { bytes in
      read(page, bytes) ? body(UnsafeRawBufferPointer(bytes)) : nil
    }
  }

  private func read(_ page: Int, _ bytes: UnsafeMutableRawBufferPointer) -> Bool {
    let isSound =
      (try? file.read(at: page * Self.pageByteCount, into: bytes)) != nil
      && PageSum.of(UnsafeRawBufferPointer(bytes)) == fences[page * Self.fenceNumberCount + 1]
    if !isSound { foundDamage = true }
    return isSound
  }

  /// Whether the first keys and the sums are what was written.
  private func readFences() -> Bool {
    guard fences.isEmpty else { return true }
    let count = pageCount * Self.fenceNumberCount
    guard
      let numbers = Self.numbers(
        of: file, at: pageCount * Self.pageByteCount, count + Self.trailerNumberCount),
      numbers.last == sum, Self.sum(of: numbers.dropLast()) == sum
    else {
      foundDamage = true
      return false
    }
    fences = Array(numbers[..<count])
    return true
  }

  /// The sum of the fences and of the numbers behind them.
  static func sum(of numbers: ArraySlice<UInt64>) -> UInt64 {
    numbers.withUnsafeBytes { SHA256($0).prefix }
  }

  private static func numbers(of file: StoredFile, at offset: Int, _ count: Int) -> [UInt64]? {
    var numbers = [UInt64](repeating: 0, count: count)
    let isRead = numbers.withUnsafeMutableBytes { bytes in
      (try? file.read(at: offset, into: bytes)) != nil
    }
    return isRead ? numbers : nil
  }
}

/// A sum that any damage of a page changes: each step loses nothing of what came before, so one word that is
/// another one always does.
enum PageSum {
  static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var sum: UInt64 = 0x9E37_79B9_7F4A_7C15
    for offset in stride(from: 0, to: bytes.count, by: MemoryLayout<UInt64>.stride) {
      sum = (sum ^ bytes.number(at: offset)) &* 0xD6E8_FEB8_6659_FD93
      sum ^= sum >> 32
    }
    return sum
  }
}

/// A row of fixed size, found by its key, which it begins with.
protocol TableRow {
  static var byteCount: Int { get }
  var key: UInt64 { get }

  init(_ bytes: UnsafeRawBufferPointer, at offset: Int)
  func write(to bytes: UnsafeMutableRawBufferPointer, at offset: Int)
}

/// Where rows of one kind stand in a table.
struct TableSection<Row: TableRow> {
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

/// Where the words of a filter stand in a table.
struct FilterPages {
  static let wordsPerPage = StoryTable.pageByteCount / MemoryLayout<UInt64>.stride

  let wordCount: Int
  let pages: Range<Int>

  init(firstPage: Int, wordCount: Int) {
    self.wordCount = wordCount
    let pageCount = (wordCount + Self.wordsPerPage - 1) / Self.wordsPerPage
    pages = firstPage..<firstPage + pageCount
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
