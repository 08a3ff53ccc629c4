import FeedFetching
import Glibc
import LoopbackServer
import Testing

/// A directory that exists for one test.
private final class Scratch {
  let path: String

  init() throws {
    var template = Array("/tmp/feed-fetching-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Unexpected(description: "mkdtemp failed") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    for name in ["feed.xml", "fifo", "a feed%.xml"] { unlink("\(path)/\(name)") }
    rmdir(path)
  }

  func write(_ text: String, to name: String = "feed.xml") throws {
    guard let file = fopen("\(path)/\(name)", "w") else { throw Unexpected(description: "fopen") }
    fputs(text, file)
    fclose(file)
  }

  func url(_ name: String = "feed.xml") -> String { "file://\(path)/\(name)" }
}

@Suite struct LocalFileTests {
  private func fetch(
    _ url: String, _ change: (inout FetchRequest) -> Void = { _ in }
  ) async -> FetchResult {
    let transport = Fetching.transport()
    defer { transport.shutDown() }
    var request = FetchRequest(url: url, userAgent: "aggregator-test/1")
    change(&request)
    return await transport.fetch(request)
  }

  @Test func `a file is a document, and not modified until it changes`() async throws {
    let scratch = try Scratch()
    try scratch.write("<rss/>")
    let (document, facts) = try await fetch(scratch.url()).document
    #expect(String(decoding: document.bytes, as: UTF8.self) == "<rss/>")
    #expect(document.isWhole && facts.status == 0 && !facts.validators.isEmpty)
    guard
      case .notModified(let kept) = await fetch(scratch.url(), { $0.validators = facts.validators })
    else { throw Unexpected(description: "modified") }
    #expect(kept.validators == facts.validators)
    try scratch.write("<rss></rss>")
    let (_, changed) = try await fetch(scratch.url()) { $0.validators = facts.validators }.document
    #expect(changed.validators != facts.validators)
  }

  @Test func `percent signs in the address name other characters of the file's name`() async throws
  {
    let scratch = try Scratch()
    try scratch.write("<rss/>", to: "a feed%.xml")
    _ = try await fetch(scratch.url("a%20feed%25.xml")).document
  }

  @Test func `a directory, a FIFO, a device and nothing at all are named failures`() async throws {
    let scratch = try Scratch()
    mkfifo("\(scratch.path)/fifo", 0o600)
    let problems = [
      "file://\(scratch.path)": "the file is a directory, no regular file",
      scratch.url("fifo"): "the file is a FIFO, no regular file",
      "file:///dev/zero": "the file is a device, no regular file",
      scratch.url(): "the file cannot be opened: No such file or directory",
    ]
    for (url, problem) in problems {
      #expect(try await fetch(url).failure == FetchFailure(.file, problem))
    }
  }

  @Test func `a file over the limit is refused by its size`() async throws {
    let scratch = try Scratch()
    try scratch.write("<rss/>")
    let result = await fetch(scratch.url()) { $0.limits.bodyByteLimit = 5 }
    #expect(try result.failure.kind == .tooLarge)
    _ = try await fetch(scratch.url()) { $0.limits.bodyByteLimit = 6 }.document
  }

  @Test func `files that hang hold up neither servers nor each other, and not the end`()
    async throws
  {
    let server = try LoopbackServer { _ in .answer(text: "<rss/>") }
    defer { server.stop() }
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    let (gateRead, gateWrite) = (ends[0], ends[1])
    defer { close(gateWrite) }
    let transport = CurlTransport(settings: TransportSettings()) { request, address in
      if address.path == "/hangs" {
        var byte: UInt8 = 0
        read(gateRead, &byte, 1)
      }
      return .failed(FetchFailure(.file, "read \(address.path)"), nil)
    }
    let cancelled = Mutexed(0)
    var patient = FetchRequest(url: "file:///hangs", userAgent: "t")
    patient.limits.totalTimeout = .seconds(86_400)
    for _ in 1...3 {
      transport.start(patient) { result in
        if case .failed(let failure, _) = result, failure.kind == .cancelled {
          cancelled.update { $0 += 1 }
        }
      }
    }
    _ = try await transport.fetch(.loopback(server.url())).document
    let other = await transport.fetch(FetchRequest(url: "file:///other", userAgent: "t"))
    #expect(try other.failure.detail == "read /other")
    var hasty = FetchRequest(url: "file:///hangs", userAgent: "t")
    hasty.limits.totalTimeout = .milliseconds(50)
    #expect(
      try await transport.fetch(hasty).failure
        == FetchFailure(.totalTimeout, "the file is not read within 0.05 s"))
    transport.shutDown()
    #expect(cancelled.value == 3)
  }

  @Test func `a thousand files are read each once`() async throws {
    let reads = Mutexed(0)
    let transport = CurlTransport(settings: TransportSettings()) { _, address in
      reads.update { $0 += 1 }
      return .failed(FetchFailure(.file, address.path), nil)
    }
    defer { transport.shutDown() }
    let paths = await withTaskGroup(of: FetchResult.self) { group in
      for number in 0..<1000 {
        group.addTask {
          await transport.fetch(FetchRequest(url: "file:///\(number)", userAgent: "t"))
        }
      }
      return await group.reduce(into: Set<String>()) {
        if case .failed(let failure, _) = $1 { $0.insert(failure.detail) }
      }
    }
    #expect(paths.count == 1000 && reads.value == 1000)
  }
}
