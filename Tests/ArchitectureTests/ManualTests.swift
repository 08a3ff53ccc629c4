import Testing

@Suite struct ManualTests {
  @Test func `every command stands in the manual`() throws {
    let sources = try SourceFile.all(below: "Sources/aggregator")
    let commands = sources.flatMap(\.lines)
      .compactMap { $0.firstMatch(of: /commandName: "(\w+)",/)?.1 }
      .filter { $0 != "aggregator" }
    #expect(Set(commands).isSuperset(of: ["run", "fetch", "export", "check", "verify"]))
    let manual = try #require(SourceFile(at: "Documentation/aggregator.1"))
    #expect(commands.filter { !manual.mentions("\n.It Cm \($0)\n") } == [])
    let synopsis = manual.lines.drop { $0 != ".Sh SYNOPSIS" }.prefix { $0 != ".Sh DESCRIPTION" }
      .filter { $0.hasPrefix(".Cm ") }
    let words = Set(synopsis.flatMap { $0.split(separator: " ") })
    #expect(commands.filter { !words.contains($0) } == [])
  }

  @Test func `every option stands in the manual`() throws {
    let options = try SourceFile.all(below: "Sources/aggregator").flatMap { source in
      let code = source.lines.joined(separator: "\n")
      return code.matches(of: /@(?:Option|Flag)\b[^@]*?\n?\s*var (\w+)/).map { $0.1.hyphenated }
    }
    #expect(Set(options).isSuperset(of: ["config", "dry-run", "output", "read-data", "verbose"]))
    let manual = try #require(SourceFile(at: "Documentation/aggregator.1"))
    let missing = options.filter {
      !manual.mentions("Fl -\($0)") && !manual.mentions("Fl -no-\($0)")
    }
    #expect(missing == [])
  }

  @Test func `every key of feeds_conf stands in the shipped file and in its manual`() throws {
    let sources = try SourceFile.all(below: "Sources/Syndication/Configuration")
    let keys = sources.flatMap { source in
      ["Directive", "Setting", "Key", "Field", "Scope"].flatMap {
        source.cases(of: "enum \($0): String")
      }
    }
    #expect(
      Set(keys).isSuperset(of: [
        "include", "user-agent", "allow-private", "title", "category", "url",
      ]))
    for page in ["feeds.conf", "Documentation/feeds.conf.5"] {
      let manual = try #require(SourceFile(at: page))
      #expect(keys.filter { !manual.mentions($0) } == [], "\(page)")
    }
  }
}

extension Substring {
  /// `dryRun` as `dry-run`, the way options are written.
  fileprivate var hyphenated: String {
    map { $0.isUppercase ? "-\($0.lowercased())" : String($0) }.joined()
  }
}

extension SourceFile {
  /// The raw values of the enumerations whose line contains `declaration`.
  func cases(of declaration: String) -> [String] {
    var isInside = false
    return lines.compactMap { line in
      if line.contains(declaration) { isInside = true }
      if line.allSatisfy({ $0 == " " || $0 == "}" }) { isInside = false }
      guard isInside, let found = line.firstMatch(of: /case (\w+)(?: = "(.+)")?$/) else {
        return nil
      }
      return String(found.2 ?? found.1)
    }
  }
}
