extension WebAddress {
  /// The schemes that a link may have: feedparser's list without `file` and `smb`, and with what
  /// has come up since. None of them runs a script in the page that holds the link.
  private static let safeSchemes: Set<String> = [
    "http", "https", "ftp", "sftp", "ftps", "shttp", "mailto", "magnet", "news", "nntp", "snews",
    "irc", "ircs", "irc6", "feed", "git", "svn", "svn+ssh", "cvs", "ssh", "rsync", "telnet", "sip",
    "sips", "callto", "tel", "sms", "xmpp", "geo", "skype", "facetime", "aim", "gtalk", "msnim",
    "ymsg", "itms", "mms", "rtsp", "rtspu", "h323", "hdl", "imap", "prospero", "wais", "urn",
    "tag", "gopher", "gemini", "info", "doi", "ipfs", "ipns", "webcal", "itpc", "pcast", "podcast",
    "matrix",
  ]

  /// Those that stand before a whole address and tell which program is to open it.
  private static let wrappingSchemes: Set<String> = ["feed", "itpc", "pcast", "podcast"]

  /// How many bytes a scheme may be hidden in.
  private static let schemeByteLimit = 256

  /// Whether nothing runs when somebody follows the address: its scheme is on an allow-list, or it
  /// has none (a relative reference).
  ///
  /// Judges what a lenient reader may make of it: controls, white space and invisible characters
  /// are looked through, percent-encoding is undone, and an entity that is still there is refused.
  package static func isSafe(_ address: String) -> Bool {
    if address.utf8.starts(with: "https:".utf8) || address.utf8.starts(with: "http:".utf8) {
      return true
    }
    return isSafePlain(address)
      && isSafePlain(
        String(
          decoding: HostName.percentDecoded(address.utf8.prefix(schemeByteLimit)), as: UTF8.self))
  }

  private static func isSafePlain(_ address: String) -> Bool {
    var scheme = ""
    for scalar in address.unicodeScalars.prefix(schemeByteLimit) {
      switch scalar {
      case "/", "?", "\\": return true
      case "#": return true
      case "&": return false
      case ":":
        guard safeSchemes.contains(scheme) else { return false }
        // `feed:javascript:…`: what follows is an address of its own.
        guard wrappingSchemes.contains(scheme) else { return true }
        scheme = ""
      default:
        if !scalar.isInvisible { scheme.unicodeScalars.append(scalar.asciiLowerCased) }
      }
    }
    return true
  }
}

extension Unicode.Scalar {
  /// Controls, white space and format characters.
  fileprivate var isInvisible: Bool {
    if isASCII { return value <= 0x20 || value == 0x7F }
    switch properties.generalCategory {
    case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator: return true
    default: return false
    }
  }

  fileprivate var asciiLowerCased: Unicode.Scalar {
    0x41...0x5A ~= value ? Unicode.Scalar(UInt8(value) | 0x20) : self
  }
}
