/// One thing that servers like or dislike in a feed reader, and how to find out.
package struct Behaviour: Sendable {
  /// What a trial does: says in a few words what was seen, or throws what was not as it should be.
  package typealias Course = @Sendable (Trial) throws -> String

  /// From 1, in the order of the list; never given to another.
  package let number: Int
  /// What the program does, as a sentence.
  package let sentence: String
  let course: Course

  init(_ number: Int, _ sentence: String, course: @escaping Course) {
    self.number = number
    self.sentence = sentence
    self.course = course
  }

  /// Every behaviour, by number.
  package static let all: [Behaviour] = [
    conditionalRequests, timing, hosts, requests, answers, secureConnections, entries, process,
  ].flatMap { $0 }.sorted { $0.number < $1.number }

  /// Tries whether `program` behaves so.
  ///
  /// - Parameters:
  ///   - program: The path of the program.
  ///   - clocks: The time.
  ///   - isBrief: Whether a tenth of the feeds of the largest trial will do.
  /// - Returns: What was seen.
  package func verdict(on program: String, clocks: Clocks, isBrief: Bool = false) -> Verdict {
    do {
      let trial = try Trial(program: program, clocks: clocks, isBrief: isBrief)
      defer { trial.end() }
      return Verdict(behaviour: self, isKept: true, seen: try course(trial))
    } catch let misstep as Misstep {
      return Verdict(behaviour: self, isKept: false, seen: misstep.seen)
    } catch {
      return Verdict(behaviour: self, isKept: false, seen: "the trial itself failed: \(error)")
    }
  }
}

/// What a trial came to.
package struct Verdict: Sendable {
  package let behaviour: Behaviour
  package let isKept: Bool
  /// In words.
  package let seen: String

  package init(behaviour: Behaviour, isKept: Bool, seen: String) {
    self.behaviour = behaviour
    self.isKept = isKept
    self.seen = seen
  }
}

/// What was seen is not what the behaviour promises.
struct Misstep: Error {
  let seen: String
}

/// Throws a misstep unless `isKept`.
func require(_ isKept: Bool, _ seen: @autoclosure () -> String) throws {
  guard isKept else { throw Misstep(seen: seen()) }
}
