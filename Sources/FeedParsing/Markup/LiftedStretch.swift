/// A stretch of a document taken apart: its tags as well-formed XML, and beside them its text.
///
/// The text never passes through the XML parser: most of a feed is text, and the parser is the
/// slowest reader of it and the one least to be trusted with it. In the XML a run of text is one
/// letter, its token. Long text is not even copied: it is where it stands in the input.
struct LiftedStretch {
  /// Text of at least as many bytes is left in the input; shorter text is cheaper to copy than to
  /// keep account of.
  private static let pieceByteMinimum = 64

  private(set) var markup: [UInt8] = []
  /// Characters that do not stand in the input as they are; beyond `madeCount` the bytes mean nothing.
  private var made: [UInt8] = []
  private var madeCount = 0
  private var pieces: [TextPiece] = []
  /// Ends of the runs, in pieces.
  private var runEnds: [Int] = []
  /// Runs of the document that were read before the first one here.
  private var readRuns = 0
  /// Runs of this stretch that were read.
  private var nextRun = 0

  /// A part of a run: of the input, or of `made`.
  private struct TextPiece {
    var range: Range<Int>
    var isMade: Bool
  }

  /// `byteCount` is how much input is taken apart at once.
  init(byteCount: Int) {
    made = Array(repeating: 0, count: byteCount)
    markup.reserveCapacity(byteCount / 4)
  }

  /// Pieces of the runs that ended.
  private var endedPieces = 0

  /// Whether the last run may get more text.
  @inline(__always)
  var isRunOpen: Bool { pieces.count > endedPieces }

  /// Adds text that stands in the input as it is.
  @inline(__always)
  mutating func appendText(_ range: Range<Int>, of input: ByteScan) {
    if range.count < LiftedStretch.pieceByteMinimum {
      appendMade(input.slice(range))
    } else {
      pieces.append(TextPiece(range: range, isMade: false))
    }
  }

  /// Adds text of the input and one byte that was made of what follows it there.
  @inline(__always)
  mutating func appendText(_ range: Range<Int>, of input: ByteScan, and byte: UInt8) {
    if range.count < LiftedStretch.pieceByteMinimum {
      make(range.count + 1) { memory in
        memory.update(fromContentsOf: input.slice(range), and: byte)
      }
    } else {
      pieces.append(TextPiece(range: range, isMade: false))
      appendMade(byte)
    }
  }

  @inline(__always)
  mutating func appendMade(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard !bytes.isEmpty else { return }
    make(bytes.count) { _ = $0.update(fromContentsOf: bytes) }
  }

  @inline(__always)
  mutating func appendMade(_ byte: UInt8) {
    make(1) { $0[0] = byte }
  }

  mutating func appendMade(scalar code: UInt32) {
    var bytes: [UInt8] = []
    bytes.append(scalar: code)
    bytes.withUnsafeBufferPointer { appendMade($0) }
  }

  /// Adds `count` bytes, which `write` writes, to the last run.
  @inline(__always)
  private mutating func make(_ count: Int, _ write: (UnsafeMutableBufferPointer<UInt8>) -> Void) {
    let start = madeCount
    madeCount += count
    if madeCount > made.count {
      made.append(contentsOf: repeatElement(0, count: max(made.count, count)))
    }
    made.withUnsafeMutableBufferPointer {
      write(UnsafeMutableBufferPointer(rebasing: $0[start..<start + count]))
    }
    let last = pieces.count - 1
    if isRunOpen, pieces[last].isMade {
      pieces[last].range = pieces[last].range.lowerBound..<madeCount
    } else {
      pieces.append(TextPiece(range: start..<madeCount, isMade: true))
    }
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
    guard isRunOpen else { return }
    markup.append(RunToken.letter(readRuns &+ runEnds.count))
    runEnds.append(pieces.count)
    endedPieces = pieces.count
  }

  /// Ends the stretch. The push parser keeps text until it sees what follows: an instruction, which
  /// nobody listens to, makes it hand the text on.
  mutating func end() {
    endRun()
    if let last = markup.last, last != UInt8(ascii: ">") { appendMarkup("<?x?>") }
  }
}

/// The tokens of runs, and the runs that they stand for.
extension LiftedStretch {
  /// Hands the text of the run that a token stands for to `body`, piece by piece.
  @inline(__always)
  mutating func read(
    token: UInt8, of input: ByteScan, _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    guard let number = RunToken.number(token) else { return }
    // A parser that lost a run must not give its text to another element.
    nextRun += (number &- readRuns &- nextRun) & (RunToken.count - 1)
    guard nextRun < runEnds.count else { return }
    let first = nextRun == 0 ? 0 : runEnds[nextRun - 1]
    for piece in pieces[first..<runEnds[nextRun]] {
      if piece.isMade {
        made.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[piece.range])) }
      } else {
        body(input.slice(piece.range))
      }
    }
    nextRun += 1
  }

  /// The XML of the stretch, whose runs stay.
  mutating func takeMarkup() -> [UInt8] {
    defer { markup = [] }
    return markup
  }

  /// Begins the next stretch in the memory of the last. Runs that the parser still holds tokens of
  /// are kept.
  mutating func begin(reusing memory: consuming [UInt8]) {
    markup = memory
    markup.removeAll(keepingCapacity: true)
    guard nextRun >= runEnds.count else { return }
    readRuns += runEnds.count
    nextRun = 0
    runEnds.removeAll(keepingCapacity: true)
    pieces.removeAll(keepingCapacity: true)
    endedPieces = 0
    madeCount = 0
  }
}

/// The characters that stand for runs of text: a run's number, of which the last bits suffice to see
/// that one was lost. None of them means anything in XML.
private enum RunToken {
  static let count = 32
  private static let first = 0x60

  @inline(__always)
  static func letter(_ number: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: first + number & (count - 1))
  }

  /// Nil for a byte that is no token.
  @inline(__always)
  static func number(_ letter: UInt8) -> Int? {
    first..<first + count ~= Int(letter) ? Int(letter) - first : nil
  }
}

extension UnsafeMutableBufferPointer<UInt8> {
  /// Fills the memory with some bytes and one more.
  @inline(__always)
  fileprivate func update(fromContentsOf bytes: UnsafeBufferPointer<UInt8>, and byte: UInt8) {
    _ = update(fromContentsOf: bytes)
    self[bytes.count] = byte
  }
}
