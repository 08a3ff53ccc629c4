internal import StoryArchive
internal import Syndication

/// Until when lines are left alone because a server asked for it, kept for every process: in the log of
/// states, and while a disk is full in a reserve that was taken before.
struct LinePauses {
  private let log: StateLog
  private let reserve: StateReserve
  private var pauses: [String: LinePause] = [:]
  /// Lines whose pauses the log does not have yet.
  private var unlogged: Set<String> = []
  private var isReserveUsed = false

  /// What the reserve keeps is known; the log is read by whoever owns it (`apply`).
  init(archive: Archive, log: StateLog) {
    self.log = log
    reserve = archive.stateReserve(named: "pauses")
    for line in (try? reserve.lines()) ?? [] {
      guard case .host(let host, let pause) = StateLine(json: line) else { continue }
      pauses[host] = pause
      unlogged.insert(host)
      isReserveUsed = true
    }
    // Without it only a full disk forgets.
    if archive.isWritable { try? reserve.take() }
  }

  /// For how long what waits in `line` is not to be asked, where that is beyond `now` and believable: a
  /// moment farther away than any server may ask for comes from a clock that was wrong.
  func pause(of line: String, now: Timestamp) -> LinePause? {
    guard let pause = pauses[line], pause.until > now,
      pause.until.since(now) <= RefreshPolicy.hintCeiling + RefreshPolicy.clockSlack
    else { return nil }
    return pause
  }

  /// The log's lines of the pauses that last beyond `now`, in the order of their names.
  func lines(now: Timestamp) -> [StateLine] {
    pauses.keys.sorted().compactMap { line in
      pause(of: line, now: now).map { .host(line, $0) }
    }
  }

  /// Takes in what the log tells: older than what it had no room for, unless it lasts longer.
  mutating func apply(_ pause: LinePause, of line: String) {
    guard !unlogged.contains(line) || pause.until > pauses[line]?.until ?? pause.until else {
      return
    }
    pauses[line] = pause
  }

  /// Nothing is asked in `line` before the end of `pause`; one that lasts longer stays.
  ///
  /// - Throws: `ArchiveError` when there is no room for it even in the reserve; this process knows it.
  mutating func note(_ pause: LinePause, of line: String, now: Timestamp) throws {
    guard pause.until > self.pause(of: line, now: now)?.until ?? now else { return }
    pauses[line] = pause
    unlogged.insert(line)
    try keep()
  }

  /// What was left of each pause is left of it still after the wall clock was stepped, from `before`.
  ///
  /// - Throws: as `note`.
  mutating func shift(by step: Duration, from before: Timestamp) throws {
    for line in pauses.keys {
      guard let pause = pause(of: line, now: before) else { continue }
      pauses[line]?.until = pause.until + step
      unlogged.insert(line)
    }
    try keep()
  }

  /// Writes to the log what it had no room for.
  ///
  /// - Throws: `ArchiveError` when it has none still.
  mutating func writeDown() throws {
    guard !unlogged.isEmpty else { return }
    try log.append(unloggedLines)
    let isOurs = isOurs
    if isReserveUsed { try? reserve.replace { $0.filter { !isOurs($0) } } }
    unlogged = []
    isReserveUsed = false
  }

  private mutating func keep() throws {
    do {
      try writeDown()
    } catch {
      isReserveUsed = true
      let (ours, isOurs) = (unloggedLines, isOurs)
      try reserve.replace { $0.filter { !isOurs($0) } + ours }
    }
  }

  private var unloggedLines: [[UInt8]] {
    unlogged.sorted().compactMap { line in pauses[line].map { StateLine.host(line, $0).json } }
  }

  /// Whether a line of the reserve is one of these, not another process', nor none at all.
  private var isOurs: ([UInt8]) -> Bool {
    { [unlogged] line in
      guard case .host(let host, _) = StateLine(json: line) else { return true }
      return unlogged.contains(host)
    }
  }
}
