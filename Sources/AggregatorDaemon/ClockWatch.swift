internal import Aggregation
internal import Syndication

/// Tells a wall clock that was stepped from time that passed, and when feeds were asked whatever the wall
/// clock says. Pure: what both clocks show is given.
struct ClockWatch: Sendable {
  /// What both clocks show at one moment.
  struct Reading: Hashable, Sendable {
    /// The wall clock, which may step.
    var now: Timestamp
    /// A clock that never steps and goes on while the machine is suspended.
    var sinceBoot: Duration
  }

  /// A wall clock that is put right by less than this is no reason to plan anew.
  static let tolerance = Duration.seconds(3 * 60)

  private var last: Reading?
  /// When this process asked each feed last, by the clock that never steps.
  private var requests: [String: Duration] = [:]

  /// By how much the wall clock was stepped since the last look; nil when it was not.
  mutating func step(at reading: Reading) -> Duration? {
    defer { last = reading }
    guard let last else { return nil }
    let step = reading.now.since(last.now) - (reading.sinceBoot - last.sinceBoot)
    return abs(step.milliseconds) > Self.tolerance.milliseconds ? step : nil
  }

  /// A request for `feed` goes out.
  mutating func noteRequest(for feed: String, at reading: Reading) {
    requests[feed] = reading.sinceBoot
  }

  /// When this process asked `feed` last, as the wall clock counts now; nil when the floor has passed.
  func askedAt(_ feed: String, at reading: Reading) -> Timestamp? {
    guard let age = requests[feed].map({ reading.sinceBoot - $0 }), age < RefreshPolicy.floor else {
      return nil
    }
    return reading.now - age
  }

  /// What was asked of these feeds never reached a server.
  mutating func settle(_ feeds: [String]) {
    for feed in feeds { requests[feed] = nil }
  }

  /// Forgets requests that keep nobody waiting any more.
  mutating func forgetOldRequests(at reading: Reading) {
    requests = requests.filter { reading.sinceBoot - $0.value < RefreshPolicy.floor }
  }
}
