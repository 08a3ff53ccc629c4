import Syndication

/// Whatever goes in, an address that comes out is absolute, without white space, and resolves to
/// itself; taking tracking parameters out twice is taking them out once.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let text = String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
  let parts = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
  let base = parts.count > 1 ? String(parts[1]) : nil
  let tidied = WebAddress.withoutTrackingParameters(text)
  precondition(WebAddress.withoutTrackingParameters(tidied) == tidied, "tidied twice")
  _ = WebAddress.isSafe(text)
  guard let address = WebAddress.resolve(String(parts[0]), against: base) else { return 0 }
  precondition(WebAddress.resolve(address, against: base) == address, "resolved twice: \(address)")
  precondition(!address.utf8.contains { $0 <= 0x20 }, "white space")
  if address.hasPrefix("http:") || address.hasPrefix("https:") {
    precondition(WebAddress.host(of: address) != nil, "a web address without a host: \(address)")
  }
  return 0
}
