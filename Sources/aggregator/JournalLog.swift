internal import FoundationEssentials
internal import Logging

/// Log lines on stderr: one event, one line; under systemd with the `<N>` prefix that gives it its
/// priority (sd-daemon(3)), else with its level in words.
struct JournalLog: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level
  private let isJournal: Bool

  static func logger(level: Logger.Level, environment: [String: String]) -> Logger {
    let handler = JournalLog(logLevel: level, isJournal: environment["JOURNAL_STREAM"] != nil)
    return Logger(label: "aggregator") { _ in handler }
  }

  private init(logLevel: Logger.Level, isJournal: Bool) {
    self.logLevel = logLevel
    self.isJournal = isJournal
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let prefix = isJournal ? "<\(Self.priority(of: event.level))>" : "\(event.level): "
    StandardError.line(prefix + "\(event.message)")
  }

  private static func priority(of level: Logger.Level) -> Int {
    switch level {
    case .trace, .debug: 7
    case .info: 6
    case .notice: 5
    case .warning: 4
    case .error: 3
    case .critical: 2
    }
  }
}
