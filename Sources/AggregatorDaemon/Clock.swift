internal import Glibc
package import Syndication

/// The one place that reads the time; everything else is told it.
package enum Clock {
  /// Names a signed duration, `+8d`, `-1d` or `90m`, that is added to the wall clock: for trials, which
  /// cannot wait for next week.
  package static let shiftVariable = "AGGREGATOR_CLOCK_SHIFT"

  /// The wall clock, which may step, with the shift of a trial.
  package static func now() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
      + shift
  }

  /// A clock that never steps, for how long something took.
  package static func uptime() -> Duration { read(CLOCK_MONOTONIC) }

  /// A clock that never steps and goes on while the machine is suspended.
  package static func sinceBoot() -> Duration { read(CLOCK_BOOTTIME) }

  private static func read(_ clock: clockid_t) -> Duration {
    var time = timespec()
    clock_gettime(clock, &time)
    return .nanoseconds(Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }

  /// What is wrong with the shift that the environment names; nil when it is none or a good one.
  package static var problem: String? {
    guard let text = shiftText, shift(named: text) == nil else { return nil }
    return "\(shiftVariable): no duration with a sign, like +8d: “\(text)”"
  }

  /// The duration that `text` names, with an optional sign before it.
  static func shift(named text: String) -> Duration? {
    let isSigned = text.hasPrefix("+") || text.hasPrefix("-")
    guard let length = DurationText.parse(text.dropFirst(isSigned ? 1 : 0)) else { return nil }
    return text.hasPrefix("-") ? .zero - length : length
  }

  private static let shiftText = getenv(shiftVariable).map { String(cString: $0) }
  private static let shift = shiftText.flatMap { shift(named: $0) } ?? .zero
}
