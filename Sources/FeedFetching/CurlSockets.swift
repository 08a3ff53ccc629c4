internal import CLibcurl
internal import Glibc

/// The sockets of one multi handle, watched by epoll: what a look at them costs hangs on how many have
/// something to say, not on how many there are. Used by the fetching thread alone, but for the bell.
final class CurlSockets {
  /// Sockets that one look takes in.
  private static let eventLimit = 256

  private let multi: UnsafeMutableRawPointer
  private let epoll: CInt
  /// An eventfd.
  let bell: CInt
  /// When libcurl wants to be driven although no socket is ready.
  private var due: SuspendingClock.Instant?

  init(of multi: UnsafeMutableRawPointer) {
    self.multi = multi
    epoll = epoll_create1(CInt(EPOLL_CLOEXEC))
    bell = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))
    precondition(epoll >= 0 && bell >= 0, "the process may open no more files")
    watch(bell, for: EPOLLIN.rawValue)
    let context = Unmanaged.passUnretained(self).toOpaque()
    curl_shim_multi_setopt_socket(multi, context) { _, socket, what, context, _ in
      CurlSockets.from(context)?.watch(socket, what)
      return 0
    }
    curl_shim_multi_setopt_timer(multi, context) { _, milliseconds, context in
      CurlSockets.from(context)?.setTimer(milliseconds)
      return 0
    }
  }

  deinit {
    close(epoll)
    close(bell)
  }

  /// Lets libcurl do what its time has come for.
  func fireTimer() {
    guard let due, due <= SuspendingClock.now else { return }
    self.due = nil
    drive(curl_shim_socket_timeout, 0)
  }

  /// Sleeps until a socket is ready, libcurl's time has come or the bell rings, `wait` at most, and lets
  /// libcurl do what there is to do.
  func wait(atMost wait: Duration) {
    let own = due.map { SuspendingClock.now.duration(to: $0) } ?? wait
    let milliseconds = CInt(clamping: max(0, min(own, wait).wholeMillisecondsUp))
    withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: Self.eventLimit) { events in
      let count = epoll_wait(epoll, events.baseAddress, CInt(Self.eventLimit), milliseconds)
      for place in 0..<Int(max(count, 0)) {
        let (socket, ready) = (events[place].data.fd, events[place].events)
        if socket == bell { hush() } else { drive(socket, Self.actions(for: ready)) }
      }
    }
    fireTimer()
  }

  private static func from(_ context: UnsafeMutableRawPointer?) -> CurlSockets? {
    context.map { Unmanaged<CurlSockets>.fromOpaque($0).takeUnretainedValue() }
  }

  private static func actions(for ready: UInt32) -> CInt {
    var actions: CInt = 0
    if ready & EPOLLIN.rawValue != 0 { actions |= CURL_CSELECT_IN }
    if ready & EPOLLOUT.rawValue != 0 { actions |= CURL_CSELECT_OUT }
    if ready & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 { actions |= CURL_CSELECT_ERR }
    return actions
  }

  private func drive(_ socket: curl_socket_t, _ actions: CInt) {
    var running: CInt = 0
    curl_multi_socket_action(multi, socket, actions, &running)
  }

  private func watch(_ socket: curl_socket_t, _ what: CInt) {
    switch what {
    case CURL_POLL_IN: watch(socket, for: EPOLLIN.rawValue)
    case CURL_POLL_OUT: watch(socket, for: EPOLLOUT.rawValue)
    case CURL_POLL_INOUT: watch(socket, for: EPOLLIN.rawValue | EPOLLOUT.rawValue)
    default: epoll_ctl(epoll, EPOLL_CTL_DEL, socket, nil)
    }
  }

  private func watch(_ socket: CInt, for events: UInt32) {
    var event = epoll_event(events: events, data: epoll_data_t(fd: socket))
    // A number that was closed without a word and opened again is new to epoll.
    if epoll_ctl(epoll, EPOLL_CTL_MOD, socket, &event) != 0 {
      epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event)
    }
  }

  private func setTimer(_ milliseconds: Int) {
    due = milliseconds < 0 ? nil : SuspendingClock.now + .milliseconds(milliseconds)
  }

  private func hush() {
    var count: UInt64 = 0
    read(bell, &count, MemoryLayout<UInt64>.size)
  }
}
