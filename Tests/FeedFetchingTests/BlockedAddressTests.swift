import FeedFetching
import LoopbackServer
import Syndication
import Testing

/// What is said of an address that the guard turned away: each cause has a sentence of its own.
@Suite struct BlockedAddressTests {
  /// A request that may go to 127.0.0.1 and to no other private address.
  private func request(_ url: String) -> FetchRequest {
    var request = FetchRequest.loopback(url)
    request.allowsPrivateAddresses = false
    request.network.hosts = [HostRule(host: "127.0.0.1", allowsPrivate: true)]
    return request
  }

  private func failure(
    _ url: String, resolutions: [String] = []
  ) async throws -> FetchFailure {
    var settings = TransportSettings()
    settings.resolutions = resolutions
    let transport = Fetching.transport(settings)
    defer { transport.shutDown() }
    let failure = try await transport.fetch(request(url)).failure
    #expect(failure.kind == .blockedAddress)
    return failure
  }

  @Test(arguments: [
    (
      "http://10.0.0.1/",
      "10.0.0.1 is a private address; “host 10.0.0.1 allow-private=yes” in feeds.conf opens it",
      true
    ),
    (
      "http://[::ffff:10.0.0.1]/",
      "[::ffff:10.0.0.1] is a private address; “host [::ffff:10.0.0.1] allow-private=yes” in "
        + "feeds.conf opens it",
      true
    ),
    (
      "http://169.254.169.254/",
      "169.254.169.254 is the metadata address of a machine in a cloud, which tells the machine's "
        + "secrets: no feed is there, take out the line that led to it",
      true
    ),
    (
      "http://224.0.0.1/",
      "224.0.0.1 is a multicast address, which nothing opens: correct the address", false
    ),
    (
      "http://0.0.0.0/",
      "0.0.0.0 is no address of any host, which nothing opens: correct the address", false
    ),
    (
      "http://127.0.0.1:6379/",
      "port 6379 belongs to another protocol than HTTP, and nothing opens it: correct the port of "
        + "the address",
      false
    ),
  ])
  func `the sentence on an address of feeds.conf names it, what it is and what to do`(
    url: String, sentence: String, isOpenable: Bool
  ) async throws {
    let failure = try await failure(url)
    #expect(failure.detail == sentence)
    #expect(failure.isOpenable == isOpenable)
  }

  @Test(arguments: [
    (
      "10.0.0.1",
      "a private address; if it is meant to, “host news.test allow-private=yes” in feeds.conf opens "
        + "it; if not, who keeps the name points it into your network: take the feed out"
    ),
    (
      "0.0.0.0",
      "no address of any host, which name servers answer for names that they block: let the name "
        + "through there, or take the feed out"
    ),
    ("224.0.0.1", "a multicast address, which nothing opens: tell who keeps the name"),
  ])
  func `the sentence on a name says where it leads, as after rebinding`(
    number: String, rest: String
  ) async throws {
    let failure = try await failure("http://news.test/", resolutions: ["news.test:80:\(number)"])
    #expect(failure.detail == "the name news.test leads to \(number), \(rest)")
  }

  @Test func `what is meant for this very machine is not taken for a trick`() async throws {
    let failure = try await failure("http://localhost./", resolutions: ["localhost.:80:127.0.0.1"])
    #expect(
      failure.detail
        == "the name localhost. leads to 127.0.0.1, a loopback address; “host localhost. "
        + "allow-private=yes” in feeds.conf opens it")
  }

  @Test(arguments: [
    (
      "http://10.0.0.1/a",
      "10.0.0.1, a private address, where no other host may lead: tell its publisher; if the feed "
        + "there is your own, follow it at its own address, which “host 10.0.0.1 "
        + "allow-private=yes” in feeds.conf opens"
    ),
    (
      "http://news.test/a",
      "news.test (10.0.0.1), a private address, where no other host may lead: tell its publisher; "
        + "if the feed there is your own, follow it at its own address, which “host news.test "
        + "allow-private=yes” in feeds.conf opens"
    ),
    (
      "http://169.254.169.254/latest/meta-data",
      "169.254.169.254, the metadata address of a machine in a cloud, which tells the machine's "
        + "secrets: no feed is there, take out the line that led to it"
    ),
    (
      "http://255.255.255.255/",
      "255.255.255.255, the broadcast address, which nothing opens: tell its publisher"
    ),
    (
      "http://127.0.0.2:25/",
      "port 25 of 127.0.0.2, which belongs to another protocol than HTTP, and nothing opens it: "
        + "tell its publisher"
    ),
  ])
  func `the sentence on a redirect names the host that led there`(
    target: String, rest: String
  ) async throws {
    let server = try LoopbackServer { _ in .redirect(302, to: target) }
    defer { server.stop() }
    let failure = try await failure(server.url(), resolutions: ["news.test:80:10.0.0.1"])
    #expect(failure.detail == "127.0.0.1 leads to \(rest)")
  }
}
