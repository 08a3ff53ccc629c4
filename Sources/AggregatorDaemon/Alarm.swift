internal import Syndication

/// For when the engine's timer is set. Pure.
///
/// To set a timer wakes up a thread of Dispatch's, which costs more than waking the engine once in vain; and
/// most of what the engine does moves its next moment away.
struct Alarm: Sendable {
  private var moment: Timestamp?

  /// Whether the timer has to be set, which it then counts as, so that it rings at `next` or before.
  mutating func mustBeSet(for next: Timestamp, now: Timestamp) -> Bool {
    if let moment, now < moment, moment <= next { return false }
    moment = next
    return true
  }

  /// The timer rang, and will not again by itself.
  mutating func rang() { moment = nil }
}
