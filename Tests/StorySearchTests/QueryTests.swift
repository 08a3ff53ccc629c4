import Syndication
import Testing

@testable import StorySearch

/// What a query means, and what is said of one that means nothing.
@Suite struct QueryTests {
  private static let ferry = Sample.story(
    0, title: "Ferry sinks at Kettle Quay",
    text: "The old ferry sank.\nNobody was hurt, said the harbour master. Don’t ask. 1,200 people.",
    language: "en-GB")
  private static let vote = Sample.story(
    1, title: "Council votes", text: "The vote on the ferry timetable is due.")
  private static let quake = Sample.story(2, title: "東京都の地震", text: "タイで", language: "ja")
  private static let summer = Sample.story(
    3, title: "L’été à Zürich", text: "Straße, STRASSE, ΑΘΗΝΑ, Ёлка; สวัสดี")

  @Test(arguments: [
    ("ferry", [0, 1]), ("FERRY", [0, 1]), ("fèrry", [0, 1]), ("ferry sank", [0]),
    ("ferry -sank", [1]), ("ferry NOT sank", [1]), ("-ferry", [2, 3]), ("ferry AND vote", [1]),
    ("sank OR vote", [0, 1]), ("quay sank OR vote due", [0, 1]), ("ferry (quay OR nothing)", [0]),
    ("-(sank OR vote)", [2, 3]), ("--ferry", [0, 1]),
    ("\"ferry sank\"", [0]), ("\"sank ferry\"", []), ("\"sank nobody\"", [0]),
    ("\"quay the\"", []), ("“ferry timetable”", [1]), ("ferry-timetable", [1]),
    ("\"the ferry time\"*", [1]),
    ("kett*", [0]), ("ettle*", []), ("k*", [0]), ("don't", [0]), ("don’t", [0]), ("dont", []),
    ("1200", [0]), ("1,200", [0]), ("12*", [0]), ("200", []),
    ("title:ferry", [0]), ("text:ferry", [0, 1]), ("title:\"council votes\"", [1]),
    ("-title:ferry ferry", [1]), ("title:counc*", [1]),
    ("lang:en", [0]), ("lang:EN-gb", [0]), ("lang:e", []), ("lang:ja", [2]),
    ("-lang:ja", [0, 1, 3]),
    ("feed:HERALD", [0, 1, 2, 3]), ("feed:\"the herald\"", [0, 1, 2, 3]), ("feed:times", []),
    ("ete zurich", [3]), ("strasse", [3]), ("αθηνα", [3]), ("елка", [3]), ("สวัส", [3]),
    ("ส", [3]), ("東京", [2]), ("東京都", [2]), ("京都", [2]), ("東", [2]), ("震", [2]), ("都東", []),
    ("東都", []), ("\"都の地\"", [2]), ("タイ", [2]),
    ("tag:city", []), ("or", []), ("12:30", []), ("https://example.org/", []),
  ])
  func `a query means`(query: String, expected: [UInt32]) throws {
    let stories = [Self.ferry, Self.vote, Self.quake, Self.summer]
    #expect(try Sample.matches(query, stories) == expected)
    let bytes = Sample.index(stories)
    #expect(Set(try Sample.candidates(query, in: bytes)).isSuperset(of: expected))
    let small = Sample.index(stories, wanted: try SearchQuery(query).wantedTerms)
    #expect(Set(try Sample.candidates(query, in: small)).isSuperset(of: expected))
  }

  @Test(arguments: [
    ("", "1: something to look for is missing"), ("   ", "4: something to look for is missing"),
    ("ferry (quay", "7: this parenthesis is not closed"),
    ("ferry)", "6: no parenthesis is open here"),
    ("()", "2: something to look for is missing"),
    ("OR ferry", "1: something to look for is missing"),
    ("ferry OR", "9: something to look for is missing"),
    ("-", "2: something to look for is missing"),
    ("a \"b c", "3: this quotation mark is not closed"),
    ("a & b", "3: no letter or digit to look for: &"),
    (
      "nme:x", "1: no field is called nme: there are title, text, author, category, feed, tag, lang"
    ),
    ("x title:", "8: nothing follows title:"), ("feed:\"\"", "6: nothing follows feed:"),
    ("fe*ry", "3: an asterisk ends a word"), ("*", "1: no letter or digit to look for: "),
    ("ferry AND AND quay", "11: something to look for is missing"),
  ])
  func `a query that means nothing is refused, with the column`(query: String, expected: String) {
    #expect(throws: QueryProblem.self) { try SearchQuery(query) }
    do throws(QueryProblem) {
      _ = try SearchQuery(query)
    } catch {
      #expect("\(error)" == "query:\(expected)")
    }
  }

  @Test(arguments: [
    String(repeating: "(", count: 100_000), String(repeating: "-", count: 4000) + "a",
    String(repeating: "a ", count: 200_000), String(repeating: "a-", count: 2000),
    (0..<100).map { "w\($0)" }.joined(separator: " "),
  ])
  func `a query of any size is an answer or a problem`(query: String) {
    #expect(throws: QueryProblem.self) { try SearchQuery(query) }
  }

  @Test func `what any bytes of a query make is a query or a problem`() {
    let alphabet = ["a", "\"", "(", ")", "-", "*", ":", " ", "OR", "title", "東", "é", "\u{0}"]
    var texts = [""]
    for _ in 0..<4 {
      texts = texts.flatMap { text in alphabet.map { text + $0 } }
      for text in texts {
        guard let query = try? SearchQuery(text) else { continue }
        #expect(!query.conditions.isEmpty)
      }
    }
  }

  @Test func `tags are those feeds that the caller says`() throws {
    var query = try SearchQuery("ferry tag:city")
    #expect(query.tags == ["city"])
    query.resolveTags { $0 == "city" ? [Self.ferry.feed] : [] }
    #expect(StoryMatcher(query).matches(Self.ferry))
    query.resolveTags { _ in ["https://other.example/"] }
    #expect(!StoryMatcher(query).matches(Self.ferry))
  }

  @Test func `a field and a feed may be required of the whole query`() throws {
    var query = try SearchQuery("ferry OR council", field: .title)
    #expect(StoryMatcher(query).matches(Self.ferry) && StoryMatcher(query).matches(Self.vote))
    query.require(feed: "Times")
    #expect(!StoryMatcher(query).matches(Self.ferry) && !StoryMatcher(query).matches(Self.vote))
    let text = try SearchQuery("timetable", field: .title)
    #expect(!StoryMatcher(text).matches(Self.vote))
  }

  @Test func `places are where the words stand, in bytes`() throws {
    let text = "Die Fähre, die FÄHRE; fähren. 東京都"
    let matcher = StoryMatcher(try SearchQuery("fahre -fahren \"京都\" title:die"))
    let places = matcher.places(in: text, .text)
    let found = places.map { String(decoding: Array(text.utf8)[$0], as: UTF8.self) }
    #expect(found == ["Fähre", "FÄHRE", "京都"])
    #expect(matcher.places(in: text, .title).count == 5)
  }
}
