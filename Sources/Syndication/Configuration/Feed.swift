/// A subscribed URL with what the operator says of it.
package struct Feed: Hashable, Sendable {
  /// A header field that goes with every request of this feed.
  package struct Header: Hashable, Sendable {
    package var name: String
    package var value: String

    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// As written in feeds.conf.
  package var url: String
  /// Where it was first followed, if it moved since: its stories keep the identifiers and the feed's name
  /// that they had. The archive knows it; nil stands for `url`.
  package var firstAddress: String?
  /// What to call the feed instead of its own title.
  package var title: String?
  /// The group that it stands under.
  package var group: String?
  /// The group's, then its own; each once.
  package var tags: [String]
  /// Nil for the interval of the whole configuration.
  package var interval: PollInterval?
  /// The name of a systemd credential, which is a file name; never the secret.
  package var credential: String?
  package var headers: [Header]
  package var rules: [StoryRule]
  package var isPaused: Bool
  /// The file and the line (from 1) where it stands first.
  package var file: String
  package var line: Int

  package init(
    url: String, firstAddress: String? = nil, title: String? = nil, group: String? = nil,
    tags: [String] = [],
    interval: PollInterval? = nil, credential: String? = nil, headers: [Header] = [],
    rules: [StoryRule] = [], isPaused: Bool = false, file: String = "", line: Int = 1
  ) {
    self.url = url
    self.firstAddress = firstAddress
    self.title = title
    self.group = group
    self.tags = tags
    self.interval = interval
    self.credential = credential
    self.headers = headers
    self.rules = rules
    self.isPaused = isPaused
    self.file = file
    self.line = line
  }

  /// Whether the operator wants this story: no `ignore` rule fits it and, where there are `keep`
  /// rules, one of them does.
  package func wants(_ story: Story) -> Bool {
    var keepRuleCount = 0
    var isKept = false
    for rule in rules {
      switch rule.action {
      case .ignore: if rule.matches(story) { return false }
      case .keep:
        keepRuleCount += 1
        isKept = isKept || rule.matches(story)
      }
    }
    return keepRuleCount == 0 || isKept
  }
}
