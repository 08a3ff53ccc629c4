/// A manifest as it stands in its file, by lines: to name the one that is wrong.
struct ManifestText {
  struct Line {
    /// Counted from 1.
    var number: Int
    /// In the file, without the line feed.
    var range: Range<Int>
    var bytes: ArraySlice<UInt8>
  }

  /// Within the archive's directory.
  let path: String
  /// None where there is no such file.
  let lines: [Line]

  /// - Throws: `ArchiveError.io` when the file cannot be read.
  init(_ path: String, in directory: ArchiveDirectory) throws(ArchiveError) {
    let bytes = try directory.contents(of: path, byteLimit: ArchiveFormat.manifestByteLimit)
    self.path = path
    lines = (bytes ?? []).split(separator: 0x0A, omittingEmptySubsequences: false)
      .enumerated().map { Line(number: $0 + 1, range: $1.startIndex..<$1.endIndex, bytes: $1) }
      .filter { !$0.bytes.isEmpty }
  }

  /// Damage of one line.
  func damage(_ line: Line, _ detail: String) -> Damage {
    Damage(path: path, range: line.range, detail: "line \(line.number): \(detail)")
  }

  /// Damage of the file as a whole.
  func damage(_ detail: String) -> Damage {
    Damage(path: path, range: 0..<0, detail: detail)
  }
}

/// A line of `SHA256SUMS`.
struct ChecksumLine {
  var sha256: String
  /// Below `stories/`.
  var path: String

  private static let digitCount = 64

  /// Reads a line without its line feed, as `sha256sum` writes it; nil for anything else.
  init?(_ line: ArraySlice<UInt8>) {
    let digits = line.prefix(Self.digitCount)
    let path = line.dropFirst(Self.digitCount + 2)
    guard digits.count == Self.digitCount, !path.isEmpty,
      digits.allSatisfy({ $0.lowercaseHexadecimalValue != nil }),
      line.dropFirst(Self.digitCount).prefix(2).elementsEqual("  ".utf8)
    else { return nil }
    sha256 = String(decoding: digits, as: UTF8.self)
    self.path = String(decoding: path, as: UTF8.self)
  }
}
