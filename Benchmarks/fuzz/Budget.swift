@preconcurrency internal import Glibc

/// Runs `check`, and traps when it took more than a second of CPU time. Wall time tells nothing on a
/// machine that does other work.
func withinBudget(_ check: () -> Void) {
  let start = CPUTime.now
  check()
  let milliseconds = (CPUTime.now - start) / 1_000_000
  promise(milliseconds <= 1000, "took \(milliseconds) ms")
}

/// A precondition that says what was broken in optimised code too.
func promise(_ holds: Bool, _ complaint: @autoclosure () -> String) {
  guard !holds else { return }
  fputs("broken promise: \(complaint())\n", stderr)
  abort()
}

enum CPUTime {
  /// Nanoseconds that this thread has run.
  static var now: Int {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}
