import DigestExport
import Foundation
import FoundationXML
import Syndication
import Testing

@Suite struct FeedAndTableFormatsTests {
  @Test func `an Atom entry has what RFC 4287 asks for`() {
    let atom = String(
      decoding: DigestRenderer.render(
        Sample.digest(Sample.cluster(Sample.story(4, outlet: "islands.example"))), as: .atom,
        options: DigestOptions(title: "Harbour <news>", address: "https://digest.example/?a&b")),
      as: UTF8.self)
    #expect(
      atom == """
        <?xml version="1.0" encoding="utf-8"?>
        <feed xmlns="http://www.w3.org/2005/Atom">
          <id>https://digest.example/?a&amp;b</id>
          <title>Harbour &lt;news&gt;</title>
          <updated>2026-11-21T08:00:00.000Z</updated>
          <author><name>aggregator</name></author>
          <link rel="self" href="https://digest.example/?a&amp;b"/>
          <entry>
            <id>tag:aggregator.invalid,2026:cluster/0000000000000004</id>
            <title>Ferry line to the islands reopens</title>
            <published>2026-11-21T07:00:00.000Z</published>
            <updated>2026-11-21T07:00:00.000Z</updated>
            <author><name>Islands</name></author>
            <link rel="alternate" href="https://www.islands.example/4"/>
            <summary>The ferry sails again.</summary>
            <content type="html">&lt;p&gt;The ferry sails again.&lt;/p&gt;
        &lt;p class=&quot;source&quot;&gt;&lt;b&gt;&lt;bdi&gt;Islands&lt;/bdi&gt;&lt;/b&gt; \
        &lt;time datetime=&quot;2026-11-21T07:00:00.000Z&quot;&gt;21 Nov 07:00&lt;/time&gt;&lt;/p&gt;
        </content>
          </entry>
        </feed>

        """)
  }

  @Test func `Atom of hostile texts is well-formed`() {
    let parser = XMLParser(data: Data(DigestRenderer.render(Sample.hostileDigest(), as: .atom)))
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
  }

  @Test func `JSON Feed has an item a cluster and only known members`() throws {
    for digest in [Sample.harbour, Sample.hostileDigest()] {
      let bytes = DigestRenderer.render(digest, as: .jsonfeed)
      let feed = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
      #expect(feed?["version"] as? String == "https://jsonfeed.org/version/1.1")
      let items = feed?["items"] as? [[String: Any]] ?? []
      #expect(items.count == digest.clusters.count)
      let members: Set = [
        "id", "url", "title", "summary", "content_html", "date_published", "date_modified",
        "authors",
      ]
      #expect(items.allSatisfy { members.isSuperset(of: $0.keys) })
    }
  }

  @Test func `a message has ASCII headers and a body that no line of text can end`() {
    let story = Sample.story(
      4, outlet: "islands.example", title: "Größer\r\nBcc: all@example.org",
      text: "From here on = everything\u{301} is better.\nFrom 3 p.m. it rains. ")
    #expect(
      Sample.text(Sample.digest(Sample.cluster(story)), .mbox) == """
        From aggregator@aggregator.invalid Sat Nov 21 07:00:00 2026
        Date: Sat, 21 Nov 2026 07:00:00 +0000
        From: =?utf-8?B?SXNsYW5kcw==?=
         <aggregator@aggregator.invalid>
        Subject: =?utf-8?B?R3LDtsOfZXIgQmNjOiBhbGxAZXhhbXBsZS5vcmc=?=
        Message-ID: <0000000000000004@aggregator.invalid>
        MIME-Version: 1.0
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: quoted-printable

        Gr=C3=B6=C3=9Fer Bcc: all@example.org

        =46rom here on =3D everything=CC=81 is better. From 3 p.m. it rains.

        * Islands, 21 Nov 07:00
          https://www.islands.example/4


        """)
  }

  @Test func `no line of a mailbox is long, foreign or the start of a message by accident`() {
    let digest = Sample.hostileDigest()
    let lines = Sample.text(digest, .mbox).split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.allSatisfy { $0.utf8.count <= 76 && $0.utf8.allSatisfy { 0x20..<0x7F ~= $0 } })
    #expect(lines.count { $0.hasPrefix("From ") } == digest.clusters.count)
  }

  @Test func `a table has a row a report and no formulas`() {
    for digest in [Sample.harbour, Sample.hostileDigest()] {
      let rows = Sample.text(digest, .tsv).split(separator: "\n")
      #expect(rows.count == 1 + digest.clusters.reduce(0) { $0 + $1.members.count })
      #expect(
        rows.allSatisfy { $0.split(separator: "\t", omittingEmptySubsequences: false).count == 11 })
    }
    let formulas = [
      ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"),
      ("\t\u{200B}=1", "'=1"), ("1-1", "1-1"),
    ]
    for (title, cell) in formulas {
      let table = Sample.text(Sample.digest(Sample.cluster(Sample.story(1, title: title))), .tsv)
      #expect(table.contains("\t\(cell)\t"))
    }
  }
}
