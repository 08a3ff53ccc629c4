internal import EntryImport
internal import FoundationEssentials
internal import SystemPackage

/// A file, or the folder of an archive, that is to be imported.
struct ImportSource {
  var path: String
  var format: ImportCommand.Format

  private static let headByteCount = 64 << 10
  /// What an archive's folder holds (Storage/README.md).
  private static let archiveMark = "FORMAT"

  /// What stands at `path`: a file, the files of a folder in the order of their names, or an archive.
  ///
  /// - Throws: `CommandFailure` for what is not there or cannot be read.
  static func sources(
    at path: String, _ format: ImportCommand.Format?
  ) throws(CommandFailure) -> [ImportSource] {
    guard isFolder(path) else { return [try file(at: path, format)] }
    if FileManager.default.fileExists(atPath: path + "/" + archiveMark) {
      return [ImportSource(path: path, format: .archive)]
    }
    guard format != .archive else { throw CommandFailure(.notAFeed, "\(path): no archive") }
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    } catch {
      throw CommandFailure(.noInput, "\(path): cannot read: \(error)")
    }
    var sources: [ImportSource] = []
    for name in names where !name.hasPrefix(".") && !isFolder(path + "/" + name) {
      sources.append(try file(at: path + "/" + name, format))
    }
    guard !sources.isEmpty else { throw CommandFailure(.notAFeed, "\(path): no files") }
    return sources
  }

  private static func file(
    at path: String, _ format: ImportCommand.Format?
  ) throws(CommandFailure) -> ImportSource {
    if let format { return ImportSource(path: path, format: format) }
    guard path != "-" else {
      throw CommandFailure(.usage, "standard input: what it is must be said with --format")
    }
    let guess = ImportFormat.guess(try InputFile(path: path).head(headByteCount))
    guard let format = ImportCommand.Format(rawValue: guess.rawValue) else {
      preconditionFailure("every format of entries is one of the command's")
    }
    return ImportSource(path: path, format: format)
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder
  }
}
