internal import Aggregation

/// Read answers that wait to be stored, in the order in which they were read. Pure.
struct StoringLine: Sendable {
  /// Answers that share one commit, and stories from which on no further answer is added: the engine hears
  /// nothing else while it stores, and twice as many take 3 MB more at the peak and no less time.
  static let batchLimit = 32
  static let batchStoryLimit = 4096
  /// How often another process that holds the lock is waited for.
  static let lockTryLimit = 1200

  private var answers: [ReadAnswer] = []
  private var lockTries = 0

  var isEmpty: Bool { answers.isEmpty }

  mutating func append(_ answer: ReadAnswer) { answers.append(answer) }

  /// What is stored next, together.
  var batch: ArraySlice<ReadAnswer> {
    var storyCount = 0
    let end = answers.prefix(Self.batchLimit).firstIndex { answer in
      defer { storyCount += answer.storyCount }
      return storyCount >= Self.batchStoryLimit
    }
    return answers[..<(end ?? min(answers.count, Self.batchLimit))]
  }

  /// The first `count` are dealt with.
  mutating func removeFirst(_ count: Int) {
    answers.removeFirst(count)
    lockTries = 0
  }

  /// Another process holds the lock: whether to wait for it once more.
  mutating func mayTryAgain() -> Bool {
    lockTries += 1
    return lockTries <= Self.lockTryLimit
  }

  /// Gives up, and says on what.
  mutating func removeAll() -> [ReadAnswer] {
    defer { self = StoringLine() }
    return answers
  }
}
