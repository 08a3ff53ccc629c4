import Syndication
import Testing

@Suite struct LoginsTests {
  private func logins(_ text: String) throws -> Logins {
    try Logins(reading: Array(text.utf8), file: "logins")
  }

  @Test func `logins are found by host, by port before any port`() throws {
    let logins = try logins(
      """
      # who we are
      machine News.Example.org. login anna password s3cret
      machine api.example.org
        bearer 0123
      machine api.example.org:8443 bearer 8443
      machine old.example.org login "anna b" password "p\\"q\\\\r #" scheme digest account none
      machine [::1] login a password b scheme basic
      """)
    let cases: [(String, Int, Credentials?)] = [
      ("news.example.org", 443, .basic(user: "anna", password: "s3cret")),
      ("NEWS.example.org.", 80, .basic(user: "anna", password: "s3cret")),
      ("api.example.org", 443, .bearer(token: "0123")),
      ("api.example.org", 8443, .bearer(token: "8443")),
      ("old.example.org", 80, .digest(user: "anna b", password: "p\"q\\r #")),
      ("[::1]", 80, .basic(user: "a", password: "b")),
      ("example.org", 443, nil), ("www.news.example.org", 443, nil), ("", 0, nil),
    ]
    for (host, port, credentials) in cases {
      #expect(logins.credentials(host: host, port: port) == credentials, "\(host):\(port)")
    }
  }

  @Test(arguments: [
    ("machine", "logins:1:1: the value of machine is missing"),
    ("login a", "logins:1:1: an unknown word"),
    ("default login a password b", "logins:1:1: default would send one password"),
    ("macdef x", "logins:1:1: macros"),
    ("machine a\n  login b", "logins:2:1: a needs login and password"),
    ("machine a bearer t scheme digest", "logins:1:1: a needs"),
    ("machine a login b password c scheme ntlm", "logins:1:1: a needs"),
    ("machine a login b login c", "logins:1:1: login stands twice for a"),
    ("machine a bearer 1\nmachine A bearer 2", "logins:2:1: a stands here a second time"),
    ("machine a/b bearer 1", "logins:1:1: no host name"),
    ("machine a:0 bearer 1", "logins:1:1: no host name"),
    ("machine a login b password s3cret word", "logins:1:1: an unknown word"),
    ("machine a login b password \"s3cret", "logins:1:1: a quotation mark"),
    ("machine a bearer \"s3\\cret\"", "logins:1:1: an unknown escape"),
    ("machine a bearer s3cret\u{1}", "logins:1:1: a control character"),
  ])
  func `what is wrong is named by its line and without a secret`(text: String, problem: String) {
    let found = #expect(throws: ConfigurationProblem.self) { try logins(text) }
    #expect(found?.description.hasPrefix(problem) == true, "\(found?.description ?? "")")
    #expect(found?.description.contains("s3c") == false)
  }

  @Test func `no description shows a secret`() throws {
    let logins = try logins("machine a login anna password s3cret")
    var configuration = FeedsConfiguration()
    configuration.logins = logins
    for text in [
      "\(logins)", String(reflecting: logins), "\(configuration)",
      String(reflecting: configuration), "\(configuration.network)",
    ] {
      #expect(!text.contains("s3cret"))
    }
  }

  @Test func `no prefix and no damaged byte crashes the reader`() {
    let text = Array("machine a.b:80 login \"c\\\"\" password d\n#x\nmachine e bearer f".utf8)
    var readCount = 0
    for length in text.indices {
      if (try? Logins(reading: Array(text.prefix(length)), file: "")) != nil { readCount += 1 }
      var damaged = text
      damaged[length] ^= 0x80
      _ = try? Logins(reading: damaged, file: "")
    }
    #expect(readCount > 0)
  }
}
