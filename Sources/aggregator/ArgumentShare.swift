internal import ArgumentParser

/// A part of the whole on the command line: `5%`, `0.5%`, `100%`.
struct ArgumentShare: ExpressibleByArgument, CustomStringConvertible {
  var percent: Double

  static let whole = ArgumentShare(percent: 100)

  init(percent: Double) {
    self.percent = percent
  }

  /// Takes any text, since ArgumentParser takes an option whose value is refused for a flag; see
  /// `isValid`.
  init?(argument: String) {
    let percent = argument.last == "%" ? Double(argument.dropLast()) : nil
    self.init(percent: percent ?? .nan)
  }

  /// Whether it is above nothing and at most the whole.
  var isValid: Bool { percent > 0 && percent <= 100 }

  /// As it is written; help shows it as the default of a flag.
  var description: String {
    percent == percent.rounded() && isValid ? "\(Int(percent))%" : "\(percent)%"
  }

  var defaultValueDescription: String { description }
}
