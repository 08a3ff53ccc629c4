/// Status and header fields of one answer, as far as this program reads them.
package struct ResponseHead: Sendable {
  /// The fields that are kept; all others are only counted.
  package enum Field: String, Hashable, Sendable, CaseIterable {
    case age
    case cacheControl = "cache-control"
    case contentEncoding = "content-encoding"
    case contentLanguage = "content-language"
    case contentLength = "content-length"
    case contentLocation = "content-location"
    case contentType = "content-type"
    case date
    case etag
    case expires
    case instanceManipulations = "im"
    case lastModified = "last-modified"
    case location
    case rateLimit = "ratelimit-limit"
    case rateLimitRemaining = "ratelimit-remaining"
    case rateLimitReset = "ratelimit-reset"
    case retryAfter = "retry-after"
    case transferEncoding = "transfer-encoding"
    case extensionRateLimit = "x-ratelimit-limit"
    case extensionRateLimitRemaining = "x-ratelimit-remaining"
    case extensionRateLimitReset = "x-ratelimit-reset"
  }

  package let status: Int
  private var fields: [(name: Field, value: [UInt8])] = []

  package init(status: Int) {
    self.status = status
  }

  /// The head that a status line begins, `HTTP/1.1 200 OK`; nil for any other line.
  package init?(statusLine line: some Collection<UInt8>) {
    guard line.starts(with: "HTTP/".utf8) else { return nil }
    let words = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
    guard words.count >= 2, let status = Int(String(decoding: words[1].prefix(3), as: UTF8.self))
    else { return nil }
    self.init(status: status)
  }

  /// Keeps the field that `line` writes, if it is one of those that are read.
  package mutating func append(line: some BidirectionalCollection<UInt8>) {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), let name = Field(line[..<colon])
    else { return }
    fields.append((name, Array(line[line.index(after: colon)...].trimmed)))
  }

  package mutating func append(_ name: Field, _ value: String) {
    fields.append((name, Array(value.utf8)))
  }

  /// The first field of this name; bytes that are no UTF-8 are replaced.
  package subscript(_ name: Field) -> String? {
    fields.first { $0.name == name }.map { String(decoding: $0.value, as: UTF8.self) }
  }

  /// Every field of this name, in order.
  package func all(_ name: Field) -> [String] {
    fields.lazy.filter { $0.name == name }.map { String(decoding: $0.value, as: UTF8.self) }
  }

  /// The first field of this name, if it can be sent back byte for byte: UTF-8 without control
  /// characters, of at most `byteLimit` bytes, not empty.
  package func exact(_ name: Field, byteLimit: Int) -> String? {
    guard let value = fields.first(where: { $0.name == name })?.value,
      1...byteLimit ~= value.count, value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
    else { return nil }
    return String(validating: value, as: UTF8.self)
  }
}

extension ResponseHead.Field {
  private static let names = allCases.map { (field: $0, bytes: Array($0.rawValue.utf8)) }

  /// The field of this name, in whatever case it is written.
  fileprivate init?(_ name: some BidirectionalCollection<UInt8>) {
    let count = name.count
    let found = Self.names.first { candidate in
      candidate.bytes.count == count && candidate.bytes.elementsEqual(name) { $0 == $1.lowercased }
    }
    guard let found else { return nil }
    self = found.field
  }
}

extension UInt8 {
  fileprivate var lowercased: UInt8 {
    UInt8(ascii: "A")...UInt8(ascii: "Z") ~= self ? self | 0x20 : self
  }
}

extension BidirectionalCollection<UInt8> {
  /// Without white space and line ends on either side.
  fileprivate var trimmed: SubSequence {
    let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A }
    let start = firstIndex { !isSpace($0) } ?? endIndex
    let end = lastIndex { !isSpace($0) }.map { index(after: $0) } ?? start
    return self[start..<Swift.max(start, end)]
  }
}
