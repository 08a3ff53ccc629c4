internal import Glibc

/// Tells systemd how the daemon fares (sd_notify(3)): one datagram a message to `$NOTIFY_SOCKET`.
package struct SystemdNotifier: Sendable {
  private let path: String?
  /// How often to say that all is well: twice in the time after which systemd gives the daemon up.
  package let beatInterval: Duration
  private let isWatched: Bool

  /// Without a watchdog the status text is still renewed.
  static let shortestBeat = Duration.milliseconds(100)
  static let statusInterval = Duration.seconds(60)

  /// Outside systemd every message is dropped.
  package init(environment: [String: String]) {
    path = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
    let isOurs = environment["WATCHDOG_PID"].map { $0 == "\(getpid())" } ?? true
    let microseconds = isOurs ? environment["WATCHDOG_USEC"].flatMap { Int64($0) } : nil
    isWatched = microseconds.map { $0 > 0 } ?? false
    beatInterval =
      microseconds.flatMap { $0 > 0 ? .microseconds($0 / 2) : nil }
      .map { min(max($0, Self.shortestBeat), Self.statusInterval) } ?? Self.statusInterval
  }

  package func ready(status: String) { send("READY=1\nSTATUS=\(status)") }

  /// The loop still advances, and this is what it is at.
  package func alive(status: String) {
    send((isWatched ? "WATCHDOG=1\n" : "") + "STATUS=\(status)")
  }

  package func stopping() { send("STOPPING=1\nSTATUS=stopping") }

  /// A reload begins (`Type=notify-reload` wants the monotonic time beside it).
  package func reloading(uptime: Duration) {
    let microseconds =
      uptime.components.seconds * 1_000_000
      + uptime.components.attoseconds / 1_000_000_000_000
    send("RELOADING=1\nMONOTONIC_USEC=\(microseconds)")
  }

  private func send(_ message: String) {
    guard let path, path.utf8.count < 108 else { return }
    let socket = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { return }
    defer { close(socket) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { bytes in
      bytes.copyBytes(from: path.utf8)
      // A leading @ names a socket of the abstract namespace.
      if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
    }
    let length = MemoryLayout<sa_family_t>.size + path.utf8.count
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        let text = Array(message.utf8)
        // A lost message is made good by the next; there is nobody to tell.
        _ = sendto(socket, text, text.count, Int32(MSG_NOSIGNAL), address, socklen_t(length))
      }
    }
  }
}
