import FeedParsing
import Syndication
import Testing

/// Every prefix of one document of each format.
@Suite struct TruncationTests {
  static let documents: [String] = [
    """
    <?xml version="1.0"?><rss version="2.0"><channel><title>Quay</title>
    <item><title>First ferry</title><guid>1</guid><description><![CDATA[<p>On time</p>]]></description></item>
    <item><title>Second ferry</title><guid>2</guid><description>&lt;p&gt;Late&lt;/p&gt;</description></item>
    </channel></rss>
    """,
    """
    <feed xmlns="http://www.w3.org/2005/Atom"><title>Quay</title>
    <entry><title>First ferry</title><id>1</id><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>On time</p></div></content></entry>
    <entry><title>Second ferry</title><id>2</id><summary>Late</summary></entry></feed>
    """,
    """
    <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
    <channel rdf:about="http://quay.example/"><title>Quay</title></channel>
    <item rdf:about="1"><title>First ferry</title></item><item rdf:about="2"><title>Second ferry</title></item></rdf:RDF>
    """,
    """
    {"version":"https://jsonfeed.org/version/1.1","title":"Quay","items":[
    {"id":"1","title":"First ferry","content_text":"On time"},{"id":"2","title":"Second ferry"}]}
    """,
  ]

  static let hidingAnotherFeed = """
    <?note <rss><item><title>Never</title></item></rss> ?>
    <!-- <rss><channel><item><title>Last year's ferry</title></item></channel></rss> -->
    <rss version="2.0"><channel><title>Quay</title><item><title>First ferry</title></item>
    <item><title>Second ferry</title></item></channel></rss>
    """

  @Test(arguments: documents + [hidingAnotherFeed])
  func `a cut document gives only entries that are whole`(document: String) throws {
    let bytes = Array(document.utf8)
    let whole = try FeedParser.parse(bytes, ParseRequest(isWhole: false))
    #expect(whole.isComplete)
    #expect(whole.entries.count == 2)
    for length in bytes.indices {
      guard let feed = try? FeedParser.parse(Array(bytes[..<length]), ParseRequest(isWhole: false))
      else { continue }
      #expect(!feed.isComplete, "cut at \(length)")
      #expect(feed.entries == Array(whole.entries.prefix(feed.entries.count)), "cut at \(length)")
    }
  }

  @Test(arguments: documents)
  func `a whole document that ends early gives its last entry with a defect`(document: String)
    throws
  {
    let bytes = Array(document.utf8)
    var most = 0
    for length in bytes.indices {
      guard let feed = try? FeedParser.parse(Array(bytes[..<length]), ParseRequest()) else {
        continue
      }
      #expect(!feed.isComplete, "ended at \(length)")
      #expect(feed.entries.count >= most, "ended at \(length)")
      most = feed.entries.count
    }
    #expect(most == 2)
  }
}
