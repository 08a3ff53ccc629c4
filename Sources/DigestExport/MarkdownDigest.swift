internal import Syndication

/// CommonMark with GitHub's extensions in mind: text stays text, whatever a publisher put into it.
struct MarkdownDigest: DigestPage {
  let digest: Digest
  let front: DigestFront

  var opening: String {
    let nothing = digest.clusters.isEmpty ? "\n\(DigestFront.nothing)\n" : ""
    return """
      # \(front.title.markdown)

      \(front.window.markdown)  
      \(front.counts)
      \(nothing)
      """
  }

  func entry(at index: Int) -> String {
    let cluster = digest.clusters[index]
    let heading = front.heading(at: index).map { "\n## \($0)\n" } ?? ""
    let level = front.singlesStart == nil ? "##" : "###"
    let lead = ReportLine(
      DigestMember(story: cluster.lead), in: cluster, year: front.year)
    var parts = ["\(level) \(link(lead.headline, lead.link))"]
    if let summary = cluster.summary { parts.append(summary.markdown) }
    parts.append(sources(of: cluster))
    return heading + "\n" + parts.joined(separator: "\n\n") + "\n"
  }

  var closing: String {
    let (notices, rest) = digest.shownNotices
    guard !notices.isEmpty else { return "" }
    let items = notices.map { notice in
      "- **\(notice.displayName.markdown)** (\(notice.health)): \(notice.words.markdown)"
    }
    let lines = items + [rest.map { "- \($0)" }].compactMap { $0 }
    return "\n## \(FeedNotice.heading)\n\n\(lines.joined(separator: "\n"))\n"
  }

  private func sources(of cluster: DigestCluster) -> String {
    let reports = cluster.members.map { ReportLine($0, in: cluster, year: front.year) }
    if reports.count == 1, let report = reports.first {
      let note = report.note.map { " (\($0.markdown))" } ?? ""
      return "**\(report.source.markdown)**, \(report.time)\(note)"
    }
    let list = reports.map { report in
      let note = report.note.map { " *(\($0.markdown))*" } ?? ""
      return "- **\(report.source.markdown)**, \(report.time): "
        + link(report.headline, report.link) + note
        + (report.reason.map { "\n  - \($0.markdown)" } ?? "")
    }
    return "\(cluster.sourcesNote):\n\n" + list.joined(separator: "\n")
  }

  private func link(_ text: String, _ link: WebLinkText?) -> String {
    guard let link else { return text.markdown }
    return "[\(text.markdown)](\(link.markdown))"
  }
}

extension WebLinkText {
  /// A link destination: bare, or in angle brackets where it has parentheses (CommonMark 6.3).
  var markdown: String {
    let inert = text.escapingReferences
    return inert.contains(where: { "()".contains($0) }) ? "<\(inert)>" : inert
  }
}

extension String {
  /// One line of text for CommonMark: a backslash before everything that could be markup there, and
  /// no more, so that the source too can be read.
  var markdown: String {
    var escaped = ""
    var previous: Character = " "
    var rest = Substring(self)
    let hasFormula = utf8.filter { $0 == UInt8(ascii: "$") }.count > 1
    while let character = rest.popFirst() {
      let next = rest.first ?? " "
      let isMarkup: Bool =
        switch character {
        case "\\", "`", "*", "[", "]", "<", "~", "|": true
        case "$": hasFormula
        case "#": previous == " "
        case "_": !(previous.isLetterOrDigit && next.isLetterOrDigit)
        case "&": rest.isReference
        default: false
        }
      escaped += isMarkup ? "\\\(character)" : String(character)
      previous = character
    }
    return escaped.escapingBlockStart
  }

  /// `&copy;` in an address would be read as a character.
  fileprivate var escapingReferences: String {
    var escaped = ""
    var rest = Substring(self)
    while let character = rest.popFirst() {
      escaped += character == "&" && rest.isReference ? "&amp;" : String(character)
    }
    return escaped
  }

  /// A line that begins like a quotation, a list or a rule.
  private var escapingBlockStart: String {
    guard let first else { return self }
    if ">+-=".contains(first) { return "\\" + self }
    let digits = prefix { $0.isASCII && $0.isNumber }
    let rest = dropFirst(digits.count)
    guard !digits.isEmpty, let mark = rest.first, mark == "." || mark == ")" else { return self }
    return digits + "\\" + rest
  }
}

extension Substring {
  /// Whether this goes on as a character reference does after its ampersand.
  fileprivate var isReference: Bool {
    let name = prefix(32).prefix { $0.isLetterOrDigit || $0 == "#" }
    return !name.isEmpty && dropFirst(name.count).first == ";"
  }
}

extension Character {
  fileprivate var isLetterOrDigit: Bool { isLetter || isNumber }
}
