internal import FeedFetching
internal import Syndication

/// A feed that is to be had at another address for good, and the configuration files that name it.
struct MovedFeed {
  let feed: Feed
  /// As its server names it.
  let target: String

  /// Rewrites `file` and what it includes: every line that names the feed names the new address, and
  /// not another byte changes.
  ///
  /// - Returns: Whether they do; false where they do not ask for that, or name the feed no more.
  /// - Throws: why it is left to a person.
  func rewrite(_ file: ConfigurationFile) throws(CommandFailure) -> Bool {
    let (configuration, texts) = try file.configurationWithTexts()
    guard configuration.updatesMoved,
      let known = configuration.feeds.first(where: { $0.url == feed.url })
    else { return false }
    let (old, new) = (try address(feed.url), try address(target))
    try check(known, new, configuration)
    var changed: [(name: String, text: [UInt8])] = []
    for (name, text) in texts {
      if let edited = FeedsConfigurationEditor.replacing(old, with: new, in: text) {
        changed.append((name, edited))
      }
    }
    let result = try file.configuration(with: changed)
    guard result.feeds == configuration.moving(feed.url, to: new.text).feeds else {
      throw refusal("its lines cannot be changed without changing others")
    }
    do throws(CommandFailure) {
      try replace(changed, asRead: texts)
    } catch {
      throw refusal(error.description)
    }
    return true
  }

  /// All of these files or none: each is written beside its file before the first one is changed, and
  /// what was changed is put back where a later one cannot be.
  private func replace(
    _ changed: [(name: String, text: [UInt8])], asRead texts: [(name: String, text: [UInt8])]
  ) throws(CommandFailure) {
    var prepared: [(name: String, replacement: OutputFile.Replacement)] = []
    var changedNames: [String] = []
    do throws(CommandFailure) {
      for (name, text) in changed {
        prepared.append((name, try file(name).prepare(text)))
      }
      for (name, text) in texts where try InputFile(path: name).bytes() != text {
        throw CommandFailure(.temporary, "\(name): was changed meanwhile")
      }
      for (name, replacement) in prepared {
        try replacement.put()
        changedNames.append(name)
      }
    } catch {
      for (name, replacement) in prepared where !changedNames.contains(name) { replacement.drop() }
      for (name, text) in texts where changedNames.contains(name) {
        try? file(name).replace(with: text)
      }
      throw error
    }
  }

  private func file(_ name: String) -> OutputFile { OutputFile(path: name, keepsOwner: true) }

  private func address(_ text: String) throws(CommandFailure) -> FeedAddress {
    do throws(FeedAddress.Problem) {
      return try FeedAddress(text)
    } catch {
      throw refusal(error.message)
    }
  }

  private func check(
    _ known: Feed, _ new: FeedAddress, _ configuration: FeedsConfiguration
  ) throws(CommandFailure) {
    if let other = configuration.feeds.first(where: { FeedAddress.key(of: $0.url) == new.key }) {
      throw refusal("\(other.file):\(other.line) follows that address already")
    }
    // What was meant for one server is not to be sent to another, nor to the same one in the open.
    let hasSecrets = known.credential != nil || !known.headers.isEmpty
    guard !hasSecrets || origin(known.url) == origin(target) else {
      throw refusal("its credential or headers would go to another server")
    }
  }

  private func origin(_ url: String) -> String? { (try? FetchAddress(parsing: url))?.origin }

  private func refusal(_ reason: String) -> CommandFailure {
    CommandFailure(
      .configuration,
      "\(MaskedAddress(feed.url)): moved for good to \(MaskedAddress(target)), left to you: \(reason)"
    )
  }
}
