import FeedFetching
import Glibc
import LoopbackServer
import Testing

/// One transport and one server for one test.
struct Fetching {
  let result: FetchResult
  let requests: [ReceivedRequest]
  let connectionCount: Int

  /// The result of one fetch from a server that answers with `answer`.
  static func fetch(
    _ target: String = "/feed.xml", settings: TransportSettings = TransportSettings(),
    change: (inout FetchRequest) -> Void = { _ in }, answer: @escaping LoopbackServer.Answer
  ) async throws -> Fetching {
    let server = try LoopbackServer(answer: answer)
    defer { server.stop() }
    let transport = Fetching.transport(settings)
    defer { transport.shutDown() }
    var request = FetchRequest.loopback(server.url(target))
    change(&request)
    let result = await transport.fetch(request)
    return Fetching(
      result: result, requests: server.requests, connectionCount: server.connectionCount)
  }
}

extension Fetching {
  /// A transport in an environment whose proxies lead nowhere. Every test has them, and set before the
  /// first transport, since the environment must not change while other threads read it.
  static func transport(_ settings: TransportSettings = TransportSettings()) -> CurlTransport {
    _ = misleadingEnvironment
    return CurlTransport(settings: settings)
  }

  private static let misleadingEnvironment: Void = {
    // Both ends of every connection are in this process.
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = min(max(limit.rlim_cur, 8192), limit.rlim_max)
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    for name in ["http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"] {
      setenv(name, "http://127.0.0.1:1/", 1)
    }
    for name in ["no_proxy", "NO_PROXY"] { setenv(name, ".invalid,news.test", 1) }
  }()
}

extension FetchRequest {
  static func loopback(_ url: String) -> FetchRequest {
    FetchRequest(
      url: url, userAgent: "aggregator-test/1 (+https://example.org/)", allowsPrivateAddresses: true
    )
  }
}

extension CurlTransport {
  func fetch(_ request: FetchRequest) async -> FetchResult {
    await withCheckedContinuation { continuation in
      start(request) { continuation.resume(returning: $0) }
    }
  }
}

/// What a test expected and did not get.
struct Unexpected: Error, CustomStringConvertible {
  let description: String
}

extension FetchResult {
  var document: (Document, ResponseFacts) {
    get throws {
      guard case .document(let document, let facts) = self else {
        throw Unexpected(description: "no document: \(self)")
      }
      return (document, facts)
    }
  }

  var failure: FetchFailure {
    get throws {
      guard case .failed(let failure, _) = self else {
        throw Unexpected(description: "no failure: \(self)")
      }
      return failure
    }
  }

  var facts: ResponseFacts? {
    switch self {
    case .document(_, let facts), .notModified(let facts), .gone(let facts): facts
    case .failed(_, let facts): facts
    }
  }
}
