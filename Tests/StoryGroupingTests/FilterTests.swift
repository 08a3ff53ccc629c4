import Testing

@testable import StoryGrouping

@Suite struct FilterTests {
  @Test func `group answers a line a document with the lead's id`() throws {
    var filter = GroupFilter()
    for line in [
      #"{"id":"a","title":"Ferry aground off Kelmora","text":"The Sankt Birgit struck Gull Skerry."}"#,
      #"{"id":"b","title":"Kelmora: Sankt Birgit strikes Gull Skerry","text":"","published":"2026-10-11"}"#,
      #"{"id":"c","title":"Ferry aground off Kelmora","text":"The Sankt Birgit struck Gull Skerry."}"#,
    ] { try filter.read(line: line.utf8) }
    let answers = filter.answers()
    #expect(answers.count == 3)
    #expect(answers[0].hasPrefix(#"{"cluster":"a","id":"a","similarity":0"#))
    #expect(answers[1].hasPrefix(#"{"cluster":"a","id":"b","similarity":0."#))
    #expect(answers[2] == #"{"cluster":"a","duplicate":"a","id":"c","similarity":1}"#)
  }

  @Test func `group lets go of clusters that the last documents did not join, but for copies`()
    throws
  {
    let first =
      #"{"id":"a","title":"","text":"The car ferry Sankt Birgit ran onto Gull Skerry outside the port of Kelmora early on Tuesday with two hundred and forty people aboard, who were all taken off by lifeboat, the coastguard said."}"#
    let report =
      #"{"id":"c","title":"","text":"Lifeboats of the coastguard rescued everyone from the ferry Sankt Birgit, aground on Gull Skerry near Kelmora."}"#
    func clusters(openLimit: Int) throws -> [String] {
      var filter = GroupFilter(openLimit: openLimit)
      try filter.read(line: first.utf8)
      for number in 0..<40 {
        try filter.read(
          line: #"{"id":"x\#(number)","title":"Noon \#(number * 7919)","text":""}"#.utf8)
      }
      try filter.read(line: report.utf8)
      try filter.read(line: first.replacing(#""id":"a""#, with: #""id":"d""#).utf8)
      return filter.answers().suffix(2).map { String($0.prefix(14)) }
    }
    #expect(try clusters(openLimit: 1000) == [#"{"cluster":"a""#, #"{"cluster":"a""#])
    #expect(try clusters(openLimit: 16) == [#"{"cluster":"c""#, #"{"cluster":"a""#])
  }

  @Test func `compare answers with similarity, verdict and relation`() throws {
    let same = #"{"id":"a","title":"Quake of 5.8 shakes Tarvan","text":""}"#
    let other = #"{"id":"b","title":"Penhallow quits in Linden Bridge affair","text":""}"#
    #expect(
      try CompareFilter.answer(line: #"{"a":\#(same),"b":\#(same)}"#.utf8)
        == #"{"relation":"duplicate","same":true,"similarity":1}"#)
    let apart = try CompareFilter.answer(line: #"{"a":\#(same),"b":\#(other)}"#.utf8)
    #expect(apart.hasPrefix(#"{"relation":"different","same":false,"similarity":0"#))
  }

  @Test(arguments: [
    ("", "line 1: not JSON"), ("[", "line 1: not JSON"), ("[]", "line 1: not a JSON object"),
    (#"{"title":"x"}"#, "line 1: no id"),
    (#"{"id":7}"#, "line 1: id: not of the type it should be"),
    (
      #"{"id":"a","published":"yesterday"}"#,
      "line 1: published: not a date and time: yesterday"
    ),
  ])
  func `a line that cannot be read is named with its problem`(line: String, message: String) {
    var filter = GroupFilter()
    #expect {
      try filter.read(line: line.utf8)
    } throws: { error in
      "\(error)" == message
    }
  }

  @Test func `group refuses a second document of one id, and goes on as if it had not come`() throws
  {
    var filter = GroupFilter()
    try filter.read(line: #"{"id":"a","title":"Ferry aground off Kelmora"}"#.utf8)
    #expect {
      try filter.read(line: #"{"id":"a","title":"Bees halt trains"}"#.utf8)
    } throws: { error in
      "\(error)" == "line 2: id: an earlier document has the same: a"
    }
    try filter.read(line: #"{"id":"b","title":"Ferry aground off Kelmora"}"#.utf8)
    #expect(
      filter.answers().map { $0.prefix(22) } == [
        #"{"cluster":"a","id":"a"#, #"{"cluster":"a","duplic"#,
      ])
  }

  @Test func `ids are one when their bytes are`() throws {
    var filter = GroupFilter()
    for id in ["caf\u{E9}", "cafe\u{301}", "Caf\u{E9}", ""] {
      try filter.read(line: #"{"id":"\#(id)","title":"Noon"}"#.utf8)
    }
    #expect(filter.answers().count == 4)
    #expect(throws: GroupingError.self) {
      try filter.read(line: #"{"id":"","title":"Noon"}"#.utf8)
    }
  }

  @Test func `each of many ids is known again`() {
    var ids = DocumentIDs()
    let first = (0..<5000).map { ids.insert("document \($0)") }
    let second = (0..<5000).map { ids.insert("document \($0)") }
    #expect(first.allSatisfy { $0 })
    #expect(!second.contains(true))
    #expect(ids.all.count == 5000)
    #expect(ids.all.last == "document 4999")
  }

  @Test func `an explanation names the shared words and what argues against`() {
    let documents = InventedNews.documents()
    let same = Grouper.explain(documents[0], documents[1])
    #expect(same.relation == .sameEvent)
    #expect(same.shared.contains { $0.words == "Birgit" })
    #expect(same.description.hasPrefix("Both report one event: similarity 0."))
    let apart = Grouper.explain(documents[0], documents[3])
    #expect(apart.relation == .different)
    #expect(!apart.against.isEmpty)
    #expect(same.inOneCluster.hasPrefix("the same event (similarity 0."))
    #expect(same.inOneCluster.contains("both tell of “") && same.inOneCluster.contains("“Birgit”"))
    #expect(apart.inOneCluster.hasPrefix("by themselves two stories, joined by what the cluster"))
    #expect(apart.inOneCluster.contains("; against it: \(apart.against[0])"))
  }

  @Test func `an explanation remarks where the archive holds otherwise than it`() {
    let documents = InventedNews.documents()
    let same = Grouper.explain(documents[0], documents[1])
    let apart = Grouper.explain(documents[0], documents[3])
    #expect(same.remark(isOneCluster: true) == nil)
    #expect(apart.remark(isOneCluster: false) == nil)
    #expect(same.remark(isOneCluster: false)?.hasPrefix("They stand in two clusters") == true)
    #expect(apart.remark(isOneCluster: true)?.hasPrefix("They stand in one cluster") == true)
  }
}
