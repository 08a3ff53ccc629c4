internal import Glibc

/// How many files and sockets the process may have open (RLIMIT_NOFILE).
package enum OpenFileLimit {
  /// More are of no use to this program.
  static let wanted = 16_384
  /// What everything but waiting transfers may need.
  static let reserve = 256

  /// Raises the soft limit as far as the hard one allows, and returns how many of the files may be
  /// sockets of servers that keep everybody waiting, beside `busy` transfers that do not.
  package static func raise(besides busy: Int) -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
    let raised = min(limit.rlim_max, rlim_t(wanted))
    if limit.rlim_cur < raised {
      var higher = limit
      higher.rlim_cur = raised
      if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &higher) == 0 { limit = higher }
    }
    // A transfer has two sockets while it tries a name's addresses.
    return max(0, Int(min(limit.rlim_cur, rlim_t(wanted))) - reserve - 2 * busy)
  }
}
