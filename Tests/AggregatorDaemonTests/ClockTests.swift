import Testing

@testable import AggregatorDaemon

@Suite struct ClockTests {
  @Test(arguments: [
    ("+8d", Duration.seconds(8 * 86_400)), ("-1d", .seconds(-86_400)), ("90m", .seconds(5400)),
    ("+1d12h", .seconds(129_600)), ("0s", .zero), ("-0s", .zero),
  ])
  func `a shift is a duration with a sign or without`(text: String, shift: Duration) {
    #expect(Clock.shift(named: text) == shift)
  }

  @Test(arguments: [
    "", "+", "-", "8", "+8", "++8d", "+-8d", "8 d", " 8d", "+8d ", "1e9d", "+9999999d",
  ])
  func `what is no duration is no shift`(text: String) {
    #expect(Clock.shift(named: text) == nil)
  }
}
