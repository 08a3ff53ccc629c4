import FeedFetching
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
    _ change: (inout FetchRequest) -> Void = { _ in }, answer: @escaping LoopbackServer.Answer
  ) async throws -> Fetching {
    let server = try LoopbackServer(answer: answer)
    defer { server.stop() }
    let transport = CurlTransport(settings: settings)
    defer { transport.shutDown() }
    var request = FetchRequest.loopback(server.url(target))
    change(&request)
    let result = await transport.fetch(request)
    return Fetching(
      result: result, requests: server.requests, connectionCount: server.connectionCount)
  }
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
