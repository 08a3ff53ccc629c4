import FeedFetching
import Testing

@Suite struct AddressGuardTests {
  /// First and last address of each network that is closed, and whether the operator can open it.
  private static let networks: [(String, String, isOpenable: Bool)] = [
    ("0.0.0.0", "0.255.255.255", false), ("10.0.0.0", "10.255.255.255", true),
    ("100.64.0.0", "100.127.255.255", true), ("127.0.0.0", "127.255.255.255", true),
    ("169.254.0.0", "169.254.169.254", true), ("172.16.0.0", "172.31.255.255", true),
    ("192.0.0.0", "192.0.0.255", false), ("192.0.2.0", "192.0.2.255", false),
    ("192.88.99.0", "192.88.99.255", false), ("192.168.0.0", "192.168.255.255", true),
    ("198.18.0.0", "198.19.255.255", true), ("198.51.100.0", "198.51.100.255", false),
    ("203.0.113.0", "203.0.113.255", false), ("224.0.0.0", "239.255.255.255", false),
    ("240.0.0.0", "255.255.255.255", false), ("::", "::", false), ("::1", "::1", true),
    ("::2", "::ffff:ffff", false), ("::ffff:127.0.0.1", "::ffff:10.1.2.3", true),
    ("::ffff:0.0.0.0", "::ffff:224.0.0.1", false), ("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", true),
    ("64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", true), ("100::", "100::1", false),
    ("2001::", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff", false),
    ("2001:10::", "2001:1ff:ffff::", false), ("2001:db8::", "2001:db8:ffff::1", false),
    ("2002:7f00:1::", "2002:ffff::", false), ("3fff::", "3fff:fff:ffff::", false),
    ("fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true),
    ("fe80::1", "febf:ffff::", true), ("fec0::1", "feff:ffff::", true),
    ("ff02::1", "ffff::", false),
    ("4000::", "fbff::", false), ("5f00::1", "1fff::", false),
  ]

  @Test func `every network that is not the public internet is closed`() throws {
    for (first, last, isOpenable) in Self.networks {
      for text in [first, last] {
        let address = try #require(IPAddress(text))
        #expect(
          AddressGuard(allowsPrivateAddresses: false).refusal(of: address) != nil, "\(text)")
        #expect(
          (AddressGuard(allowsPrivateAddresses: true).refusal(of: address) == nil) == isOpenable,
          "\(text)")
      }
    }
  }

  @Test(arguments: [
    "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
    "128.0.0.0", "169.253.255.255", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.255.255",
    "198.17.255.255", "198.20.0.0", "223.255.255.255", "2000::", "2001:200::", "2001:db7::",
    "2606:4700::1111", "2a00:1450::1", "3ffe::", "::ffff:8.8.8.8", "64:ff9b::808:808",
  ])
  func `the public internet is open`(text: String) throws {
    let address = try #require(IPAddress(text))
    #expect(AddressGuard(allowsPrivateAddresses: false).refusal(of: address) == nil)
  }

  @Test(arguments: [22, 25, 6379, 11211, 6667])
  func `ports of other protocols are closed`(port: Int) {
    #expect(AddressGuard.isClosed(port: port))
  }

  @Test(arguments: [80, 443, 8080, 1024, 65_535])
  func `other ports are open`(port: Int) {
    #expect(!AddressGuard.isClosed(port: port))
  }

  @Test(arguments: [
    "", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "::g", "[::1]", "fe80::1%lo",
  ])
  func `text that is no address is none`(text: String) {
    #expect(IPAddress(text) == nil)
  }

  @Test(arguments: ["127.0.0.1", "255.0.1.2", "::1", "2001:db8::a:0:1"])
  func `an address describes itself as it is written`(text: String) {
    #expect(IPAddress(text)?.description == text)
  }
}
