internal import EntryImport
internal import FoundationEssentials
internal import SystemPackage

/// A file, or the folder of an archive, that is to be imported.
struct ImportSource {
  var file: InputFile
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
    guard isFolder(path) else {
      guard format != .archive else { throw CommandFailure(.noInput, "\(path): no archive") }
      return [try file(at: path, format)]
    }
    if FileManager.default.fileExists(atPath: path + "/" + archiveMark) {
      return [ImportSource(file: InputFile(path: path), format: .archive)]
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
    var file = InputFile(path: path)
    if let format { return ImportSource(file: file, format: format) }
    // What is read from a pipe is gone from it.
    if !file.isRegular { file.content = try file.bytes() }
    let guess = ImportFormat.guess(try file.head(headByteCount))
    guard guess != .newsboat || file.content == nil else {
      throw CommandFailure(.usage, "\(file.name): a cache of newsboat is read from its file")
    }
    guard let format = ImportCommand.Format(rawValue: guess.rawValue) else {
      preconditionFailure("every format of entries is one of the command's")
    }
    return ImportSource(file: file, format: format)
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder
  }
}
