/// Addresses as text: resolved, judged and tidied, never fetched.
///
/// RFC 3986 section 5 with the leniency of browsers (the WHATWG URL standard), since feeds hold what
/// browsers accept.
package enum WebAddress {
  /// The longest address in bytes; browsers and servers stop far earlier.
  package static let byteLimit = 64 << 10

  /// The absolute address that `reference` means within a document at `base`; nil when there is
  /// none, or when a web address lacks a usable host or port.
  ///
  /// White space at the ends, tabs and line ends inside are dropped, backslashes are slashes in web
  /// addresses, dot segments are removed, the scheme and the host's ASCII letters are lower-cased,
  /// and white space, quotes and angle brackets that remain are percent-encoded.
  package static func resolve(_ reference: String, against base: String?) -> String? {
    if isResolved(reference) { return reference }
    return resolve(reference, within: base.map(AddressBase.init))
  }

  /// The same against a base that was read before.
  package static func resolve(_ reference: String, within base: AddressBase?) -> String? {
    if isResolved(reference) { return reference }
    let bytes = tidy(reference)
    guard bytes.count <= byteLimit else { return nil }
    guard let root = base?.parts else { return AddressParts(bytes, within: nil)?.absolute }
    return AddressParts(bytes, within: root)?.resolved(against: root).absolute
  }

  /// The host of a web address in lower case, without user, port and final point; a spelling of an
  /// IPv4 address (`0x7f.1`, `2130706433`) in four decimal parts; an IPv6 address in brackets. Nil
  /// when there is none.
  package static func host(of address: String) -> String? {
    plainHost(of: address) ?? AddressParts(tidy(address), within: nil)?.host
  }

  /// The host of most feeds' addresses, which reads the same whatever else they hold: a web address with a
  /// lower case host of ASCII, or four decimal numbers, and no user. Nil for every other.
  private static func plainHost(of address: String) -> String? {
    var address = address
    return address.withUTF8 { bytes in
      let start =
        bytes.starts(with: "https://".utf8) ? 8 : bytes.starts(with: "http://".utf8) ? 7 : 0
      guard start > 0, start < bytes.count, bytes.count <= byteLimit else { return nil }
      let end = bytes[start...].firstIndex { !$0.isPlainHostByte } ?? bytes.count
      let host = bytes[start..<end]
      guard host.isPlainHost || host.isPlainIPv4 else { return nil }
      var next = end
      if next < bytes.count, bytes[next] == UInt8(ascii: ":") {
        next = bytes[(next + 1)...].firstIndex { !$0.isASCIIDigit } ?? bytes.count
      }
      // A port of more digits may be none.
      guard next - end <= 5, next == bytes.count || bytes[next] == UInt8(ascii: "/") else {
        return nil
      }
      return String(decoding: host, as: UTF8.self)
    }
  }

  /// Whether resolving would plainly change nothing, as with most links: a web address with a lower
  /// case host of ASCII, no user, no port, no dot segment and no byte to drop or to encode.
  package static func isResolved(_ address: String) -> Bool {
    var address = address
    return address.withUTF8 { bytes in
      let start =
        bytes.starts(with: "https://".utf8) ? 8 : bytes.starts(with: "http://".utf8) ? 7 : 0
      guard start > 0, start < bytes.count, bytes.count <= byteLimit, bytes[bytes.count - 1] < 0x80
      else { return false }
      let end = bytes[start...].firstIndex { !$0.isPlainHostByte } ?? bytes.count
      guard bytes[start..<end].isPlainHost,
        end == bytes.count || bytes[end] == UInt8(ascii: "/")
      else { return false }
      return bytes[end...].allSatisfy(\.isPlainAddressByte)
        && !bytes[end...].hasPossibleDotSegment
    }
  }

  /// The bytes without what browsers ignore, and with the bytes that would end an attribute, a field
  /// or a line percent-encoded.
  fileprivate static func tidy(_ text: String) -> [UInt8] {
    var text = text
    return text.withUTF8 { bytes in
      let bytes = bytes.withoutOuterControls
      var tidied: [UInt8] = []
      tidied.reserveCapacity(bytes.count)
      for byte in bytes {
        switch byte {
        case 0x09, 0x0A, 0x0D: continue
        case 0...0x20, 0x7F, UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"):
          tidied.append(percentEncoding: byte)
        default: tidied.append(byte)
        }
      }
      return tidied
    }
  }
}

/// An absolute address that many references are resolved against.
package struct AddressBase: Sendable {
  /// Nil when it is no absolute address.
  fileprivate let parts: AddressParts?

  package init(_ address: String) {
    let parts = AddressParts(WebAddress.tidy(address), within: nil)
    self.parts = parts?.scheme == nil ? nil : parts
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Without controls, spaces, no-break spaces and byte order marks at the ends.
  fileprivate var withoutOuterControls: UnsafeBufferPointer<UInt8> {
    var rest = self
    while true {
      if let first = rest.first, first <= 0x20 {
        rest = .init(rebasing: rest.dropFirst())
      } else if let last = rest.last, last <= 0x20 {
        rest = .init(rebasing: rest.dropLast())
      } else if rest.starts(with: [0xC2, 0xA0]) {
        rest = .init(rebasing: rest.dropFirst(2))
      } else if rest.starts(with: [0xEF, 0xBB, 0xBF]) {
        rest = .init(rebasing: rest.dropFirst(3))
      } else if rest.suffix(2).elementsEqual([0xC2, 0xA0]) {
        rest = .init(rebasing: rest.dropLast(2))
      } else {
        return rest
      }
    }
  }
}

extension Slice<UnsafeBufferPointer<UInt8>> {
  /// Whether host name bytes make labels of which none is empty and the last is surely no number.
  fileprivate var isPlainHost: Bool {
    var previous = UInt8(ascii: ".")
    var lastLabelStart: UInt8 = 0
    for byte in self {
      if previous == UInt8(ascii: ".") {
        if byte == previous { return false }
        lastLabelStart = byte
      }
      previous = byte
    }
    return 0x61...0x7A ~= lastLabelStart && previous != UInt8(ascii: ".")
  }

  /// Whether it is an IPv4 address in the one spelling that is kept.
  fileprivate var isPlainIPv4: Bool {
    let parts = split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        guard 1...3 ~= part.count, part.allSatisfy(\.isASCIIDigit) else { return false }
        let number = part.reduce(0) { $0 * 10 + Int($1 & 0xF) }
        return number <= 255 && (part.first != UInt8(ascii: "0") || part.count == 1)
      }
  }

  /// Whether a slash is followed by a point or by what may be an encoded one.
  fileprivate var hasPossibleDotSegment: Bool {
    var previous: UInt8 = 0
    for byte in self {
      if previous == UInt8(ascii: "/"), byte == UInt8(ascii: ".") || byte == UInt8(ascii: "%") {
        return true
      }
      previous = byte
    }
    return false
  }
}

extension UInt8 {
  fileprivate var isPlainHostByte: Bool {
    0x61...0x7A ~= self || isASCIIDigit || self == UInt8(ascii: ".") || self == UInt8(ascii: "-")
  }

  fileprivate var isPlainAddressByte: Bool {
    switch self {
    case 0...0x20, 0x7F, UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"),
      UInt8(ascii: "\\"):
      false
    default: true
    }
  }
}

extension [UInt8] {
  fileprivate mutating func append(percentEncoding byte: UInt8) {
    let digits = Array("0123456789ABCDEF".utf8)
    append(contentsOf: [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]])
  }
}
