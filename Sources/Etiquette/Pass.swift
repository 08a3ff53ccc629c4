internal import FoundationEssentials

/// What `fetch --json` says.
struct Pass: Sendable {
  /// One line.
  struct Line: Decodable, Sendable {
    struct Failure: Decodable, Sendable {
      var kind: String
      var detail: String
    }

    var feed: String
    var result: String
    var new: Int
    var edited: Int
    var known: Int
    var error: Failure?
    var due: String?
    var rule: String?
  }

  let run: ChildProgram.Run
  let lines: [Line]

  /// - Throws: a `Misstep` when a line is none.
  init(_ run: ChildProgram.Run) throws {
    self.run = run
    let decoder = JSONDecoder()
    lines = try run.output.split(separator: "\n").map { text in
      do {
        return try decoder.decode(Line.self, from: Data(text.utf8))
      } catch {
        throw Misstep(seen: "fetch --json says \(text)")
      }
    }
  }

  /// The only line; a misstep where there are others or none.
  func line() throws -> Line {
    guard lines.count == 1 else {
      throw Misstep(seen: "\(lines.count) feeds were asked, not 1: \(run.errors)")
    }
    return lines[0]
  }

  /// New entries over all feeds.
  var newCount: Int { lines.reduce(0) { $0 + $1.new } }

  /// The kinds of failure, in the order of the lines.
  var failures: [String] { lines.compactMap(\.error?.kind) }
}
