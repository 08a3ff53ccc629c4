internal import Checksums
internal import Syndication

/// One page without scripts, images, fonts or anything else that is fetched. Every text is escaped;
/// the Content-Security-Policy is the second wall: it allows exactly the style sheet of the page.
struct HTMLDigest: DigestPage {
  let digest: Digest
  let front: DigestFront

  var opening: String {
    let nothing = digest.clusters.isEmpty ? "<p>\(DigestFront.nothing)</p>\n" : ""
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="\(HTMLDigest.policy)">
      <meta name="referrer" content="no-referrer">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(front.title.html), \(digest.until.longDate)</title>
      <style>\(HTMLDigest.styleSheet)</style>
      </head>
      <body>
      <header>
      <h1>\(front.title.html)</h1>
      <p>\(front.window)</p>
      <p>\(front.counts)</p>
      </header>
      <main>
      \(nothing)
      """
  }

  func entry(at index: Int) -> String {
    let cluster = digest.clusters[index]
    let section = front.heading(at: index).map { "<h2>\($0)</h2>\n" } ?? ""
    let level = front.singlesStart == nil ? "h2" : "h3"
    let lead = ReportLine(DigestMember(story: cluster.lead), in: cluster, year: front.year)
    let language = languageAttribute(of: cluster.lead)
    var html = section
    html += "<article id=\"c-\(cluster.id.hexadecimal)\">\n"
    html += "<\(level)\(language) dir=\"auto\">\(anchor(lead.headline, lead.link))</\(level)>\n"
    if let summary = cluster.summary {
      html += "<p\(language) dir=\"auto\">\(summary.html)</p>\n"
    }
    return html + sources(of: cluster) + "</article>\n"
  }

  /// Summary and sources without the headline, for a feed's entry.
  func fragment(of cluster: DigestCluster) -> String {
    (cluster.summary.map { "<p>\($0.html)</p>\n" } ?? "") + sources(of: cluster)
  }

  var closing: String { "\(attention)</main>\n</body>\n</html>\n" }

  private var attention: String {
    let (notices, rest) = digest.shownNotices
    guard !notices.isEmpty else { return "" }
    let items = notices.map { notice in
      "<li><b><bdi>\(notice.displayName.html)</bdi></b> <em>\(notice.health.html)</em><br>"
        + "\(notice.words.html)</li>\n"
    }
    let more = rest.map { "<li>\($0)</li>\n" } ?? ""
    return "<h2>\(FeedNotice.heading)</h2>\n<ul>\n\(items.joined())\(more)</ul>\n"
  }

  private func sources(of cluster: DigestCluster) -> String {
    let reports = cluster.members.map { ReportLine($0, in: cluster, year: front.year) }
    if reports.count == 1, let report = reports.first {
      return "<p class=\"source\">\(by(report))</p>\n"
    }
    let items = reports.map { report in
      "<li>\(by(report))<br><span\(languageAttribute(of: report.story)) dir=\"auto\">"
        + "\(anchor(report.headline, report.link))</span>\(reason(report))</li>\n"
    }
    return "<p class=\"count\">\(cluster.sourcesNote)</p>\n<ul>\n\(items.joined())</ul>\n"
  }

  private func reason(_ report: ReportLine) -> String {
    report.reason.map { "<br><small dir=\"auto\">\($0.html)</small>" } ?? ""
  }

  private func by(_ report: ReportLine) -> String {
    let time = report.story.reported
    let note = report.note.map { " <em>\($0.html)</em>" } ?? ""
    return "<b><bdi>\(report.source.html)</bdi></b> "
      + "<time datetime=\"\(time.rfc3339)\">\(report.time)</time>\(note)"
  }

  private func anchor(_ text: String, _ link: WebLinkText?) -> String {
    guard let link else { return text.html }
    return "<a href=\"\(link.text.html)\" rel=\"noopener noreferrer nofollow\">\(text.html)</a>"
  }

  private func languageAttribute(of story: Story) -> String {
    guard let tag = story.language, 2...35 ~= tag.utf8.count,
      tag.utf8.allSatisfy({
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 | 0x20 || $0 == UInt8(ascii: "-")
          || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0
      })
    else { return "" }
    return " lang=\"\(tag)\""
  }
}

extension HTMLDigest {
  /// Nothing is loaded; the hash is that of the text between the style tags (CSP 3 section 2.3.1).
  static let policy =
    "default-src 'none'; style-src 'sha256-\(styleSheet.sha256Base64)'; base-uri 'none'; "
    + "form-action 'none'"

  static let styleSheet = """

    :root { color-scheme: light dark; --ink: #1c1b19; --soft: #66625c; --line: #dedad3; \
    --paper: #fdfcfa; --link: #14467c; }
    @media (prefers-color-scheme: dark) { :root { --ink: #e7e4de; --soft: #a19c94; \
    --line: #3b3935; --paper: #191817; --link: #9cc3f0; } }
    * { box-sizing: border-box; }
    body { margin: 0 auto; max-width: 42rem; padding: 2.5rem 1.25rem 4rem; color: var(--ink); \
    background: var(--paper); font: 1.0625rem/1.55 Charter, "Bitstream Charter", Cambria, Georgia, \
    serif; overflow-wrap: anywhere; }
    header { border-bottom: 3px double var(--line); padding-bottom: 1rem; }
    header p { margin: .15rem 0; color: var(--soft); }
    h1 { font-size: 2.1rem; line-height: 1.15; margin: 0 0 .5rem; letter-spacing: -.01em; }
    h2, h3 { line-height: 1.25; margin: 0 0 .4rem; font-size: 1.3rem; text-wrap: balance; }
    main > h2 { font: 600 .8rem/1.4 system-ui, sans-serif; letter-spacing: .08em; \
    text-transform: uppercase; color: var(--soft); margin: 2.25rem 0 0; }
    article { padding: 1.4rem 0; border-bottom: 1px solid var(--line); }
    article p { margin: 0 0 .6rem; }
    a { color: inherit; text-decoration: underline; text-decoration-color: var(--line); \
    text-decoration-thickness: 1px; text-underline-offset: .18em; }
    a:hover, a:focus { color: var(--link); text-decoration-color: currentColor; }
    ul { list-style: none; margin: .4rem 0 0; padding: 0; }
    li { margin: 0 0 .55rem; padding-inline-start: .9rem; border-inline-start: 2px solid var(--line); \
    font-size: .95rem; line-height: 1.4; }
    .source { margin: 0; }
    .count { color: var(--soft); margin: 0; }
    .count, .source, li b, li time, li em { font-family: system-ui, sans-serif; font-size: .8rem; }
    time, em { color: var(--soft); margin-inline-start: .35rem; }
    em { font-style: normal; border: 1px solid var(--line); border-radius: .6rem; padding: 0 .45rem; }
    @media print { body { max-width: none; padding: 0; font-size: 10.5pt; background: none; \
    color: #000; } article, li { break-inside: avoid; } li a[href]::after { content: " (" attr(href) ")"; \
    color: #555; font-size: 8pt; } }

    """
}

extension String {
  /// For text and for quoted attribute values.
  var html: String {
    var escaped = ""
    for character in self {
      switch character {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.append(character)
      }
    }
    return escaped
  }

  fileprivate var sha256Base64: String {
    var hasher = SHA256Hasher()
    hasher.update(self)
    let hash = hasher.finalize().words
    let words: [UInt64] = [hash.0, hash.1, hash.2, hash.3]
    return words.flatMap(\.bigEndianBytes).base64
  }
}

extension UInt64 {
  fileprivate var bigEndianBytes: [UInt8] {
    stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: self >> UInt64($0)) }
  }
}

extension [UInt8] {
  /// RFC 4648 section 4.
  var base64: String {
    let letters = [Character]("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    for start in stride(from: 0, to: count, by: 3) {
      let bytes = self[start..<Swift.min(start + 3, count)]
      let bits = bytes.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - bytes.count))
      for place in 0..<4 {
        text.append(place <= bytes.count ? letters[bits >> (18 - 6 * place) & 63] : "=")
      }
    }
    return text
  }
}
