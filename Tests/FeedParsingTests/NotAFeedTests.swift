import FeedParsing
import Testing

/// Bytes that are no feed are named for what they are.
@Suite struct NotAFeedTests {
  @Test(arguments: [
    ("", FeedParsingError.Kind.empty), (" \n\t ", .empty),
    ("<!DOCTYPE html><html><body>Hi</body></html>", .htmlPage),
    ("<html><body><rss></rss></body></html>", .htmlPage),
    (
      "<html><title>Just a moment...</title><script src='/cdn-cgi/challenge-platform/x'></script></html>",
      .challengePage
    ),
    ("{\"error\":\"not found\"}", .json), ("{oops", .text), ("[1,2]", .text),
    ("Nothing here", .text), ("<?xml version='1.0'?><opml version='2.0'/>", .xml),
    ("GIF89a....", .image), ("%PDF-1.7", .binary), ("\u{1F}\u{8}\u{1}", .binary),
  ])
  func `bytes without a feed are named`(text: String, kind: FeedParsingError.Kind) {
    #expect {
      _ = try parse(text)
    } throws: { error in
      (error as? FeedParsingError)?.kind == kind
    }
  }
}
