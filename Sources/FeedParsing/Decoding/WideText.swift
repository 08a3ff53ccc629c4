/// Text in units of 16 or 32 bits.
struct WideText {
  private let bytes: ArraySlice<UInt8>
  /// Bytes of a unit: 2 or 4.
  private let unit: Int
  private let isBigEndian: Bool

  init(_ bytes: ArraySlice<UInt8>, unit: Int, isBigEndian: Bool) {
    self.bytes = bytes
    self.unit = unit
    self.isBigEndian = isBigEndian
  }

  /// The text with U+FFFD for each surrogate alone, each code that is none, and a unit that the end
  /// cuts.
  func asUTF8() -> Transcoder.Outcome {
    var outcome = Transcoder.Outcome(bytes: [])
    outcome.bytes.reserveCapacity(bytes.count / unit * 3 / 2)
    var place = bytes.startIndex
    while place + unit <= bytes.endIndex {
      let code = code(at: place)
      place += unit
      if unit == 2, 0xD800..<0xDC00 ~= code, place + unit <= bytes.endIndex {
        let low = self.code(at: place)
        if 0xDC00..<0xE000 ~= low {
          outcome.bytes.append(scalar: 0x1_0000 + (code - 0xD800) << 10 + (low - 0xDC00))
          place += unit
          continue
        }
      }
      append(code, to: &outcome)
    }
    if place < bytes.endIndex { append(.max, to: &outcome) }
    return outcome
  }

  private func append(_ code: UInt32, to outcome: inout Transcoder.Outcome) {
    if Unicode.Scalar(code) == nil {
      outcome.errors += 1
      outcome.bytes.append(contentsOf: Transcoder.replacementCharacter)
    } else {
      outcome.bytes.append(scalar: code)
    }
  }

  private func code(at place: Int) -> UInt32 {
    let unit = bytes[place..<(place + unit)]
    return isBigEndian
      ? unit.reduce(0) { $0 << 8 | UInt32($1) } : unit.reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }
}
