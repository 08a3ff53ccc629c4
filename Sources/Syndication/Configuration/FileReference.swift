/// A file that the network needs, named in feeds.conf: by its path, or as a credential that systemd
/// hands to the service (systemd.exec(5), `LoadCredential=`).
package enum FileReference: Hashable, Sendable, CustomStringConvertible {
  /// Absolute.
  case path(String)
  /// A file name in $CREDENTIALS_DIRECTORY.
  case credential(String)

  /// What `text` names; nil for a relative path and for what is no name of a credential.
  package init?(_ text: String) {
    if text.hasPrefix("/") {
      self = .path(text)
    } else if FileReference.isCredentialName(text) {
      self = .credential(text)
    } else {
      return nil
    }
  }

  /// Where the file lies; nil for a credential where there is no `credentialFolder`.
  package func path(credentialFolder: String?) -> String? {
    switch self {
    case .path(let path): path
    case .credential(let name): credentialFolder.map { "\($0)/\(name)" }
    }
  }

  package var description: String {
    switch self {
    case .path(let path): path
    case .credential(let name): "the credential \(name)"
    }
  }

  static func isCredentialName(_ text: String) -> Bool {
    let isName = text.utf8.allSatisfy {
      switch $0 {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
        UInt8(ascii: "."):
        true
      default: false
      }
    }
    return isName && 1...255 ~= text.utf8.count && !text.hasPrefix(".")
  }
}
