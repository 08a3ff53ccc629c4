internal import Glibc
internal import LoopbackServer
internal import Syndication

extension Behaviour {
  static let process: [Behaviour] = [
    Behaviour(49, "SIGTERM during a fetch ends the daemon within seconds, and nothing is lost.") {
      trial in
      let server = try trial.serve { request in
        request.path == "/hangs" ? Script([.hang]) : .paper()
      }
      try trial.follow(server.url("/quick"))
      try trial.fetch()
      try trial.follow(server.url("/quick"), server.url("/hangs"))
      let daemon = try trial.startDaemon()
      try trial.wait(for: "the request that hangs") { server.requests.count == 2 }
      let start = trial.clocks.uptime()
      daemon.send(SIGTERM)
      let run = try trial.ended(daemon)
      let time = trial.clocks.uptime() - start
      try require(run.status == 0, "exit status \(run.status): \(run.errors)")
      try require(time < .seconds(3), "it took \(time.inWords)")
      let titles = try trial.storedTitles()
      try require(titles == ["Report 1"], "the archive has \(titles)")
      return "out within 3 s with exit status 0 while a server kept it waiting; its entry is stored"
    },
    Behaviour(
      50, "SIGHUP with a broken feeds.conf keeps the old one and names line and column."
    ) { trial in
      let server = try trial.serve(.paper("ETag: \"1\""), .notModified())
      let line = server.url() + " interval=1s"
      try trial.follow(line)
      let (daemon, socket) = try trial.startReadyDaemon()
      try trial.follow(line, "ftp://paper.example/feed")
      daemon.send(SIGHUP)
      try trial.wait(for: "RELOADING=1", from: socket)
      try trial.wait(for: "READY=1", from: socket)
      let count = server.requests.count
      try require(
        daemon.errors.contains("feeds.conf:3:1: not an http"), "the log says \(daemon.errors)")
      try trial.wait(for: "further requests") { server.requests.count >= count + 2 }
      try trial.follow(line, server.url("/second"))
      daemon.send(SIGHUP)
      try trial.wait(for: "the feed of the mended file") {
        server.requests.contains { $0.path == "/second" }
      }
      return "the log names feeds.conf:3:1, the old feed is asked on, and a mended file is taken up"
    },
    Behaviour(51, "Of two daemons on one archive the second ends with exit status 75.") { trial in
      let server = try trial.serve(.paper("ETag: \"1\""), .notModified())
      try trial.follow(server.url())
      let (first, _) = try trial.startReadyDaemon()
      let second = try trial.run("run")
      try require(second.status == 75, "exit status \(second.status): \(second.errors)")
      try require(!first.hasEnded, "the first has ended: \(first.errors)")
      try trial.wait(for: "the first daemon's request") { server.requests.count == 1 }
      let byHand = try trial.fetch("--force")
      try require(byHand.run.status == 0, "fetch beside it: \(byHand.run.errors)")
      return "the second daemon exits with 75, the first goes on, a fetch by hand works beside it"
    },
    Behaviour(
      52,
      """
      READY=1 comes once the state is loaded, WATCHDOG=1 only while the loop advances, STATUS= in words.
      """
    ) { trial in
      let server = try trial.serve(.paper("ETag: \"1\"", items: [1, 2, 3]))
      try trial.follow(server.url())
      try trial.fetch()
      let socket = try NotifySocket(path: trial.folder.path(of: "systemd"))
      let daemon = try trial.startDaemon(environment: [
        "NOTIFY_SOCKET": socket.path, "WATCHDOG_USEC": "400000",
      ])
      var first: String?
      try trial.wait(for: "the first message") {
        first = socket.next(within: .zero)
        return first != nil
      }
      try require(
        first?.contains("READY=1\nSTATUS=1 feeds, 3 stories") == true,
        "the first message is \(first ?? "none")")
      for _ in 0..<3 { try trial.wait(for: "WATCHDOG=1", from: socket, upTo: .seconds(2)) }
      daemon.send(SIGSTOP)
      while socket.next(within: .milliseconds(50)) != nil {}
      let late = socket.next(within: .seconds(1))
      try require(late == nil, "while it stands still it says \(late ?? "")")
      daemon.send(SIGCONT)
      try trial.wait(for: "WATCHDOG=1", from: socket, upTo: .seconds(5))
      daemon.send(SIGTERM)
      try require(try trial.ended(daemon).status == 0, "it did not end well")
      try require(socket.waiting("STOPPING=1") != nil, "it ended without STOPPING=1")
      return """
        the first message is READY=1 with 3 stories in STATUS=; WATCHDOG=1 comes in time, none while \
        the process is stopped; STOPPING=1 at the end
        """
    },
    Behaviour(53, "A clock that jumps a day back or forth brings no extra poll and stops nothing.")
    {
      trial in
      let server = try trial.serve(.paper("ETag: \"1\""), .notModified())
      try trial.follow(server.url())
      let shifts = ["0s", "+1d", "0s", "-1d", "0s", "+1d", "+2d", "+1d"]
      for shift in shifts { try trial.fetch(at: shift) }
      let count = server.requests.count
      try require(count == 3, "\(count) requests in \(shifts.count) passes")
      for shift in ["-1d", "0s", "+1d"] {
        let (daemon, _) = try trial.startReadyDaemon(at: shift)
        usleep(300_000)
        daemon.send(SIGTERM)
        let run = try trial.ended(daemon)
        try require(run.status == 0, "exit status \(run.status): \(run.errors)")
        try require(server.requests.count == 3, "the daemon at \(shift) asks out of turn")
      }
      try trial.fetch(at: "+4d")
      try require(server.requests.count == 4, "the feed is not asked any more")
      return "three polls through ten jumps, each when it was due, and a fourth two days later"
    },
    Behaviour(
      54, "Ten thousand feeds: memory stays below 120 MB, and an idle daemon hardly wakes up.",
      course: many),
    Behaviour(55, "Secrets and user names in URLs are masked in every message and log line.") {
      trial in
      let server = try trial.serve(.answer("404 Not Found", text: ""))
      let secret = "swordfish"
      let address = server.url("/feed?token=\(secret)&page=2")
      try trial.configure(["http://reader:\(secret)@127.0.0.1:\(server.port)/feed"])
      let refused = try trial.run("check")
      try trial.follow(address)
      let dry = try trial.run("fetch", "--dry-run", "--verbose")
      let fetched = try trial.run("fetch", "--verbose")
      let redirected = try trial.serve(.redirect(302, to: "http://a:\(secret)@127.0.0.9:1/"))
      try trial.follow(redirected.url("/?key=\(secret)"))
      let (daemon, _) = try trial.startReadyDaemon()
      try trial.wait(for: "the failure in the log") { daemon.errors.contains("bad-redirect") }
      daemon.send(SIGTERM)
      let logged = try trial.ended(daemon)
      let asked = try server.requests(1)[0].target
      try require(asked.contains(secret), "the server itself is sent \(asked)")
      try require(
        fetched.errors.contains("http-404") && refused.status == 78, "fetch says \(fetched.errors)")
      for run in [refused, dry, fetched, logged] {
        for line in (run.output + "\n" + run.errors).split(separator: "\n") {
          try require(!line.contains(secret), "printed: \(line)")
        }
      }
      return
        "neither check, fetch nor the daemon prints a password or a token; the server is sent it"
    },
  ]
}

extension Behaviour {
  private static let memoryLimitKilobytes = 120_000
  private static let idleMicroseconds: UInt32 = 2_000_000
  private static let wakeUpLimit = 60

  private static func many(_ trial: Trial) throws -> String {
    let feedCount = trial.isBrief ? 1000 : 10_000
    let servers = try (2...21).map { try trial.serve(.paper("ETag: \"1\""), host: "127.0.0.\($0)") }
    try trial.configure(
      (0..<feedCount).map { servers[$0 % servers.count].url("/\($0)") },
      hosts: servers.map { "\($0.host) gap=0s max-in-flight=4" })
    let child = try trial.start(["fetch", "--all", "--quiet"])
    var peak = 0
    try trial.wait(for: "the end of the pass", upTo: .seconds(240)) {
      peak = max(peak, child.status("VmHWM"))
      return child.hasEnded
    }
    let run = try child.wait(upTo: Trial.patience)
    let count = servers.reduce(0) { $0 + $1.requests.count }
    try require(
      run.status == 0 && count == feedCount, "\(count) requests: \(run.errors.prefix(300))")
    try require(1...memoryLimitKilobytes ~= peak, "at its peak it used \(peak / 1000) MB")
    let (daemon, _) = try trial.startReadyDaemon()
    usleep(idleMicroseconds / 4)
    let before = daemon.wakeUpCount
    usleep(idleMicroseconds)
    let wakeUps = daemon.wakeUpCount - before
    let resting = daemon.status("VmHWM")
    daemon.send(SIGTERM)
    _ = try trial.ended(daemon)
    try require(1...memoryLimitKilobytes ~= resting, "the daemon used \(resting / 1000) MB")
    try require(wakeUps <= wakeUpLimit, "\(wakeUps) wake-ups in \(idleMicroseconds / 1_000_000) s")
    return """
      \(feedCount) feeds on \(servers.count) hosts: \(peak / 1000) MB at the peak of a pass, \
      \(resting / 1000) MB in the daemon, which idle wakes up \(wakeUps) times in \
      \(idleMicroseconds / 1_000_000) s
      """
  }
}
