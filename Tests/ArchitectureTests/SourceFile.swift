import FoundationEssentials
import Glibc

/// A Swift file of the package as the fences see it: where it lies and what its lines say.
struct SourceFile {
  /// From the package root, as in `Sources/FeedParsing/MarkupReader.swift`.
  let path: String
  private let text: String

  init(path: String, text: String) {
    self.path = path
    self.text = text.utf8.contains(0) ? text.replacing("\0", with: " ") : text
  }

  var lines: [Substring] {
    text.split(separator: "\n", omittingEmptySubsequences: false)
  }

  /// Whether `phrase` stands anywhere in the file. Almost no file says anything forbidden, and this
  /// finds so without taking it apart.
  func mentions(_ phrase: String) -> Bool {
    strstr(text, phrase) != nil
  }

  /// The folder below `Sources/` or `Tests/`, which is the target's name.
  var target: String {
    path.split(separator: "/").dropFirst().first.map(String.init) ?? ""
  }

  var name: String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// The modules imported, with the line (from 1) of each.
  var imports: [(line: Int, module: String)] {
    lines.enumerated().compactMap { index, line in
      Self.importedModule(line).map { (index + 1, $0) }
    }
  }

  /// The lines without their comments, with their numbers (from 1). Strings are kept, since an
  /// interpolation in one is code.
  var code: [(line: Int, text: Substring)] {
    lines.enumerated().map { ($0 + 1, Self.withoutComment($1)) }
  }

  /// `Glibc` of `@preconcurrency internal import struct Glibc.timespec`; nil for any other line.
  private static func importedModule(_ line: Substring) -> String? {
    guard line.contains("import ") else { return nil }
    let words = withoutComment(line).split(whereSeparator: { $0 == " " || $0 == ";" })
      .drop { $0.hasPrefix("@") || accessLevels.contains($0) }
    guard words.first == "import", let subject = words.last, words.count > 1 else { return nil }
    return subject.split(separator: ".").first.map(String.init)
  }

  private static func withoutComment(_ line: Substring) -> Substring {
    var isQuoted = false
    var previous: Character = " "
    for index in line.indices {
      let character = line[index]
      if character == "\"", previous != "\\" { isQuoted.toggle() }
      if character == "/", previous == "/", !isQuoted { return line[..<line.index(before: index)] }
      previous = character
    }
    return line
  }

  private static let accessLevels: Set<Substring> = [
    "public", "package", "internal", "fileprivate", "private",
  ]
}

extension SourceFile {
  /// The package's root, found from this file's own place in it.
  static let packageRoot = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()

  /// The file at a path from the package root; nil for a folder.
  init?(at path: String) {
    var isFolder = false
    let place = Self.packageRoot + "/" + path
    guard FileManager.default.fileExists(atPath: place, isDirectory: &isFolder), !isFolder,
      let bytes = FileManager.default.contents(atPath: place)
    else { return nil }
    self.init(path: path, text: String(decoding: bytes, as: UTF8.self))
  }

  /// Every file below a folder of the package whose name ends in `suffix`, in the order of its path.
  static func all(below folder: String, suffix: String = "") throws -> [SourceFile] {
    try FileManager.default.subpathsOfDirectory(atPath: packageRoot + "/" + folder)
      .filter { $0.hasSuffix(suffix) }.sorted()
      .compactMap { SourceFile(at: folder + "/" + $0) }
  }
}
