internal import LoopbackServer

extension Behaviour {
  static let requests = [
    Behaviour(27, "Only GET; no cookie, no Referer, and the query as feeds.conf has it.") { trial in
      let query = "?b=2&a=1&&x=%7e%2F+y&utm_source=rss"
      let server = try trial.serve(.paper("Set-Cookie: id=1; Path=/", "ETag: \"1\""))
      try trial.follow(server.url("/feed.xml" + query))
      try trial.fetch()
      try trial.fetch(at: "+2d")
      for request in try server.requests(2) {
        try require(request.method == "GET", "the method is \(request.method)")
        try require(request.target == "/feed.xml" + query, "the target is \(request.target)")
        for name in ["Cookie", "Referer", "Origin", "From"] {
          try require(request[name] == nil, "\(name): \(request[name] ?? "")")
        }
      }
      return "two GETs of /feed.xml\(query), the second without the cookie that it was sent"
    },
    Behaviour(
      28, "The User-Agent is the program's own name and version, or what the operator says."
    ) { trial in
      let server = try trial.serve(.paper("ETag: \"1\""))
      let own = "paperboy/2.0 (+https://paper.example/boy)"
      try trial.follow(server.url("/1"))
      try trial.fetch()
      try trial.follow("set user-agent \"\(own)\"", server.url("/2"))
      try trial.fetch()
      let agents = try server.requests(2).map { $0["User-Agent"] ?? "" }
      try require(
        agents[0].wholeMatch(of: #/aggregator/[0-9.]+ \([^()]+\)/#) != nil,
        "the User-Agent is \(agents[0])")
      try require(agents[1] == own, "the User-Agent is \(agents[1])")
      return "\(agents[0]); as feeds.conf says: \(agents[1])"
    },
    Behaviour(
      29,
      """
      Accept names feed types, Accept-Encoding every coding that is decoded; feeds of a host share a \
      connection, at the same time over HTTP/2.
      """, course: negotiation),
    Behaviour(
      30,
      "Credentials and a feed's own header fields go to its own origin, never where it redirects."
    ) { trial in
      let other = try trial.serve(.paper("ETag: \"1\""))
      let server = try trial.serve { request in
        switch request.path {
        case "/away": .redirect(302, to: other.url("/feed.xml"))
        case "/moves": .redirect(302, to: "/stays")
        default: .paper("ETag: \"1\"")
        }
      }
      try trial.folder.write("reader:swordfish\n", to: "credentials/paper")
      let options = " credential=paper header=\"X-Key: swordfish\""
      try trial.follow(server.url("/away") + options, server.url("/moves") + options)
      try trial.fetch(environment: ["CREDENTIALS_DIRECTORY": trial.folder.path(of: "credentials")])
      for request in try server.requests(3) {
        try require(
          request["Authorization"] == "Basic cmVhZGVyOnN3b3JkZmlzaA=="
            && request["X-Key"] == "swordfish",
          "\(request.path) is sent \(request["Authorization"] ?? "no Authorization")")
      }
      let strange = try other.requests(1)[0]
      try require(
        strange["Authorization"] == nil && strange["X-Key"] == nil,
        "the other origin is sent \(strange.fields)")
      return "sent to the feed's origin and along a redirect within it, not to another port"
    },
    Behaviour(
      31, "White space or a bad character in a URL is a configuration error, not a request."
    ) {
      trial in
      let server = try trial.serve(.paper())
      let wrong = ["/a b", "/a\\b", "/a\u{A0}b", "/a\u{202E}b", "/a%00b", ":x/a"]
      try trial.configure([server.url()] + wrong.map { "\"\(server.url($0))\"" })
      let check = try trial.run("check")
      let fetch = try trial.run("fetch")
      _ = try server.requests(0)
      let named = check.errors.split(separator: "\n").count
      try require(
        named == wrong.count && check.status == 78 && fetch.status == 78,
        "exit status \(check.status), \(fetch.status): \(check.errors)")
      return
        "\(named) such lines are named by check, exit status 78, and not even the good feed is asked"
    },
    Behaviour(
      32,
      "A-IM: feed is sent only together with validators, and a 226 is merged, not taken for all.",
      course: deltas),
  ]

  private static func deltas(_ trial: Trial) throws -> String {
    let delta = Script.answer(
      "226 IM Used", ["Content-Type: application/rss+xml", "IM: feed", "ETag: \"2\""],
      text: Newspaper.rss([4]))
    let whole = Script.paper("ETag: \"3\"", items: [2, 3, 4, 5])
    let server = try trial.serve(.paper("ETag: \"1\"", items: [1, 2, 3]), delta, whole)
    let plain = try trial.serve(.paper(), host: "127.0.0.2")
    try trial.configure(
      [server.url(), plain.url()], hosts: ["127.0.0.1 gap=0s", "127.0.0.2 gap=0s"])
    let counts = try ["0s", "+2d", "+4d"].map { try trial.fetch("127.0.0.1", at: $0).newCount }
    for shift in ["0s", "+2d"] { try trial.fetch("127.0.0.2", at: shift) }
    try server.require(conditions: [], ["If-None-Match: \"1\""], ["If-None-Match: \"2\""])
    let wishes = server.requests.map { $0["A-IM"] ?? "" }
    try require(wishes == ["", "feed", "feed"], "A-IM: \(wishes)")
    let unfounded = try plain.requests(2).compactMap { $0["A-IM"] }
    try require(unfounded.isEmpty, "A-IM without validators: \(unfounded)")
    try require(counts == [3, 1, 1], "new entries: \(counts)")
    let titles = try trial.storedTitles().count
    try require(titles == 6, "\(titles) entries are stored")
    return """
      A-IM: feed beside If-None-Match and never without; a 226 with one new entry adds it to the three, \
      and its ETag is the next condition
      """
  }

  private static func negotiation(_ trial: Trial) throws -> String {
    let codings = EncodedFeed.byCoding
    let server = try trial.serve { request in
      let (coding, bytes) = codings[Int(request.path.dropFirst()) ?? 0]
      return .answer(
        "200 OK", ["Content-Type: application/rss+xml", "Content-Encoding: \(coding)"], body: bytes)
    }
    try trial.configure(codings.indices.map { server.url("/\($0)") })
    let pass = try trial.fetch()
    let requests = try server.requests(codings.count)
    try require(
      pass.lines.allSatisfy { $0.new == 4 }, "entries of the codings: \(pass.lines.map(\.new))")
    let (types, encodings) = (requests[0]["Accept"] ?? "", requests[0]["Accept-Encoding"] ?? "")
    for type in ["application/rss+xml", "application/atom+xml", "application/feed+json"] {
      try require(types.contains(type), "Accept: \(types)")
    }
    for coding in ["gzip", "deflate", "br", "zstd"] {
      try require(encodings.contains(coding), "Accept-Encoding: \(encodings)")
    }
    let connections = server.connectionCount
    try require(connections == 1, "\(connections) connections for \(codings.count) feeds")
    try multiplexing(trial)
    return """
      Accept names the types of RSS, Atom and JSON Feed; Accept-Encoding: \(encodings), each of them \
      decoded; \(codings.count) feeds over one connection, and \(streamCount) over one with HTTP/2, \
      \(streamCount - 1) of them at once
      """
  }

  private static let streamCount = 6

  /// After the first answer the server gives none until all the others are under way.
  private static func multiplexing(_ trial: Trial) throws {
    let authority = try TrialAuthority(of: trial)
    let answer = HTTP2Answer(
      contentType: "application/rss+xml", body: Array(Newspaper.rss([1]).utf8),
      audience: streamCount - 1)
    let server = try trial.serve(
      .paper(), host: "127.0.0.2",
      identity: try authority.identity(for: "127.0.0.2", http2: answer))
    try trial.configure(
      ["set first-byte-timeout 15s"] + (0..<streamCount).map { server.url("/\($0)") },
      hosts: ["\(authority.trust(server, gap: "1s")) max-in-flight=\(streamCount)"])
    let pass = try trial.fetch()
    try require(
      pass.newCount == streamCount && server.streamCount == streamCount
        && server.connectionCount == 1,
      "HTTP/2: \(pass.newCount) of \(server.streamCount) streams over \(server.connectionCount) "
        + "connections: \(pass.failures)")
  }
}
