internal import Glibc
internal import LoopbackServer

extension Behaviour {
  static let process: [Behaviour] = [
    Behaviour(
      49, "SIGTERM during a fetch ends the daemon within seconds, and what was stored stays."
    ) { trial in
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
      let run = try trial.ended(daemon, within: .seconds(5))
      let time = trial.clocks.uptime() - start
      try require(run.status == 0, "exit status \(run.status): \(run.errors)")
      try require(time < .seconds(3), "it took \(time.inWords)")
      let stored = try trial.run("export", "--since", "1970-01-01", "--format", "jsonl")
      try require(stored.output.contains("Report 1"), "the archive has lost the entry")
      return "out within 3 s with exit status 0 while one server kept it waiting"
    }
  ]
}
