/// Bytes that are written in a row and read once.
struct HTMLBuffer: ~Copyable {
  private var start: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private(set) var count = 0

  /// `capacity` in bytes; it grows when that is not enough.
  init(capacity: Int) {
    self.capacity = max(capacity, 64)
    start = .allocate(capacity: self.capacity)
  }

  deinit {
    start.deallocate()
  }

  /// Valid until the next call that changes the buffer.
  var bytes: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: start, count: count)
  }

  /// A copy as text: what was written has to be UTF-8.
  var text: String { String(checkedUTF8: bytes) }

  mutating func removeAll() {
    count = 0
  }

  var last: UInt8? { count > 0 ? start[count - 1] : nil }

  /// Forgets what was written behind the first `byteCount` bytes.
  mutating func shrink(to byteCount: Int) {
    count = min(count, byteCount)
  }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    if count == capacity { grow(by: 1) }
    start[count] = byte
    count += 1
  }

  @inline(__always)
  mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let source = bytes.baseAddress else { return }
    if bytes.count > capacity - count { grow(by: bytes.count) }
    (start + count).update(from: source, count: bytes.count)
    count += bytes.count
  }

  /// Appends the first `byteCount` bytes of a name. Its memory is `HTMLName.byteLimit` bytes long, all
  /// of which are written: that many need no call.
  @inline(__always)
  mutating func append(nameAt name: UnsafePointer<UInt8>, byteCount: Int) {
    if HTMLName.byteLimit > capacity - count { grow(by: HTMLName.byteLimit) }
    UnsafeMutableRawPointer(start + count).copyMemory(from: name, byteCount: HTMLName.byteLimit)
    count += byteCount
  }

  @inline(__always)
  mutating func append(_ text: StaticString) {
    append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  @inline(never)
  private mutating func grow(by additional: Int) {
    let larger = max(capacity * 2, count + additional)
    let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    moved.update(from: start, count: count)
    start.deallocate()
    (start, capacity) = (moved, larger)
  }
}

extension String {
  /// As `init(checkedUTF8:)` of a slice.
  init(checkedUTF8 text: UnsafeBufferPointer<UInt8>) {
    assert(UTF8Repair.isValid(Array(text)[...]), "text that is no UTF-8")
    let isASCII = ByteScan(bytes: text).nextBeyondASCII(from: 0) == text.count
    self.init(copying: UTF8Span(unchecked: text.span, isKnownASCII: isASCII))
  }
}

// MARK: - Escaping

extension HTMLBuffer {
  /// Writes text or an attribute's value with the characters that mean something in HTML escaped.
  mutating func append(escaping text: UnsafeBufferPointer<UInt8>) {
    var place = 0
    while place < text.count {
      let stop = text.firstToEscape(from: place)
      append(UnsafeBufferPointer(rebasing: text[place..<stop]))
      guard stop < text.count else { return }
      if let escape = text[stop].htmlEscape { append(escape) }
      place = stop + 1
    }
  }

  /// Writes text or an attribute's value as published, with its character references replaced by
  /// their characters and these escaped where they have to be.
  mutating func append(
    respelling text: UnsafeBufferPointer<UInt8>, isAttribute: Bool, scratch: inout [UInt8]
  ) {
    var place = 0
    while place < text.count {
      let stop = text.firstToEscape(from: place)
      append(UnsafeBufferPointer(rebasing: text[place..<stop]))
      guard stop < text.count else { return }
      place = stop + 1
      guard let escape = text[stop].htmlEscape else { continue }
      guard text[stop] == UInt8(ascii: "&") else {
        append(escape)
        continue
      }
      scratch.removeAll(keepingCapacity: true)
      let length = CharacterReference.decode(
        text, at: stop, isAttribute: isAttribute, into: &scratch)
      if length == 0 {
        append(escape)
      } else {
        scratch.withUnsafeBufferPointer { append(escaping: $0) }
        place = stop + length
      }
    }
  }
}

extension [UInt8] {
  /// Appends text or an attribute's value with the characters that mean something in HTML escaped.
  mutating func append(escaping text: UnsafeBufferPointer<UInt8>) {
    var place = 0
    while place < text.count {
      let stop = text.firstToEscape(from: place)
      append(contentsOf: UnsafeBufferPointer(rebasing: text[place..<stop]))
      guard stop < text.count else { return }
      if let escape = text[stop].htmlEscape { escape.withUTF8Buffer { append(contentsOf: $0) } }
      place = stop + 1
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// The first place from `start` on of an ampersand, a quote, an angle bracket or NUL; or the end.
  @inline(__always)
  fileprivate func firstToEscape(from start: Int) -> Int {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let raw = UnsafeRawBufferPointer(self)
    var place = start
    while place + 8 <= count {
      let word = raw.loadUnaligned(fromByteOffset: place, as: UInt64.self)
      // One bit lies between & and ", and one between < and >. Exact for the lowest match.
      let quotes = (word & ~(ones &* 0x04)) ^ (ones &* 0x22)
      let brackets = (word & ~(ones &* 0x02)) ^ (ones &* 0x3C)
      let found =
        ((quotes &- ones) & ~quotes | (brackets &- ones) & ~brackets | (word &- ones) & ~word)
        & (ones &* 0x80)
      if found != 0 { return place + found.trailingZeroBitCount / 8 }
      place += 8
    }
    while place < count, self[place].htmlEscape == nil { place += 1 }
    return place
  }
}

extension UInt8 {
  /// What is written in its place; nothing for NUL, which no HTML holds; nil for itself.
  fileprivate var htmlEscape: StaticString? {
    switch self {
    case UInt8(ascii: "&"): "&amp;"
    case UInt8(ascii: "<"): "&lt;"
    case UInt8(ascii: ">"): "&gt;"
    case UInt8(ascii: "\""): "&quot;"
    case 0: ""
    default: nil
    }
  }
}
