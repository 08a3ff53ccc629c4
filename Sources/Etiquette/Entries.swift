internal import LoopbackServer

extension Behaviour {
  static let entries: [Behaviour] = [
    Behaviour(
      47, "A feed that shrinks to nothing and returns brings nothing back as new."
    ) { trial in
      let server = try trial.serve(
        .paper(items: [1, 2, 3]), .paper(items: []), .paper(items: [1, 2, 3, 4]))
      try trial.follow(server.url())
      let counts = try [nil, "+2d", "+4d"].map { try trial.fetch(at: $0).newCount }
      _ = try server.requests(3)
      try require(counts == [3, 0, 1], "new entries: \(counts)")
      return "3 entries, none, then 4: new are 3, 0, 1"
    }
  ]
}
