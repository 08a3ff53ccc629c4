internal import Aggregation
internal import AggregatorDaemon
internal import ArgumentParser
internal import FeedFetching
internal import Glibc
internal import Syndication

/// How the commands ask for an address that is named on the command line: as `fetch` asks for a feed,
/// with the user agent and the rules for hosts of feeds.conf where there is one.
struct WebOptions: ParsableArguments {
  @Option(help: "The configuration file.", completion: .file(extensions: ["conf"]))
  var config: String?

  @Flag(help: "Also connect to private addresses, such as this machine's own.")
  var allowPrivate = false

  /// Whether an argument is an address to fetch and no file.
  static func isAddress(_ argument: String) -> Bool {
    let start = argument.lowercased()
    return start.hasPrefix("http://") || start.hasPrefix("https://")
  }

  /// Names the cause where an argument is no file and was meant as an address.
  static func refuseStrangeAddress(_ argument: String) throws(CommandFailure) {
    guard argument != "-", access(argument, F_OK) != 0 else { return }
    if argument.contains("://") {
      throw CommandFailure(
        .usage, "\(MaskedAddress(argument)): cannot fetch: an address begins with http or https")
    }
    let host = argument.prefix { !"/:?#".contains($0) }
    let ending = host.split(separator: ".").last.map { $0.lowercased() } ?? ""
    guard host.first?.isLetter == true, host.contains("."), !fileEndings.contains(ending),
      WebAddress.host(of: "https://\(argument)") != nil
    else { return }
    throw CommandFailure(
      .noInput, "\(argument): no such file: the address would be https://\(argument)")
  }

  private static let fileEndings: Set<String> = [
    "atom", "gz", "htm", "html", "json", "opml", "rdf", "rss", "txt", "xhtml", "xml",
  ]

  /// What `body` makes of answers from the network. What it asks for besides `address` is somebody else's
  /// word, and is sent nothing that the operator keeps for a host.
  func withWeb<Result>(
    at address: String,
    _ body: (_ fetch: @escaping @Sendable (String) async -> FetchResult) async throws -> Result
  ) async throws -> Result {
    let configuration = try configuration()
    let transport = CurlTransport(settings: .inForce)
    defer { transport.shutDown() }
    let isAllowed = allowPrivate
    return try await body { url in
      var request = configuration.request(
        for: Feed(url: url), FeedState(feed: url), now: Clock.now())
      request.ledFrom = url == address ? nil : address
      request.keepsConnection = true
      request.allowsPrivateAddresses = isAllowed
      let asked = request
      return await withCheckedContinuation { continuation in
        transport.start(asked) { continuation.resume(returning: $0) }
      }
    }
  }

  /// What is at `address`.
  func document(at address: String) async throws -> Document {
    let result = try await withWeb(at: address) { fetch in await fetch(address) }
    switch result {
    case .document(let document, _): return document
    case .failed(let failure, _): throw Self.failure(failure, at: address)
    case .gone: throw CommandFailure(.allFeedsFailed, "\(MaskedAddress(address)): gone: 410")
    case .notModified:
      throw CommandFailure(
        .allFeedsFailed, "\(MaskedAddress(address)): a 304 that was not asked for")
    }
  }

  static func failure(_ failure: FetchFailure, at address: String) -> CommandFailure {
    let hint = failure.isOpenable ? "; --allow-private opens it here" : ""
    return CommandFailure(
      failure.kind == .address ? .usage : .allFeedsFailed,
      "\(MaskedAddress(address)): \(failure.kind.rawValue): \(failure.detail)\(hint)")
  }

  /// An empty one where none is named and none is found.
  private func configuration() throws(CommandFailure) -> FeedsConfiguration {
    guard let path = ConfigurationOptions.path(named: config) else {
      return FeedsConfiguration()
    }
    return try ConfigurationFile(path: path).configurationWithLogins()
  }
}
