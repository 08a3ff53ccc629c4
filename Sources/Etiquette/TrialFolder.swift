internal import FoundationEssentials
internal import Glibc

/// A folder that is there for one trial.
struct TrialFolder: Sendable {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  let path: String

  /// In memory where the system has room for that: no trial is about the disk, and hundreds of small
  /// files made durable would take most of the time.
  init() throws {
    let places = ["/dev/shm", getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp", "/tmp"]
    for place in places {
      var template = Array("\(place)/aggregator-trial-XXXXXX".utf8CString)
      guard mkdtemp(&template) != nil else { continue }
      path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
      return
    }
    throw Failure(description: "no temporary folder: \(String(cString: strerror(errno)))")
  }

  /// Removes the file or folder `name`.
  func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: path(of: name))
  }

  /// Removes everything.
  func remove() {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// The path of the file `name`.
  func path(of name: String) -> String { path + "/" + name }

  /// Puts `text` into the file `name`, in folders that are made for it.
  func write(_ text: String, to name: String) throws {
    if let slash = name.lastIndex(of: "/") {
      try FileManager.default.createDirectory(
        atPath: path(of: String(name[..<slash])), withIntermediateDirectories: true)
    }
    try Data(text.utf8).write(to: URL(filePath: path(of: name)))
  }

  /// What the file `name` says, empty where there is none.
  func text(of name: String) -> String {
    let data = FileManager.default.contents(atPath: path(of: name)) ?? Data()
    return String(decoding: data, as: UTF8.self)
  }
}
