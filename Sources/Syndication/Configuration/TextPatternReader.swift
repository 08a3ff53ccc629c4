/// A regular expression as a tree.
indirect enum TextPatternExpression {
  case one(TextPattern.Instruction)
  case sequence([TextPatternExpression])
  case choice([TextPatternExpression])
  /// `most` is nil for no upper bound.
  case repeated(TextPatternExpression, least: Int, most: Int?)
}

/// Reads a regular expression by recursive descent.
struct TextPatternReader {
  static let depthLimit = 32
  static let repetitionLimit = 100

  private let scalars: [Unicode.Scalar]
  private let ignoresCase: Bool
  private var place = 0
  private var depth = 0

  init(_ source: String, ignoringCase: Bool) {
    scalars = Array(source.unicodeScalars)
    ignoresCase = ignoringCase
  }

  mutating func read() throws(TextPattern.Problem) -> TextPatternExpression {
    guard !scalars.isEmpty else { throw .init(message: "an empty regular expression") }
    let expression = try choice()
    guard place == scalars.count else { throw problem("a ) without its (") }
    return expression
  }

  private mutating func choice() throws(TextPattern.Problem) -> TextPatternExpression {
    var alternatives = [try sequence()]
    while take("|") { alternatives.append(try sequence()) }
    return alternatives.count == 1 ? alternatives[0] : .choice(alternatives)
  }

  private mutating func sequence() throws(TextPattern.Problem) -> TextPatternExpression {
    var parts: [TextPatternExpression] = []
    while let next = peek, next != "|", next != ")" { parts.append(try repetition()) }
    return .sequence(parts)
  }

  private mutating func repetition() throws(TextPattern.Problem) -> TextPatternExpression {
    let part = try atom()
    guard let bounds = try quantifier() else { return part }
    _ = take("?")
    if let next = peek, "*+?{".unicodeScalars.contains(next) {
      throw problem("two repetitions in a row")
    }
    return .repeated(part, least: bounds.least, most: bounds.most)
  }

  private mutating func quantifier() throws(TextPattern.Problem) -> (least: Int, most: Int?)? {
    if take("*") { return (0, nil) }
    if take("+") { return (1, nil) }
    if take("?") { return (0, 1) }
    guard take("{") else { return nil }
    guard let least = number() else { throw problem("no number after {") }
    var most: Int? = least
    if take(",") { most = peek == "}" ? nil : number() ?? -1 }
    guard take("}"), most.map({ $0 >= least }) ?? true else { throw problem("no {m,n}") }
    guard max(least, most ?? 0) <= TextPatternReader.repetitionLimit else {
      throw problem("more than \(TextPatternReader.repetitionLimit) repetitions")
    }
    return (least, most)
  }

  private mutating func atom() throws(TextPattern.Problem) -> TextPatternExpression {
    switch next() {
    case "(": return try group()
    case "[": return .one(.oneOf(try scalarClass()))
    case ".": return .one(.any)
    case "^": return .one(.start)
    case "$": return .one(.end)
    case "\\": return .one(try escape())
    case "*", "+", "?", "{": throw problem("nothing to repeat")
    case .some(let scalar): return .one(literal(scalar))
    case nil: throw problem("it ends too early")
    }
  }

  private mutating func group() throws(TextPattern.Problem) -> TextPatternExpression {
    depth += 1
    defer { depth -= 1 }
    guard depth <= TextPatternReader.depthLimit else { throw problem("too many nested groups") }
    if take("?"), !take(":") { throw problem("only (?: … ) is understood of the (? forms") }
    let expression = try choice()
    guard take(")") else { throw problem("a ( without its )") }
    return expression
  }

  private mutating func escape() throws(TextPattern.Problem) -> TextPattern.Instruction {
    guard let scalar = next() else { throw problem("it ends with a backslash") }
    switch scalar {
    case "b": return .wordBoundary(true)
    case "B": return .wordBoundary(false)
    default: break
    }
    var scalars = ScalarClass()
    if scalars.add(shorthand: scalar) { return .oneOf(scalars) }
    return literal(try plain(escaped: scalar))
  }

  private mutating func scalarClass() throws(TextPattern.Problem) -> ScalarClass {
    var result = ScalarClass()
    result.ignoresCase = ignoresCase
    result.isNegated = take("^")
    var isFirst = true
    while let scalar = next() {
      if scalar == "]", !isFirst { return result }
      isFirst = false
      if scalar == "\\", let escaped = peek, result.add(shorthand: escaped) {
        place += 1
        continue
      }
      let low = scalar == "\\" ? try plain(escaped: next()) : scalar
      let high = try upperBound() ?? low
      guard low <= high else { throw problem("a range that runs backwards") }
      result.ranges.append(low.value...high.value)
    }
    throw problem("a [ without its ]")
  }

  /// The right side of `a-z`; nil where the class goes on without one.
  private mutating func upperBound() throws(TextPattern.Problem) -> Unicode.Scalar? {
    guard peek == "-", place + 1 < scalars.count, scalars[place + 1] != "]" else { return nil }
    place += 1
    let scalar = next()
    return scalar == "\\" ? try plain(escaped: next()) : scalar
  }

  private func plain(escaped: Unicode.Scalar?) throws(TextPattern.Problem) -> Unicode.Scalar {
    switch escaped {
    case "n": return "\n"
    case "t": return "\t"
    case .some(let scalar):
      let isLetterOrDigit = scalar.properties.isAlphabetic || scalar.properties.numericType != nil
      guard !isLetterOrDigit else { throw problem("\\\(scalar) is not understood") }
      return scalar
    case nil: throw problem("it ends with a backslash")
    }
  }

  private func literal(_ scalar: Unicode.Scalar) -> TextPattern.Instruction {
    .scalar(ignoresCase ? scalar.foldedForPattern : scalar)
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let digit = peek, "0"..."9" ~= digit, value ?? 0 < 1_000_000 {
      value = (value ?? 0) * 10 + Int(digit.value - 48)
      place += 1
    }
    return value
  }

  private var peek: Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }

  private mutating func next() -> Unicode.Scalar? {
    defer { place = min(place + 1, scalars.count) }
    return peek
  }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard peek == scalar else { return false }
    place += 1
    return true
  }

  private func problem(_ detail: String) -> TextPattern.Problem {
    TextPattern.Problem(message: "regular expression: \(detail)")
  }
}

extension ScalarClass {
  /// False when the letter after the backslash names no class.
  fileprivate mutating func add(shorthand letter: Unicode.Scalar) -> Bool {
    switch letter {
    case "d": kinds.append(.digit)
    case "w": kinds.append(.word)
    case "s": kinds.append(.space)
    case "D": negatedKinds.append(.digit)
    case "W": negatedKinds.append(.word)
    case "S": negatedKinds.append(.space)
    default: return false
    }
    return true
  }
}

/// Turns the tree into instructions.
struct TextPatternAssembler {
  private(set) var program: [TextPattern.Instruction] = []
  /// Visits of the tree: repetitions of nothing, nested, make no instructions but take time.
  private var stepCount = 0

  mutating func append(_ expression: TextPatternExpression) throws(TextPattern.Problem) {
    stepCount += 1
    guard program.count < TextPattern.instructionLimit,
      stepCount < 16 * TextPattern.instructionLimit
    else { throw .init(message: "regular expression: it is too large") }
    switch expression {
    case .one(let instruction): program.append(instruction)
    case .sequence(let parts): for part in parts { try append(part) }
    case .choice(let alternatives): try append(choiceOf: alternatives[...])
    case .repeated(let part, let least, let most):
      for _ in 0..<least { try append(part) }
      if let most {
        for _ in least..<most { try append(optional: part) }
      } else {
        try append(anyNumberOf: part)
      }
    }
  }

  private mutating func append(
    choiceOf alternatives: ArraySlice<TextPatternExpression>
  ) throws(TextPattern.Problem) {
    var exits: [Int] = []
    for alternative in alternatives.dropLast() {
      let fork = reserve()
      try append(alternative)
      exits.append(reserve())
      program[fork] = .split(fork + 1, program.count)
    }
    if let last = alternatives.last { try append(last) }
    for exit in exits { program[exit] = .jump(program.count) }
  }

  private mutating func append(
    optional part: TextPatternExpression
  ) throws(TextPattern.Problem) {
    let fork = reserve()
    try append(part)
    program[fork] = .split(fork + 1, program.count)
  }

  private mutating func append(
    anyNumberOf part: TextPatternExpression
  ) throws(TextPattern.Problem) {
    let fork = reserve()
    try append(part)
    program.append(.jump(fork))
    program[fork] = .split(fork + 1, program.count)
  }

  /// A place that is filled when the jump's target is known.
  private mutating func reserve() -> Int {
    program.append(.match)
    return program.count - 1
  }
}
