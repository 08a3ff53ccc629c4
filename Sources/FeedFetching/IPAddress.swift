internal import Glibc

/// The number of a host on the network, without a port.
package enum IPAddress: Hashable, Sendable {
  case v4(UInt32)
  /// The upper and the lower eight bytes.
  case v6(UInt64, UInt64)

  /// The address that `text` writes as `inet_pton` reads it: four decimal numbers, or IPv6 without
  /// brackets and zone; else nil.
  package init?(_ text: String) {
    var four = in_addr()
    if inet_pton(AF_INET, text, &four) == 1 {
      self = .v4(UInt32(bigEndian: four.s_addr))
      return
    }
    var six = in6_addr()
    guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
    self.init(six)
  }

  /// The address in a socket's address of the families AF_INET and AF_INET6, else nil.
  init?(_ socketAddress: UnsafePointer<sockaddr>) {
    let raw = UnsafeRawPointer(socketAddress)
    switch Int32(socketAddress.pointee.sa_family) {
    case AF_INET:
      let four = raw.loadUnaligned(as: sockaddr_in.self)
      self = .v4(UInt32(bigEndian: four.sin_addr.s_addr))
    case AF_INET6:
      self.init(raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr)
    default: return nil
    }
  }

  private init(_ six: in6_addr) {
    self = withUnsafeBytes(of: six) { bytes in
      .v6(
        UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
        UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }
  }
}

extension IPAddress: CustomStringConvertible {
  package var description: String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    switch self {
    case .v4(let number):
      var four = in_addr(s_addr: number.bigEndian)
      inet_ntop(AF_INET, &four, &text, socklen_t(text.count))
    case .v6(let upper, let lower):
      var six = (upper.bigEndian, lower.bigEndian)
      inet_ntop(AF_INET6, &six, &text, socklen_t(text.count))
    }
    return text.withUnsafeBufferPointer { characters in
      String(
        decoding: characters.prefix { $0 != 0 }.lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }
}

/// All addresses that begin with the same bits.
struct IPNetwork: Sendable {
  let first: IPAddress
  let bitCount: Int

  func contains(_ address: IPAddress) -> Bool {
    switch (first, address) {
    case (.v4(let network), .v4(let number)):
      return (network ^ number) >> UInt32(32 - bitCount) == 0
    case (.v6(let upper, let lower), .v6(let addressUpper, let addressLower)):
      let upperBitCount = min(bitCount, 64)
      return (upper ^ addressUpper) >> UInt64(64 - upperBitCount) == 0
        && (lower ^ addressLower) >> UInt64(64 - (bitCount - upperBitCount)) == 0
    default: return false
    }
  }
}
