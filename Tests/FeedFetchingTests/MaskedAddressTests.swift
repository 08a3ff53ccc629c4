import FeedFetching
import Testing

@Suite struct MaskedAddressTests {
  @Test(arguments: [
    ("https://example.org/feed.xml", "https://example.org/feed.xml"),
    ("https://user:pass@example.org/a@b", "https://***@example.org/a@b"),
    ("https://us@er:p@example.org", "https://***@example.org"),
    ("https://example.org/?a=1&api_key=s3cret&b", "https://example.org/?a=1&api_key=***&b"),
    ("https://example.org/?TOKEN=s3cret?x=y", "https://example.org/?TOKEN=***"),
    (
      "https://example.org/?X-Amz-Signature=s3cret&u=me@home",
      "https://example.org/?X-Amz-Signature=***&u=me@home"
    ),
    ("https://\u{359}u:p@example.org", "https://***@example.org"),
    ("http:\\\\u:p@example.org", "http:\\\\***@example.org"),
    ("https://u\\p@example.org/", "https://***@example.org/"),
    ("https://example.org/#access_token=s3cret", "https://example.org/#access_token=***"),
    (
      "https://example.org/?\u{359}key=s3cret&\u{359}",
      "https://example.org/?\u{359}key=***&\u{359}"
    ),
    ("//u:p@h", "//***@h"), ("", ""), ("?", "?"), ("no address", "no address"),
  ])
  func `an address in a log shows no secret`(text: String, shown: String) {
    #expect(MaskedAddress(text).description == shown)
  }
}
