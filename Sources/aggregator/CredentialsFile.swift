internal import FeedFetching
internal import Glibc
internal import Syndication

/// The file that `set credentials-file` names, which is its owner's alone.
struct CredentialsFile {
  let reference: FileReference

  /// What it says.
  ///
  /// - Throws: a `CommandFailure` of the configuration, which repeats nothing of the file's.
  func logins() throws(CommandFailure) -> Logins {
    guard let path = reference.path(credentialFolder: CredentialFolder.inForce.path) else {
      throw failure("cannot be found: $CREDENTIALS_DIRECTORY is not set")
    }
    let bytes = try read(path)
    do throws(ConfigurationProblem) {
      return try Logins(reading: bytes, file: path)
    } catch {
      throw CommandFailure(.configuration, "\(error)")
    }
  }

  private func read(_ path: String) throws(CommandFailure) -> [UInt8] {
    // A FIFO would wait for a writer.
    let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
    guard file >= 0 else { throw failure("cannot be opened: \(String(cString: strerror(errno)))") }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw failure("is no regular file")
    }
    try checkOwner(status)
    guard status.st_size <= Logins.fileByteLimit else {
      throw failure("is larger than \(Logins.fileByteLimit >> 20) MiB")
    }
    return [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
      while count < buffer.count {
        let piece = Glibc.read(file, buffer.baseAddress.map { $0 + count }, buffer.count - count)
        guard piece > 0 else { break }
        count += piece
      }
    }
  }

  /// systemd keeps others away from its credentials by their folder, and may give the service its right
  /// by a list, which shows as the group's.
  private func checkOwner(_ status: stat) throws(CommandFailure) {
    guard case .path = reference else { return }
    guard [geteuid(), 0].contains(status.st_uid) || geteuid() == 0 else {
      throw failure("belongs to somebody else")
    }
    guard status.st_mode & 0o077 == 0 else {
      throw failure(
        "others may read it (mode \(String(status.st_mode & 0o777, radix: 8))): chmod 600")
    }
  }

  private func failure(_ problem: String) -> CommandFailure {
    CommandFailure(.configuration, "credentials-file: \(reference): \(problem)")
  }
}

extension TransportSettings {
  /// With the credentials that systemd hands to this service.
  static var inForce: TransportSettings {
    var settings = TransportSettings()
    settings.credentialFolder = CredentialFolder.inForce.path
    return settings
  }
}
