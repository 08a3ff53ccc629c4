package import Syndication

/// The time, for those who may not read it themselves.
package struct Clocks: Sendable {
  /// The wall clock.
  let now: @Sendable () -> Timestamp
  /// A clock that never steps, for how long something took.
  let uptime: @Sendable () -> Duration

  package init(
    now: @escaping @Sendable () -> Timestamp, uptime: @escaping @Sendable () -> Duration
  ) {
    self.now = now
    self.uptime = uptime
  }
}
