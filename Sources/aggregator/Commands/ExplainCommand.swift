internal import Aggregation
internal import AggregatorDaemon
internal import ArgumentParser
internal import StoryArchive
internal import StoryGrouping
internal import Syndication

struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Why two stories are, or are not, one cluster.",
    discussion: """
      A story is named by its identifier (sixteen hexadecimal digits, as the digest's JSON and the \
      archive print it), its link, or its title. With one story: the stories of its cluster, each \
      against it. --json prints an object a pair: the two identifiers, "relation", "similarity", \
      "threshold", what is "shared" and what speaks "against" one event.
      """)

  @OptionGroup var options: ConfigurationOptions

  @Argument(help: "A story.")
  var story: String

  @Argument(help: "Another one.")
  var other: String?

  @Flag(help: "One JSON object a pair.")
  var json = false

  func run() async throws {
    do {
      let path = try options.storagePath()
      let archive = try Archive.open(at: path, access: .readOnly, now: Clock.now())
      let lookup = try StoryLookup(archive)
      let first = try find(story, in: lookup)
      let others = try other.map { [try find($0, in: lookup)] } ?? lookup.clusterMates(of: first.id)
      if let other, others.first?.id == first.id {
        throw CommandFailure(.usage, "\(story) and \(other) name one story")
      }
      let mates = Set(lookup.clusterMates(of: first.id).map(\.id))
      try print(others, against: first) { mates.contains($0.id) }
      try archive.reportDamage()
    } catch let error as ArchiveError {
      throw CommandFailure(error)
    }
  }

  private func print(
    _ others: [Story], against first: Story, isMate: (Story) -> Bool
  ) throws(CommandFailure) {
    var output = StandardOutput()
    if others.isEmpty, !json { try output.line(showing: "\(first.title): alone in its cluster") }
    for second in others {
      let explanation = Grouper.explain(GroupingDocument(first), GroupingDocument(second))
      if json {
        try output.line(ExplanationLine(first.id, second.id, explanation).json)
      } else {
        try output.line(showing: "\(first.source): \(first.title) (\(first.id.hexadecimal))")
        try output.line(showing: "\(second.source): \(second.title) (\(second.id.hexadecimal))")
        for line in "\(explanation)".split(separator: "\n", omittingEmptySubsequences: false) {
          try output.line(showing: String(line))
        }
        if let remark = explanation.remark(isOneCluster: isMate(second)) {
          try output.line(showing: remark)
        }
      }
    }
    try output.flush()
  }

  private func find(_ name: String, in lookup: StoryLookup) throws(CommandFailure) -> Story {
    let found = lookup.stories(named: name)
    guard let story = found.first else {
      throw CommandFailure(
        .noInput, "\(name): no such story: aggregator search finds stories by their words")
    }
    guard found.count == 1 else {
      let names = found.prefix(8).map { "  \($0.id.hexadecimal)  \($0.source): \($0.title)" }
      throw CommandFailure(
        .usage, messages: ["\(name): \(found.count) stories have this name:"] + names)
    }
    return story
  }
}
