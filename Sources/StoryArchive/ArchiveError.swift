package import SystemPackage

/// Why the archive could not be used. Nothing that was acknowledged is lost by any of these.
package enum ArchiveError: Error, Hashable, Sendable {
  /// Another process is writing and did not finish in time.
  case locked(path: String)
  /// Nothing is at the path of an archive that is not to be made.
  case missing(path: String)
  case notWritable(path: String, Errno)
  /// No space or no quota left; what was not acknowledged can be tried again when there is.
  case full(path: String, Errno)
  case io(path: String, action: String, Errno)
  case notAnArchive(path: String, detail: String)
  case newerFormat(path: String, found: String)
  case remoteFileSystem(path: String, kind: String)
  case damaged(path: String, offset: Int, detail: String)
  /// A sound line that this program cannot read, and so cannot go on from.
  case newerLine(path: String, offset: Int, detail: String)

  /// The exit code that the command line gives (sysexits.h).
  package var exitCode: Int32 {
    switch self {
    case .notAnArchive, .newerFormat, .newerLine, .damaged: 65
    case .missing: 66
    case .notWritable: 73
    case .full, .io: 74
    case .locked: 75
    case .remoteFileSystem: 78
    }
  }

  /// Whether it says nothing of other segments.
  var isOfOneSegment: Bool {
    switch self {
    case .damaged, .newerLine: true
    default: false
    }
  }

  /// Why, where another user may do it, or this one once the file's owner or permissions are other ones.
  var refusal: Errno? {
    switch self {
    case .notWritable(_, let error) where error == .permissionDenied || error == .notPermitted:
      error
    case .io(_, _, .permissionDenied): .permissionDenied
    default: nil
    }
  }

  /// What a failed attempt to change the file at `path` means.
  init(writing path: String, _ action: String, _ error: Errno) {
    self =
      switch error {
      case .noSpace, .diskQuotaExceeded: .full(path: path, error)
      case .permissionDenied, .notPermitted, .readOnlyFileSystem: .notWritable(path: path, error)
      default: .io(path: path, action: action, error)
      }
  }
}

extension ArchiveError {
  /// Runs `body`; of a file that cannot be read it returns nil, and tells so.
  @discardableResult
  static func told<Result>(
    to damage: inout [Damage], in directory: ArchiveDirectory,
    _ body: () throws(ArchiveError) -> Result
  ) -> Result? {
    do throws(ArchiveError) {
      return try body()
    } catch {
      damage.append(error.asDamage(in: directory))
      return nil
    }
  }

  func asDamage(in directory: ArchiveDirectory) -> Damage {
    switch self {
    case .io(let path, let action, let error):
      Damage(
        path: directory.unnamed(path), range: 0..<0, detail: "cannot \(action): \(error)")
    case .damaged(let path, let offset, let detail):
      Damage(path: directory.unnamed(path), range: offset..<offset, detail: detail)
    default: Damage(path: "", range: 0..<0, detail: "\(self)")
    }
  }
}

extension ArchiveError: CustomStringConvertible {
  /// `subject: problem: detail`.
  package var description: String {
    switch self {
    case .locked(let path):
      "\(path): locked: another process is writing to this archive"
    case .missing(let path): "\(path): no archive: no such folder"
    case .notWritable(let path, let error): "\(path): not writable: \(error)"
    case .full(let path, let error): "\(path): not stored: \(error)"
    case .io(let path, let action, let error): "\(path): cannot \(action): \(error)"
    case .notAnArchive(let path, let detail): "\(path): not an archive: \(detail)"
    case .newerFormat(let path, let found):
      "\(path): written by a newer version: format is \"\(found)\", this program knows up to \(ArchiveFormat.version)"
    case .remoteFileSystem(let path, let kind):
      "\(path): not a local file system: \(kind) keeps neither locks nor acknowledgements"
    case .damaged(let path, let offset, let detail): "\(path):\(offset): damaged: \(detail)"
    case .newerLine(let path, let offset, let detail):
      "\(path):\(offset): \(Damage.Problem.newer.rawValue): \(detail)"
    }
  }
}
