package import StoryArchive
package import Syndication

extension Archive {
  /// As `redact`; and all that is derived of stories is removed, for whoever needs it to make it anew: words,
  /// hashes of words, and sketches.
  ///
  /// What other processes are about to keep of it is removed as well. They compare what they know with the
  /// manifests, which were changed before, once their file is there.
  /// - Throws: `ArchiveError`; what was done before stays, and doing it again does the rest.
  package func redactAll(of story: StoryID, now: Timestamp) throws -> RedactReport {
    let report = try redact(story, now: now)
    try clearStateFiles(prefixes: KnowledgeStore.prefixes + GroupingStore.prefixes)
    return report
  }
}
