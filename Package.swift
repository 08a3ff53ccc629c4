// swift-tools-version: 6.2

import PackageDescription

/// Every own target is held to the same rules; the C targets and the dependencies keep their own.
let house: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// For targets that are large and seldom hot: the deployable program is to stay small.
let compact = house + [.unsafeFlags(["-Osize"], .when(configuration: .release))]

/// What keeps the deployable program small. lld folds equal functions and packs relocations; the
/// script leaves out the tables for C++ exceptions, which no Swift frame takes part in (backtraces
/// follow frame pointers).
let slimming: [LinkerSetting] = [
  .unsafeFlags(
    [
      "-use-ld=lld", "-Xlinker", "--icf=all", "-Xlinker", "-O2",
      "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs", "-Xlinker", "--no-eh-frame-hdr",
      "-Xlinker", "--no-export-dynamic",
      "-Xlinker", "-T", "-Xlinker", Context.packageDirectory + "/Sources/aggregator/release.ld",
    ], .when(configuration: .release))
]

let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

let package = Package(
  name: "aggregator",
  products: [
    .executable(name: "aggregator", targets: ["aggregator"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
  ],
  targets: [
    .systemLibrary(
      name: "CLibcurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(
      name: "CLibxml2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
    .systemLibrary(
      name: "CContentDecoding", providers: [.apt(["zlib1g-dev", "libbrotli-dev", "libzstd-dev"])]),
    .systemLibrary(
      name: "CLibcrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CLibssl", pkgConfig: "libssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CAllocator"),
    .systemLibrary(name: "CLibpsl", pkgConfig: "libpsl", providers: [.apt(["libpsl-dev"])]),

    .target(name: "Checksums", dependencies: ["CLibcrypto"], swiftSettings: house),
    .target(name: "DomainNames", dependencies: ["CLibpsl"], swiftSettings: house),
    .target(name: "Syndication", dependencies: ["Checksums"], swiftSettings: compact),
    .target(
      name: "FeedFetching", dependencies: ["Syndication", "CLibcurl", "CContentDecoding"],
      swiftSettings: compact),
    .target(
      name: "FeedParsing", dependencies: ["Syndication", "CLibxml2"], swiftSettings: house),
    .target(
      name: "CRarityTable",
      exclude: [
        "ATTRIBUTION.md", "countries.bin", "dates.bin", "folding.bin", "meaning.bin", "rarity.bin",
      ]),
    .target(
      name: "StoryGrouping", dependencies: ["Syndication", "CRarityTable"], swiftSettings: house),
    .executableTarget(
      name: "grouping-benchmark", dependencies: ["StoryGrouping", "Syndication", "TestNumbers"],
      path: "Benchmarks/grouping",
      exclude: [
        "README.md", "build-dates.py", "build-meanings.py", "build-tables.py", "compare",
        "draw-misjudged", "fit-likeness.py", "fit-weights.py", "floor.c",
      ],
      swiftSettings: house),
    .target(
      name: "StoryArchive",
      dependencies: ["Checksums", "CContentDecoding", "Syndication", system],
      swiftSettings: house),
    .target(
      name: "StorySearch", dependencies: ["Checksums", "CRarityTable", "Syndication"],
      swiftSettings: house),
    .executableTarget(
      name: "archive-benchmark", dependencies: ["StoryArchive", "Syndication"],
      path: "Benchmarks/archive", exclude: ["README.md", "compare", "rivals.c", "rivals.py"],
      swiftSettings: house),
    .executableTarget(
      name: "archive-driver", dependencies: ["StoryArchive", "Syndication"],
      path: "Tests/ArchiveFaults/driver", swiftSettings: house),
    .target(
      name: "EntryImport", dependencies: ["FeedParsing", "Syndication"], swiftSettings: compact),
    .target(
      name: "DigestExport", dependencies: ["Checksums", "Syndication"], swiftSettings: compact),
    .executableTarget(
      name: "fetch-benchmark", dependencies: ["FeedFetching", "Syndication"],
      path: "Benchmarks/fetch",
      exclude: [
        "README.md", "compare", "cost.c", "floor.c", "generate-feeds", "hanging", "servers.py",
        "tarpit.c",
      ],
      swiftSettings: house),
    .executableTarget(
      name: "parse-benchmark", dependencies: ["FeedParsing", "Syndication"],
      path: "Benchmarks/parse",
      exclude: ["README.md", "compare", "floor.c", "generate-corpus", "python-rounds"],
      swiftSettings: house),
    .target(
      name: "Aggregation",
      dependencies: [
        "Syndication", "FeedFetching", "FeedParsing", "StoryGrouping", "StoryArchive",
        "StorySearch", "DigestExport", "DomainNames",
      ],
      swiftSettings: compact),
    .executableTarget(
      name: "schedule-benchmark",
      dependencies: ["Aggregation", "FeedFetching", "Syndication", "TestNumbers"],
      path: "Benchmarks/schedule", exclude: ["README.md"], swiftSettings: house),
    .target(
      name: "AggregatorDaemon",
      dependencies: [
        "Aggregation", "CAllocator", "FeedFetching", "StoryArchive", "Syndication", logging,
      ],
      swiftSettings: compact),
    .target(name: "LoopbackServer", dependencies: ["CLibssl"], swiftSettings: compact),
    .target(
      name: "Etiquette", dependencies: ["LoopbackServer", "Syndication"], swiftSettings: compact),
    .executableTarget(
      name: "aggregator",
      dependencies: [
        "Aggregation", "AggregatorDaemon", "DigestExport", "EntryImport", "Etiquette",
        "FeedFetching", "FeedParsing", "StoryArchive", "StoryGrouping", "StorySearch",
        "Syndication", arguments,
        logging, system,
      ],
      exclude: ["release.ld"], swiftSettings: compact, linkerSettings: slimming),

    .target(name: "TestNumbers", path: "Tests/Support/Numbers", swiftSettings: house),
    .target(
      name: "ArchiveSimulation",
      dependencies: ["StoryArchive", "Syndication", "TestNumbers", system],
      path: "Tests/Support/Simulation", swiftSettings: house),
    .executableTarget(
      name: "archive-simulator", dependencies: ["ArchiveSimulation"],
      path: "Tests/ArchiveFaults/simulator", swiftSettings: house),
    .target(
      name: "TestServers", dependencies: ["LoopbackServer"], path: "Tests/Support/Servers",
      swiftSettings: house),
    .testTarget(
      name: "SyndicationTests", dependencies: ["Checksums", "Syndication", "TestNumbers"],
      swiftSettings: house),
    .testTarget(
      name: "FeedFetchingTests",
      dependencies: [
        "FeedFetching", "LoopbackServer", "Syndication", "TestNumbers", "TestServers",
      ],
      swiftSettings: house),
    .testTarget(
      name: "FeedParsingTests", dependencies: ["FeedParsing", "Syndication", "TestNumbers"],
      swiftSettings: house),
    .testTarget(
      name: "EntryImportTests", dependencies: ["EntryImport", "LoopbackServer", "Syndication"],
      swiftSettings: house),
    .testTarget(
      name: "StoryGroupingTests", dependencies: ["StoryGrouping", "Syndication", "TestNumbers"],
      swiftSettings: house),
    .testTarget(
      name: "StorySearchTests", dependencies: ["StorySearch", "Syndication", "TestNumbers"],
      swiftSettings: house),
    .testTarget(
      name: "StoryArchiveTests",
      dependencies: [
        "ArchiveSimulation", "Checksums", "StoryArchive", "Syndication", "TestNumbers", system,
      ],
      swiftSettings: house),
    .testTarget(
      name: "DigestExportTests", dependencies: ["Checksums", "DigestExport", "Syndication"],
      swiftSettings: house),
    .testTarget(
      name: "AggregationTests",
      dependencies: [
        "Aggregation", "DigestExport", "DomainNames", "FeedFetching", "FeedParsing",
        "StoryArchive", "StoryGrouping", "StorySearch", "Syndication", "TestNumbers",
      ],
      swiftSettings: house),
    .testTarget(
      name: "AggregatorDaemonTests",
      dependencies: [
        "Aggregation", "AggregatorDaemon", "FeedFetching", "StoryArchive", "Syndication",
      ],
      swiftSettings: house),
    .testTarget(
      name: "AggregatorTests",
      dependencies: [
        "aggregator", "AggregatorDaemon", "Aggregation", "LoopbackServer", "StoryArchive",
        "Syndication", logging,
      ],
      swiftSettings: house),
    .testTarget(
      name: "EtiquetteTests", dependencies: ["aggregator", "Etiquette", "Syndication"],
      exclude: ["rude-program"], swiftSettings: house),
    .testTarget(name: "ArchitectureTests", swiftSettings: house),
  ]
)
