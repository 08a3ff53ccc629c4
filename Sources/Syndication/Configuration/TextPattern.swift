/// A regular expression of feeds.conf, `/sponsored|advert/i`, that any text can be searched with in
/// bounded time: steps at most texts' length × instructions.
///
/// Not Swift's `Regex`, which backtracks: an innocent `(a+)+b` takes exponential time on a title that
/// a hostile publisher chose. All alternatives advance together instead (Thompson 1968; Cox, "Regular
/// Expression Matching: the Virtual Machine Approach").
///
/// The language: characters, `.`, `[a-z]`, `[^…]`, `( )`, `(?: )`, `|`, `*`, `+`, `?`, `{m,n}`, `^`,
/// `$`, `\d \w \s \b` and their capitals, and `\` before punctuation. It works on Unicode scalars.
/// No back references, no look-around.
package struct TextPattern: Hashable, Sendable, CustomStringConvertible {
  package static let instructionLimit = 500
  /// How far into a text is searched, in Unicode scalars.
  package static let scalarLimit = 1 << 16

  /// Without the slashes and the flags.
  package let source: String
  package let ignoresCase: Bool
  let program: [Instruction]

  enum Instruction: Hashable, Sendable {
    case scalar(Unicode.Scalar)
    case any
    case oneOf(ScalarClass)
    case start
    case end
    case wordBoundary(Bool)
    case split(Int, Int)
    case jump(Int)
    case match
  }

  package struct Problem: Error, Hashable, Sendable {
    package var message: String
  }

  package init(_ source: String, ignoringCase: Bool = false) throws(Problem) {
    self.source = source
    ignoresCase = ignoringCase
    var reader = TextPatternReader(source, ignoringCase: ignoringCase)
    let expression = try reader.read()
    var assembler = TextPatternAssembler()
    try assembler.append(expression)
    program = assembler.program + [.match]
  }

  /// As feeds.conf has it.
  package var description: String { "/\(source)/\(ignoresCase ? "i" : "")" }

  /// Whether some part of `text` fits.
  package func matches(_ text: String) -> Bool {
    var threads = TextPatternThreads(program: program)
    var previous: Unicode.Scalar?
    var remaining = text.unicodeScalars.prefix(TextPattern.scalarLimit)[...]
    while true {
      let next = remaining.popFirst()
      if threads.add(0, between: previous, and: next) { return true }
      guard let next else { return false }
      let seen = ignoresCase ? next.foldedForPattern : next
      threads.advance(over: seen)
      if threads.follow(between: next, and: remaining.first) { return true }
      previous = next
    }
  }
}

/// The instructions that wait for a character, each once.
private struct TextPatternThreads {
  let program: [TextPattern.Instruction]
  private var waiting: [Int] = []
  private var passed: [Int] = []
  /// The round in which an instruction was last reached.
  private var reached: [Int]
  private var round = 1

  init(program: [TextPattern.Instruction]) {
    self.program = program
    reached = Array(repeating: 0, count: program.count)
  }

  /// Keeps what the character fits, to be followed.
  mutating func advance(over scalar: Unicode.Scalar) {
    passed.removeAll(keepingCapacity: true)
    for place in waiting where program[place].accepts(scalar) { passed.append(place + 1) }
    waiting.removeAll(keepingCapacity: true)
    round += 1
  }

  /// True when the end of the pattern was reached.
  mutating func follow(between left: Unicode.Scalar, and right: Unicode.Scalar?) -> Bool {
    for place in passed where add(place, between: left, and: right) { return true }
    return false
  }

  mutating func add(
    _ start: Int, between left: Unicode.Scalar?, and right: Unicode.Scalar?
  ) -> Bool {
    var pending = [start]
    while let place = pending.popLast() {
      guard reached[place] != round else { continue }
      reached[place] = round
      switch program[place] {
      case .match: return true
      case .jump(let target): pending.append(target)
      case .split(let first, let second): pending += [second, first]
      case .start: if left == nil { pending.append(place + 1) }
      case .end: if right == nil { pending.append(place + 1) }
      case .wordBoundary(let wanted):
        let isBoundary = (left?.isWordScalar ?? false) != (right?.isWordScalar ?? false)
        if isBoundary == wanted { pending.append(place + 1) }
      case .scalar, .any, .oneOf: waiting.append(place)
      }
    }
    return false
  }
}

extension TextPattern.Instruction {
  fileprivate func accepts(_ scalar: Unicode.Scalar) -> Bool {
    switch self {
    case .scalar(let wanted): scalar == wanted
    case .any: scalar != "\n"
    case .oneOf(let scalars): scalars.contains(scalar)
    case .start, .end, .wordBoundary, .split, .jump, .match: false
    }
  }
}

/// The scalars between brackets.
struct ScalarClass: Hashable, Sendable {
  enum Kind: Hashable, Sendable { case digit, word, space }

  var ranges: [ClosedRange<UInt32>] = []
  var kinds: [Kind] = []
  var negatedKinds: [Kind] = []
  var isNegated = false
  var ignoresCase = false

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    let isIn =
      has(scalar)
      || ignoresCase && (scalar.properties.uppercaseMapping.unicodeScalars.first.map(has) ?? false)
    return isIn != isNegated
  }

  private func has(_ scalar: Unicode.Scalar) -> Bool {
    ranges.contains { $0.contains(scalar.value) } || kinds.contains { $0.contains(scalar) }
      || negatedKinds.contains { !$0.contains(scalar) }
  }
}

extension ScalarClass.Kind {
  fileprivate func contains(_ scalar: Unicode.Scalar) -> Bool {
    switch self {
    case .digit: scalar.properties.numericType == .decimal
    case .word: scalar.isWordScalar
    case .space: scalar.properties.isWhitespace
    }
  }
}

extension Unicode.Scalar {
  fileprivate var isWordScalar: Bool {
    self == "_" || properties.isAlphabetic || properties.numericType != nil
  }

  /// The small letter, where it is one scalar.
  var foldedForPattern: Unicode.Scalar {
    if isASCII { return "A"..."Z" ~= self ? Unicode.Scalar(UInt8(value) | 0x20) : self }
    let small = properties.lowercaseMapping.unicodeScalars
    return small.count == 1 ? small[small.startIndex] : self
  }
}
