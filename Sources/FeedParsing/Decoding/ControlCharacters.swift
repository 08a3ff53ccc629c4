/// The control characters U+0080 to U+009F, which no text means: they are bytes of windows-1252 that were
/// read as Latin-1, or commands to a terminal.
enum ControlCharacters {
  /// The text with the characters of windows-1252 in their places, without those that are none of
  /// windows-1252 either; nil when there are none.
  static func asWindows1252(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    let scan = ByteScan(bytes: bytes)
    var output: [UInt8] = []
    var copied = 0
    var place = 0
    while let lead = scan.firstPlace(of: 0xC2, from: place, before: scan.count) {
      place = lead + 2
      guard 0x80...0x9F ~= scan[lead + 1] else { continue }
      output.append(contentsOf: scan.slice(copied..<lead))
      let code = Transcoder.windows1252High[Int(scan[lead + 1] - 0x80)]
      if code > 0x9F { output.append(scalar: UInt32(code)) }
      copied = place
    }
    guard copied > 0 else { return nil }
    output.append(contentsOf: scan.slice(copied..<max(copied, scan.count)))
    return output
  }
}
