import FeedParsing
import Testing

@Suite struct FeedParsingErrorTests {
  @Test func `an error reads as its sentence`() {
    let error = FeedParsingError(.htmlPage, "an HTML page, not a feed")
    #expect("\(error)" == "an HTML page, not a feed")
  }
}
