import Syndication
import Testing

@testable import AggregatorDaemon

@Suite struct AlarmTests {
  private static let noon = Timestamp(milliseconds: 1_790_000_000_000)

  /// Whether an alarm had to be set each time that the engine looked, in seconds from noon.
  private func isSet(
    _ looks: (now: Int, next: Int)..., ringing rings: Set<Int> = []
  ) -> [Bool] {
    var alarm = Alarm()
    return looks.enumerated().map { place, look in
      if rings.contains(place) { alarm.rang() }
      return alarm.mustBeSet(
        for: Self.noon + .seconds(look.next), now: Self.noon + .seconds(look.now))
    }
  }

  @Test func `an alarm that rings early enough is not set again`() {
    #expect(isSet((0, 5), (0, 5), (4, 9)) == [true, false, false])
  }

  @Test func `an alarm is set earlier as soon as something comes earlier`() {
    #expect(isSet((0, 5), (0, 2), (0, 3)) == [true, true, false])
  }

  @Test func `an alarm that should have rung is set anew`() {
    #expect(isSet((0, 5), (5, 9)) == [true, true])
  }

  @Test func `an alarm that rang is set anew also where the clock was put back meanwhile`() {
    #expect(isSet((0, 5), (-3600, 9), ringing: [1]) == [true, true])
  }
}
