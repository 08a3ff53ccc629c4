internal import Glibc
internal import LoopbackServer

extension Behaviour {
  static let hosts = [
    Behaviour(
      21,
      """
      The feeds of a host trickle, a connection at a time and the gap between them; hosts take turns, \
      and a SIGKILL changes neither the gap nor the order.
      """, course: trickle),
    Behaviour(22, "Where feeds.conf says so, all names of a registrable domain share one limit.") {
      trial in
      let server = try trial.serve(.paper("ETag: \"1\""))
      let names = ["a.paper.localhost", "b.paper.localhost", "other.localhost"]
      try trial.configure(
        names.map { "http://\($0):\(server.port)/\($0)" },
        hosts: ["paper.localhost gap=1s scope=registrable-domain", "other.localhost gap=1s"])
      try trial.fetch()
      let requests = try server.requests(3)
      let papers = requests.filter { $0.path.hasSuffix("paper.localhost") }
      try require(papers.count == 2, "\(papers.count) requests for paper.localhost")
      try papers.requireGap(of: .seconds(1))
      try require(requests.last?.path == papers[1].path, "other.localhost had to wait as well")
      return "a.paper.localhost and b.paper.localhost are asked 1 s apart, other.localhost at once"
    },
    Behaviour(23, "A host that stands in front of many others can be limited by URL.") { trial in
      let server = try trial.serve(.paper("ETag: \"1\""))
      try trial.configure(
        (0..<4).map { server.url("/\($0)") }, hosts: ["127.0.0.1 gap=10s scope=url"])
      try trial.fetch()
      let arrivals = try server.requests(4).map(\.arrival).sorted()
      try require(arrivals[3] - arrivals[0] < .seconds(5), "the feeds wait for each other")
      return "four feeds of one host with a gap of 10 s are asked within 5 s"
    },
    Behaviour(
      24, "A slow host delays no other, and --jobs bounds what is under way.", course: bounds),
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

  private static func trickle(_ trial: Trial) throws -> String {
    let servers = try ["127.0.0.2", "127.0.0.3"].map {
      try trial.serve(.paper("ETag: \"1\""), host: $0)
    }
    try trial.configure(
      servers.flatMap { server in (0..<4).map { server.url("/\($0)") } },
      hosts: servers.map { "\($0.host) gap=1s" })
    let killed = try trial.start(["fetch"])
    try trial.wait(for: "two requests for each host") {
      servers.allSatisfy { $0.requests.count >= 2 }
    }
    killed.send(SIGKILL)
    _ = try killed.wait(upTo: Trial.patience)
    let turns = servers.flatMap { server in server.requests.map { ($0.arrival, server.host) } }
      .sorted { $0.0 < $1.0 }.map(\.1)
    try require(Set(turns[..<2]).count == 2, "the first two requests go to one host")
    for server in servers {
      try server.requests.requireGap(of: .seconds(1))
      let connections = server.connectionCount
      try require(connections <= 2, "\(connections) connections to one host")
    }
    try trial.fetch()
    for server in servers {
      let paths = server.requests.map(\.path)
      try require(paths == paths.sorted(), "asked for \(paths)")
      try require(Set(paths).count == 4, "only \(Set(paths)) were ever asked for")
      // The one under way at the SIGKILL may not have been stored.
      try require(paths.count <= 5, "asked for \(paths)")
      try server.requests.requireGap(of: .seconds(1))
    }
    return """
      two hosts of four feeds in turns, each request 1 s or more after the one before; killed half-way \
      and started again, the other half follows as if nothing had been
      """
  }

  private static func bounds(_ trial: Trial) throws -> String {
    let slow = try trial.serve(Script([.hang]), host: "127.0.0.2")
    let quick = try (3...6).map { try trial.serve(.paper("ETag: \"1\""), host: "127.0.0.\($0)") }
    try trial.configure(
      ["set first-byte-timeout 3s"] + ([slow] + quick).map { $0.url() },
      hosts: ([slow] + quick).map { "\($0.host) gap=0s" })
    try trial.fetch()
    let begin = try slow.requests(1)[0].arrival
    let delays = try quick.map { try $0.requests(1)[0].arrival - begin }
    try require(delays.allSatisfy { $0 < .seconds(2) }, "the others came after \(delays)")
    let paper = Script([.pause(pause)] + Script.paper("ETag: \"1\"").steps)
    let lazy = try (7...12).map { try trial.serve(paper, host: "127.0.0.\($0)") }
    try trial.configure(lazy.map { $0.url() }, hosts: lazy.map { "\($0.host) gap=0s" })
    try trial.fetch("--jobs", "2")
    let arrivals = try lazy.map { try $0.requests(1)[0].arrival }.sorted()
    for (third, first) in zip(arrivals.dropFirst(2), arrivals) {
      try require(third - first >= pause, "more than 2 requests were under way")
    }
    return "four hosts answer while a fifth hangs; with --jobs 2 a third request waits for a place"
  }

  private static let pause = Duration.milliseconds(200)
}

extension Collection<ReceivedRequest> {
  /// Throws unless each came `gap` after the one before; the network may shorten that a little.
  func requireGap(of gap: Duration) throws {
    let arrivals = map(\.arrival)
    for (next, last) in zip(arrivals.dropFirst(), arrivals) {
      try require(next - last >= gap * 0.95, "two requests came \((next - last).inWords) apart")
    }
  }
}
