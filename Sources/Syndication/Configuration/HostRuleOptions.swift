extension HostRule {
  enum Key: String, CaseIterable {
    case gap
    case scope
    case allowPrivate = "allow-private"
    case maxInFlight = "max-in-flight"
    case proxy
    case authorities = "ca"
    case certificate
    case key
  }

  mutating func set(_ key: Key, to value: String) throws(FeedOptions.ValueProblem) {
    switch key {
    case .gap:
      guard let duration = DurationText.parse(value), duration <= .seconds(86_400) else {
        throw .init(message: "no duration up to 1d, like 10s: \(value.quotedForDisplay)")
      }
      gap = duration
    case .scope:
      guard let named = Scope(rawValue: value) else {
        let names = Scope.allCases.map(\.rawValue)
        throw .init(
          message: "no scope (\(names.joined(separator: ", "))): \(value.quotedForDisplay)"
            + Spelling.hint(for: value, among: names))
      }
      scope = named
    case .allowPrivate: allowsPrivate = try FeedOptions.flag(value)
    case .maxInFlight:
      guard let count = Int(value), 1...64 ~= count else {
        throw .init(message: "no number from 1 to 64: \(value.quotedForDisplay)")
      }
      maxInFlight = count
    case .proxy: proxy = value == "none" ? .direct : .through(try FeedOptions.proxy(value))
    case .authorities: authorities = try FeedOptions.file(value)
    case .certificate: certificate = try FeedOptions.file(value)
    case .key: self.key = try FeedOptions.file(value)
    }
  }
}
