internal import StoryArchive

extension Archive {
  /// Says what was left out of an answer because it is damaged or missing, and what is known to be missing
  /// elsewhere.
  ///
  /// - Parameters:
  ///   - skipped: What was met besides `damage`.
  ///   - isAnswer: Whether what could be read was printed.
  /// - Throws: a `CommandFailure` when stories that were acknowledged cannot be read; bytes that a failed
  ///   disk made the archive give up are no loss.
  func reportDamage(besides skipped: [Damage] = [], isAnswer: Bool = true) throws {
    let isMet = !damage.isEmpty || !skipped.isEmpty
    let found = try isMet ? verify(readData: true).damage : shortfall().map(named)
    guard !found.isEmpty else { return }
    let ending = isAnswer ? ["the archive: damaged: what could be read is above"] : []
    throw CommandFailure(.damaged, messages: found.map { "\($0)" } + ending)
  }
}
