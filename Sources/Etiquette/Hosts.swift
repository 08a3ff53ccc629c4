internal import LoopbackServer

extension Behaviour {
  static let hosts = [
    Behaviour(25, "A new feed costs its server one GET: no HEAD, no favicon, no home page.") {
      trial in
      let server = try trial.serve(.paper())
      try trial.follow(server.url())
      try trial.fetch()
      let request = try server.requests(1)[0]
      try require(request.method == "GET", "the method is \(request.method)")
      return "GET \(request.target) and nothing else"
    },
    Behaviour(26, "The same address twice in feeds.conf is fetched once.") { trial in
      let server = try trial.serve(.paper())
      let upper = server.url().replacing("http:", with: "HTTP:")
      try trial.follow("\(server.url()) tags=a", "\(server.url()) tags=b", "\(upper)#top")
      try trial.fetch()
      _ = try server.requests(1)
      return "three lines, one request"
    },
  ]
}
