internal import Syndication

/// JSON Feed 1.1: an item a cluster.
struct JSONFeedDigest: DigestPage {
  let digest: Digest
  let front: DigestFront
  let address: WebLinkText?

  var opening: String {
    var object = JSONObject()
    object.add("version", "https://jsonfeed.org/version/1.1")
    object.add("title", front.title)
    if let address { object.add("feed_url", address.text) }
    return object.text.dropLast() + ",\"items\":["
  }

  func entry(at index: Int) -> String {
    let cluster = digest.clusters[index]
    var author = JSONObject()
    author.add("name", cluster.lead.sourceName)
    var item = JSONObject()
    item.add("id", cluster.entryID)
    if let link = cluster.lead.link.flatMap(WebLinkText.init) { item.add("url", link.text) }
    item.add("title", cluster.lead.headline)
    if let summary = cluster.summary { item.add("summary", summary) }
    item.add("content_html", HTMLDigest(digest: digest, front: front).fragment(of: cluster))
    item.add("date_published", cluster.lead.reported.rfc3339)
    item.add("date_modified", cluster.latestReport.rfc3339)
    item.add("authors", [author])
    return (index == 0 ? "\n" : ",\n") + item.text
  }

  let closing = "\n]}\n"
}
