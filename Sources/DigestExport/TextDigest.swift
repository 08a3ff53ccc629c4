internal import Syndication

/// For a terminal or a mail: wrapped at a width, without escape sequences, every address whole on a
/// line of its own.
struct TextDigest: DigestPage {
  let digest: Digest
  let front: DigestFront
  let columns: Int

  private static let smallestWidth = 40
  private static let margin = "    "

  init(digest: Digest, front: DigestFront, columns: Int) {
    self.digest = digest
    self.front = front
    self.columns = max(columns, TextDigest.smallestWidth)
  }

  var opening: String {
    var lines = front.title.wrapped(columns: columns)
    lines += front.window.wrapped(columns: columns)
    lines += front.counts.wrapped(columns: columns)
    if digest.clusters.isEmpty { lines += ["", DigestFront.nothing] }
    return lines.joined(separator: "\n") + "\n"
  }

  func entry(at index: Int) -> String {
    let cluster = digest.clusters[index]
    var lines = [""]
    if let heading = front.heading(at: index) {
      lines += [heading.uppercased(), String(repeating: "=", count: heading.count), ""]
    }
    let width = columns - TextDigest.margin.count
    lines += cluster.lead.headline.wrapped(columns: width).enumerated().map { place, line in
      (place == 0 ? "\(index + 1). ".leftPadded(to: TextDigest.margin.count) : TextDigest.margin)
        + line
    }
    lines.append("")
    lines += TextDigest.body(of: cluster, columns: width, year: front.year).map {
      $0.isEmpty ? $0 : TextDigest.margin + $0
    }
    return lines.joined(separator: "\n") + "\n"
  }

  var closing: String {
    let (notices, rest) = digest.shownNotices
    guard !notices.isEmpty else { return "" }
    let heading = FeedNotice.heading
    let items =
      notices.map { "\($0.displayName) (\($0.health)): \($0.words)" }
      + [rest].compactMap { $0 }
    let lines = items.flatMap { item in
      item.wrapped(columns: columns - 2).enumerated()
        .map { ($0.offset == 0 ? "* " : "  ") + $0.element }
    }
    let front = ["", heading.uppercased(), String(repeating: "=", count: heading.count), ""]
    return (front + lines).joined(separator: "\n") + "\n"
  }

  /// Summary and sources, without the headline.
  static func body(of cluster: DigestCluster, columns: Int, year: Int) -> [String] {
    var lines = cluster.summary.map { $0.wrapped(columns: columns) + [""] } ?? []
    if cluster.members.count > 1 { lines.append("\(cluster.sourcesNote):") }
    return lines
      + cluster.members.flatMap {
        report($0, in: cluster, columns: columns, year: year)
      }
  }

  private static func report(
    _ member: DigestMember, in cluster: DigestCluster, columns: Int, year: Int
  ) -> [String] {
    let report = ReportLine(member, in: cluster, year: year)
    let note = report.note.map { " (\($0))" } ?? ""
    let ownHeadline = report.headline == cluster.lead.headline ? "" : ": \(report.headline)"
    let text = "\(report.source), \(report.time)\(note)\(ownHeadline)"
    let lines =
      text.wrapped(columns: columns - 2) + (report.link.map { [$0.text] } ?? [])
      + (report.reason?.wrapped(columns: columns - 2) ?? [])
    return lines.enumerated().map { ($0.offset == 0 ? "* " : "  ") + $0.element }
  }
}

extension String {
  fileprivate func leftPadded(to width: Int) -> String {
    String(repeating: " ", count: max(width - count, 0)) + self
  }
}
