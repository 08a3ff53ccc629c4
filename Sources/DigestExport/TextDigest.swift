internal import Syndication

/// For a terminal or a mail: wrapped at a width, without escape sequences, every address whole on a
/// line of its own.
struct TextDigest: DigestPage {
  let digest: Digest
  let front: DigestFront
  let columns: Int

  private static let smallestWidth = 40

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
    let number = "\(index + 1). "
    let margin = String(repeating: " ", count: 4)
    let title = cluster.lead.headline.wrapped(columns: columns - margin.count)
    for (place, line) in title.enumerated() {
      let left =
        place == 0 ? String(repeating: " ", count: max(4 - number.count, 0)) + number : margin
      lines.append(left + line)
    }
    if let summary = cluster.summary {
      lines.append("")
      lines += summary.wrapped(columns: columns - margin.count).map { margin + $0 }
    }
    lines.append("")
    if cluster.members.count > 1 { lines.append("\(margin)\(cluster.sourcesNote):") }
    lines += cluster.members.flatMap { report($0, in: cluster, margin: margin) }
    return lines.joined(separator: "\n") + "\n"
  }

  let closing = ""

  private func report(_ member: DigestMember, in cluster: DigestCluster, margin: String) -> [String]
  {
    let report = ReportLine(member, in: cluster, year: front.year)
    let note = report.note.map { " (\($0))" } ?? ""
    let ownHeadline = report.headline == cluster.lead.headline ? "" : ": \(report.headline)"
    let text = "\(report.source), \(report.time)\(note)\(ownHeadline)"
    let lines = text.wrapped(columns: columns - margin.count - 2)
    let marked = lines.enumerated().map { margin + ($0.offset == 0 ? "* " : "  ") + $0.element }
    return marked + (report.link.map { [margin + "  " + $0.text] } ?? [])
  }
}
