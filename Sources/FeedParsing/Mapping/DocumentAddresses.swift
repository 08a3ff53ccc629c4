internal import Syndication

/// Resolves the addresses of a document, within bounds: a long base in front of each of a million
/// short references would make gigabytes of a few megabytes.
struct DocumentAddresses {
  /// What the bases may add up to, in bytes: so much, and a multiple of the document.
  private static let addedByteMinimum = 1 << 20
  private static let addedFactor = 2

  private var addableByteCount: Int
  /// The base that was read last, since most references of a document have the same.
  private var last: (text: String, base: AddressBase)?

  init(documentByteCount: Int) {
    addableByteCount = Self.addedByteMinimum + Self.addedFactor * documentByteCount
  }

  /// Whether relative addresses stay as they are from here on.
  private(set) var isSpent = false

  /// What is to be said of it.
  static let spentDefect: StaticString = "relative addresses beyond the limit left as they are"

  /// The base for all addresses of a text, which keeps its own account of them; nil once the bases
  /// have added up to too much.
  mutating func base(ofText base: String?) -> String? {
    guard let base, !isSpent else { return nil }
    spend(base)
    return base
  }

  private mutating func spend(_ base: String) {
    addableByteCount -= base.utf8.count
    isSpent = addableByteCount < 0
  }

  /// As `WebAddress.resolve`; without the base once the bases have added up to too much.
  mutating func resolve(_ reference: String, against base: String?) -> String? {
    guard let base, !isSpent else { return WebAddress.resolve(reference, within: nil) }
    spend(base)
    if WebAddress.isResolved(reference) { return reference }
    if let last, last.text == base { return WebAddress.resolve(reference, within: last.base) }
    let read = AddressBase(base)
    last = (base, read)
    return WebAddress.resolve(reference, within: read)
  }
}
