internal import ArgumentParser
internal import Syndication

/// A duration on the command line: as in feeds.conf, or in years of 365 days, `2y`.
struct ArgumentDuration: ExpressibleByArgument {
  var duration: Duration

  private static let secondsPerYear = 365 * 86_400
  private static let longestInYears = 1000

  init(_ duration: Duration) {
    self.duration = duration
  }

  init?(argument: String) {
    if argument.last == "y", let years = Int(argument.dropLast()),
      0...Self.longestInYears ~= years
    {
      self.init(.seconds(years * Self.secondsPerYear))
    } else if let duration = DurationText.parse(argument) {
      self.init(duration)
    } else {
      return nil
    }
  }

  var defaultValueDescription: String { DurationText.string(duration) }
}
