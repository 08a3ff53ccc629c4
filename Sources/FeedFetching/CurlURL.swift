internal import CLibcurl
internal import Glibc

/// The parts of an address as libcurl's own parser sees them, so that what is judged here is what is
/// connected to later.
struct CurlURL {
  let text: String
  let scheme: String
  /// In lower case and, for an international name, in Punycode; an IPv6 address keeps its brackets.
  let host: String
  let port: Int
  /// Percent-decoded; for `file:` addresses.
  let path: String
  let hasUserInformation: Bool
  let hasQuery: Bool

  /// The parts of `text`, which may be relative to `base` where there is one, or libcurl's words for
  /// what is wrong with it.
  static func parse(_ text: String, relativeTo base: String?) -> Result<CurlURL, CurlURLProblem> {
    guard let handle = curl_url() else { return .failure(CurlURLProblem(detail: "no memory")) }
    defer { curl_url_cleanup(handle) }
    // The conversion of international names reads and writes the locale's character set, and a daemon
    // runs without a locale.
    let before = text.utf8.contains { $0 >= 0x80 } ? uselocale(unicodeLocale) : nil
    defer { if before != nil { uselocale(before) } }
    if let base { curl_url_set(handle, CURLUPART_URL, base, 0) }
    let code = curl_url_set(handle, CURLUPART_URL, text, UInt32(CURLU_URLENCODE))
    guard code == CURLUE_OK else { return .failure(CurlURLProblem(code)) }
    // A fragment is never sent, and two addresses that differ in it are one document.
    curl_url_set(handle, CURLUPART_FRAGMENT, nil, 0)
    guard let url = part(CURLUPART_URL, of: handle, CURLU_PUNYCODE),
      let scheme = part(CURLUPART_SCHEME, of: handle)
    else { return .failure(CurlURLProblem(detail: "not an address")) }
    return .success(
      CurlURL(
        text: url, scheme: scheme.lowercased(),
        host: (part(CURLUPART_HOST, of: handle, CURLU_PUNYCODE) ?? "").lowercased(),
        port: part(CURLUPART_PORT, of: handle, CURLU_DEFAULT_PORT).flatMap { Int($0) } ?? 0,
        path: part(CURLUPART_PATH, of: handle, CURLU_URLDECODE) ?? "",
        hasUserInformation: part(CURLUPART_USER, of: handle) != nil
          || part(CURLUPART_PASSWORD, of: handle) != nil,
        hasQuery: part(CURLUPART_QUERY, of: handle) != nil))
  }

  // Never changed nor freed, and a locale may be used by many threads at once.
  private nonisolated(unsafe) static let unicodeLocale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nil)

  private static func part(_ which: CURLUPart, of handle: OpaquePointer, _ flags: Int32 = 0)
    -> String?
  {
    var text: UnsafeMutablePointer<CChar>?
    guard curl_url_get(handle, which, &text, UInt32(flags)) == CURLUE_OK, let text else {
      return nil
    }
    defer { curl_free(text) }
    return String(cString: text)
  }
}

/// Why libcurl takes some text for no address.
struct CurlURLProblem: Error {
  let detail: String

  init(detail: String) {
    self.detail = detail
  }

  init(_ code: CURLUcode) {
    detail = String(cString: curl_url_strerror(code))
  }
}
