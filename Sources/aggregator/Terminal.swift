internal import FoundationEssentials
internal import Glibc

/// The terminal that standard output is shown on.
enum Terminal {
  /// What a table is laid out for where nobody says how wide the screen is.
  static let usualColumns = 80
  static let possibleColumns = 40...1000

  /// `$COLUMNS`, else the terminal's width, else the usual.
  static var columns: Int {
    let named = ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) }
    var size = winsize()
    let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    let columns = named ?? (isKnown ? Int(size.ws_col) : usualColumns)
    return min(max(columns, possibleColumns.lowerBound), possibleColumns.upperBound)
  }

  /// Whether colours are shown and wanted: a terminal that knows codes, and no `$NO_COLOR`.
  static var showsColors: Bool {
    let environment = ProcessInfo.processInfo.environment
    let isPlain = ["dumb", ""].contains(environment["TERM"] ?? "")
    return StandardOutput.isTerminal && !isPlain && (environment["NO_COLOR"] ?? "").isEmpty
  }
}
