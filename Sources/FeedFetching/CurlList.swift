internal import CLibcurl

/// A list of strings that libcurl reads for as long as this lives.
final class CurlList {
  private(set) var pointer: UnsafeMutablePointer<curl_slist>?

  init(_ strings: [String]) {
    for string in strings { pointer = curl_slist_append(pointer, string) }
  }

  deinit {
    curl_slist_free_all(pointer)
  }
}
