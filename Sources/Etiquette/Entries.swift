internal import LoopbackServer
internal import Synchronization

extension Behaviour {
  static let entries: [Behaviour] = [
    Behaviour(
      45,
      """
      Missing, doubled, changed or re-cased GUIDs, GUIDs that turn https, another order, no dates, \
      dates to come, a feed re-dated as a whole: nothing is delivered twice.
      """, course: identities),
    Behaviour(
      46, "An edited entry is one update, and a day has a bounded number of them.", course: edits),
    Behaviour(47, "A feed that shrinks to nothing and returns brings nothing back as new.") {
      trial in
      let server = try trial.serve(
        .paper(items: [1, 2, 3]), .paper(items: []), .paper(items: [1, 2, 3, 4]))
      try trial.follow(server.url())
      let counts = try ["0s", "+2d", "+4d"].map { try trial.fetch(at: $0).newCount }
      _ = try server.requests(3)
      try require(counts == [3, 0, 1], "new entries: \(counts)")
      return "3 entries, none, then 4: new are 3, 0, 1"
    },
    Behaviour(
      48,
      """
      Where every entry is new since the last poll, one may have been missed: status says so, and the \
      feed is polled more often.
      """
    ) { trial in
      let server = try trial.serve(
        .paper("ETag: \"1\"", items: Array(1...10)), .paper("ETag: \"2\"", items: Array(11...20)),
        .paper("ETag: \"3\"", items: Array(21...30)))
      try trial.follow(server.url())
      var rates: [Double] = []
      for shift in ["0s", "+2d", "+4d"] {
        try trial.fetch(at: shift)
        let status = try trial.run("status", "--json", at: shift).output
        let rate = status.firstMatch(of: #/"entriesPerDay":([0-9.]+)/#).flatMap { Double($0.1) }
        rates.append(rate ?? -1)
        let gaps = status.firstMatch(of: #/"gaps":\{"count":([0-9]+)/#).flatMap { Int($0.1) } ?? 0
        try require(gaps == rates.count - 1, "after \(rates.count) polls status says \(status)")
      }
      try require(rates[0] < rates[1] && rates[1] < rates[2], "entries a day: \(rates)")
      return
        "two polls with nothing but new entries are two gaps in status, and the rate rises each time"
    },
  ]

  private static func edits(_ trial: Trial) throws -> String {
    let edition = Mutex(0)
    let server = try trial.serve { _ in
      var item = Newspaper.Item(1)
      item.text += " Edition \(edition.withLock { $0 })."
      return .answer("200 OK", ["Content-Type: text/xml"], text: Newspaper.rss([item]))
    }
    try trial.follow(server.url())
    func updates(edition number: Int, day: Int = 0) throws -> Int {
      edition.withLock { $0 = number }
      let pass = try trial.fetch("--force", at: trial.shift(day: day, 12))
      return try pass.line().edited
    }
    let first = try [0, 1, 1].map { try updates(edition: $0) }
    try require(first == [0, 1, 0], "new, edited and the same again are \(first) updates")
    let further = try (2...14).reduce(0) { try $0 + updates(edition: $1) }
    try require(further <= 8, "\(further) further updates in a day")
    let tomorrow = try updates(edition: 15, day: 1)
    try require(tomorrow == 1, "\(tomorrow) updates on the next day")
    let titles = try trial.storedTitles()
    try require(titles == ["Report 1"], "the archive shows \(titles)")
    return """
      an edit is one update, the same again none; of 13 more on that day \(further) are kept, on the \
      next day 1
      """
  }

  /// Two documents that say the same in other words.
  private struct Change: Sendable {
    var name: String
    var before: [Newspaper.Item]
    var after: [Newspaper.Item]

    init(
      _ name: String, _ before: (inout Newspaper.Item) -> Void = { _ in },
      then after: (inout Newspaper.Item) -> Void
    ) {
      self.name = name
      self.before = (1...3).map { number in
        var item = Newspaper.Item(number)
        before(&item)
        return item
      }
      self.after = self.before.map { item in
        var item = item
        after(&item)
        return item
      }
    }
  }

  private static let changes: [Change] = {
    var changes = [
      Change("no GUIDs", { $0.guid = nil }, then: { _ in }),
      Change("GUIDs lost", then: { $0.guid = nil }),
      Change("GUIDs changed", then: { $0.guid = "new:" + ($0.guid ?? "") }),
      Change("GUIDs re-cased", then: { $0.guid = $0.guid?.uppercased() }),
      Change(
        "GUIDs turn https", { $0.guid = $0.link?.replacing("https:", with: "http:") },
        then: { $0.guid = $0.guid?.replacing("http:", with: "https:") }),
      Change("dates lost", { $0.date = "Thu, 01 Jan 2026 10:00:00 GMT" }, then: { $0.date = nil }),
      Change(
        "dates to come", { $0.date = "Thu, 01 Jan 2099 10:00:00 GMT" },
        then: { $0.date = "Fri, 02 Jan 2099 10:00:00 GMT" }),
      Change(
        "re-dated as a whole", { $0.date = "Thu, 01 Jan 2026 10:00:00 GMT" },
        then: { $0.date = "Mon, 01 Jun 2026 12:00:00 GMT" }),
    ]
    var reordered = Change("another order", then: { _ in })
    reordered.after.reverse()
    var doubled = Change("doubled", then: { _ in })
    doubled.after += doubled.after
    changes += [reordered, doubled]
    return changes
  }()

  private static func identities(_ trial: Trial) throws -> String {
    let isLater = Mutex(false)
    let changes = changes
    let server = try trial.serve { request in
      let change = changes[Int(request.path.dropFirst()) ?? 0]
      let items = isLater.withLock { $0 } ? change.after : change.before
      return .answer("200 OK", ["Content-Type: text/xml"], text: Newspaper.rss(items))
    }
    try trial.configure(changes.indices.map { server.url("/\($0)") })
    let first = try trial.fetch()
    isLater.withLock { $0 = true }
    let second = try trial.fetch(at: "+2d")
    for (index, change) in changes.enumerated() {
      let counts = [first, second].map { pass in
        pass.lines.first { $0.feed.hasSuffix("/\(index)") }?.new ?? -1
      }
      try require(counts == [3, 0], "\(change.name): new entries \(counts)")
    }
    let names = changes.map(\.name).joined(separator: ", ")
    return "new entries are 3, then 0, for: \(names)"
  }
}
