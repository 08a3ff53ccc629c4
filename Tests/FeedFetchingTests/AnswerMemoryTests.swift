import LoopbackServer
import Synchronization
import Testing

@testable import FeedFetching

@Suite struct AnswerMemoryTests {
  private static let limits = {
    var limits = AnswerLimits()
    limits.all = 1 << 20
    limits.reserve = 256 << 10
    limits.small = 32 << 10
    limits.patience = .milliseconds(300)
    return limits
  }()

  private static func transport() -> CurlTransport {
    var settings = TransportSettings()
    settings.answers = limits
    return Fetching.transport(settings)
  }

  /// A body of `announced` bytes of which `sent` come.
  private static func body(_ sent: Int, of announced: Int) -> Script {
    Script([
      .send(Script.bytes(head: ["HTTP/1.1 200 OK", "Content-Length: \(announced)"])),
      .send([UInt8](repeating: 0x20, count: sent)), .hang,
    ])
  }

  /// `<rss/>`, compressed.
  private static let codedRSS: [UInt8] = [
    31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 179, 41, 42, 46, 214, 183, 3, 0, 103, 41, 40, 189, 6, 0, 0, 0,
  ]

  /// Looks ten thousand times, a millisecond apart, whether `transport` holds so many bytes.
  private func holds(
    _ byteCounts: some RangeExpression<Int>, _ transport: CurlTransport
  ) async -> Bool {
    for _ in 1...10_000 {
      if byteCounts.contains(transport.heldByteCount) { return true }
      try? await Task.sleep(for: .milliseconds(1))
    }
    return false
  }

  @Test func `answers that stop in the middle hold no more than all may, and others are served`()
    async throws
  {
    let largeByteCount = 700_000
    let server = try LoopbackServer { request in
      switch request.path {
      case "/stuck": Self.body(400_000, of: largeByteCount)
      case "/large": Self.body(largeByteCount, of: largeByteCount)
      default: .answer(text: "<rss/>")
      }
    }
    defer { server.stop() }
    let transport = Self.transport()
    defer { transport.shutDown() }
    let most = Mutex(0)
    @Sendable func look() {
      most.withLock { $0 = max($0, transport.heldByteCount) }
    }
    let kinds = Mutex<[FetchFailure.Kind]>([])
    for _ in 1...6 {
      transport.start(.loopback(server.url("/stuck"))) { result in
        look()
        if case .failed(let failure, _) = result { kinds.withLock { $0.append(failure.kind) } }
      }
    }
    // More than one of them fills what there is, so this comes only once they make room.
    let large = try await transport.fetch(.loopback(server.url("/large"))).document.0
    look()
    for _ in 1...20 {
      #expect(try await transport.fetch(.loopback(server.url("/small"))).document.0.isWhole)
      look()
    }
    #expect(large.bytes.count == largeByteCount)
    #expect(kinds.withLock { $0.allSatisfy { $0 == .stallTimeout } && !$0.isEmpty })
    #expect(most.withLock { $0 } <= Self.limits.all + largeByteCount)
  }

  @Test func `more whole answers than there is memory for all arrive`() async throws {
    let server = try LoopbackServer { _ in
      .answer(text: String(repeating: "x", count: 300_000))
    }
    defer { server.stop() }
    let transport = Self.transport()
    defer { transport.shutDown() }
    let counts = await withTaskGroup(of: Int.self) { group in
      for _ in 1...40 {
        group.addTask {
          (try? await transport.fetch(.loopback(server.url())).document.0.bytes.count) ?? 0
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(counts == Array(repeating: 300_000, count: 40))
    #expect(await holds(0...0, transport))
  }

  @Test func `a document counts until nobody keeps its hold`() async throws {
    let server = try LoopbackServer { _ in .answer(text: String(repeating: "x", count: 9000)) }
    defer { server.stop() }
    let transport = Self.transport()
    defer { transport.shutDown() }
    var document: Document? = try await transport.fetch(.loopback(server.url())).document.0
    #expect(transport.heldByteCount >= 9000)
    let hold = document?.hold
    document = nil
    #expect(transport.heldByteCount >= 9000)
    _ = consume hold
    #expect(await holds(0...0, transport))
  }

  /// A transport in whose memory an answer for `request` sticks that fills it, and nobody is slow.
  private func fullTransport(
    _ server: LoopbackServer, longestWait: Duration = .seconds(3600)
  ) async -> CurlTransport {
    var settings = TransportSettings()
    settings.answers = Self.limits
    settings.answers.patience = .seconds(3600)
    settings.answers.longestWait = longestWait
    let transport = Fetching.transport(settings)
    var stuck = FetchRequest.loopback(server.url("/stuck"))
    stuck.limits.stallTimeout = .seconds(3600)
    stuck.limits.totalTimeout = .seconds(3600)
    transport.start(stuck) { _ in }
    #expect(await holds((Self.limits.all - Self.limits.reserve)..., transport))
    return transport
  }

  @Test func `a small answer comes in beside large ones, coded or not`() async throws {
    let server = try LoopbackServer { request in
      switch request.path {
      case "/stuck": Self.body(900_000, of: 2_000_000)
      case "/coded":
        Script([
          .send(
            Script.bytes(head: [
              "HTTP/1.1 200 OK", "Content-Encoding: gzip", "Content-Length: \(Self.codedRSS.count)",
            ]) + Self.codedRSS)
        ])
      default: .answer(text: "<rss/>")
      }
    }
    defer { server.stop() }
    let transport = await fullTransport(server)
    defer { transport.shutDown() }
    for path in ["/plain", "/coded"] {
      let answer = await transport.fetch(.loopback(server.url(path)))
      #expect(try answer.document.0.bytes == Array("<rss/>".utf8), "\(path)")
    }
  }

  @Test func `an answer that is held back for too long ends, and says why`() async throws {
    let server = try LoopbackServer { request in
      request.path == "/stuck" ? Self.body(1_500_000, of: 2_000_000) : Self.body(9000, of: 9000)
    }
    defer { server.stop() }
    let transport = await fullTransport(server, longestWait: .milliseconds(200))
    defer { transport.shutDown() }
    #expect(await holds(Self.limits.all..., transport))
    let failure = try await transport.fetch(.loopback(server.url("/late"))).failure
    #expect(failure.kind == .totalTimeout)
    #expect(failure.detail == "other servers' answers left no memory for this one for 0.2 s")
  }

  @Test func `an answer that was held back has its own time afterwards, and no more`() async throws
  {
    let full = try LoopbackServer { _ in Self.body(1_500_000, of: 2_000_000) }
    defer { full.stop() }
    let server = try LoopbackServer { _ in Self.body(9000, of: 10_000) }
    defer { server.stop() }
    let transport = await fullTransport(full)
    defer { transport.shutDown() }
    #expect(await holds(Self.limits.all..., transport))
    var late = FetchRequest.loopback(server.url())
    late.limits.totalTimeout = .seconds(4)
    late.limits.stallTimeout = .seconds(60)
    async let answer = transport.fetch(late)
    try await Task.sleep(for: .seconds(1))
    full.stop()
    #expect(try await answer.failure.kind == .totalTimeout)
  }

  @Test func `a long header is refused while memory is short, a usual one is not`() async throws {
    let server = try LoopbackServer { request in
      switch request.path {
      case "/stuck": Self.body(1_500_000, of: 2_000_000)
      case "/long": .head("200 OK", ["ETag: \"\(String(repeating: "e", count: 20_000))\""])
      default: .answer(text: "<rss/>")
      }
    }
    defer { server.stop() }
    let transport = Self.transport()
    defer { transport.shutDown() }
    var stuck = FetchRequest.loopback(server.url("/stuck"))
    // Whatever else runs on this machine, it stays as long as nobody waits for it.
    stuck.limits.stallTimeout = .seconds(3600)
    stuck.limits.totalTimeout = .seconds(3600)
    transport.start(stuck) { _ in }
    #expect(await holds(Self.limits.all..., transport))
    let refused = await transport.fetch(.loopback(server.url("/long")))
    #expect(try refused.failure.kind == .tooLarge)
    let taken = await transport.fetch(.loopback(server.url("/usual")))
    #expect(try taken.document.0.isWhole)
  }
}

@Suite struct ReceptionLineTests {
  private static let limits = {
    var limits = AnswerLimits()
    limits.all = 100
    limits.reserve = 20
    limits.small = 10
    return limits
  }()
  private let line = Line()

  /// A line that expectations can change.
  private final class Line {
    private var line = ReceptionLine<String>(limits: ReceptionLineTests.limits)

    var isShort: Bool { line.isShort }

    func mayTake(_ key: String, own: Int, all: Int, ended: Int = 0) -> Bool {
      line.mayTake(key, own: own, load: AnswerMemory.Load(all: all, ended: ended))
    }

    func next(all: Int, own: Int, ended: Int = 0) -> String? {
      line.next(AnswerMemory.Load(all: all, ended: ended)) { _ in own }
    }

    func end(_ key: String) { line.end(key) }
  }

  @Test func `the first that finds no room goes on whatever it takes`() {
    #expect(line.mayTake("a", own: 40, all: 79))
    #expect(line.mayTake("a", own: 50, all: 80))
    #expect(!line.mayTake("b", own: 30, all: 90))
    #expect(line.mayTake("a", own: 90, all: 130))
    #expect(line.isShort)
  }

  @Test func `small answers come in where large ones are held back`() {
    #expect(line.mayTake("large", own: 80, all: 80))
    #expect(!line.mayTake("other", own: 11, all: 91))
    #expect(line.mayTake("small", own: 10, all: 99))
    #expect(!line.mayTake("smaller", own: 0, all: 100))
  }

  @Test func `those held back go on in the order in which they began`() {
    for key in ["first", "second", "third"] { #expect(line.mayTake(key, own: 20, all: 60)) }
    #expect(line.mayTake("third", own: 40, all: 80))
    for key in ["second", "first"] { #expect(!line.mayTake(key, own: 20, all: 100)) }
    #expect(line.next(all: 100, own: 20) == nil)
    line.end("third")
    #expect(line.next(all: 40, own: 20) == "first")
    #expect(line.next(all: 80, own: 20) == nil)
    #expect(line.next(all: 79, own: 20) == "second")
    #expect(!line.isShort)
  }

  @Test func `none goes on beyond the limit before what ended is stored but for the reserve`() {
    #expect(!line.mayTake("a", own: 11, all: 100, ended: 21))
    #expect(line.next(all: 100, own: 11, ended: 21) == nil)
    #expect(line.next(all: 100, own: 11, ended: 20) == "a")
    #expect(!line.mayTake("b", own: 11, all: 100, ended: 0))
  }

  @Test func `however slowly is stored, no more is held than all, the reserve and one answer`() {
    let (size, step) = (40, 5)
    var arrived = [String: Int](uniqueKeysWithValues: (1...50).map { ("\($0)", 0) })
    var ended = 0
    var most = 0
    var underWay = arrived.keys.sorted()
    var heldBack: Set<String> = []
    for turn in 1...10_000 where !underWay.isEmpty {
      for key in underWay where !heldBack.contains(key) {
        let own = arrived[key] ?? 0
        guard line.mayTake(key, own: own, all: ended + arrived.values.reduce(0, +), ended: ended)
        else {
          heldBack.insert(key)
          continue
        }
        arrived[key] = own + step
        most = max(most, ended + arrived.values.reduce(0, +))
        if own + step >= size {
          line.end(key)
          arrived[key] = nil
          ended += size
        }
      }
      underWay = arrived.keys.sorted()
      if turn.isMultiple(of: 7) { ended = max(0, ended - size) }
      while let next = line.next(all: ended + arrived.values.reduce(0, +), own: size, ended: ended)
      {
        heldBack.remove(next)
      }
    }
    #expect(underWay.isEmpty)
    #expect(most <= Self.limits.all + Self.limits.reserve + size)
  }

  @Test func `an answer that ends while it is held back is not named any more`() {
    #expect(line.mayTake("a", own: 80, all: 80))
    #expect(!line.mayTake("b", own: 20, all: 100))
    line.end("b")
    line.end("a")
    #expect(!line.isShort)
    #expect(line.next(all: 0, own: 0) == nil)
  }
}
