/// A document taken apart: its tags as well-formed XML, and beside them its text.
///
/// The text never passes through the XML parser: most of a feed is text, and the parser is the
/// slowest reader of it and the one least to be trusted with it. In the XML the n-th run of text is
/// the token `n;`.
struct LiftedDocument {
  private(set) var markup: [UInt8] = []
  private(set) var text: [UInt8] = []
  private var runEnds: [Int] = []

  init(byteCount: Int) {
    text.reserveCapacity(byteCount)
    markup.reserveCapacity(byteCount / 8 + 64)
  }

  static let runMark = UInt8(ascii: ";")

  /// Where a run of text lies; nil for a token that no run has.
  func range(ofRun run: Int) -> Range<Int>? {
    guard runEnds.indices.contains(run) else { return nil }
    return (run == 0 ? 0 : runEnds[run - 1])..<runEnds[run]
  }

  @inline(__always)
  mutating func appendText(_ bytes: UnsafeBufferPointer<UInt8>) {
    text.append(contentsOf: bytes)
  }

  @inline(__always)
  mutating func appendText(_ byte: UInt8) {
    text.append(byte)
  }

  mutating func appendText(scalar code: UInt32) {
    text.append(scalar: code)
  }

  @inline(__always)
  mutating func appendMarkup(_ bytes: UnsafeBufferPointer<UInt8>) {
    markup.append(contentsOf: bytes)
  }

  @inline(__always)
  mutating func appendMarkup(_ byte: UInt8) {
    markup.append(byte)
  }

  mutating func appendMarkup(_ text: StaticString) {
    appendMarkup(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  mutating func appendMarkup(escaping bytes: UnsafeBufferPointer<UInt8>) {
    markup.append(escaping: bytes, quotes: true)
  }

  /// Ends the run of text before a tag, when there is one.
  mutating func endRun() {
    guard text.count > runEnds.last ?? 0 else { return }
    var digits: (UInt64, Int) = (0, 0)
    var rest = runEnds.count
    repeat {
      digits.0 = digits.0 << 8 | UInt64(rest % 10 + 0x30)
      digits.1 += 1
      rest /= 10
    } while rest > 0 && digits.1 < 8
    for _ in 0..<digits.1 {
      markup.append(UInt8(digits.0 & 0xFF))
      digits.0 >>= 8
    }
    markup.append(LiftedDocument.runMark)
    runEnds.append(text.count)
  }
}
