internal import Syndication

/// An Atom feed (RFC 4287): an entry a cluster, updated when its latest report came in.
struct AtomDigest: DigestPage {
  let digest: Digest
  let front: DigestFront
  let address: WebLinkText?

  /// A digest without an address has a tag (RFC 4151) of a domain that nobody can have.
  private static let nameless = "tag:aggregator.invalid,2026:digest"

  var opening: String {
    let own = address.map { "  <link rel=\"self\" href=\"\($0.text.html)\"/>\n" } ?? ""
    return """
      <?xml version="1.0" encoding="utf-8"?>
      <feed xmlns="http://www.w3.org/2005/Atom">
        <id>\((address?.text ?? AtomDigest.nameless).html)</id>
        <title>\(front.title.html)</title>
        <updated>\(digest.until.rfc3339)</updated>
        <author><name>aggregator</name></author>
      \(own)
      """
  }

  func entry(at index: Int) -> String {
    let cluster = digest.clusters[index]
    let link = cluster.lead.link.flatMap(WebLinkText.init).map {
      "    <link rel=\"alternate\" href=\"\($0.text.html)\"/>\n"
    }
    let summary = cluster.summary.map { "    <summary>\($0.html)</summary>\n" }
    let content = HTMLDigest(digest: digest, front: front).fragment(of: cluster)
    return """
        <entry>
          <id>\(cluster.entryID)</id>
          <title>\(cluster.lead.headline.html)</title>
          <published>\(cluster.lead.reported.rfc3339)</published>
          <updated>\(cluster.latestReport.rfc3339)</updated>
          <author><name>\(cluster.lead.sourceName.html)</name></author>
      \(link ?? "")\(summary ?? "")\
          <content type="html">\(content.html)</content>
        </entry>

      """
  }

  let closing = "</feed>\n"
}

extension DigestCluster {
  var entryID: String { "tag:aggregator.invalid,2026:cluster/\(id.hexadecimal)" }
}
