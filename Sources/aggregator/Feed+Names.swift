internal import FeedFetching
internal import Syndication

extension Feed {
  /// Whether the operator's title, the feed's own, the address, the group or a tag contains `pattern`,
  /// whatever the case.
  func matches(_ pattern: String, title ownTitle: String?) -> Bool {
    let pattern = pattern.lowercased()
    return ([title, ownTitle, url, group].compactMap { $0 } + tags)
      .contains { $0.lowercased().contains(pattern) }
  }

  /// What somebody may call it.
  func names(title ownTitle: String?) -> [String] {
    [title, ownTitle, WebAddress.host(of: url), group, "\(MaskedAddress(url))"]
      .compactMap { $0?.nonBlank } + tags
  }
}

extension [Feed] {
  /// Those with `tag`, which `subject` named.
  ///
  /// - Throws: `CommandFailure` where there are none.
  func tagged(_ tag: String, namedBy subject: String) throws(CommandFailure) -> [Feed] {
    let tagged = filter { $0.tags.contains(tag) }
    guard !tagged.isEmpty else {
      throw CommandFailure(
        .usage,
        "\(subject): no feed has it: \(tag)" + Spelling.hint(for: tag, among: flatMap(\.tags)))
    }
    return tagged
  }
}
