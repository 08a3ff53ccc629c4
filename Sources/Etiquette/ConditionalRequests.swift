internal import LoopbackServer

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
      try trial.fetch(at: "+1d")
      let requests = try server.requests(2)
      try require(requests[0].conditions.isEmpty, "the first sends \(requests[0].conditions)")
      try require(
        requests[1].conditions == ["If-None-Match: \(tag)", "If-Modified-Since: \(date)"],
        "the second sends \(requests[1].conditions)")
      return "nothing at first, then If-None-Match: \(tag) and If-Modified-Since: \(date)"
    },
    Behaviour(2, "What the server did not send is not sent to it: only ETag, only date, or none.") {
      trial in
      let answers: [(path: String, field: String, condition: [String])] = [
        ("/tag", "ETag: \"1\"", ["If-None-Match: \"1\""]),
        (
          "/date", "Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT",
          ["If-Modified-Since: Thu, 01 Jan 2026 00:00:00 GMT"]
        ), ("/none", "X-Nothing: here", []),
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
      return "the two that were sent a validator send that one, the third sends none"
    },
  ]
}

extension ReceivedRequest {
  /// The fields that make it conditional, in the order of RFC 9110 section 13.1.
  var conditions: [String] {
    [
      "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "A-IM",
    ].compactMap { name in self[name].map { "\(name): \($0)" } }
  }
}

extension LoopbackServer {
  /// Every request, of which there have to be `count`.
  func requests(_ count: Int) throws -> [ReceivedRequest] {
    let requests = requests
    try require(
      requests.count == count,
      "\(requests.count) requests instead of \(count)"
        + (requests.isEmpty ? "" : ": \(requests.map(\.target).joined(separator: " "))"))
    return requests
  }
}
