import FeedFetching
import Testing

@Suite struct ValidatorsTests {
  @Test func `a request is conditional as soon as one validator is known`() {
    #expect(Validators().isEmpty)
    #expect(!Validators(etag: "\"a\"").isEmpty)
    #expect(!Validators(lastModified: "Sat, 21 Nov 2026 10:00:00 GMT").isEmpty)
  }
}
