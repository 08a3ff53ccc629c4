import AggregatorDaemon
import Dispatch
import Testing

@Suite struct ReadingPoolTests {
  @Test func `a small document does not wait for large ones`() async {
    let pool = ReadingPool()
    let gate = DispatchSemaphore(value: 0)
    let largeCount = ReadingPool.widthLimit * 2
    let done = AsyncStream<String>.makeStream()
    for _ in 0..<largeCount {
      pool.run(byteCount: ReadingPool.largeByteCount) {
        gate.wait()
        done.continuation.yield("large")
      }
    }
    pool.run(byteCount: 100) { done.continuation.yield("small") }
    var order: [String] = []
    for await name in done.stream {
      order.append(name)
      if order.count == 1 { for _ in 0..<largeCount { gate.signal() } }
      if order.count == largeCount + 1 { break }
    }
    #expect(order.first == "small")
  }

  @Test func `everything is read once, whatever its size`() async {
    let pool = ReadingPool()
    let done = AsyncStream<Int>.makeStream()
    for number in 0..<500 {
      pool.run(byteCount: number.isMultiple(of: 3) ? ReadingPool.largeByteCount : 1) {
        done.continuation.yield(number)
      }
    }
    var seen: Set<Int> = []
    for await number in done.stream {
      #expect(seen.insert(number).inserted)
      if seen.count == 500 { break }
    }
  }
}
