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
    }
  ]
}
