/// A feed in a list that programs exchange (opml.org/spec2.opml).
package struct OPMLSubscription: Hashable, Sendable {
  /// As the list has it; may be anything.
  package var address: String
  package var title: String?
  /// The names of the groups that it stands in, the outermost first.
  package var groups: [String]
  /// Its categories, as the list has them.
  package var tags: [String]

  package init(
    address: String, title: String? = nil, groups: [String] = [], tags: [String] = []
  ) {
    self.address = address
    self.title = title
    self.groups = groups
    self.tags = tags
  }
}

/// Writes feeds as OPML 2.0.
package enum OPMLWriter {
  /// A document of `feeds`, those of a group together, in the order in which the groups begin.
  package static func document(of feeds: [Feed], title: String) -> String {
    var groups: [String?] = []
    var members: [String?: [Feed]] = [:]
    for feed in feeds {
      if members[feed.group] == nil { groups.append(feed.group) }
      members[feed.group, default: []].append(feed)
    }
    let body = groups.map { group in
      let lines = (members[group] ?? []).map { line($0) }
      guard let group else { return lines.map { "    \($0)\n" }.joined() }
      let name = group.markupText
      return "    <outline text=\"\(name)\" title=\"\(name)\">\n"
        + lines.map { "      \($0)\n" }.joined() + "    </outline>\n"
    }
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <opml version="2.0">
        <head>
          <title>\(title.markupText)</title>
        </head>
        <body>
      \(body.joined())  </body>
      </opml>

      """
  }

  /// Every outline has a text (opml.org/spec2.opml); a title it has where somebody gave one.
  private static func line(_ feed: Feed) -> String {
    var line = "<outline type=\"rss\" text=\"\((feed.title ?? feed.url).markupText)\""
    if let title = feed.title { line += " title=\"\(title.markupText)\"" }
    line += " xmlUrl=\"\(feed.url.markupText)\""
    if !feed.tags.isEmpty {
      line += " category=\"\(feed.tags.map(\.category).joined(separator: ",").markupText)\""
    }
    return line + "/>"
  }
}

extension String {
  /// As a category: a slash at its beginning is said twice, since one alone begins a path of categories.
  fileprivate var category: String { hasPrefix("/") ? "/" + self : self }

  /// As it may stand in an attribute's value; what XML forbids is left out (XML 1.0 section 2.2).
  fileprivate var markupText: String {
    var text = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      case "\t", "\n", "\r": text += " "
      case "\u{0}"..<" ", "\u{FFFE}", "\u{FFFF}": break
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}
