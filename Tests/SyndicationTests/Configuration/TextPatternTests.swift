import Syndication
import Testing

@Suite struct TextPatternTests {
  @Test(arguments: [
    ("cat", "concatenate", true), ("cat", "cart", false), ("^cat", "concat", false),
    ("^cat$", "cat", true), ("c.t", "cut", true), ("c.t", "c\nt", false),
    ("a|bc|d", "xbcx", true), ("a(b|c)*d", "abcbcd", true), ("a(b|c)*d", "abxd", false),
    ("a+b?", "b", false), ("a+b?", "ca", true), ("^a{2,3}$", "aaaa", false),
    ("^a{2,3}$", "aaa", true), ("^a{2}$", "aa", true), ("^a{2,}$", "aaaaaa", true),
    ("[a-c]x", "bx", true), ("[^a-c]x", "bx", false), ("[]x]", "]", true), ("[a-]", "-", true),
    ("[\\d.]+%", "12.5%", true), ("\\bfoot\\b", "a foot long", true),
    ("\\bfoot\\b", "football", false), ("\\Boo", "foot", true), ("\\D", "123", false),
    ("\\w+@\\w+", "me@home", true), ("\\s", "a\u{A0}b", true), ("(?:ab)+c", "ababc", true),
    ("Über", "Grand Über Tour", true), ("a\\/b", "a/b", true), ("a\\.b", "axb", false),
    ("x*", "", true), ("^$", "", true), ("^$", "x", false), ("(|a)b", "b", true),
    ("a*?b", "aab", true), ("📰", "old 📰 news", true),
  ])
  func `a pattern is searched for anywhere`(source: String, text: String, isThere: Bool) throws {
    #expect(try TextPattern(source).matches(text) == isThere)
  }

  @Test(arguments: [
    ("SPONSORED", "sponsored post", true), ("über", "ÜBER", true), ("[a-f]{3}", "FED", true),
    ("[A-F]{3}", "fed", true), ("[^a]", "A", false), ("жара", "ЖАРА в Москве", true),
  ])
  func `with the flag i, letters fit in both cases`(
    source: String, text: String, isThere: Bool
  ) throws {
    #expect(try TextPattern(source, ignoringCase: true).matches(text) == isThere)
  }

  @Test(arguments: [
    "", "(", ")", "a)", "[a", "[z-a]", "*a", "a**", "a{", "a{2", "a{3,2}", "a{101}", "a{x}", "\\",
    "\\1", "\\p", "(?=a)", "(?<n>a)", "[\\", "a{99999999999999999999}",
  ])
  func `what is not understood is refused with a reason`(source: String) {
    #expect(throws: TextPattern.Problem.self) { try TextPattern(source) }
  }

  @Test func `patterns that explode, nest or repeat without end are refused`() {
    let nested = String(repeating: "(", count: 40) + "a" + String(repeating: ")", count: 40)
    let deepest = String(repeating: "(", count: 100_000)
    for source in ["((a{100}){100}){100}", "((()){100}){100}", nested, deepest] {
      #expect(throws: TextPattern.Problem.self) { try TextPattern(source) }
    }
  }

  @Test(arguments: ["(a+)+b", "(a|a)*b", "(a*)*b", "(.*)*x", "a{0,100}a{100}b"])
  func `patterns on which backtracking takes exponential time end`(source: String) throws {
    let text = String(repeating: "a", count: 2000)
    #expect(try !TextPattern(source).matches(text))
    #expect(try TextPattern("(a*)*$").matches(text))
  }

  @Test func `the search ends at its limit`() throws {
    let filler = String(repeating: "-", count: TextPattern.scalarLimit)
    #expect(try !TextPattern("x").matches(filler + "x"))
    #expect(try TextPattern("x").matches(filler.dropLast() + "x"))
  }
}
