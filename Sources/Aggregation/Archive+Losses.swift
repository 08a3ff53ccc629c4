package import StoryArchive

extension Archive {
  /// After stories were lost: asks every feed for all that it has at its next poll, since no feed sends
  /// again what it was told is known.
  ///
  /// - Throws: `ArchiveError` when the state cannot be read or written.
  package func askForEverythingAgain() throws {
    try FeedStates(archive: self).forgetWhatWasGiven()
  }
}
