import Syndication
import TestNumbers
import Testing

@testable import StorySearch

/// What an index finds, and that it never passes for what it is not.
@Suite struct IndexTests {
  private static let words = [
    "ferry", "quay", "harbour", "vote", "the", "of", "a", "Zürich", "東京都", "地震", "über", "x1", "30",
    "harbours", "harb", "été",
  ]

  private static func story(_ number: Int, _ numbers: inout SeededNumbers) -> Story {
    func words(_ count: Int) -> String {
      (0..<count).map { _ in
        // The first are the most frequent.
        Self.words[
          min(numbers.next(below: Self.words.count), numbers.next(below: Self.words.count))]
      }.joined(separator: [" ", "-", ", ", "\n"][numbers.next(below: 4)])
    }
    return Sample.story(
      number, title: words(numbers.next(below: 3)), text: words(numbers.next(below: 8)),
      feed: "https://f\(numbers.next(below: 3)).example/",
      language: ["en", "de-AT", nil][numbers.next(below: 3)])
  }

  private static func query(_ numbers: inout SeededNumbers) -> String {
    func word() -> String { words[numbers.next(below: words.count)] }
    return (0...numbers.next(below: 3)).map { _ in
      let part =
        switch numbers.next(below: 9) {
        case 0: "\"\(word()) \(word())\""
        case 1: "title:\(word())"
        case 2: "\(word().prefix(2))*"
        case 3: "(\(word()) OR \(word()))"
        case 4: "feed:f\(numbers.next(below: 3))"
        case 5: "lang:de"
        default: word()
        }
      return (numbers.next(below: 5) == 0 ? "-" : "") + part
    }.joined(separator: numbers.next(below: 6) == 0 ? " OR " : " ")
  }

  @Test(arguments: 0..<40)
  func `an index finds everything that a query means`(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    let stories = (0..<numbers.next(below: 400)).map { Self.story($0, &numbers) }
    let bytes = Sample.index(stories)
    for _ in 0..<30 {
      let query = Self.query(&numbers)
      let expected = try Sample.matches(query, stories)
      let candidates = try Sample.candidates(query, in: bytes)
      #expect(Set(candidates).isSuperset(of: expected), "seed \(seed): \(query)")
      #expect(candidates == candidates.sorted())
      let small = Sample.index(stories, wanted: try SearchQuery(query).wantedTerms)
      #expect(try Sample.candidates(query, in: small) == candidates, "seed \(seed): \(query)")
    }
  }

  @Test func `single words lead to the very stories`() throws {
    var numbers = SeededNumbers(seed: 1)
    let stories = (0..<2000).map { Self.story($0, &numbers) }
    let bytes = Sample.index(stories)
    for word in ["ferry", "été", "title:quay", "harb*", "30", "feed:f1", "lang:de", "-ferry -quay"]
    {
      let candidates = try Sample.candidates(word, in: bytes)
      let expected = try Sample.matches(word, stories)
      #expect(word.hasPrefix("-") ? candidates.count == 2000 : candidates == expected, "\(word)")
    }
  }

  @Test func `lines and stories are found by number and by identifier`() throws {
    let stories = (0..<1500).map { Sample.story($0, text: "w\($0 % 7)") }
    let index = try SegmentIndex(Sample.index(stories))
    #expect(index.documentCount == 1500)
    for number in [0, 1, 511, 512, 1023, 1024, 1499] {
      #expect(try index.lines(of: UInt32(number)) == 100 * number..<100 * (number + 1))
      #expect(try index.documents(of: stories[number].id).map(\.document) == [UInt32(number)])
    }
    #expect(try index.documents(of: StoryID(bits: 3)).isEmpty)
    #expect(throws: IndexProblem.damaged) { try index.lines(of: 1500) }
    var count = 0
    try index.forEachStory { _, _, _ in count += 1 }
    #expect(count == 1500)
  }

  @Test func `an empty index finds nothing`() throws {
    let bytes = Sample.index([])
    for query in ["ferry", "-ferry", "feed:x", "f*"] {
      #expect(try Sample.candidates(query, in: bytes) == [])
    }
  }

  @Test func `no flipped bit and no cut changes an answer unnoticed`() throws {
    var numbers = SeededNumbers(seed: 2)
    let stories = (0..<30).map { Self.story($0, &numbers) }
    let bytes = Sample.index(stories)
    let right = try answers(bytes)
    for place in bytes.indices {
      var damaged = bytes
      damaged[place] ^= 1 << UInt8(numbers.next(below: 8))
      if let answers = try? answers(damaged) { #expect(answers == right, "byte \(place)") }
      if let answers = try? answers(Array(bytes[..<place])) { #expect(answers == right) }
    }
  }

  /// Everything that can be asked of an index.
  private func answers(_ bytes: [UInt8]) throws -> [[UInt32]] {
    let index = try SegmentIndex(bytes)
    var answers = try ["ferry", "h*", "feed:f1", "lang:de", "title:quay", "-x"].map {
      try Sample.candidates($0, in: bytes)
    }
    var stories: [UInt32] = []
    try index.forEachStory { story, document, _ in
      stories += [UInt32(truncatingIfNeeded: story.bits), document]
    }
    answers += [stories, try index.removals().map { UInt32(truncatingIfNeeded: $0.bits) }]
    answers.append(try index.revisions().map(\.document))
    answers.append(
      try (0..<UInt32(index.documentCount)).map { UInt32(try index.lines(of: $0).lowerBound) })
    return answers + [[UInt32(index.segmentByteCount)], index.digest.map { UInt32($0) }]
  }

  // MARK: Hostile words

  @Test func `a story of too many words is looked at for every query and costs no room`() throws {
    let flood = (0..<200_000).map { "w\($0)" }.joined(separator: " ")
    let stories = [
      Sample.story(0, text: "the ferry"), Sample.story(1, text: flood),
      Sample.story(2, text: "a quay"),
    ]
    let bytes = Sample.index(stories)
    #expect(bytes.count < 2000)
    #expect(try Sample.candidates("ferry", in: bytes) == [0, 1])
    #expect(try Sample.candidates("w77777", in: bytes) == [1])
    #expect(try Sample.candidates("quay -ferry", in: bytes) == [1, 2])
    #expect(try Sample.matches("w77777", stories) == [1])
  }

  @Test func `a word of a megabyte counts by its beginning`() throws {
    let long = String(repeating: "aé", count: 500_000)
    let stories = [Sample.story(0, title: long), Sample.story(1, text: "ferry \(long) quay")]
    let bytes = Sample.index(stories)
    #expect(bytes.count < 2000)
    for query in [String(long.prefix(100)), String(long.prefix(10)) + "*", "a*"] {
      #expect(try Sample.candidates(query, in: bytes) == [0, 1])
      #expect(try Sample.matches(query, stories) == [0, 1])
    }
    #expect(try Sample.matches("\"\(long.prefix(200)) quay\"", stories) == [1])
    #expect(try Sample.candidates("aé", in: bytes) == [])
  }

  @Test func `many stories of new words leave room for the others`() throws {
    var stories: [Story] = []
    for number in 0..<400 {
      let words = (0..<6000).map { "n\(number)x\($0)" }.joined(separator: " ")
      stories.append(Sample.story(2 * number, text: words))
      stories.append(Sample.story(2 * number + 1, text: "ferry and a word\(number)"))
    }
    let bytes = Sample.index(stories)
    let candidates = try Sample.candidates("word399", in: bytes)
    #expect(candidates.contains(799))
    #expect(candidates.count < 400)
    #expect(!candidates.contains(797))
  }

  // MARK: Revisions, copies, removals

  @Test func `copies are found by the words of their originals`() throws {
    let original = Sample.story(0, title: "Ferry", text: "It sank at the quay.")
    let copy = Sample.story(1, title: "Boat", text: "")
    let foreign = Sample.story(2, title: "Ship", text: "")
    var first = IndexBuilder()
    first.add(original, at: 10, isRevision: false)
    let lender = SegmentIdentity(ordinal: 6, digest: [UInt8](repeating: 6, count: 32))
    let firstIndex = try SegmentIndex(first.index(of: lender, byteCount: 100))
    var builder = IndexBuilder()
    builder.add(Sample.story(9, text: "the quay"), at: 10, isRevision: false)
    builder.add(copy, at: 20, isRevision: false, original: StoryID(bits: 77))
    builder.add(foreign, at: 30, isRevision: false, original: original.id)
    #expect(builder.borrowed == [StoryID(bits: 77), original.id])
    builder.settle(original.id, lender, 0)
    let index = try SegmentIndex(builder.index(of: Sample.segment, byteCount: 100))
    #expect(index.lenders == [lender])
    #expect(try index.lender(of: 2)?.segment == lender)
    #expect(try index.lender(of: 1) == nil)
    func candidates(_ query: String) throws -> [UInt32] {
      try CandidateFinder(SearchQuery(query)).candidates(
        in: index, ordinal: 7, lender: { $0 == lender ? firstIndex : index })
    }
    #expect(try candidates("quay") == [0, 2])
    #expect(try candidates("ship quay") == [2])
    #expect(try candidates("title:ship") == [2])
    #expect(try candidates("boat quay") == [])
    #expect(try candidates("text:sa*") == [2])
  }

  @Test func `an index says which stories were edited, removed or repeated in its segment`() throws
  {
    let story = Sample.story(0, text: "one")
    let other = Sample.story(1, text: "two")
    var builder = IndexBuilder()
    builder.add(story, at: 10, isRevision: false)
    builder.add(other, at: 20, isRevision: true)
    builder.add(story, at: 30, isRevision: false)
    builder.add(story, at: 40, isRevision: true)
    builder.add(other, at: 50, isRevision: true)
    builder.add(removalOf: [StoryID(bits: 9), StoryID(bits: 4)])
    let index = try SegmentIndex(builder.index(of: Sample.segment, byteCount: 60))
    #expect(try index.removals() == [StoryID(bits: 4), StoryID(bits: 9)])
    let revisions = try index.revisions().sorted { $0.document < $1.document }
    #expect(revisions.map(\.document) == [3, 4])
    #expect(revisions.map(\.story) == [story.id, other.id])
    #expect(try index.doubledDocuments() == [2])
    #expect(try index.documents(of: story.id).map(\.document) == [0, 2, 3])
  }

  // MARK: Numbers

  @Test(arguments: 0..<50)
  func `ascending numbers are read as they were written`(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    let limit = 1 + numbers.next(below: 70_000)
    let share = numbers.next(below: 1000)
    let some = (0..<UInt32(limit)).filter { _ in numbers.next(below: 1000) <= share }
    var codes: [UInt8] = []
    RiceCoding.append(some[...], limit: limit, to: &codes)
    #expect(try RiceCoding.numbers(in: codes[...], count: some.count, limit: limit) == some)
    for place in stride(from: 0, to: codes.count, by: 1 + codes.count / 50) {
      var damaged = codes
      damaged[place] = UInt8(truncatingIfNeeded: numbers.next())
      let read = try? RiceCoding.numbers(in: damaged[...], count: some.count, limit: limit)
      #expect(read?.last.map { $0 < limit } ?? true)
      _ = try? RiceCoding.numbers(in: codes[..<place], count: some.count, limit: limit)
    }
  }
}
