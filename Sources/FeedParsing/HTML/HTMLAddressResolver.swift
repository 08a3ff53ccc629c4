internal import Syndication

/// The absolute address that the relative ones of texts belong to, read when it is first needed and
/// once for all texts.
final class HTMLAddressBase {
  let address: String
  fileprivate lazy var parts = AddressBase(address)
  /// What stands before a reference that begins with a name, and before one that begins with a slash,
  /// up to that slash; empty when what came of them is no web address.
  fileprivate lazy var folder = beginning(of: "a")
  fileprivate lazy var origin = beginning(of: "/a")

  init(_ address: String) {
    self.address = address
  }

  private func beginning(of reference: String) -> [UInt8] {
    guard let resolved = WebAddress.resolve(reference, within: parts), resolved.isWebAddress else {
      return []
    }
    return Array(resolved.utf8.dropLast(reference.utf8.count))
  }
}

/// Writes the addresses in attributes: safe ones only, absolute where there is a base.
struct HTMLAddressResolver {
  /// What resolving may add to a text beyond a multiple of its length, in bytes: a long base in
  /// front of each of a million short references would make gigabytes of a feed.
  private static let addedByteLimit = 16 << 10
  private static let addedFactor = 4

  private enum ByteKind: UInt8 {
    case plain, slash, mark, ampersand, other
  }

  /// How the bytes of an address that needs no resolving are looked at.
  private static let kinds: [ByteKind] = (0...255).map { byte in
    switch UInt8(byte) {
    case UInt8(ascii: "/"): .slash
    case UInt8(ascii: "?"), UInt8(ascii: "#"): .mark
    case UInt8(ascii: "&"): .ampersand
    case 0...0x20, 0x7F, UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"),
      UInt8(ascii: "\\"):
      .other
    default: .plain
    }
  }

  private let base: HTMLAddressBase?
  private let kinds = HTMLAddressResolver.kinds
  private var addableByteCount: Int

  init(base: HTMLAddressBase?, textByteCount: Int) {
    self.base = base
    addableByteCount = Self.addedByteLimit + Self.addedFactor * textByteCount
  }

  /// Writes the address that an attribute's raw value stands for; false when there is none.
  mutating func append(
    _ value: UnsafeBufferPointer<UInt8>, isLink: Bool, to output: inout HTMLBuffer,
    scratch: inout [UInt8]
  ) -> Bool {
    if isFinal(value, isRaw: true, isLink: isLink) {
      output.append(value)
      return true
    }
    if let beginning = beginning(of: value, isLink: isLink) {
      addableByteCount -= beginning.count
      beginning.withUnsafeBufferPointer { output.append(escaping: $0) }
      output.append(value)
      return true
    }
    scratch.removeAll(keepingCapacity: true)
    scratch.append(decoding: value, isAttribute: true)
    let isDone = scratch.withUnsafeBufferPointer { decoded in
      guard isFinal(decoded, isRaw: false, isLink: isLink) else { return false }
      output.append(escaping: decoded)
      return true
    }
    if isDone { return true }
    let reference = String(checkedUTF8: scratch[...])
    guard var address = resolve(reference) else { return false }
    if isLink { address = WebAddress.withoutTrackingParameters(address) }
    address.withUTF8 { output.append(escaping: $0) }
    return true
  }

  /// A safe address, absolute when there is a base; nil when it is none.
  mutating func resolve(_ reference: String) -> String? {
    guard WebAddress.isSafe(reference) else { return nil }
    let root = addableByteCount > 0 ? base?.parts : nil
    guard let address = WebAddress.resolve(reference, within: root) else {
      return base == nil ? reference : nil
    }
    addableByteCount -= max(0, address.utf8.count - reference.utf8.count)
    return WebAddress.isSafe(address) ? address : nil
  }

  /// What resolving would plainly write before a relative reference and nothing else, as with most: one
  /// without a scheme, dot segments, references and bytes that are encoded or to be encoded.
  private func beginning(of value: UnsafeBufferPointer<UInt8>, isLink: Bool) -> [UInt8]? {
    guard let base, addableByteCount > 0, value.count <= WebAddress.byteLimit,
      let first = value.first, first < 0x80
    else { return nil }
    let kind = kinds[Int(first)]
    guard kind == .plain || kind == .slash, value.count < 2 || kind != .slash || value[1] != first
    else { return nil }
    var hasMark = false
    var previous = UInt8(ascii: "/")
    for byte in value {
      switch kinds[Int(byte)] {
      case .ampersand, .other: return nil
      case .mark: hasMark = true
      case .slash: break
      case .plain:
        if byte >= 0x80 || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "%") { return nil }
        if byte == UInt8(ascii: "."), previous == UInt8(ascii: "/") { return nil }
      }
      previous = byte
    }
    if isLink, hasMark, WebAddress.mayTrack(value) { return nil }
    let beginning = kind == .slash ? base.origin : base.folder
    return beginning.isEmpty ? nil : beginning
  }

  /// Whether resolving would plainly change nothing, as with most addresses: `WebAddress.resolve`
  /// returns what this accepts as it is. Of a raw value, decoding and escaping change nothing either.
  private func isFinal(
    _ value: UnsafeBufferPointer<UInt8>, isRaw: Bool, isLink: Bool
  ) -> Bool {
    guard value.count <= WebAddress.byteLimit, let last = value.last, last < 0x80,
      var place = value.endOfPlainOrigin
    else { return false }
    var hasMark = false
    var kind = ByteKind.plain
    while place < value.count {
      let previous = kind
      kind = kinds[Int(value[place])]
      switch kind {
      case .plain:
        // A dot segment, plain or encoded.
        let isPointed = value[place] == UInt8(ascii: ".") || value[place] == UInt8(ascii: "%")
        if previous == .slash, isPointed { return false }
      case .slash: break
      case .mark: hasMark = true
      case .ampersand:
        guard isRaw else { break }
        guard ByteScan(bytes: value).matches("&amp;", at: place) else { return false }
        place += 4
      case .other: return false
      }
      place += 1
    }
    return !isLink || !hasMark || !WebAddress.mayTrack(value)
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Where the path begins after `http://` or `https://` and a lower case name; nil when the value
  /// begins otherwise.
  fileprivate var endOfPlainOrigin: Int? {
    let scan = ByteScan(bytes: self)
    let start = scan.matches("https://", at: 0) ? 8 : scan.matches("http://", at: 0) ? 7 : 0
    guard start > 0 else { return nil }
    var end = start
    var previous = UInt8(ascii: ".")
    // A last label that begins with a digit may be part of an IPv4 address.
    var lastLabelStart: UInt8 = 0
    while end < count, self[end].isPlainHostByte {
      if previous == UInt8(ascii: ".") {
        if self[end] == previous { return nil }
        lastLabelStart = self[end]
      }
      previous = self[end]
      end += 1
    }
    guard 0x61...0x7A ~= lastLabelStart, previous != UInt8(ascii: "."),
      end == count || self[end] == UInt8(ascii: "/")
    else { return nil }
    return end
  }
}

extension UInt8 {
  fileprivate var isPlainHostByte: Bool {
    0x61...0x7A ~= self || isASCIIDigit || self == UInt8(ascii: ".") || self == UInt8(ascii: "-")
  }
}
