internal import LoopbackServer

extension Behaviour {
  static let timing = [
    Behaviour(
      14, "A 429 is no failure of the feed: however many come, it is asked again in time."
    ) { trial in
      let server = try trial.serve(.answer("429 Too Many Requests", text: "slow down"))
      try trial.follow(server.url())
      for day in 0..<10 { try trial.fetch(at: "+\(day * 2)d") }
      _ = try server.requests(10)
      return "ten answers of 429, ten requests in twenty days"
    }
  ]
}
