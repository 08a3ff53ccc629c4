internal import AggregatorDaemon
internal import Synchronization
internal import Syndication

/// One line at the bottom of a terminal, shown only when the work lasts over a second.
final class ProgressLine: Sendable {
  static let patience = Duration.seconds(1)

  private let start = Clock.uptime()
  private let isShown = Mutex(false)

  func show(_ text: String) {
    guard StandardError.isTerminal, Clock.uptime() - start > Self.patience else { return }
    isShown.withLock { $0 = true }
    StandardError.raw("\r\u{1B}[K" + text.showingHidden)
  }

  func clear() {
    let wasShown = isShown.withLock { shown in
      defer { shown = false }
      return shown
    }
    if wasShown { StandardError.raw("\r\u{1B}[K") }
  }
}
