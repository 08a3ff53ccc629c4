/// The control characters U+0080 to U+009F, which no text means: they are bytes of windows-1252 that were
/// read as Latin-1.
enum ControlCharacters {
  /// The text with the characters of windows-1252 in their places, or nil when there are none.
  static func asWindows1252(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    text.withUnsafeBufferPointer { bytes in
      let scan = ByteScan(bytes: bytes)
      var output: [UInt8] = []
      var copied = 0
      var place = 0
      while let lead = scan.firstPlace(of: 0xC2, from: place, before: scan.count) {
        place = lead + 2
        guard 0x80...0x9F ~= scan[lead + 1] else { continue }
        output.append(contentsOf: scan.slice(copied..<lead))
        output.append(windows1252: scan[lead + 1])
        copied = place
      }
      guard copied > 0 else { return nil }
      output.append(contentsOf: scan.slice(copied..<max(copied, scan.count)))
      return output
    }
  }
}
