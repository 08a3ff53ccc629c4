internal import FeedFetching
internal import Syndication

/// Sends requests out, with what the credentials folder holds for them.
struct RequestSender: Sendable {
  let transport: any Transport
  /// What a feed's credential name stands for; nil where there is none.
  let credentials: @Sendable (String) -> Credentials?

  /// Asks for what `fetch` wants; `completion` hears what came of it, on any thread.
  func send(
    _ fetch: PendingFetches.Fetch, keepsConnection: Bool, at now: Timestamp,
    completion: @escaping @Sendable (FetchResult) -> Void
  ) {
    var request = fetch.request
    request.keepsConnection = keepsConnection
    request.requestedAt = now
    if let name = fetch.feed.credential {
      guard let secret = credentials(name) else {
        let detail = "there is no credential named \(name) in $CREDENTIALS_DIRECTORY"
        return completion(.failed(FetchFailure(.credential, detail), nil))
      }
      request.credentials = secret
    }
    transport.start(request, completion: completion)
  }
}
