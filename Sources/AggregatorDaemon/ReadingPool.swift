internal import Dispatch
internal import Glibc
internal import Synchronization

/// A few threads that read documents away from the engine's queue.
///
/// Large documents wait in a line of their own and never take every thread, so that a small one does
/// not wait for them.
package final class ReadingPool: Sendable {
  /// Threads at most, whatever the machine has.
  package static let widthLimit = 4
  /// Bytes from which a document is a large one: milliseconds of reading.
  package static let largeByteCount = 1 << 20

  private struct Lines {
    var small: [@Sendable () -> Void] = []
    var large: [@Sendable () -> Void] = []
    var running = 0
    var runningLarge = 0
  }

  private let width: Int
  private let queue = DispatchQueue(label: "aggregator.reading", attributes: .concurrent)
  private let lines = Mutex(Lines())

  package init() {
    // Two on a machine with one processor: it changes between a large document and the others.
    width = min(Self.widthLimit, max(2, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  }

  /// Runs `work`, which reads a document of `byteCount` bytes, soon and on another thread.
  package func run(byteCount: Int, _ work: @escaping @Sendable () -> Void) {
    lines.withLock { lines in
      if byteCount < Self.largeByteCount {
        lines.small.append(work)
      } else {
        lines.large.append(work)
      }
    }
    startNext()
  }

  private func startNext() {
    guard let (work, isLarge) = lines.withLock({ take(from: &$0) }) else { return }
    queue.async { [self] in
      work()
      lines.withLock { lines in
        lines.running -= 1
        if isLarge { lines.runningLarge -= 1 }
      }
      startNext()
    }
  }

  private func take(from lines: inout Lines) -> (work: @Sendable () -> Void, isLarge: Bool)? {
    guard lines.running < width else { return nil }
    let isLarge = lines.runningLarge < width - 1 && !lines.large.isEmpty
    guard isLarge || !lines.small.isEmpty else { return nil }
    lines.running += 1
    if isLarge { lines.runningLarge += 1 }
    return (isLarge ? lines.large.removeFirst() : lines.small.removeFirst(), isLarge)
  }
}
