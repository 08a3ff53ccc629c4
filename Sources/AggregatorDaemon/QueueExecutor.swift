internal import Dispatch

/// A serial Dispatch queue as an actor's executor, so that Dispatch handlers on the queue and the
/// actor's methods are one isolation.
package final class QueueExecutor: SerialExecutor {
  let queue: DispatchQueue

  package init(label: String) {
    queue = DispatchQueue(label: label)
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }

  package func checkIsolated() {
    dispatchPrecondition(condition: .onQueue(queue))
  }
}
