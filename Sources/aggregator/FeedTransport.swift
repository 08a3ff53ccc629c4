internal import FeedFetching
internal import Syndication

/// The transport with the credentials that feeds.conf names, one awaited request at a time.
struct FeedTransport: Sendable {
  private let transport: CurlTransport
  private let folder = CredentialFolder.inForce

  init(settings: TransportSettings) {
    transport = CurlTransport(settings: settings)
  }

  /// Asks for what `request` says, with the credential of `feed` where the request goes to its origin.
  func fetch(_ request: FetchRequest, for feed: Feed) async -> FetchResult {
    var request = request
    if let name = feed.credential,
      FetchAddress(request.url)?.origin == FetchAddress(feed.url)?.origin
    {
      guard let secret = folder.credentials(name) else {
        let detail = "there is no credential named \(name) in $CREDENTIALS_DIRECTORY"
        return .failed(FetchFailure(.credential, detail), nil)
      }
      request.credentials = secret
    }
    let asked = request
    return await withCheckedContinuation { continuation in
      transport.start(asked) { continuation.resume(returning: $0) }
    }
  }

  func shutDown() {
    transport.shutDown()
  }
}
