internal import Aggregation
internal import Glibc
package import Logging
package import Syndication

/// `aggregator run`: follows the feeds until told to stop, and tells systemd how it fares.
package final class Daemon: Sendable {
  private let engine: RefreshEngine
  private let notifier: SystemdNotifier
  private let logger: Logger
  private let reload: @Sendable () throws -> FeedsConfiguration

  /// A daemon that drives `engine`; `reload` reads feeds.conf again and throws what is wrong with it.
  package init(
    engine: RefreshEngine, notifier: SystemdNotifier, logger: Logger,
    reload: @escaping @Sendable () throws -> FeedsConfiguration
  ) {
    self.engine = engine
    self.notifier = notifier
    self.logger = logger
    self.reload = reload
  }

  /// Runs until SIGTERM or SIGINT.
  ///
  /// - Throws: `ArchiveError` when the storage cannot be opened at the start.
  package func run(_ configuration: FeedsConfiguration) async throws {
    let signals = await SignalStream([SIGTERM, SIGINT, SIGHUP])
    try await engine.open()
    try await engine.claim()
    await engine.follow(configuration)
    notifier.ready(status: await engine.statusText)
    let notifier = notifier
    await engine.beat(every: notifier.beatInterval) { notifier.alive(status: $0) }
    for await signal in signals.received {
      guard signal == SIGHUP else { break }
      await reloadConfiguration(startedWith: configuration)
    }
    notifier.stopping()
    await engine.stop()
  }

  private func reloadConfiguration(startedWith first: FeedsConfiguration) async {
    notifier.reloading(uptime: Clock.uptime())
    do {
      let configuration = try reload()
      await engine.follow(configuration)
      logger.notice("configuration: reloaded: \(configuration.feeds.count) feeds")
      if configuration.storage != first.storage {
        logger.warning("configuration: another storage counts from the next start on")
      }
    } catch {
      logger.error("configuration: not reloaded, the old one stays in force: \(error)")
    }
    notifier.ready(status: await engine.statusText)
  }
}
