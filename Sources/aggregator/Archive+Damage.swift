internal import StoryArchive

extension Archive {
  /// Says what was left out of an answer because it is damaged.
  ///
  /// - Throws: a `CommandFailure` when stories that were acknowledged cannot be read; bytes that a failed
  ///   disk made the archive give up are no loss.
  func reportDamage() throws {
    guard !damage.isEmpty else { return }
    let report = try verify(readData: true)
    guard !report.damage.isEmpty else { return }
    throw CommandFailure(
      .damaged,
      messages: report.damage.map { "\($0)" } + [
        "the archive: damaged: what could be read is above"
      ])
  }
}
