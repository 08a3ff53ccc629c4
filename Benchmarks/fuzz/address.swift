import FeedFetching
import Syndication

/// Whatever goes in: an address that comes out is absolute, without white space, and resolves to
/// itself; taking tracking parameters out twice is taking them out once; what may be fetched means the
/// same host to everybody who reads it; no credential is shown.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  withinBudget {
    let text = String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    let parts = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
    checkResolving(String(parts[0]), against: parts.count > 1 ? String(parts[1]) : nil)
    checkTidying(text)
    checkFetching(String(parts[0]))
    checkMask(text)
  }
  return 0
}

private func checkResolving(_ reference: String, against base: String?) {
  guard let address = WebAddress.resolve(reference, against: base) else { return }
  promise(WebAddress.resolve(address, against: base) == address, "resolved twice: \(address)")
  promise(WebAddress.resolve(address, against: nil) == address, "depends on a base: \(address)")
  promise(!address.utf8.contains { $0 <= 0x20 || $0 == 0x7F }, "white space")
  if address.hasPrefix("http:") || address.hasPrefix("https:") {
    promise(WebAddress.host(of: address) != nil, "a web address without a host: \(address)")
  }
  guard WebAddress.isSafe(address) else { return }
  for scheme in ["javascript:", "vbscript:", "data:", "file:", "blob:", "about:"] {
    promise(!address.lowercased().hasPrefix(scheme), "not safe: \(address)")
  }
}

private func checkTidying(_ text: String) {
  let tidied = WebAddress.withoutTrackingParameters(text)
  promise(WebAddress.withoutTrackingParameters(tidied) == tidied, "tidied twice: \(tidied)")
  promise(tidied.utf8.count <= text.utf8.count, "tidying adds")
  if WebAddress.isSafe(text) { promise(WebAddress.isSafe(tidied), "tidied out of safety") }
}

private func checkFetching(_ text: String) {
  guard let address = FetchAddress(text) else { return }
  promise(FetchAddress(address.text) == address, "not what it says: \(address.text)")
  promise(!address.text.utf8.contains { $0 <= 0x20 || $0 >= 0x7F }, "not plain: \(address.text)")
  guard address.scheme != .file else { return }
  let afterScheme = address.text.drop { $0 != "/" }.dropFirst(2)
  promise(!afterScheme.prefix { !"/?#".contains($0) }.contains("@"), "a user: \(address.text)")
  // Two readers that disagree about the host are a way past a check; odd spellings of numbers are
  // judged when they are resolved.
  guard let host = WebAddress.host(of: address.text) else { return }
  let same = address.host.hasSuffix(".") ? String(address.host.dropLast()) : address.host
  promise(host == same || IPAddress(host) != nil, "two hosts: \(host) and \(same)")
}

private func checkMask(_ text: String) {
  let secret = "hunter2"
  guard !text.contains(secret) else { return }
  let user = String(
    String.UnicodeScalarView(text.unicodeScalars.filter { !"/?#".unicodeScalars.contains($0) }))
  for written in [
    "https://\(user)\(secret)@news.test/\(text)", "https://\(secret):\(user)@news.test",
    "https://news.test/?\(text)&access_token=\(secret)&\(text)",
  ] {
    promise(!MaskedAddress(written).description.contains(secret), "shown: \(written)")
  }
}
