import Foundation
import Testing

@Suite struct OPMLTests {
  private let program: Program

  init() throws {
    program = try Program()
    try program.file(
      "feeds.conf",
      "# mine\r\nset storage archive\r\n[News]\r\nhttps://a.example/rss  title=A  # best\r\n\r\n[Old]\r\n"
    )
  }

  private static let list = """
    <opml version="2.0"><body><outline text="News">
    <outline text="Again" xmlUrl="https://A.example:443/rss"/>
    <outline text="Sea &amp; more" xmlUrl="https://sea.example/?a=1&amp;b=2"/></outline>
    <outline text="New ] group"><outline text="N" xmlUrl="http://n.example/"/></outline>
    <outline text="Bad" xmlUrl="exec:touch ran"/><outline text="Pipe" xmlUrl="|touch ran"/>
    <outline text="Secret" xmlUrl="https://me:hunter2@x.example/"/>
    <outline text="Free" xmlUrl="https://free.example/"/></body></opml>
    """

  @Test func `new feeds join their groups, known ones stay, commands are named and not run`() throws
  {
    defer { program.remove() }
    try program.file("list.opml", Self.list)
    let run = try program.run("opml", "import", "list.opml")
    #expect(run.status == 65)
    #expect(run.output == "./feeds.conf: 3 feeds added, 1 known\n")
    #expect(run.errors.split(separator: "\n").count == 3, "\(run.errors)")
    #expect(!run.errors.contains("hunter2"))
    let text = try String(contentsOfFile: program.folder + "/feeds.conf", encoding: .utf8)
    #expect(
      text == """
        # mine\r
        set storage archive\r
        https://free.example/ title=Free\r
        [News]\r
        https://a.example/rss  title=A  # best\r
        https://sea.example/?a=1&b=2 title="Sea & more"\r
        \r
        [Old]\r
        \r
        [New  group]\r
        http://n.example/ title=N\r

        """)
    let again = try program.run("opml", "import", "--quiet", "list.opml")
    #expect(again.output == "")
    #expect(try String(contentsOfFile: program.folder + "/feeds.conf", encoding: .utf8) == text)
    #expect(!FileManager.default.fileExists(atPath: program.folder + "/ran"))
  }

  @Test func `what is exported is a list that another feeds conf takes in`() throws {
    defer { program.remove() }
    let list = try program.run("opml", "export").output
    #expect(list.contains(#"xmlUrl="https://a.example/rss""#))
    try program.file("other.conf", "")
    let run = try program.run("opml", "import", "--config", "other.conf", input: list)
    #expect(run.status == 0, "\(run.errors)")
    #expect(
      try String(contentsOfFile: program.folder + "/other.conf", encoding: .utf8)
        == "[News]\nhttps://a.example/rss title=A\n")
  }

  @Test func `feeds conf becomes a list and the list that feeds conf again, to the byte`() throws {
    defer { program.remove() }
    let text = """
      https://bare.example/rss
      https://tagged.example/ tags=sea,north/coast,/path

      [World & Sea]
      https://a.example/?x=1&y=2 title="Tom &amp; \\"Jerry\\"" tags=world,politics
      https://b.example/ tags=world

      """
    try program.file("feeds.conf", text)
    let list = try program.run("opml", "export").output
    let run = try program.run("opml", "import", "--config", "other.conf", input: list)
    #expect(run.status == 0, "\(run.errors)")
    #expect(try String(contentsOfFile: program.folder + "/other.conf", encoding: .utf8) == text)
  }

  @Test(
    arguments: [
      ("feed://b.example/rss", "http://b.example/rss"),
      ("FEED:https://b.example/rss", "https://b.example/rss"),
      ("feed://https://b.example/rss", "https://b.example/rss"),
    ])
  func `an address with the scheme feed is the one of the web`(listed: String, written: String)
    throws
  {
    defer { program.remove() }
    let list = #"<opml><outline text="B" xmlUrl="\#(listed)"/></opml>"#
    let run = try program.run("opml", "import", "--config", "other.conf", input: list)
    #expect(run.status == 0, "\(run.errors)")
    #expect(
      try String(contentsOfFile: program.folder + "/other.conf", encoding: .utf8)
        == "\(written) title=B\n")
  }

  @Test func `a feed that is followed with https is known by its address with the scheme feed`()
    throws
  {
    defer { program.remove() }
    let list = #"<opml><outline text="B" xmlUrl="feed://a.example/rss"/></opml>"#
    let run = try program.run("opml", "import", input: list)
    #expect(run.output == "./feeds.conf: 0 feeds added, 1 known\n", "\(run.errors)")
  }

  @Test func `of folders in folders the inner one is the group and the others are tags`() throws {
    defer { program.remove() }
    let list = """
      <opml><outline text="All of it"><outline text="World"><outline text="Sea">
      <outline text="A" xmlUrl="https://a.example/" category="ferry,World"/></outline></outline></outline></opml>
      """
    let run = try program.run("opml", "import", "--config", "other.conf", input: list)
    #expect(run.status == 0, "\(run.errors)")
    #expect(
      try String(contentsOfFile: program.folder + "/other.conf", encoding: .utf8)
        == "[Sea]\nhttps://a.example/ title=A tags=All-of-it,World,ferry\n")
  }

  @Test func `where there is no feeds conf one is begun`() throws {
    defer { program.remove() }
    try FileManager.default.removeItem(atPath: program.folder + "/feeds.conf")
    let list = #"<opml><body><outline text="A" xmlUrl="https://a.example/"/></body></opml>"#
    let run = try program.run("opml", "import", input: list)
    #expect(run.status == 0, "\(run.errors)")
    #expect(
      try String(contentsOfFile: program.folder + "/feeds.conf", encoding: .utf8)
        == "https://a.example/ title=A\n")
  }

  @Test func `a rehearsal prints what feeds conf would be`() throws {
    defer { program.remove() }
    let before = try String(contentsOfFile: program.folder + "/feeds.conf", encoding: .utf8)
    let run = try program.run("opml", "import", "-n", input: Self.list)
    #expect(run.output.contains("https://sea.example/?a=1&b=2"))
    #expect(try String(contentsOfFile: program.folder + "/feeds.conf", encoding: .utf8) == before)
  }

  @Test func `what is no list leaves feeds conf alone`() throws {
    defer { program.remove() }
    let run = try program.run("opml", "import", input: "<rss/>")
    #expect(run.status == 65)
    #expect(run.errors == "aggregator: standard input: no OPML list of feeds\n")
  }
}
