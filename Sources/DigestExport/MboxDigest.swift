internal import Syndication

/// A mailbox (RFC 4155): a message a cluster, from its lead's outlet. The body is quoted-printable
/// (RFC 2045 section 6.7), so that no line of it can look like the next message's `From `.
struct MboxDigest: DigestPage {
  let digest: Digest
  let front: DigestFront

  private static let columns = 72

  let opening = ""

  func entry(at index: Int) -> String {
    let cluster = digest.clusters[index]
    let date = cluster.latestReport
    var lines = cluster.lead.headline.wrapped(columns: MboxDigest.columns) + [""]
    lines += TextDigest.body(of: cluster, columns: MboxDigest.columns, year: front.year)
    return """
      From aggregator@aggregator.invalid \(date.mailboxDate)
      Date: \(date.mailDate)
      From: \(cluster.lead.sourceName.encodedWords)
       <aggregator@aggregator.invalid>
      Subject: \(cluster.lead.headline.encodedWords)
      Message-ID: <\(cluster.id.hexadecimal)@aggregator.invalid>
      MIME-Version: 1.0
      Content-Type: text/plain; charset=utf-8
      Content-Transfer-Encoding: quoted-printable

      \(lines.map(\.quotedPrintable).joined(separator: "\n"))


      """
  }

  let closing = ""
}

extension String {
  /// In bytes of text: with `Subject: ` and its frame, a word of 39 stays within a line of 76.
  private static let encodedWordByteLimit = 39

  /// RFC 2047: words of whole characters, one a line.
  fileprivate var encodedWords: String {
    var words: [[UInt8]] = [[]]
    for scalar in unicodeScalars {
      let bytes = Array(UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      if words[words.count - 1].count + bytes.count > String.encodedWordByteLimit {
        words.append([])
      }
      words[words.count - 1] += bytes
    }
    return words.map { "=?utf-8?B?\($0.base64)?=" }.joined(separator: "\n ")
  }

  /// One line, broken softly so that none is longer than 76 characters.
  fileprivate var quotedPrintable: String {
    var encoded = ""
    var width = 0
    for (place, byte) in utf8.enumerated() {
      let isPlain = 0x20..<0x7F ~= byte && byte != UInt8(ascii: "=")
      let mayEnd = byte != 0x20 || place < utf8.count - 1
      let startsFrom = width == 0 && byte == UInt8(ascii: "F")
      let piece =
        isPlain && mayEnd && !startsFrom
        ? String(Unicode.Scalar(byte)) : "=" + [byte].hexadecimalDigits
      if width + piece.count > 75 {
        encoded += "=\n"
        width = 0
      }
      encoded += piece
      width += piece.count
    }
    return encoded
  }
}

extension [UInt8] {
  fileprivate var hexadecimalDigits: String {
    map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
  }
}
