import FeedParsing
import Testing

/// Bytes that are no feed are named for what they are.
@Suite struct NotAFeedTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let text: String
    let kind: FeedParsingError.Kind
    /// What the sentence has to hold.
    let words: String

    var testDescription: String { String(text.prefix(60)).debugDescription }

    init(_ text: String, _ kind: FeedParsingError.Kind, _ words: String) {
      (self.text, self.kind, self.words) = (text, kind, words)
    }
  }

  static let texts: [Case] = [
    Case("", .empty, "is empty"), Case(" \n\t \r\n", .empty, "white space"),
    Case("\u{0}\u{0}", .empty, "white space"),
    Case("Nothing here", .text, "“Nothing here”"), Case("404 page not found\n", .text, "“404 page"),
    Case("%!PS-Adobe", .binary, "PostScript"),
    Case("GIF89a....", .image, "a GIF image"), Case("%PDF-1.7", .binary, "a PDF file"),
    Case("\u{1}\u{2}\u{3}", .binary, "binary data"), Case("{\\rtf1\\ansi", .binary, "RTF"),
    Case("SQLite format 3\u{0}", .binary, "database"),
  ]

  static let json: [Case] = [
    Case("{\"error\":\"not found\"}", .json, "“not found”"),
    Case("{\"error\":{\"code\":403,\"message\":\"No access\"}}", .json, "“No access”"),
    Case("{\"errors\":[{\"message\":\"Bad key\",\"code\":89}]}", .json, "“Bad key”"),
    Case("{\"type\":\"about:blank\",\"title\":\"Gone\",\"status\":410}", .json, "“Gone”"),
    Case("{\"status\":500}", .json, "JSON, not a feed"),
    Case("{\"name\":\"desk\"}", .json, "no items"), Case("{}", .json, "no items"),
    Case("[1,2]", .json, "a JSON list"), Case("[{\"id\":1}]", .json, "a JSON list"),
    Case("{\"@context\":\"x\",\"type\":\"Person\"}", .json, "ActivityPub document of type Person"),
    Case("{oops", .text, "begins like JSON"), Case("[oops] it broke", .text, "begins like JSON"),
  ]

  static let pages: [Case] = [
    Case("<!DOCTYPE html><html><body>Hi</body></html>", .htmlPage, "an HTML page, not a feed"),
    Case("<!doctype html>", .htmlPage, "an HTML page"),
    Case("<html><body><rss></rss></body></html>", .htmlPage, "an HTML page"),
    Case("<HTML><TITLE>The  Quay &amp; more</TITLE>", .htmlPage, "titled “The Quay & more”"),
    Case("<div>Service is down</div>", .htmlPage, "an HTML page"),
    Case("<html><title>Page not found</title>", .htmlPage, "there is nothing"),
    Case(
      "<html><title>Just a moment...</title><script src='/cdn-cgi/challenge-platform/x'></script></html>",
      .challengePage, "of Cloudflare"),
    Case(
      "<html><script src=\"/_Incapsula_Resource?x\"></script>", .challengePage, "Imperva Incapsula"),
    Case(
      "<html><script src='https://geo.captcha-delivery.com/c.js'></script>", .challengePage,
      "of DataDome"),
    Case(
      "<!doctype html><title>Making sure you&#39;re not a bot!</title>", .challengePage, "of Anubis"
    ),
    Case("<html><div id=\"px-captcha\"></div>", .challengePage, "of HUMAN"),
    Case("<html><script>AwsWafIntegration.x()</script>", .challengePage, "of AWS WAF"),
    Case(
      "<html><title>Desk</title><p>Please verify you are human.", .challengePage,
      "titled “Desk” that asks for proof"),
    Case(
      "<html><title>Members</title><form><input name=p type=\"password\"></form>", .loginPage,
      "a login page titled “Members”, not a feed"),
    Case("<html><title>Sign in to the desk</title>", .loginPage, "a login page"),
    Case("<html><form action='https://consent.google.com/save'>", .loginPage, "asks for consent"),
    Case("<html><title>Before you continue</title>", .loginPage, "asks for consent"),
  ]

  static let markup: [Case] = [
    Case(
      "<?xml version='1.0'?><opml version='2.0'><body><outline xmlUrl='a'/><outline xmlUrl='b'/></body></opml>",
      .opml, "an OPML list that names 2 feeds"),
    Case("<sitemapindex xmlns='s'></sitemapindex>", .sitemap, "a sitemap"),
    Case(
      "<urlset xmlns='s'><url><loc>https://news.test/</loc></url></urlset>", .sitemap,
      "a sitemap without news"),
    Case("<svg xmlns='http://www.w3.org/2000/svg'><path/></svg>", .image, "an SVG image"),
    Case(
      "<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>",
      .xml, "“Access Denied”"),
    Case("<s:Envelope xmlns:s='x'/>", .xml, "a SOAP message"),
    Case("<invoice><total>5</total></invoice>", .xml, "XML with the root 'invoice'"),
    Case("<?xml version='1.0' encoding='utf-8'?>", .xml, "before its first element"),
    Case("<!-- made by hand -->", .xml, "before its first element"),
    Case("<?xml version='1.0'?><catalogue lang='e", .xml, "inside its first tag, 'catalogue'"),
    Case("<rss version=\"2.", .xml, "a feed that breaks off"),
  ]

  @Test(arguments: texts + json + pages + markup)
  func `what is no feed is named`(document: Case) {
    #expect {
      _ = try parse(document.text)
    } throws: { error in
      guard let error = error as? FeedParsingError else { return false }
      return error.kind == document.kind && error.detail.contains(document.words)
    }
  }

  @Test(
    arguments: [
      ([0x89, 0x50, 0x4E, 0x47, 0x0D], "a PNG image"), ([0xFF, 0xD8, 0xFF, 0xE0], "a JPEG image"),
      (Array("RIFFxxxxWEBPVP8 ".utf8), "a WebP image"),
      (Array("xxxxftypavif".utf8), "an AVIF image"),
      ([0x1F, 0x8B, 0x08], "gzip data"), ([0x28, 0xB5, 0x2F, 0xFD, 0], "zstd data"),
      ([0x50, 0x4B, 0x03, 0x04], "a ZIP archive"), (Array("ID3\u{3}".utf8), "an MP3 file"),
      ([0x7F] + Array("ELF".utf8), "a program"),
      ([UInt8](repeating: 0x61, count: 257) + Array("ustar".utf8), "a tar archive"),
    ] as [([UInt8], String)])
  func `a file is known by its first bytes`(bytes: [UInt8], name: String) {
    #expect {
      _ = try FeedParser.parse(bytes, ParseRequest())
    } throws: { error in
      (error as? FeedParsingError)?.detail.hasPrefix(name) == true
    }
  }

  @Test func `words of a long page about robots make it no challenge`() {
    let article = String(
      repeating: "<p>On the captcha, and why are you a robot is asked.</p>", count: 1000)
    #expect {
      _ = try parse("<html><title>Desk</title>\(article)")
    } throws: { error in
      (error as? FeedParsingError)?.kind == .htmlPage
    }
  }

  @Test func `every cut of a page, of JSON and of foreign XML is refused with a reason`() {
    for document in Self.json.prefix(4) + Self.pages + Self.markup.prefix(4) {
      for length in 0...document.text.utf8.count {
        let text = String(decoding: document.text.utf8.prefix(length), as: UTF8.self)
        #expect {
          _ = try parse(text)
        } throws: { error in
          (error as? FeedParsingError)?.detail.isEmpty == false
        }
      }
    }
  }

  @Test func `a page says which feeds it names`() {
    let error = FeedParsingError(.htmlPage, "an HTML page, not a feed")
    let one = "<link rel=alternate type=application/rss+xml href=/rss>"
    let two = one + "<link rel=alternate type=application/atom+xml href=/atom>"
    let base = "https://news.test/x"
    #expect(error.namingFeeds(of: Array("<a href=/feed>x</a>".utf8), base: base) == error)
    #expect(
      error.namingFeeds(of: Array(one.utf8), base: base).detail
        == "an HTML page, not a feed; it names the feed https://news.test/rss")
    #expect(
      error.namingFeeds(of: Array(two.utf8), base: base).detail.hasSuffix(
        "/rss and 1 more, which discover lists"))
    let other = FeedParsingError(.json, "JSON, not a feed")
    #expect(other.namingFeeds(of: Array(one.utf8), base: base) == other)
  }
}
