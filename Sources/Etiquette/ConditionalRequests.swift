internal import Glibc
internal import LoopbackServer
internal import Synchronization

extension Behaviour {
  static let conditionalRequests = [
    Behaviour(
      1,
      """
      The first request is unconditional; the second sends ETag and Last-Modified back byte for byte.
      """
    ) { trial in
      let (tag, date) = ("W/\"a, b\"", "thu, 01-jan-70 00:00:00 +0000")
      let server = try trial.serve(.paper("ETag: \(tag)", "Last-Modified: \(date)"), .notModified())
      try trial.follow(server.url())
      try trial.fetch()
      try trial.fetch(at: "+1d12h")
      try server.require(
        conditions: [], ["If-None-Match: \(tag)", "If-Modified-Since: \(date)"])
      return "nothing at first, then If-None-Match: \(tag) and If-Modified-Since: \(date)"
    },
    Behaviour(2, "What a server did not send is not sent to it: only ETag, only a date, or none.") {
      trial in
      let answers: [(path: String, field: String, condition: [String])] = [
        ("/tag", "ETag: \"1\"", ["If-None-Match: \"1\""]),
        ("/date", "Last-Modified: \(date(1))", ["If-Modified-Since: \(date(1))"]),
        ("/none", "X-Nothing: here", []),
      ]
      let server = try trial.serve { request in
        .paper(answers.first { $0.path == request.path }?.field ?? "")
      }
      try trial.configure(answers.map { server.url($0.path) })
      try trial.fetch()
      try trial.fetch(at: "+3d")
      let requests = try server.requests(6)
      for (path, _, condition) in answers {
        let second = requests[3...].first { $0.path == path }
        try require(
          second?.conditions == condition, "\(path) is sent \(second?.conditions ?? ["nothing"])")
      }
      return "the two that sent one validator get that one back, the third gets none"
    },
    Behaviour(3, "A 304 with another ETag or Last-Modified replaces the stored pair.") { trial in
      let server = try trial.serve(
        .paper("ETag: \"1\"", "Last-Modified: \(date(1))"), .notModified("ETag: \"2\""),
        .notModified("ETag: \"3\"", "Last-Modified: \(date(3))"), .notModified())
      try trial.follow(server.url())
      for shift in ["0s", "+2d", "+4d", "+6d"] { try trial.fetch(at: shift) }
      try server.require(
        conditions: [], ["If-None-Match: \"1\"", "If-Modified-Since: \(date(1))"],
        ["If-None-Match: \"2\""], ["If-None-Match: \"3\"", "If-Modified-Since: \(date(3))"])
      return "the third request sends what the first 304 brought, the fourth what the second did"
    },
    Behaviour(4, "A 200 with the same body and other validators stores those.") { trial in
      let server = try trial.serve(.paper("ETag: \"1\""), .paper("ETag: \"2\""), .notModified())
      try trial.follow(server.url())
      let counts = try ["0s", "+2d", "+4d"].map { try trial.fetch(at: $0).newCount }
      try server.require(conditions: [], ["If-None-Match: \"1\""], ["If-None-Match: \"2\""])
      try require(counts == [1, 0, 0], "new entries: \(counts)")
      return "If-None-Match is \"1\", then \"2\"; new entries: 1, 0, 0"
    },
    Behaviour(
      5, "ETag and Last-Modified are one set: an answer with an ETag alone clears the other."
    ) { trial in
      let server = try trial.serve(
        .paper("ETag: \"1\"", "Last-Modified: \(date(1))"), .paper("ETag: \"2\"", items: [1, 2]),
        .notModified())
      try trial.follow(server.url())
      for shift in ["0s", "+2d", "+4d"] { try trial.fetch(at: shift) }
      try server.require(
        conditions: [], ["If-None-Match: \"1\"", "If-Modified-Since: \(date(1))"],
        ["If-None-Match: \"2\""])
      return "after an answer with ETag \"2\" alone, that alone is sent"
    },
    Behaviour(
      6,
      """
      Validators survive restarts, SIGKILL during a fetch and during a write, a reload, 429, 5xx and \
      time-outs.
      """, course: survivingValidators),
    Behaviour(7, "Validators of a body that could not be read or stored are not kept.") { trial in
      let page = Script.answer(
        "200 OK", ["Content-Type: text/html", "ETag: \"page\""], text: "<html><p>Closed</html>")
      let numbers = Array(1...200)
      let paper = Script.paper("ETag: \"paper\"", items: numbers)
      let server = try trial.serve(page, paper, paper, .notModified())
      try trial.follow(server.url())
      try trial.fetch()
      let full = try trial.run(
        "fetch", at: "+2d", wrapper: "ulimit -f 8; trap '' XFSZ; exec \"$0\" \"$@\"")
      try require(full.status != 0, "a storage without room ends with exit status \(full.status)")
      let counts = try ["+4d", "+6d"].map { try trial.fetch(at: $0).newCount }
      let conditions = try server.requests(4).map(\.conditions)
      try require(conditions[..<3].allSatisfy(\.isEmpty), "conditions: \(conditions)")
      try require(counts == [200, 0], "new entries: \(counts)")
      return """
        unconditional again after a page instead of a feed, and after a write without room (exit \
        status \(full.status)); then all 200 entries come
        """
    },
    Behaviour(8, "Another address in feeds.conf, or another target of a redirect, drops them.") {
      trial in
      let targets = Mutex(["/a", "/b"])
      let server = try trial.serve { request in
        request.path == "/moves"
          ? .redirect(302, to: targets.withLock { $0.removeFirst() }) : .paper("ETag: \"1\"")
      }
      try trial.follow(server.url("/moves"), server.url("/old"))
      try trial.fetch()
      try trial.follow(server.url("/moves"), server.url("/new"))
      try trial.fetch(at: "+2d")
      let later = server.requests.suffix(3)
      try require(later.count == 3, "\(later.count) requests in the second pass")
      let seen = later.map { "\($0.path) \($0.conditions)" }
      try require(later.allSatisfy(\.conditions.isEmpty), seen.joined(separator: ", "))
      try require(Set(later.map(\.path)) == ["/moves", "/b", "/new"], seen.joined(separator: ", "))
      return "/new instead of /old, and /b instead of /a, are asked without conditions"
    },
    Behaviour(9, "It is the second fetch that is conditional, not the third.") { trial in
      let server = try trial.serve(.paper("ETag: \"1\""), .notModified())
      try trial.follow(server.url())
      let daemon = try trial.startDaemon()
      try trial.wait(for: "the first request") { server.requests.count == 1 }
      try trial.wait(for: "its entry in the archive") { (try? trial.storedTitles().count) == 1 }
      daemon.send(SIGTERM)
      _ = try trial.ended(daemon)
      try trial.fetch("--force")
      try server.require(conditions: [], ["If-None-Match: \"1\""])
      return "the daemon's first request has no condition, the next one by hand has"
    },
    Behaviour(10, "A server that answers 304 to anything gets one unconditional request in 8 days.")
    {
      trial in
      let server = try trial.serve(.paper("ETag: \"1\""), .notModified())
      try trial.follow(server.url())
      var days: [Int] = []
      for day in stride(from: 0, through: 60, by: 2) {
        let count = server.requests.count
        try trial.fetch(at: "+\(day)d")
        let asked = server.requests[count...]
        if asked.contains(where: \.conditions.isEmpty) { days.append(day) }
      }
      try require(
        zip(days, days.dropFirst()).allSatisfy { $1 - $0 >= 8 } && (3...8) ~= days.count,
        "unconditional on the days \(days)")
      return "in 60 days unconditional on the days \(days.map(String.init).joined(separator: ", "))"
    },
  ]

  private static func survivingValidators(_ trial: Trial) throws -> String {
    let server = try trial.serve(
      .paper("ETag: \"1\""), .answer("429 Too Many Requests", text: ""),
      .answer("503 Service Unavailable", text: ""), Script([.hang]), Script([.reset]),
      Script([.hang]), .notModified())
    try trial.follow("set first-byte-timeout 1s", server.url())
    let first = try trial.fetch("--force")
    let failures = try (1...4).flatMap { _ in try trial.fetch("--force").failures }
    try require(
      failures == ["http-429", "http-503", "timeout-first-byte", "incomplete"],
      "failures: \(failures)")
    let killed = try trial.startDaemon(at: "+9h")
    try trial.wait(for: "the request that hangs") { server.requests.count == 6 }
    killed.send(SIGHUP)
    killed.send(SIGKILL)
    _ = try trial.ended(killed)
    for microseconds: UInt32 in [20_000, 40_000, 60_000, 80_000] {
      let child = try trial.start(["fetch", "--force"])
      usleep(microseconds)
      child.send(SIGKILL)
      _ = try child.wait(upTo: Trial.patience)
    }
    let log = "Storage/state/feeds.jsonl"
    let lines = trial.folder.text(of: log)
    try trial.folder.write(lines + lines.prefix(80), to: log)
    try trial.fetch("--force")
    let conditions = server.requests.dropFirst().map(\.conditions)
    try require(first.newCount == 1 && conditions.count >= 6, "\(conditions.count + 1) requests")
    try require(
      conditions.allSatisfy { $0 == ["If-None-Match: \"1\""] }, "conditions: \(conditions)")
    return """
      If-None-Match: "1" in each request after the first, through 429, 503, a time-out, a reset, \
      SIGKILLs and half a line in the state
      """
  }
}

/// Some dates as servers send them.
private func date(_ day: Int) -> String { "Thu, 0\(day) Jan 2026 00:00:00 GMT" }

extension ReceivedRequest {
  /// The fields that make it conditional, in the order of RFC 9110 section 13.1.
  var conditions: [String] {
    ["If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range"]
      .compactMap { name in self[name].map { "\(name): \($0)" } }
  }
}

extension LoopbackServer {
  /// Every request, of which there have to be `count`.
  func requests(_ count: Int) throws -> [ReceivedRequest] {
    let requests = requests
    try Etiquette.require(
      requests.count == count,
      "\(requests.count) requests instead of \(count)"
        + (requests.isEmpty ? "" : ": \(requests.map(\.target).joined(separator: " "))"))
    return requests
  }

  /// Throws unless these were the conditions of its requests, one after the other.
  func require(conditions: [String]...) throws {
    let requests = try requests(conditions.count)
    for (index, request) in requests.enumerated() {
      try Etiquette.require(
        request.conditions == conditions[index],
        "request \(index + 1) sends \(request.conditions), not \(conditions[index])")
    }
  }
}
