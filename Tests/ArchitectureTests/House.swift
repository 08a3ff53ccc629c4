/// The rules of ARCHITECTURE.md, as tables.
enum House {
  /// What each target may import beyond the standard library. A target without a row is a breach, so
  /// that a new one is thought about here and in ARCHITECTURE.md.
  static let mayImport: [String: Set<String>] = {
    let foundation: Set = ["FoundationEssentials", "Glibc", "Synchronization"]
    let stages: Set = [
      "Checksums", "Syndication", "FeedFetching", "FeedParsing", "StoryGrouping", "StoryArchive",
      "StorySearch", "DigestExport",
    ]
    let rows: [String: Set<String>] = [
      "Checksums": ["CLibcrypto"],
      "DomainNames": ["CLibpsl"],
      "Syndication": ["Checksums"],
      "FeedFetching": ["Syndication", "CLibcurl", "CContentDecoding"],
      "FeedParsing": ["Syndication", "CLibxml2"],
      "EntryImport": ["FeedParsing", "Syndication"],
      "StoryGrouping": ["Syndication", "CRarityTable"],
      "StorySearch": ["Checksums", "CRarityTable", "Syndication"],
      "StoryArchive": ["Checksums", "CContentDecoding", "Syndication", "SystemPackage"],
      "DigestExport": ["Checksums", "Syndication"],
      "Aggregation": stages.union(["DomainNames", "SystemPackage"]),
      "AggregatorDaemon": stages.union([
        "Aggregation", "CAllocator", "Dispatch", "Logging", "SystemPackage",
      ]),
      "LoopbackServer": ["CLibssl"],
      "Etiquette": ["LoopbackServer", "Syndication"],
      "aggregator": stages.union([
        "Aggregation", "AggregatorDaemon", "ArgumentParser", "EntryImport", "Etiquette",
        "Logging", "SystemPackage",
      ]),
    ]
    return rows.mapValues { $0.union(foundation) }
  }()

  /// The rules for `Sources/`.
  static let fences: [Fence] = [
    .door("Dispatch", rule: "Dispatch lives in AggregatorDaemon only") {
      $0.target == "AggregatorDaemon"
    },
    .door(
      "CLibcurl", rule: "libcurl lives in FeedFetching/Curl*.swift only", isInside: isCurlFence),
    .door("CLibxml2", rule: "libxml2 lives in FeedParsing/Markup*.swift only") {
      $0.target == "FeedParsing" && $0.name.hasPrefix("Markup")
    },
    .door(
      "CContentDecoding",
      rule: "zlib, Brotli and Zstandard live in two files: of FeedFetching and of StoryArchive"
    ) {
      ["DecodingStreams.swift", "GzipCodec.swift"].contains($0.name)
    },
    .door("CLibcrypto", rule: "libcrypto lives in Checksums only") { $0.target == "Checksums" },
    .door("CLibssl", rule: "libssl lives in LoopbackServer/TLS*.swift only") {
      $0.target == "LoopbackServer" && $0.name.hasPrefix("TLS")
    },
    .door("CLibpsl", rule: "libpsl lives in DomainNames only") { $0.target == "DomainNames" },
    .ban(["dlopen("], rule: "SQLite is opened in EntryImport/SQLiteLibrary.swift only") {
      $0.name == "SQLiteLibrary.swift"
    },
    .door("Foundation", rule: "FoundationEssentials at most: ICU costs 40 MB") { _ in false },
    Fence(rule: "not in the target's row of the dependency table") { file in
      guard let allowed = mayImport[file.target] else { return [(1, "target \(file.target)")] }
      return file.imports.filter { !allowed.contains($0.module) }
        .map { ($0.line, "import \($0.module)") }
    },
    .ban(
      ["@unchecked Sendable"], rule: "an actor or a checked executor does it without a promise"),
    .ban(["try!"], rule: "an error is handled or thrown"),
    .ban(
      [
        ".random(", "SystemRandomNumberGenerator", ".shuffled()", ".randomElement()", "UUID()",
        "Hasher()", ".hashValue", "arc4random", "getrandom", "drand48",
      ], rule: "no randomness and no per-process hashes: the same input gives the same archive"),
    machinePaths,
  ]

  /// What reads the clock. A Dispatch deadline (`DispatchTime.now() + delay`) only arms a timer, and
  /// the door of Dispatch is fenced. The libcurl fence measures how long a transfer has been silent,
  /// on a clock that cannot tell the time.
  static let clocks: [Fence] = [
    .ban(
      [
        "Date()", "Date.now", "Date(timeIntervalSinceNow", "clock_gettime", "gettimeofday",
        "time(nil)", "DispatchWallTime.now",
      ], rule: "the clock is read in one file; everything else is told the time"),
    .ban(
      ["ContinuousClock", "SuspendingClock"], rule: "time is measured where the clock is read",
      isInside: isCurlFence),
  ]

  @Sendable private static func isCurlFence(_ file: SourceFile) -> Bool {
    file.target == "FeedFetching" && file.name.hasPrefix("Curl")
  }

  /// For every text of the repository: it has to be at home on any machine. The paths are put
  /// together here lest this file breaks its own rule.
  static let machinePaths = Fence.silence(
    ["work", "root", "home"].map { "/" + $0 + "/" }, rule: "no path of somebody's machine")
}
