/// The host part of a web address in its one canonical spelling (WHATWG URL, host parsing).
enum HostName {
  /// Nil for an empty host or label, for bytes that no host has, and for a number that is no IPv4
  /// address.
  static func canonical(_ bytes: ArraySlice<UInt8>) -> String? {
    var host = percentDecoded(bytes)
    if host.last == dot { host.removeLast() }
    guard !host.isEmpty else { return nil }
    var previous = dot
    for index in host.indices {
      let byte = host[index].asciiLowerCased
      guard !isForbidden(byte), byte != dot || previous != dot else { return nil }
      host[index] = byte
      previous = byte
    }
    let text = String(decoding: host, as: UTF8.self)
    return endsInNumber(host) ? ipv4(text) : text
  }

  private static let dot = UInt8(ascii: ".")

  static func percentDecoded(_ bytes: some Collection<UInt8>) -> [UInt8] {
    var decoded: [UInt8] = []
    var rest = Array(bytes)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%"), let value = UInt8(hexDigits: rest.prefix(2)) else {
        decoded.append(byte)
        continue
      }
      decoded.append(value)
      rest = rest.dropFirst(2)
    }
    return decoded
  }

  private static func isForbidden(_ byte: UInt8) -> Bool {
    byte <= 0x20 || byte == 0x7F || ("#%/:<>?@[\\]^|\"" as StaticString).contains(byte)
  }

  private static func endsInNumber(_ host: [UInt8]) -> Bool {
    let last = host[(host.lastIndex(of: dot).map { $0 + 1 } ?? 0)...]
    guard last.first?.isASCIIDigit == true else { return false }
    return last.allSatisfy(\.isASCIIDigit)
      || number(Substring(decoding: last, as: UTF8.self)) != nil
  }

  /// One to four numbers, decimal, octal or hexadecimal, the last filling the bytes that are left.
  private static func ipv4(_ host: String) -> String? {
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    guard 1...4 ~= parts.count else { return nil }
    var address: UInt64 = 0
    for (index, part) in parts.enumerated() {
      guard let value = number(part) else { return nil }
      let byteCount = index == parts.count - 1 ? 5 - parts.count : 1
      guard value < 1 << (8 * UInt64(byteCount)) else { return nil }
      address = address << (8 * UInt64(byteCount)) | value
    }
    return [24, 16, 8, 0].map { String(address >> $0 & 255) }.joined(separator: ".")
  }

  private static func number(_ text: Substring) -> UInt64? {
    guard text.utf8.count <= 16, text.utf8.first?.isASCIIDigit == true else { return nil }
    if text.hasPrefix("0x") { return text.count == 2 ? 0 : UInt64(text.dropFirst(2), radix: 16) }
    return UInt64(text, radix: text.hasPrefix("0") ? 8 : 10)
  }
}

extension UInt8 {
  /// Two hexadecimal digits.
  init?(hexDigits: ArraySlice<UInt8>) {
    guard hexDigits.count == 2, let high = hexDigits.first?.hexValue,
      let low = hexDigits.last?.hexValue
    else { return nil }
    self = high << 4 | low
  }

  var hexValue: UInt8? {
    switch self {
    case 0x30...0x39: self - 0x30
    case 0x41...0x46, 0x61...0x66: (self | 0x20) - 0x57
    default: nil
    }
  }
}
