internal import LoopbackServer

extension Behaviour {
  static let answers = [
    Behaviour(
      38,
      """
      A page, an empty body, a robot check or a JSON error with status 200 is a failure; earlier \
      entries stay and the validators do not advance.
      """
    ) { trial in
      let wrongs: [(type: String, body: String)] = [
        ("text/html", "<!DOCTYPE html><title>Welcome</title><p>Our new home page"),
        ("application/rss+xml", ""),
        ("text/html", "<html><title>Just a moment...</title><div id=challenge></div></html>"),
        ("application/json", "{\"error\":\"rate limited\",\"code\":17}"),
      ]
      let server = try trial.serve { request in
        guard let number = Int(request.path.dropFirst()), number < wrongs.count else {
          return .notModified()
        }
        guard request.conditions.isEmpty else {
          return .answer(
            "200 OK", ["Content-Type: \(wrongs[number].type)", "ETag: \"wrong\""],
            text: wrongs[number].body)
        }
        return .paper("ETag: \"right\"")
      }
      try trial.configure(wrongs.indices.map { server.url("/\($0)") })
      try trial.fetch()
      let second = try trial.fetch(at: "+2d")
      try trial.fetch(at: "+4d")
      try require(second.failures.count == wrongs.count, "failures: \(second.failures)")
      for request in try server.requests(12)[4...] {
        try require(
          request.conditions == ["If-None-Match: \"right\""],
          "\(request.target) is sent \(request.conditions)")
      }
      let stored = try trial.run("export", "--since", "1970-01-01", "--format", "jsonl")
      try require(stored.output.contains("Report 1"), "the archive has lost the entry")
      return
        "four times \(Set(second.failures).sorted().joined(separator: ", ")), then \"right\" again"
    }
  ]
}
