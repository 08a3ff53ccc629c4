internal import FeedFetching
internal import Syndication

/// What a poll says of a feed's health.
extension PolledState {
  func learnHealth(from reading: FeedReading, _ state: inout FeedState) {
    switch reading {
    case .feed(let parsed, let facts, _):
      learnRhythm(of: parsed, &state)
      if leavesGap(reading) { state.gaps = .after(before.gaps, now: now) }
      noteMove(to: facts.permanentURL, isFeed: !parsed.entries.isEmpty, &state)
      noteCut(of: parsed, &state)
    case .notModified(let facts):
      // What is not modified is the feed that was read there before.
      noteMove(to: facts.permanentURL, isFeed: true, &state)
    case .failed(let note, _):
      if note.kind == "not-a-feed" { state.move = nil }
    case .gone: break
    }
  }

  /// Whether entries may have come and gone since the last poll that read the feed. Of a document that
  /// holds what is new and nothing else, all is new.
  func leavesGap(_ reading: FeedReading) -> Bool {
    guard case .feed(let parsed, let facts, _) = reading, parsed.isComplete, !facts.isDelta else {
      return false
    }
    return before.lastSuccess != nil && before.storedCount > 0 && counts.leavesGap
  }

  private func learnRhythm(of parsed: ParsedFeed, _ state: inout FeedState) {
    if before.rhythm.lastNews == nil {
      state.rhythm.begin(publishedDates: parsed.publishedDates, now: now)
    } else if counts.new > 0 {
      state.rhythm.note(
        newsAt: now, lastPoll: before.lastSuccess, entriesPerDay: state.rate.entriesPerDay)
    }
  }

  /// An empty feed is what a parked domain may serve as well: it says nothing about a move.
  private func noteMove(to target: String?, isFeed: Bool, _ state: inout FeedState) {
    guard isFeed || target == nil else { return }
    state.move = .after(before.move, target: target, now: now)
  }

  /// A document that breaks off is read as far as it goes and no failed poll; where it always does, that
  /// is to be known.
  private func noteCut(of parsed: ParsedFeed, _ state: inout FeedState) {
    guard let note = cutNote(of: parsed) else { return }
    state.failure = note
    state.firstFailure = before.failure?.kind == note.kind ? before.firstFailure ?? now : now
  }
}
