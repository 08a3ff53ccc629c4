/// Where things stand in an index file. All numbers are little-endian.
///
/// The header: the mark, the SHA-256 and the length of the plain segment, how many documents
/// it has, and for each part where it begins, how long it is and its check; then the check of all that.
/// A check is the first 64 bits of a SHA-256.
struct IndexLayout {
  enum Part: Int, CaseIterable {
    /// The segments whose stories' words copies in this one borrow: ordinal (8), SHA-256 (32).
    case lenders
    /// For each document where its line begins in the plain segment (4); a check (8) behind every 1,024
    /// of them and behind the last.
    case offsets
    /// For each page of `stories` its first identifier (8) and its check (8).
    case storyPages
    /// The identifier of each document (8) and twice its number, and one if it is a revision (4), by
    /// identifier, in pages of 512.
    case stories
    /// Stories with revisions in this segment, by identifier (8), and the last one's number (4).
    case revisions
    /// The identifiers (8) of stories that are told to be removed, in order.
    case removals
    /// Copies without words of their own, by number (4); the place of the lender in `lenders` counted
    /// from 1, or 0 for this segment (4); the number there (4).
    case copies
    /// Documents that have to be looked at for every query, and those that do not count, as they stand
    /// in the archive twice: how many of each and how long, variable; then Rice's code.
    case exceptions
    /// Addresses and names of feeds, and languages, each with the documents that have it: the kind (1),
    /// the length of the text, variable, the text, how many documents, how long, variable, Rice's code.
    case labels
    /// For each block: where it begins (4), how long it is (4), its check (8), the length of its first
    /// term (1) and that.
    case blockPages
    case blocks
  }

  static let mark: [UInt8] = Array("AGWORDS1".utf8)
  static let digestByteCount = 32
  static let headerByteCount = 8 + 32 + 8 + 8 + Part.allCases.count * 24 + 8
  /// The most that is read of a part at once; a segment of 64 MiB needs a twentieth of it.
  static let partByteLimit = 1 << 28
  static let storyByteCount = 12
  static let storiesPerPage = 512
  static let offsetsPerPage = 1024

  struct Place {
    var offset = 0
    var byteCount = 0
    var check: UInt64 = 0
  }

  var digest: [UInt8]
  var segmentByteCount: Int
  var documentCount: Int
  var places = [Place](repeating: Place(), count: Part.allCases.count)

  subscript(part: Part) -> Place {
    get { places[part.rawValue] }
    set { places[part.rawValue] = newValue }
  }

  init(digest: [UInt8], segmentByteCount: Int, documentCount: Int) {
    self.digest = digest
    self.segmentByteCount = segmentByteCount
    self.documentCount = documentCount
  }

  var header: [UInt8] {
    var bytes = IndexLayout.mark + digest
    bytes.appendNumber(UInt64(segmentByteCount))
    bytes.appendNumber(UInt64(documentCount))
    for place in places {
      bytes.appendNumber(UInt64(place.offset))
      bytes.appendNumber(UInt64(place.byteCount))
      bytes.appendNumber(place.check)
    }
    bytes.appendNumber(bytes.check)
    return bytes
  }

  init(header: [UInt8]) throws(IndexProblem) {
    guard header.count == IndexLayout.headerByteCount, header.starts(with: IndexLayout.mark) else {
      throw .stale
    }
    let body = Array(header.dropLast(8))
    var end = ByteCursor(header, at: body.count)
    guard try end.number() as UInt64 == body.check else { throw .damaged }
    var cursor = ByteCursor(header, at: IndexLayout.mark.count)
    digest = Array(try cursor.bytes(IndexLayout.digestByteCount))
    segmentByteCount = try IndexLayout.length(&cursor)
    documentCount = try IndexLayout.length(&cursor)
    for part in places.indices {
      places[part] = Place(
        offset: try IndexLayout.length(&cursor), byteCount: try IndexLayout.length(&cursor),
        check: try cursor.number())
    }
  }

  /// A length that sums of can be formed with.
  private static func length(_ cursor: inout ByteCursor) throws(IndexProblem) -> Int {
    let value: UInt64 = try cursor.number()
    guard value < 1 << 40 else { throw .damaged }
    return Int(value)
  }
}
