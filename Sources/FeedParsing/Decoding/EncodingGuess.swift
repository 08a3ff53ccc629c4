/// The encoding of text that says nothing true about it, guessed from which bytes follow which.
///
/// Only what can be told apart with little text is guessed: the double-byte encodings of East Asia
/// by the rows that their scripts live in, Cyrillic and Thai by their long runs of high bytes.
/// Western text, whose accented letters stand alone between ASCII letters, is never taken for one of
/// these.
struct EncodingGuess {
  /// How much text is looked at, and how many high bytes a guess needs.
  private static let sampleByteLimit = 1 << 16
  private static let highByteMinimum = 8

  private var high = 0
  private var runs = 0
  /// Bytes above 0x7F by value.
  private var counts = [Int](repeating: 0, count: 256)

  /// How many high bytes it takes to call a declaration of windows-1252 a lie.
  private static let proofByteMinimum = 32

  /// The encoding of text that is declared as windows-1252 and is not. Every byte is a character
  /// there, so that no error would give the lie away.
  static func encoding(againstWindows1252 bytes: ArraySlice<UInt8>) -> CharacterEncoding? {
    guard EncodingGuess(bytes.prefix(sampleByteLimit)).high >= proofByteMinimum else { return nil }
    return encoding(of: bytes)
  }

  static func encoding(of bytes: ArraySlice<UInt8>) -> CharacterEncoding? {
    let sample = bytes.prefix(sampleByteLimit)
    let guess = EncodingGuess(sample)
    guard guess.high >= highByteMinimum else { return nil }
    let label =
      guess.isThai ? "tis-620" : guess.doubleByteLabel(sample) ?? guess.singleByteLabel()
    return label.flatMap { CharacterEncoding(label: $0) }
  }

  private init(_ sample: ArraySlice<UInt8>) {
    var previous: UInt8 = 0
    for byte in sample {
      if byte >= 0x80 {
        high += 1
        counts[Int(byte)] += 1
        if previous < 0x80 { runs += 1 }
      }
      previous = byte
    }
  }

  private func share(_ range: ClosedRange<UInt8>) -> Double {
    Double(range.reduce(0) { $0 + counts[Int($1)] }) / Double(high)
  }

  /// Thai has letters in two thirds of the high bytes, vowels and tones in their own rows, and some
  /// bytes never. It takes a few words to tell that from the bytes of Chinese.
  private var isThai: Bool {
    high >= 64 && high >= runs * 3 && share(0xA1...0xBF) > 0.25 && share(0xD0...0xE9) > 0.25
      && share(0xDB...0xDE) == 0 && share(0xFC...0xFF) == 0
  }

  /// Cyrillic writes words of high bytes only. KOI8-R has its small letters where
  /// windows-1251 has its capitals.
  private func singleByteLabel() -> String? {
    guard high >= runs * 3 else { return nil }
    guard share(0xC0...0xFF) > 0.8 else { return nil }
    return share(0xC0...0xDF) > share(0xE0...0xFF) ? "koi8-r" : "windows-1251"
  }

  private func doubleByteLabel(_ sample: ArraySlice<UInt8>) -> String? {
    if let leads = Leads(sample, lead: 0xA1...0xFE, trails: [0xA1...0xFE]) {
      if leads.share(0xA4...0xA5) > 0.2 { return "euc-jp" }
      if leads.share(0xB0...0xC8) > 0.9 { return "euc-kr" }
      if leads.share(0xB0...0xF7) > 0.6 { return "gb18030" }
    }
    let shiftJIS = Leads(sample, lead: 0x81...0xFC, trails: [0x40...0x7E, 0x80...0xFC])
    if let shiftJIS, shiftJIS.share(0x82...0x83) > 0.2 { return "shift_jis" }
    let big5 = Leads(sample, lead: 0x81...0xFE, trails: [0x40...0x7E, 0xA1...0xFE])
    if let big5, big5.share(0xA4...0xC6) > 0.6 { return "big5" }
    return nil
  }
}

/// The first bytes of a text's double-byte characters.
private struct Leads {
  private var counts = [Int](repeating: 0, count: 256)
  private var total = 0

  /// Nil when more than one in fifty characters is none of the encoding's.
  init?(_ sample: ArraySlice<UInt8>, lead: ClosedRange<UInt8>, trails: [ClosedRange<UInt8>]) {
    var place = sample.startIndex
    var wrong = 0
    while place < sample.endIndex {
      let byte = sample[place]
      place += 1
      guard byte >= 0x80 else { continue }
      guard place < sample.endIndex else { break }
      if lead.contains(byte), trails.contains(where: { $0.contains(sample[place]) }) {
        counts[Int(byte)] += 1
        total += 1
        place += 1
      } else {
        wrong += 1
      }
    }
    guard total > 0, wrong * 50 <= total else { return nil }
  }

  func share(_ range: ClosedRange<UInt8>) -> Double {
    Double(range.reduce(0) { $0 + counts[Int($1)] }) / Double(total)
  }
}
