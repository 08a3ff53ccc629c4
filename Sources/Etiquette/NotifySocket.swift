internal import Glibc
internal import Syndication

/// The end of sd_notify(3) that systemd holds.
final class NotifySocket: Sendable {
  private let socket: Int32
  let path: String

  init(path: String) throws {
    self.path = path
    socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(100)) }
    let length = socklen_t(MemoryLayout<sockaddr_un>.size)
    let status = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, length) }
    }
    guard status == 0 else {
      throw TrialFolder.Failure(description: "\(path): \(String(cString: strerror(errno)))")
    }
  }

  deinit {
    close(socket)
  }

  /// The next message, if one comes within `limit`, or before a signal interrupts the wait.
  func next(within limit: Duration) -> String? {
    var entry = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
    guard poll(&entry, 1, Int32(clamping: limit.milliseconds)) == 1 else { return nil }
    let bytes = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
      count = max(0, recv(socket, buffer.baseAddress, buffer.count, 0))
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The next message that waits with the line `word`; those before it are gone.
  func waiting(_ word: String) -> String? {
    while let message = next(within: .zero) {
      if message.split(separator: "\n").contains(Substring(word)) { return message }
    }
    return nil
  }
}
