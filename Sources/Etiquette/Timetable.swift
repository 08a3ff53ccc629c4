internal import LoopbackServer
internal import Syndication

/// What is asked when, as a trial expects it: a pass at each moment, and the paths that it asks for.
struct Timetable {
  let trial: Trial
  let server: LoopbackServer

  /// A pass `shift` away from now asks for exactly these paths.
  func expect(_ shift: String, _ paths: [String], _ arguments: String...) throws {
    let count = server.requests.count
    try trial.fetch(arguments, at: shift)
    let asked = server.requests[count...].map(\.path).sorted()
    try require(
      asked == paths.sorted(),
      "at \(shift) asked for \(asked.joined(separator: " ").nonBlank ?? "nothing"), "
        + "not for \(paths.sorted().joined(separator: " ").nonBlank ?? "nothing")")
  }

  /// The same at a moment of the week after this one, which begins with Monday.
  func expect(day: Int, _ hour: Int, _ minute: Int, _ paths: [String]) throws {
    try expect(trial.shift(day: day, hour, minute), paths)
  }
}

extension Trial {
  /// How far away a moment of the week after this one is, which begins with Monday.
  func shift(day: Int, _ hour: Int, _ minute: Int = 0) -> String {
    let now = clocks.now()
    let daysToMonday = (8 - now.date.weekday) % 7 + 7
    let midnight = Timestamp(milliseconds: Int64(now.day + daysToMonday + day) * 86_400_000)
    let moment = midnight + .seconds(hour * 3600 + minute * 60)
    return "+\(moment.since(now).milliseconds / 1000)s"
  }
}
