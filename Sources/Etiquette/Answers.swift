internal import Glibc
internal import LoopbackServer
internal import Synchronization

extension Behaviour {
  static let answers = [
    Behaviour(
      33,
      """
      A permanent redirect to a feed, seen alike for days, is written into feeds.conf where that is \
      wished; a temporary one, or one to a page, never.
      """, course: moves),
    Behaviour(
      34,
      """
      Redirects are followed as far as they lead somewhere: no circle, no sixth hop, no way from https \
      to http, no file, no missing Location; relative ones and fragments are understood.
      """, course: redirects),
    Behaviour(35, "410 means gone: it is said once, and the feed is asked no more.") { trial in
      let server = try trial.serve(.paper("ETag: \"1\""), .answer("410 Gone", text: ""))
      try trial.follow(server.url())
      try trial.fetch()
      let gone = try trial.fetch(at: "+2d")
      let later = try ["+3d", "+20d", "+300d"].map { try trial.fetch(at: $0).run }
      _ = try server.requests(2)
      try require(gone.lines.map(\.result) == ["gone"], "said: \(gone.run.output)")
      try require(later.allSatisfy(\.output.isEmpty), "said again: \(later.map(\.output))")
      try require(try trial.storedTitles() == ["Report 1"], "its entry is gone too")
      return "said at the second request; none after it in 300 days; its entry stays in the archive"
    },
    Behaviour(
      36,
      """
      Failures wait longer each time, a day at most in the first week and a week later; none is for \
      good, and a success forgets them.
      """, course: backoff),
    Behaviour(
      37,
      """
      Everything failing at once means offline: it counts against no feed, and all is asked again as \
      soon as something answers.
      """
    ) { trial in
      let hosts = (2...6).map { "127.0.0.\($0)" }
      let servers = try hosts.map { try trial.serve(.paper("ETag: \"1\""), host: $0) }
      try trial.configure(servers.map { $0.url() }, hosts: hosts.map { "\($0) gap=0s" })
      try trial.fetch()
      for server in servers { server.stop() }
      let offline = try trial.fetch(at: "+30h")
      let status = try trial.run("status", "--json", at: "+30h")
      try require(
        status.output.matches(of: #/"health":"fine"/#).count == hosts.count,
        "status says \(status.output)")
      let back = try servers.map { server in
        try trial.serve(.paper("ETag: \"1\"", items: [2]), host: server.host, port: server.port)
      }
      let pass = try trial.fetch(at: "+30h1m")
      for server in back { _ = try server.requests(1) }
      try require(pass.newCount == hosts.count, "new entries: \(pass.newCount)")
      return """
        with all \(hosts.count) hosts unreachable status calls every feed fine (\
        \(offline.run.errors.prefix { $0 != "\n" })), and a minute later all are asked again
        """
    },
    Behaviour(
      38,
      """
      A page, an empty body, a robot check or a JSON error with status 200 is a failure; earlier \
      entries and validators stay.
      """, course: wrongDocuments),
    Behaviour(39, "204, 206, 1xx, 418 and 520 to 526 have defined results.") { trial in
      let statuses = [204, 206, 402, 418, 451, 500] + (520...526)
      let early = Script.bytes(head: ["HTTP/1.1 103 Early Hints", "Link: </style.css>"])
      let server = try trial.serve { request in
        guard let status = Int(request.path.dropFirst()) else {
          return Script([.send(early)] + Script.paper("ETag: \"1\"").steps)
        }
        return status == 204 ? .head("204 No Content") : .answer("\(status) So", text: "x")
      }
      try trial.configure(statuses.map { server.url("/\($0)") } + [server.url("/early")])
      let pass = try trial.fetch()
      try require(pass.newCount == 1, "after a 103 the document is not stored")
      let expected = Set(statuses.map { "http-\($0)" })
      try require(Set(pass.failures) == expected, "failures: \(pass.failures)")
      let mute = pass.lines.filter { $0.error?.detail.isEmpty ?? false }
      try require(mute.isEmpty, "no sentence for \(mute.compactMap(\.error?.kind))")
      return
        "each is its own kind, http-204 to http-526, with a sentence; a 103 before a 200 is skipped"
    },
    Behaviour(
      40,
      """
      A body over the limit, announced or not, compressed or not, is stopped early, and the error names \
      the limit.
      """
    ) { trial in
      let megabyte = [UInt8](repeating: UInt8(ascii: " "), count: 1 << 20)
      let chunk = Array("100000\r\n".utf8) + megabyte + Array("\r\n".utf8)
      let scripts: [String: Script] = [
        "/announced": Script([
          .send(Script.bytes(head: ["HTTP/1.1 200 OK", "Content-Length: 33554433"])), .hang,
        ]),
        "/endless": Script(
          [.send(Script.bytes(head: ["HTTP/1.1 200 OK", "Transfer-Encoding: chunked"]))]
            + [Script.Step](repeating: .send(chunk), count: 64)),
        "/gzip": .answer("200 OK", ["Content-Encoding: gzip, gzip"], body: EncodedFeed.gzipBomb),
        "/brotli": .answer("200 OK", ["Content-Encoding: br"], body: EncodedFeed.brotliBomb),
      ]
      let server = try trial.serve { scripts[$0.path] ?? .paper() }
      try trial.configure(scripts.keys.map(server.url))
      let pass = try trial.fetch()
      try require(pass.failures == Array(repeating: "too-large", count: 4), "\(pass.failures)")
      let details = pass.lines.compactMap(\.error?.detail)
      try require(details.allSatisfy { $0.contains("33554432") }, "\(details)")
      return
        "four times too-large, naming the limit of 33554432 bytes, for 64 MiB out of 100 bytes too"
    },
    Behaviour(
      41, "Slow TLS, a slow header and a slow body have limits of their own, and all of it has one."
    ) { trial in
      let head = Script.Step.send(
        Script.bytes(head: ["HTTP/1.1 200 OK", "Content-Type: text/xml", "Content-Length: 99999"]))
      func drip(_ byteCount: Int) -> [Script.Step] {
        let drop = [UInt8](repeating: UInt8(ascii: " "), count: byteCount)
        return (0..<60).flatMap { _ in
          [Script.Step.pause(.milliseconds(100)), .send(drop)]
        }
      }
      let cases: [(kind: String, script: Script)] = [
        ("timeout-first-byte", Script([.hang])),
        ("timeout-stall", Script([head] + drip(1))), ("timeout-total", Script([head] + drip(100))),
      ]
      let servers = try cases.enumerated().map { index, slow in
        try trial.serve(slow.script, host: "127.0.0.\(index + 2)")
      }
      let silent = try SilentListener(host: "127.0.0.9")
      defer { silent.stop() }
      try trial.configure(
        [
          "set connect-timeout 1s", "set first-byte-timeout 1s", "set stall-timeout 1s",
          "set total-timeout 3s", "https://127.0.0.9:\(silent.port)/feed.xml",
        ] + servers.map { $0.url() },
        hosts: ["127.0.0.9"] + servers.map { "\($0.host) gap=0s" })
      let pass = try trial.fetch()
      let kinds = ["timeout-connect"] + cases.map(\.kind)
      let seen = (["https"] + servers.map(\.host)).map { part in
        pass.lines.first { $0.feed.contains(part) }?.error?.kind ?? "nothing"
      }
      try require(seen == kinds, "failures: \(seen.joined(separator: ", "))")
      return seen.joined(separator: ", ")
    },
    Behaviour(
      42,
      """
      A cut chunked, gzip or plain body is incomplete: no half-read entry is stored and no validator \
      advances.
      """, course: cutBodies),
    Behaviour(
      43,
      """
      Addresses that are not public are refused when connecting, after redirects and in every spelling, \
      unless their host is allowed; the environment's proxy counts for nothing.
      """, course: forgedAddresses),
  ]

  private static func moves(_ trial: Trial) throws -> String {
    let server = try trial.serve { request in
      switch request.path {
      case "/old": .redirect(301, to: "/new")
      case "/for-now": .redirect(302, to: "/elsewhere")
      case "/to-a-page": .redirect(301, to: "/page")
      case "/page": .answer("200 OK", ["Content-Type: text/html"], text: "<html><p>Sold</html>")
      default: .paper("ETag: \"1\"")
      }
    }
    func configure(_ first: String) throws {
      try trial.configure([
        "set update-moved yes  # but nothing else", "[Papers]  # a group", "tags = paper",
        "\(server.url(first))   title=\"The Paper\"  # keep this",
        server.url("/for-now"), "  ignore title ~ /sport/", server.url("/to-a-page"), "",
      ])
    }
    try configure("/old")
    let before = trial.folder.text(of: "feeds.conf")
    var written: [Int] = []
    for day in 0...4 {
      try trial.fetch("--all", at: "+\(day)d")
      if trial.folder.text(of: "feeds.conf") != before { written.append(day) }
    }
    let after = trial.folder.text(of: "feeds.conf")
    try require(written == [3, 4], "feeds.conf was another after the days \(written)")
    try configure("/new")
    try require(after == trial.folder.text(of: "feeds.conf"), "feeds.conf says now: \(after)")
    let count = server.requests.count
    try trial.fetch("--all", at: "+5d")
    let asked = server.requests[count...].map(\.path)
    try require(!asked.contains("/old"), "asked for \(asked)")
    return """
      after three days /old is /new in feeds.conf, not another byte of it is changed, and /old is asked \
      no more
      """
  }

  private static func redirects(_ trial: Trial) throws -> String {
    let server = try trial.serve { request in
      if let hop = request.path.wholeMatch(of: #//(far|near)([0-9])/#), hop.2 > "0",
        let rest = Int(hop.2)
      {
        return .redirect(301, to: "/\(hop.1)\(rest - 1)")
      }
      return switch request.path {
      case "/circle": .redirect(302, to: "/circle2")
      case "/circle2": .redirect(307, to: "/circle")
      case "/file": .redirect(302, to: "file:///etc/hostname")
      case "/nowhere": .answer("302 Found", text: "")
      case "/deep/relative": .redirect(308, to: "../near1?a=b#part")
      default: .paper("ETag: \"1\"")
      }
    }
    let authority = try TrialAuthority(of: trial)
    let secure = try trial.serve(
      .redirect(301, to: server.url("/unguarded")), host: "127.0.0.2",
      identity: try authority.identity(for: "127.0.0.2"))
    let expected: [(path: String, kind: String?)] = [
      ("/circle", "too-many-redirects"), ("/far6", "too-many-redirects"), ("/file", "bad-redirect"),
      ("/nowhere", "bad-redirect"), ("/near5", nil), ("/deep/relative", nil),
      ("/guarded", "bad-redirect"),
    ]
    try trial.configure(
      expected.dropLast().map { server.url($0.path) } + [secure.url("/guarded")],
      hosts: ["127.0.0.1 gap=0s", authority.trust(secure)])
    let pass = try trial.fetch()
    for (path, kind) in expected {
      let line = pass.lines.first { $0.feed.hasSuffix(path) }
      try require(
        line?.error?.kind == kind && (line?.new ?? 0) == (kind == nil ? 1 : 0),
        "\(path): \(line?.error.map { "\($0.kind): \($0.detail)" } ?? "stored")")
    }
    let targets = server.requests.map(\.target)
    try require(targets.contains("/near1?a=b"), "targets: \(targets)")
    try require(!targets.contains("/far0"), "the sixth hop was taken")
    _ = try secure.requests(1)
    try require(!targets.contains("/unguarded"), "asked again without TLS")
    return """
      a circle and a sixth hop: too-many-redirects; to a file, from https to http, without a Location: \
      bad-redirect; five hops and ../near1?a=b#part lead to the feed
      """
  }

  private static func backoff(_ trial: Trial) throws -> String {
    let isWell = Mutex(false)
    let server = try trial.serve { request in
      if isWell.withLock({ $0 }) { return .paper("ETag: \"1\"") }
      return .answer("\(request.path.dropFirst()) Wrong", text: "")
    }
    let closed = try trial.serve(.paper(), host: "127.0.0.2")
    closed.stop()
    let feeds =
      ["/403", "/404", "/500", "/503"].map(server.url) + [
        closed.url(), server.url("/tls").replacing("http:", with: "https:"),
      ]
    try trial.configure(feeds, hosts: ["127.0.0.1 gap=0s", "127.0.0.2 gap=0s"])
    let hours = Array(stride(from: 0, through: 192, by: 8)) + stride(from: 264, to: 900, by: 48)
    var polls: [String: [Int]] = [:]
    for hour in hours {
      for line in try trial.fetch(at: "+\(hour)h").lines {
        polls[line.feed, default: []].append(hour)
      }
    }
    try require(polls.count == feeds.count, "\(polls.count) of \(feeds.count) feeds were asked")
    for (feed, hours) in polls.sorted(by: { $0.key < $1.key }) {
      let gaps = zip(hours.dropFirst(), hours).map { ($1, $0 - $1) }
      let early = gaps.filter { $0.0 < 7 * 24 }.map(\.1)
      let late = gaps.filter { $0.0 > 9 * 24 }.map(\.1)
      try require(
        early.allSatisfy { $0 <= 24 + 16 } && early.last ?? 0 >= 24 && late.min() ?? 0 > 24
          && late.allSatisfy { $0 <= 9 * 24 },
        "\(feed) was asked at the hours \(hours)")
    }
    isWell.withLock { $0 = true }
    let well = try trial.fetch("--force", "/404", at: "+950h").line()
    let next = try trial.fetch("/404", at: "+956h")
    try require(well.new == 1 && next.lines.count == 1, "after a success it is not asked again")
    try requireNamelessBackoff(trial)
    return """
      403, 404, 500, 503, refused and no TLS: within a week asked each day, later each week; after a \
      success again within hours; an unknown name not after half an hour but after four
      """
  }

  /// A name that no resolver knows, with as little of its patience as can be.
  private static func requireNamelessBackoff(_ trial: Trial) throws {
    try trial.follow("http://nobody.invalid/feed")
    let hasty = ["RES_OPTIONS": "timeout:1 attempts:1"]
    let failures = try ["0s", "30m", "4h"].map {
      try trial.fetch(at: $0, environment: hasty).failures
    }
    try require(failures == [["dns"], [], ["dns"]], "an unknown name: \(failures)")
  }

  private static func wrongDocuments(_ trial: Trial) throws -> String {
    let wrongs: [(type: String, body: String)] = [
      ("text/html", "<!DOCTYPE html><title>Welcome</title><p>Our new home page"),
      ("application/rss+xml", ""),
      ("text/html", "<html><title>Just a moment...</title><div id=challenge></div></html>"),
      ("application/json", "{\"error\":\"rate limited\",\"code\":17}"),
    ]
    let server = try trial.serve { request in
      guard let number = Int(request.path.dropFirst()), !request.conditions.isEmpty else {
        return .paper("ETag: \"right\"")
      }
      return .answer(
        "200 OK", ["Content-Type: \(wrongs[number].type)", "ETag: \"wrong\""],
        text: wrongs[number].body)
    }
    try trial.configure(wrongs.indices.map { server.url("/\($0)") })
    try trial.fetch()
    let second = try trial.fetch(at: "+2d")
    try trial.fetch(at: "+4d")
    try require(second.failures.count == wrongs.count, "failures: \(second.failures)")
    for request in try server.requests(12)[4...] {
      try require(
        request.conditions == ["If-None-Match: \"right\""],
        "\(request.target) is sent \(request.conditions)")
    }
    let titles = try trial.storedTitles()
    try require(titles.count == wrongs.count, "the archive has \(titles)")
    let kinds = Set(second.failures).sorted().joined(separator: ", ")
    return "four times \(kinds), then the ETag of the real feed again"
  }

  private static func cutBodies(_ trial: Trial) throws -> String {
    let document = Array(Newspaper.rss([1, 2]).utf8)
    let cut = document.count - 150
    let halves = [Array(document[..<400]), Array(document[400..<cut])]
    let gzip = EncodedFeed.gzip
    let scripts: [String: Script] = [
      "/chunked": .chunked(["ETag: \"1\""], pieces: halves, isCut: true),
      "/gzip": .answer(
        "200 OK", ["ETag: \"1\"", "Content-Encoding: gzip"], body: Array(gzip[..<(gzip.count - 50)])
      ),
      "/plain": Script([
        .send(
          Script.bytes(head: [
            "HTTP/1.1 200 OK", "ETag: \"1\"", "Content-Length: \(document.count)",
          ])), .send(Array(document[..<cut])), .close,
      ]),
    ]
    let isWhole = Mutex(false)
    let server = try trial.serve { request in
      guard isWhole.withLock({ $0 }) else { return scripts[request.path] ?? .paper() }
      return request.path == "/gzip"
        ? .answer("200 OK", ["Content-Encoding: gzip"], body: gzip) : .paper(items: [1, 2])
    }
    try trial.configure(scripts.keys.sorted().map(server.url))
    let first = try trial.fetch()
    let early = try trial.storedTitles()
    isWhole.withLock { $0 = true }
    try trial.fetch(at: "+2d")
    let late = try trial.storedTitles()
    let kinds = Set(first.failures)
    try require(
      first.failures.count == 3 && kinds.isSubset(of: ["incomplete", "truncated"]),
      "failures: \(first.failures)")
    try require(Set(early).isSubset(of: Set(late)), "stored from halves: \(early)")
    try require(late.count == 8 && Set(late).count == 6, "stored at last: \(late)")
    try require(
      try server.requests(6).allSatisfy(\.conditions.isEmpty), "validators of a half are sent")
    return """
      each is \(kinds.sorted().joined(separator: " or ")); \(early.count) whole entries are stored, no \
      half one, and the next request is unconditional and brings the rest
      """
  }

  private static func forgedAddresses(_ trial: Trial) throws -> String {
    let server = try trial.serve(.paper())
    let port = server.port
    let hosts = [
      "127.0.0.1", "127.1", "2130706433", "0x7f000001", "017700000001", "localhost",
      "paper.localhost", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254",
      "100.64.0.1", "224.0.0.1", "255.255.255.255", "[::1]", "[::]", "[::ffff:127.0.0.1]",
      "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]", "[fe80::1]", "[fc00::1]",
      "[ff02::1]",
    ]
    let open = try trial.serve(host: "127.0.0.2") { request in
      .redirect(302, to: "http://\(request.path == "/a" ? "127.0.0.1" : "[::1]"):\(port)/feed")
    }
    try trial.configure(
      ["set connect-timeout 2s", "host 127.0.0.1 gap=0s"]
        + hosts.map { "http://\($0):\(port)/feed" } + [open.url("/a"), open.url("/b")],
      hosts: ["127.0.0.2 gap=0s"])
    let proxies = ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"]
    let run = try trial.start(
      ["fetch", "--json"],
      environment: Dictionary(uniqueKeysWithValues: proxies.map { ($0, server.url("/")) })
    ).wait(upTo: Trial.patience)
    let refused = run.status == 78
    try require(!refused, "feeds.conf is refused: \(run.errors)")
    let pass = try Pass(run)
    let others = pass.lines.filter { $0.error?.kind != "blocked-address" }
    try require(
      others.isEmpty && pass.lines.count == hosts.count + 2,
      "not blocked: \(others.map { "\($0.feed): \($0.error?.kind ?? $0.result)" })")
    try require(server.connectionCount == 0, "\(server.connectionCount) connections")
    _ = try open.requests(2)
    return """
      \(hosts.count) spellings of addresses and two redirects from an allowed host are blocked-address, \
      and the server there has seen no connection, as a proxy neither
      """
  }
}
