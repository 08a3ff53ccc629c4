/// Collects the words of a text and decides about the white space between them.
struct PlainTextWriter: ~Copyable {
  /// What separates the words written so far from the next one.
  private enum Gap {
    case none, space, line
  }

  private let isSingleLine: Bool
  private var output: HTMLBuffer
  private var scratch: [UInt8] = []
  private var gap = Gap.none
  private var needsBullet = false
  /// How many preformatted elements are open.
  private var preformattedDepth = 0

  init(capacity: Int, isSingleLine: Bool) {
    self.isSingleLine = isSingleLine
    output = HTMLBuffer(capacity: capacity)
  }

  var isEmpty: Bool { output.count == 0 }

  mutating func open(_ element: HTMLElement) {
    let traits = element.traits
    if traits.contains(.block) { endLine() }
    if traits.contains(.apart) { widen(to: .space) }
    guard !isSingleLine else { return }
    if traits.contains(.listItem) { needsBullet = true }
    if traits.contains(.preformatted) { preformattedDepth += 1 }
  }

  mutating func close(_ element: HTMLElement) {
    let traits = element.traits
    if traits.contains(.block) { endLine() }
    if traits.contains(.apart) { widen(to: .space) }
    if traits.contains(.listItem) { needsBullet = false }
    if traits.contains(.preformatted), preformattedDepth > 0 { preformattedDepth -= 1 }
  }

  mutating func finish() -> String {
    while let last = output.last, last == 0x20 || last == 0x0A || last == 0x09 {
      output.shrink(to: output.count - 1)
    }
    return output.text
  }

  private mutating func endLine() {
    widen(to: isSingleLine ? .space : .line)
  }

  private mutating func widen(to wider: Gap) {
    if gap != .line { gap = wider }
  }

  /// Writes what stands between the words before and the next one.
  private mutating func closeGap() {
    if !isEmpty {
      switch gap {
      case .none: break
      case .space: output.append(0x20)
      case .line: if output.last != 0x0A { output.append(0x0A) }
      }
    }
    gap = .none
    guard needsBullet else { return }
    output.append("\u{2022} ")
    needsBullet = false
  }
}

// MARK: - Characters

extension PlainTextWriter {
  /// True for the bytes that are copied without a closer look: ASCII that is neither control, white
  /// space nor ampersand, and the bytes of characters outside the blocks with controls and spaces.
  @inline(__always)
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0...0x20, 0x26, 0x7F, 0xC2, 0xE2, 0xE3, 0xEF: false
    default: true
    }
  }

  /// Writes text; with `decoding`, its character references are replaced.
  mutating func write(_ text: UnsafeBufferPointer<UInt8>, decoding: Bool) {
    var place = 0
    while place < text.count {
      let end = Self.plainRun(in: text, from: place)
      if end > place {
        if gap != .none || needsBullet { closeGap() }
        output.append(UnsafeBufferPointer(rebasing: text[place..<end]))
        place = end
      } else {
        place += writeSpecial(text, at: place, decoding: decoding)
      }
    }
  }

  /// The end of the longest run of plain bytes with single spaces between them.
  private static func plainRun(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var place = text.endOfPlainWords(from: start)
    while place < text.count {
      let byte = text[place]
      if isPlain(byte) {
        place += 1
      } else if byte == 0x20, place > start, place + 1 < text.count, isPlain(text[place + 1]) {
        place += 2
      } else {
        break
      }
    }
    return place
  }

  /// Writes one character that is not plain and returns its bytes in `text`.
  private mutating func writeSpecial(
    _ text: UnsafeBufferPointer<UInt8>, at place: Int, decoding: Bool
  ) -> Int {
    let byte = text[place]
    if byte == 0x26, decoding {
      let length = writeReference(text, at: place)
      if length > 0 { return length }
    }
    if byte < 0x80 {
      let isFirstOfLineEnd = byte == 0x0D && place + 1 < text.count && text[place + 1] == 0x0A
      if !isFirstOfLineEnd { writeASCII(byte) }
      return 1
    }
    let length = min(byte < 0xE0 ? 2 : 3, text.count - place)
    let character = UnsafeBufferPointer(rebasing: text[place..<place + length])
    switch Self.kind(of: character) {
    case .space: widen(to: .space)
    case .line: endLine()
    case .nothing: break
    case .word:
      closeGap()
      output.append(character)
    }
    return length
  }

  /// Writes what a character reference stands for and returns its bytes, 0 where there is none.
  private mutating func writeReference(_ text: UnsafeBufferPointer<UInt8>, at place: Int) -> Int {
    let common = ByteScan(bytes: text).commonEntity(at: place)
    if common.length > 0 {
      writeASCII(common.byte)
      return common.length
    }
    var decoded: [UInt8] = []
    swap(&decoded, &scratch)
    decoded.removeAll(keepingCapacity: true)
    let length = CharacterReference.decode(text, at: place, isAttribute: false, into: &decoded)
    if length > 0 { decoded.withUnsafeBufferPointer { write($0, decoding: false) } }
    swap(&decoded, &scratch)
    return length
  }

  private mutating func writeASCII(_ byte: UInt8) {
    switch byte {
    case 0x09...0x0D, 0x20:
      if preformattedDepth == 0 { widen(to: .space) } else { writePreformatted(space: byte) }
    case 0x21...0x7E:
      closeGap()
      output.append(byte)
    default: break
    }
  }

  private mutating func writePreformatted(space: UInt8) {
    let isLineEnd = space == 0x0A || space == 0x0D
    if isLineEnd, isEmpty { return }
    if isLineEnd, gap == .line { return closeGap() }
    closeGap()
    output.append(isLineEnd ? 0x0A : space == 0x09 ? 0x09 : 0x20)
  }

  private enum Kind {
    case word, space, line, nothing
  }

  /// Of a character that begins with C2, E2, E3 or EF.
  private static func kind(of character: UnsafeBufferPointer<UInt8>) -> Kind {
    var scalar: UInt32 = 0
    for (offset, byte) in character.enumerated() {
      scalar =
        offset == 0
        ? UInt32(byte) & (character.count == 2 ? 0x1F : 0x0F)
        : scalar << 6 | UInt32(byte) & 0x3F
    }
    switch scalar {
    case 0x2028, 0x2029: return .line
    case 0x85, 0xA0, 0x2000...0x200A, 0x202F, 0x205F, 0x3000: return .space
    case 0x80...0x9F, 0xAD, 0x200B, 0x202A...0x202E, 0x2060...0x2069, 0xFEFF, 0xFFF9...0xFFFB,
      0xFFFE...0xFFFF:
      return .nothing
    default: return .word
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// The end of the words of eight bytes from `start` on that are ASCII letters, digits and marks but
  /// no ampersand, with single spaces between and none at either end.
  @inline(__always)
  fileprivate func endOfPlainWords(from start: Int) -> Int {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs = ones &* 0x80
    let raw = UnsafeRawBufferPointer(self)
    var place = start
    // The byte before the words counts as a space.
    var spaceBefore: UInt64 = 0x80
    while place + 8 <= count {
      let word = raw.loadUnaligned(fromByteOffset: place, as: UInt64.self)
      let spaces = ~(((word ^ ones &* 0x20) & ~highs &+ ones &* 0x7F) | word) & highs
      let special =
        word & highs | ~(word & ~highs &+ ones &* 0x60) | (word &+ ones)
      let ampersands = (word ^ ones &* 0x26) &- ones
      guard (special | ampersands & ~(word ^ ones &* 0x26)) & highs == 0,
        spaces & (spaces << 8 | spaceBefore) == 0
      else { break }
      spaceBefore = spaces >> 56
      place += 8
    }
    return place > start && self[place - 1] == 0x20 ? place - 1 : place
  }
}
