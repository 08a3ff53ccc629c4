import AggregatorDaemon
import Glibc
import Testing

@Suite struct SignalStreamTests {
  // Signals that nothing else in this process uses.
  @Test(.timeLimit(.minutes(1)), arguments: [SIGUSR1, SIGUSR2, SIGWINCH, SIGURG])
  func `a signal that comes the moment the stream is there is not lost`(number: Int32) async {
    let stream = await SignalStream([number])
    kill(getpid(), number)
    var signals = stream.received.makeAsyncIterator()
    #expect(await signals.next() == number)
  }
}
