internal import Syndication

/// JSON for programs, version 1. Every member is always there, in this order; what is not known is
/// null. Times are RFC 3339 in UTC with milliseconds; identifiers are sixteen hexadecimal digits.
/// Texts are the publishers' own: escaped for JSON, but neither cut nor cleaned, except that hidden
/// and control characters are written as `\u` escapes.
///
/// The document: `{"version", "since", "until", "clusters": [cluster, …], "attention": [notice, …]}`, a
/// cluster a line. JSON Lines: the clusters alone.
///
/// - notice, of a feed that needs a person: `name`, `address`, `health`, `since`, `sentence`, `advice`;
/// - cluster: `id`, `headline`, `summary`, `link`, `source`, `published`, `sources` (how many
///   independent outlets), `reports` (earliest first);
/// - report: `id`, `copyOf` (the report that this one is a copy of), `outlet`, and the members of a
///   story below except `text`; where reasons were asked for and it is not the lead, `why` as the last;
/// - story: `id`, `title`, `text`, `published`, `source`, `lang`, `revision`, `seen`, `updated`,
///   `feed`, `guid`, `link`, `author`, `categories`, `enclosures` (`url`, `type`, `length`),
///   `summary`. `link` is null unless it is http or https.
struct JSONDigest: DigestPage {
  let digest: Digest
  let isLines: Bool

  var opening: String {
    isLines
      ? ""
      : #"{"version":1,"since":"\#(digest.since.rfc3339)","until":"\#(digest.until.rfc3339)","#
        + #""clusters":["#
  }

  func entry(at index: Int) -> String {
    let line = object(of: digest.clusters[index]).text + "\n"
    if isLines { return line }
    return (index == 0 ? "\n" : ",\n") + line.dropLast()
  }

  var closing: String {
    if isLines { return "" }
    var object = JSONObject()
    object.add("attention", digest.notices.map(JSONDigest.object))
    return "\n],\(object.text.dropFirst())\n"
  }

  private static func object(of notice: FeedNotice) -> JSONObject {
    var object = JSONObject()
    object.add("name", notice.name)
    object.add("address", notice.address)
    object.add("health", notice.health)
    object.add("since", notice.since.rfc3339)
    object.add("sentence", notice.sentence)
    object.add("advice", notice.advice)
    return object
  }

  private func object(of cluster: DigestCluster) -> JSONObject {
    let lead = cluster.lead
    var object = JSONObject()
    object.add("id", cluster.id.hexadecimal)
    object.add("headline", lead.headline)
    object.add("summary", cluster.summary)
    object.add("link", lead.link.flatMap(WebLinkText.init)?.text)
    object.add("source", lead.source)
    object.add("published", lead.published?.rfc3339)
    object.add("sources", cluster.independentSourceCount)
    object.add("reports", cluster.members.map { report($0) })
    return object
  }

  private func report(_ member: DigestMember) -> JSONObject {
    var object = JSONObject()
    object.add("id", member.story.id.hexadecimal)
    object.add("copyOf", member.original?.hexadecimal)
    object.add("outlet", member.story.outlet)
    object.add("title", member.story.title)
    JSONDigest.addRest(of: member.story, to: &object)
    if let reason = member.reason { object.add("why", reason) }
    return object
  }

  /// A story with its text, in the words that `aggregator group` reads.
  static func object(of story: Story) -> JSONObject {
    var object = JSONObject()
    object.add("id", story.id.hexadecimal)
    object.add("title", story.title)
    object.add("text", story.text)
    addRest(of: story, to: &object)
    return object
  }

  private static func addRest(of story: Story, to object: inout JSONObject) {
    object.add("published", story.published?.rfc3339)
    object.add("source", story.source)
    object.add("lang", story.language)
    object.add("revision", story.revision)
    object.add("seen", story.seen.rfc3339)
    object.add("updated", story.updated?.rfc3339)
    object.add("feed", story.feed)
    object.add("guid", story.guid)
    object.add("link", story.link.flatMap(WebLinkText.init)?.text)
    object.add("author", story.author)
    object.add("categories", story.categories)
    let enclosures = story.enclosures.map { enclosure in
      var object = JSONObject()
      object.add("url", enclosure.url)
      object.add("type", enclosure.type)
      object.add("length", enclosure.length)
      return object
    }
    object.add("enclosures", enclosures)
    object.add("summary", story.summary)
  }
}

/// A JSON object whose members keep the order in which they are added. (Foundation's encoder sorts
/// them, and lets characters through that a terminal obeys.)
struct JSONObject {
  private var members: [String] = []

  var text: String { "{\(members.joined(separator: ","))}" }

  mutating func add(_ key: String, _ value: String?) {
    members.append("\(key.json):\(value.map(\.json) ?? "null")")
  }

  mutating func add(_ key: String, _ value: Int) {
    members.append("\(key.json):\(value)")
  }

  mutating func add(_ key: String, _ values: [String]) {
    members.append("\(key.json):[\(values.map(\.json).joined(separator: ","))]")
  }

  mutating func add(_ key: String, _ objects: [JSONObject]) {
    members.append("\(key.json):[\(objects.map(\.text).joined(separator: ","))]")
  }
}

extension String {
  /// A JSON string (RFC 8259 section 7) that is one line and shows nothing but text on a terminal.
  var json: String {
    var quoted: [UInt8] = [UInt8(ascii: "\"")]
    quoted.reserveCapacity(utf8.count + 2)
    for scalar in unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\"".utf8
      case "\\": quoted += "\\\\".utf8
      case "\n": quoted += "\\n".utf8
      case "\t": quoted += "\\t".utf8
      case "\r": quoted += "\\r".utf8
      case _ where scalar.isHidden: quoted += scalar.jsonEscape.utf8
      case _ where scalar.isASCII: quoted.append(UInt8(scalar.value))
      default: quoted += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
      }
    }
    quoted.append(UInt8(ascii: "\""))
    return String(decoding: quoted, as: UTF8.self)
  }
}
