internal import FoundationEssentials
internal import Glibc

/// The terminal that standard output is shown on.
enum Terminal {
  /// Of one that does not say how wide it is.
  static let usualColumns = 80
  static let possibleColumns = 40...1000

  /// How wide a line may be: `$COLUMNS`, else the terminal's width; nil where there is no terminal, so
  /// that programs and files get lines whole.
  static var columns: Int? {
    let named = ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) }
    guard let columns = named ?? (StandardOutput.isTerminal ? width : nil) else { return nil }
    return min(max(columns, possibleColumns.lowerBound), possibleColumns.upperBound)
  }

  private static var width: Int {
    var size = winsize()
    let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return isKnown ? Int(size.ws_col) : usualColumns
  }

  /// Whether colours are shown and wanted: a terminal that knows codes, and no `$NO_COLOR`.
  static var showsColors: Bool {
    let environment = ProcessInfo.processInfo.environment
    let isPlain = ["dumb", ""].contains(environment["TERM"] ?? "")
    return StandardOutput.isTerminal && !isPlain && (environment["NO_COLOR"] ?? "").isEmpty
  }
}
