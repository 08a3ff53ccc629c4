internal import Glibc
internal import LoopbackServer
internal import Syndication

extension Behaviour {
  static let timing = [
    Behaviour(
      11,
      """
      max-age less Age is “not before”, of a 304 too; no-cache asks for nothing; years are cut to a \
      month, and aggregator why says so.
      """
    ) { trial in
      let server = try trial.serve { request in
        switch request.path {
        case "/aged": .paper("ETag: \"1\"", "Cache-Control: max-age=432000", "Age: 86400")
        case "/years": .paper("ETag: \"1\"", "Cache-Control: public, max-age=504576000")
        case "/kept" where !request.conditions.isEmpty:
          .notModified("Cache-Control: max-age=432000")
        default: .paper("ETag: \"1\"", "Cache-Control: no-cache")
        }
      }
      try trial.follow(
        server.url("/aged"), server.url("/years"), server.url("/kept") + " interval=3h",
        server.url("/no-cache") + " interval=3h")
      let times = Timetable(trial: trial, server: server)
      try times.expect("0s", ["/aged", "/years", "/kept", "/no-cache"])
      let why = try trial.run("why", "/years", at: "1h")
      try require(
        why.output.contains("5840d, more than is believed; counts as 30d"),
        "why says \(why.output)")
      try times.expect("4h", ["/kept", "/no-cache"])
      try times.expect("95h", ["/no-cache"])
      try times.expect("106h", ["/aged", "/no-cache"])
      try times.expect("123h", ["/no-cache"])
      try times.expect("138h", ["/kept", "/no-cache"])
      try times.expect("29d", ["/aged", "/kept", "/no-cache"])
      try times.expect("34d", ["/aged", "/kept", "/no-cache", "/years"])
      return """
        5 days less an Age of 1 asked again after 4, no-cache after its interval, 16 years after 30 days \
        (why: “5840d, more than is believed; counts as 30d”), 5 days of a 304 after 5
        """
    },
    Behaviour(12, "Expires counts where there is no Cache-Control; 0 and -1 are ignored.") {
      trial in
      let soon = ["Date: Thu, 01 Jan 2026 00:00:00 GMT", "Expires: Mon, 05 Jan 2026 00:00:00 GMT"]
      let server = try trial.serve { request in
        switch request.path {
        case "/expires": .paper("ETag: \"1\"", soon[0], soon[1])
        case "/both": .paper("ETag: \"1\"", soon[0], soon[1], "Cache-Control: max-age=60")
        case "/zero": .paper("ETag: \"1\"", "Expires: 0")
        default: .paper("ETag: \"1\"", "Expires: -1")
        }
      }
      try trial.configure(
        [server.url("/expires")]
          + ["/both", "/zero", "/minus"].map { server.url($0) + " interval=3h" })
      let times = Timetable(trial: trial, server: server)
      try times.expect("0s", ["/expires", "/both", "/zero", "/minus"])
      try times.expect("4h", ["/both", "/zero", "/minus"])
      try times.expect("95h", ["/both", "/zero", "/minus"])
      try times.expect("106h", ["/expires", "/both", "/zero", "/minus"])
      return "4 days of Expires are waited for; with max-age=60 beside them, 0 or -1, the interval"
    },
    Behaviour(
      13,
      """
      Retry-After of 429 and 503 holds for the whole host, as long as it asks, also after a restart \
      and for --force; 0, negative, garbage and none ask for nothing.
      """, course: retryAfter),
    Behaviour(14, "A 429 never counts towards giving a feed up.") { trial in
      let server = try trial.serve(.answer("429 Too Many Requests", text: "slow down"))
      try trial.follow(server.url())
      for day in 0..<10 { try trial.fetch(at: "+\(day * 2)d") }
      _ = try server.requests(10)
      return "ten answers of 429 at ten passes in twenty days"
    },
    Behaviour(15, "A rate limit that is used up is waited out until its reset.") { trial in
      let names = ["X-RateLimit", "RateLimit"]
      let limited = try names.enumerated().map { index, name in
        try trial.serve(
          .paper("ETag: \"1\"", "\(name)-Remaining: 0", "\(name)-Reset: 172800"),
          .paper("ETag: \"1\"", "\(name)-Remaining: 900", "\(name)-Reset: 172800"),
          host: "127.0.0.\(index + 2)")
      }
      try trial.configure(
        limited.flatMap { [$0.url("/first"), $0.url("/second")] },
        hosts: limited.map { "\($0.host) gap=0s" })
      for (shift, expected) in [("0s", 1), ("47h", 1), ("53h", 3)] {
        try trial.fetch("--all", at: shift)
        let counts = limited.map(\.requests.count)
        try require(
          counts.allSatisfy { $0 == expected }, "at \(shift) the hosts were asked \(counts) times")
      }
      return "with 0 left and 2 days to the reset, each host's second feed is asked 2 days later"
    },
    Behaviour(
      16,
      """
      ttl, skipHours (GMT), skipDays and sy:updatePeriod are lower bounds; windows that cover \
      everything are ignored.
      """, course: feedHints),
    Behaviour(
      17,
      """
      Never two polls closer than half an hour, whatever restarts, reloads, fetches by hand, clock \
      steps and time zones come between.
      """
    ) { trial in
      let server = try trial.serve(.paper("ETag: \"1\""), .notModified())
      try trial.follow(server.url())
      try trial.fetch()
      try trial.fetch("--all", at: "+5m")
      let (daemon, socket) = try trial.startReadyDaemon(at: "+10m")
      daemon.send(SIGHUP)
      try trial.wait(for: "READY=1", from: socket)
      daemon.send(SIGTERM)
      _ = try trial.ended(daemon)
      try trial.fetch("--all", at: "-10m")
      try trial.fetch("--all", at: "+20m", environment: ["TZ": "Pacific/Kiritimati"])
      try trial.fetch("--all", at: "+29m")
      _ = try server.requests(1)
      try trial.fetch("--all", at: "+31m")
      _ = try server.requests(2)
      return """
        one request through --all after 5, 20 and 29 minutes, a daemon with a reload, a clock 10 \
        minutes back and another time zone; the second after 31 minutes
        """
    },
    Behaviour(
      18,
      "A feed without validators is polled once a day at most, unless the operator says how often."
    ) { trial in
      let server = try trial.serve(.paper())
      try trial.follow(server.url("/auto"), server.url("/own") + " interval=1h")
      let times = Timetable(trial: trial, server: server)
      try times.expect("0s", ["/auto", "/own"])
      try times.expect("4h", ["/own"])
      try times.expect("23h", ["/own"])
      try times.expect("27h", ["/auto", "/own"])
      return "the feed without an interval is asked after 27 hours, not after 23"
    },
    Behaviour(
      19,
      """
      A thousand new feeds do not start at once, polls spread evenly, and the spread is the same each \
      time.
      """, course: spread),
    Behaviour(
      20,
      """
      A fetch by hand within half an hour answers from the archive unless forced, and --force is still \
      conditional.
      """
    ) { trial in
      let server = try trial.serve(.paper("ETag: \"1\""), .notModified())
      try trial.follow(server.url())
      try trial.fetch()
      let early = try trial.fetch("--all", at: "+10m")
      try require(early.run.status == 0, "exit status \(early.run.status)")
      try require(server.requests.count == 1, "\(server.requests.count) requests within the floor")
      try trial.fetch("--force", at: "+10m")
      try server.require(conditions: [], ["If-None-Match: \"1\""])
      return "no request after 10 minutes, one with If-None-Match when forced"
    },
  ]

  private static func retryAfter(_ trial: Trial) throws -> String {
    let twoDays = Script.answer(
      "429 Too Many Requests",
      ["Date: Thu, 01 Jan 2026 00:00:00 GMT", "Retry-After: Sat, 03 Jan 2026 00:00:00 GMT"],
      text: "")
    let waits = [
      limit(429, "172800"), limit(503, "172800"), twoDays,
    ]
    let free = [
      limit(429, "0"), limit(503, "-5"), limit(429, "soon"),
      .answer("429 Too Many Requests", text: ""),
    ]
    let long = limit(503, "1728000")
    let servers = try (waits + free + [long]).enumerated().map { index, script in
      try trial.serve(script, .paper("ETag: \"1\""), host: "127.0.0.\(index + 2)")
    }
    try trial.configure(
      servers.flatMap { [$0.url("/limited"), $0.url("/other")] },
      hosts: servers.map { "\($0.host) gap=0s" })
    let expected: [(shift: String, waiting: Int, long: Int)] = [
      ("0s", 1, 1), ("47h", 1, 1), ("53h", 3, 1), ("19d", 5, 1), ("22d2h", 7, 3),
    ]
    for (shift, waiting, long) in expected {
      try trial.fetch("--force", at: shift)
      let counts = servers.map(\.requests.count)
      try require(
        counts[..<3] == [waiting, waiting, waiting] && counts[7] == long,
        "at \(shift) the hosts that ask for 2 and 20 days have seen \(counts[..<3]), \(counts[7])")
      try require(counts[3..<7].allSatisfy { $0 >= 2 }, "the others have seen \(counts[3..<7])")
    }
    return """
      2 days (as seconds and as a date) and 20 days are waited out by both feeds of each host, under \
      --force too; the others' second feed is asked at once
      """
  }

  private static func limit(_ status: Int, _ wait: String) -> Script {
    .answer("\(status) Later", ["Retry-After: \(wait)"], text: "")
  }

  private static func feedHints(_ trial: Trial) throws -> String {
    let channels = [
      "/ttl": "<ttl>2880</ttl>",
      "/period":
        "<sy:updatePeriod>weekly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>",
      "/hours": "<skipHours><hour>2</hour><hour>3</hour><hour>4</hour></skipHours>",
      "/days": "<skipDays><day>Tuesday</day><day>Wednesday</day></skipDays>",
      "/all-hours": "<skipHours>\((0...23).map { "<hour>\($0)</hour>" }.joined())</skipHours>",
      "/all-days": """
      <skipDays><day>Monday</day><day>Tuesday</day><day>Wednesday</day><day>Thursday</day>\
      <day>Friday</day><day>Saturday</day><day>Sunday</day></skipDays>
      """,
    ]
    let server = try trial.serve {
      .paper("ETag: \"1\"", channel: channels[$0.path] ?? "")
    }
    try trial.follow(
      server.url("/ttl"), server.url("/period"), server.url("/hours") + " interval=2h",
      server.url("/days") + " interval=24h", server.url("/all-hours") + " interval=2h",
      server.url("/all-days") + " interval=2h")
    let times = Timetable(trial: trial, server: server)
    let open = ["/all-hours", "/all-days"]
    try times.expect(day: 0, 0, 10, Array(channels.keys))
    try times.expect(day: 0, 4, 50, open)
    try times.expect(day: 0, 5, 1, ["/hours"])
    try times.expect(day: 1, 5, 30, open + ["/hours"])
    try times.expect(day: 2, 23, 50, open + ["/hours", "/ttl"])
    try times.expect(day: 3, 0, 1, ["/days"])
    try times.expect(day: 3, 20, 40, open + ["/hours", "/period"])
    return """
      through a week: ttl of 2 days and 2 updates a week are waited for, hours 2 to 4 and \
      Tuesday with Wednesday are skipped, all hours or all days are not
      """
  }

  /// How many feeds the daemon of `spread` follows, and how many polls of them are looked at.
  private static let newFeedCount = 1000
  private static let watchedPollCount = 6

  private static func spread(_ trial: Trial) throws -> String {
    let server = try trial.serve(.paper("ETag: \"1\""))
    try trial.configure(
      (0..<newFeedCount).map { server.url("/\($0)") }, hosts: ["127.0.0.1 gap=0s scope=url"])
    var first: [Set<String>] = []
    for _ in 0..<2 {
      let count = server.requests.count
      let start = trial.clocks.uptime()
      let (daemon, _) = try trial.startReadyDaemon()
      try trial.wait(for: "the first polls") { server.requests.count >= count + watchedPollCount }
      let seconds = (trial.clocks.uptime() - start).components.seconds + 1
      let asked = server.requests[count...].map(\.path)
      daemon.send(SIGKILL)
      _ = try trial.ended(daemon)
      try require(
        asked.count < watchedPollCount + 10 * Int(seconds),
        "\(asked.count) of \(newFeedCount) were asked within \(seconds) s")
      first.append(Set(asked.prefix(watchedPollCount)))
      try trial.folder.remove("Storage")
    }
    // Those that fall due together come in any order; by chance not one would be the same.
    try require(
      first[0].intersection(first[1]).count >= watchedPollCount / 2,
      "other feeds are the first in a second try")
    try trial.configure(
      (0..<200).map { server.url("/\($0)") }, hosts: ["127.0.0.1 gap=0s scope=url"])
    let minutes = try trial.fetch("--all").lines.compactMap { $0.due?.prefix(16) }
    let crowd = Dictionary(grouping: minutes) { $0 }.values.map(\.count).max() ?? 0
    try require(minutes.count == 200 && crowd <= 30, "\(crowd) of 200 fall due in one minute")
    return """
      \(newFeedCount) new feeds begin with less than 10 a second, the same ones in a second try; of 200 \
      that were asked at once, no minute gets more than 30 again
      """
  }
}
