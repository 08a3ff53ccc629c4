/// Edits the text of one feeds.conf as `add`, `remove`, `pause` and a permanent redirect need it:
/// every other byte stays, comments, order and line ends included.
///
/// Feeds are named by their URL. Included files are texts of their own: `Feed.file` says which one to
/// edit first. All functions return nil when there is nothing to change.
package enum FeedsConfigurationEditor {
  /// `text` with a line for `feed` as the last of its group, which is begun at the end of the file
  /// when there is none of that name.
  package static func adding(
    _ feed: FeedSubscription, toGroup group: String?, in text: [UInt8]
  ) -> [UInt8]? {
    var lines = ConfigurationText(text)
    guard lines.feedLine(of: feed.address.text) == nil else { return nil }
    let group = group?.groupName
    if let group, lines.header(ofGroup: group) == nil {
      if lines.hasContent { lines.append("") }
      lines.append("[\(group)]")
    }
    lines.insert(feed.line, at: lines.endOfSection(ofGroup: group))
    return lines.bytes
  }

  /// `text` with a line for each of `feeds`, which it must not have yet, at the end of its group; groups
  /// that there are none of are begun at the end of the file. Takes time in proportion to the lines and
  /// groups.
  package static func adding(
    _ feeds: [(feed: FeedSubscription, group: String?)], in text: [UInt8]
  ) -> [UInt8]? {
    guard !feeds.isEmpty else { return nil }
    var lines = ConfigurationText(text)
    var order: [String?] = []
    var members: [String?: [String]] = [:]
    for (feed, group) in feeds {
      let group = group?.groupName
      if members[group] == nil { order.append(group) }
      members[group, default: []].append(feed.line)
    }
    let headers = lines.headers
    let present = order.filter { $0.map { headers[$0] != nil } ?? true }
    // From the end, so that the places of those before stay.
    for group in present.sorted(by: { line(of: $0, headers) > line(of: $1, headers) }) {
      let header = group.flatMap { headers[$0] }
      lines.insert(members[group] ?? [], at: lines.endOfSection(below: header))
    }
    for case let group? in order where headers[group] == nil {
      if lines.hasContent { lines.append("") }
      lines.append("[\(group)]")
      for line in members[group] ?? [] { lines.append(line) }
    }
    return lines.bytes
  }

  private static func line(of group: String?, _ headers: [String: Int]) -> Int {
    group.flatMap { headers[$0] } ?? -1
  }

  /// `text` without the feed's line and the indented rules below it.
  package static func removing(url: String, from text: [UInt8]) -> [UInt8]? {
    var lines = ConfigurationText(text)
    guard let line = lines.feedLine(of: url) else { return nil }
    lines.remove(line..<lines.endOfRules(below: line))
    return lines.bytes
  }

  /// `text` with the feed at another address on every line that names it, however it is spelled there;
  /// options, rules and the columns that they stand in stay. Nil also where a line names the other
  /// address already.
  package static func replacing(
    _ feed: FeedAddress, with address: FeedAddress, in text: [UInt8]
  ) -> [UInt8]? {
    var lines = ConfigurationText(text)
    let found = lines.feedLines(of: feed)
    guard !found.isEmpty, feed.key != address.key, lines.feedLines(of: address).isEmpty else {
      return nil
    }
    for line in found { lines.replaceWord(ofLine: line, with: address.text.configurationValue) }
    return lines.bytes
  }

  /// `text` with the feed paused, or polled again.
  package static func pausing(_ isPaused: Bool, url: String, in text: [UInt8]) -> [UInt8]? {
    var lines = ConfigurationText(text)
    guard let line = lines.feedLine(of: url) else { return nil }
    return lines.setOption("paused", to: isPaused ? "yes" : "no", ofLine: line)
      ? lines.bytes : nil
  }
}

/// A feed's line that is still to be written.
package struct FeedSubscription: Hashable, Sendable {
  package var address: FeedAddress
  package var title: String?
  package var tags: [String]
  package var interval: PollInterval?

  package init(
    address: FeedAddress, title: String? = nil, tags: [String] = [], interval: PollInterval? = nil
  ) {
    self.address = address
    self.title = title
    self.tags = tags
    self.interval = interval
  }

  /// As feeds.conf has it, without the line's end.
  package var line: String {
    var words = [address.text.configurationValue]
    if let title, !title.isEmpty { words.append("title=\(title.configurationValue)") }
    let names = [].union(tags.map(\.tagName).filter { !$0.isEmpty })
    if !names.isEmpty { words.append("tags=\(names.joined(separator: ",").configurationValue)") }
    switch interval {
    case .auto: words.append("interval=auto")
    case .every(let duration): words.append("interval=\(DurationText.string(duration))")
    case nil: break
    }
    return words.joined(separator: " ")
  }
}

extension String {
  /// As a value of feeds.conf: bare where that is the same, else in quotation marks. Line ends and
  /// other control characters become blanks.
  var configurationValue: String {
    let isBare =
      !isEmpty && first != "#"
      && utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\"") }
    if isBare { return self }
    var quoted = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case "\t": quoted += "\\t"
      default:
        quoted.unicodeScalars.append(scalar.value < 0x20 || scalar == "\u{7F}" ? " " : scalar)
      }
    }
    return quoted + "\""
  }

  /// What can stand between the brackets of a group's line; nil when nothing is left.
  fileprivate var groupName: String? {
    let kept = unicodeScalars.filter { $0 != "]" && $0 != "[" && !$0.isUnprintable }
    let name = String(String.UnicodeScalarView(kept)).trimmingBlanks
    return name.isEmpty ? nil : name
  }

  /// Blanks become hyphens; what parts or ends a list of tags goes.
  fileprivate var tagName: String {
    let kept = trimmingBlanks.unicodeScalars.filter { $0 != "," && !$0.isUnprintable }
    return String(String.UnicodeScalarView(kept.map { $0.properties.isWhitespace ? "-" : $0 }))
  }
}
