internal import ArgumentParser
internal import Syndication

/// A duration on the command line: `30s`, `15m`, `2h`, `7d`, `2y`.
struct ArgumentDuration: ExpressibleByArgument {
  var duration: Duration

  init(_ duration: Duration) {
    self.duration = duration
  }

  init?(argument: String) {
    guard let duration = DurationText.parse(argument) else { return nil }
    self.init(duration)
  }

  var defaultValueDescription: String { DurationText.string(duration) }
}
