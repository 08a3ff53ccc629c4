import Syndication
internal import TestNumbers

/// A press that never was: events that outlets report in words of their own, agency paragraphs that
/// they share, reprints, look-alike events of one topic, and headlines of a template. The same seed
/// gives the same stories, and each is made by itself: nothing is kept of the ones before.
struct InventedPress {
  /// What a story is to those before it, with the number of the event that it reports.
  enum Origin {
    case report(event: Int)
    case reprint(of: Int, event: Int)
    case template
  }

  struct Report {
    var title: String
    var text: String
    var source: String
    var published: Timestamp
    var event: Int?
  }

  /// Words of a report's text, as news agencies write.
  var wordCount = 600
  var seed: UInt64 = 1

  private let vocabulary = Vocabulary()
  /// A million stories come in within the week that grouping looks back.
  private static let pace = Duration.milliseconds(500)
  private static let start = Timestamp(milliseconds: 1_790_000_000_000)
  private static let outletCount = 2000
  private static let topicCount = 400
  /// Words and names that an event adds to those of its topic.
  private static let eventWordCount = 24
  private static let topicWordCount = 160
  /// Sentences of an agency's report that outlets take over word for word.
  private static let agencySentenceCount = 12

  /// The report that comes in as number `number`.
  func report(_ number: Int) -> Report {
    var dice = numbers(.story, number)
    let published = Self.start + .milliseconds(Int64(number) * 500)
    let source = "outlet \(dice.skewed(below: Self.outletCount))"
    switch origin(number) {
    case .template:
      let town = vocabulary.name(dice.within(0...4000))
      return Report(
        title: "Weather in \(town): the forecast for \(Self.days[dice.within(0...6)])",
        text: prose(words: 60, topic: 1, event: nil, &dice), source: source, published: published)
    case .report(let event):
      return Report(
        title: headline(event, &dice),
        text: prose(words: wordCount, topic: topic(of: event), event: event, &dice),
        source: source, published: published, event: event)
    case .reprint(let original, let event):
      var copy = report(original)
      copy.source = source
      copy.published = published
      copy.text = edited(copy.text, &dice)
      copy.event = event
      if dice.isTrue(0.5) { copy.title = headline(event, &dice) }
      return copy
    }
  }

  /// How story `number` came to be.
  func origin(_ number: Int) -> Origin {
    var dice = numbers(.origin, number)
    let kind = dice.fraction()
    if kind < 0.02 { return .template }
    if kind < 0.12, number > 0 {
      let original = number - 1 - dice.skewed(below: min(number, 20_000))
      if case .report(let event) = origin(original) {
        return .reprint(of: original, event: event)
      }
    }
    // Two stories an event on the mean, the news of the last hours told most.
    return .report(event: number / 2 - dice.skewed(below: min(number / 2 + 1, 5000)))
  }

  private static let days = [
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
  ]

  private enum Purpose: UInt64 {
    case story = 1
    case origin, event, sentence
  }

  private func numbers(_ purpose: Purpose, _ number: Int) -> SeededNumbers {
    SeededNumbers(seed: seed &* 0x9E37_79B9 ^ purpose.rawValue << 56 ^ UInt64(number) << 8)
  }

  private func topic(of event: Int) -> Int {
    var dice = numbers(.event, event)
    return dice.skewed(below: Self.topicCount)
  }

  private func headline(_ event: Int, _ dice: inout SeededNumbers) -> String {
    var words: [Substring] = []
    for _ in 0..<dice.within(6...11) {
      words.append(
        dice.isTrue(0.5)
          ? eventWord(event, &dice) : word(topic: topic(of: event), event: event, &dice))
    }
    return words.joined(separator: " ")
  }

  private func prose(
    words count: Int, topic: Int, event: Int?, _ dice: inout SeededNumbers
  ) -> String {
    var text = ""
    text.reserveCapacity(count * 7)
    var written = 0
    while written < count {
      if let event, dice.isTrue(0.08) {
        var agency = numbers(
          .sentence,
          event * Self.agencySentenceCount + dice.within(0...Self.agencySentenceCount - 1))
        written += sentence(topic: topic, event: event, &agency, into: &text)
      } else {
        written += sentence(topic: topic, event: event, &dice, into: &text)
      }
    }
    return text
  }

  private func sentence(
    topic: Int, event: Int?, _ dice: inout SeededNumbers, into text: inout String
  ) -> Int {
    let count = dice.within(9...25)
    for place in 0..<count {
      let next = word(topic: topic, event: event, &dice)
      if place == 0, let first = next.first {
        text += first.uppercased()
        text += next.dropFirst()
      } else {
        text += next
      }
      text += place == count - 1 ? ". " : dice.isTrue(0.06) ? ", " : " "
    }
    return count
  }

  /// The mixture of a report: half function words, then what all news say, the topic's and the event's.
  private func word(topic: Int, event: Int?, _ dice: inout SeededNumbers) -> Substring {
    let kind = dice.fraction()
    if kind < 0.44 { return vocabulary.functionWord(&dice) }
    if kind < 0.70 { return vocabulary.newsWord(&dice) }
    if kind < 0.80 { return vocabulary.word(dice.skewed(below: Vocabulary.wordCount)) }
    if kind < 0.91 || event == nil {
      let place = dice.skewed(below: Self.topicWordCount)
      return vocabulary.word((topic &* 7919 &+ place &* 104_729) % Vocabulary.wordCount)
    }
    return eventWord(event ?? 0, &dice)
  }

  /// A third names, a sixth numbers.
  private func eventWord(_ event: Int, _ dice: inout SeededNumbers) -> Substring {
    let place = dice.skewed(below: Self.eventWordCount)
    var own = numbers(.event, event &* 64 &+ place &+ 1)
    switch place % 6 {
    case 0, 3: return vocabulary.name(own.within(0...40_000))
    case 5: return "\(own.within(2...900))"
    default: return vocabulary.word(own.skewed(below: Vocabulary.wordCount))
    }
  }

  /// A copy as outlets make them: cut at the end, or a sentence put before it.
  private func edited(_ text: String, _ dice: inout SeededNumbers) -> String {
    if dice.isTrue(0.4) {
      return String(text.prefix(text.utf8.count * dice.within(60...95) / 100))
    }
    var lead = ""
    _ = sentence(topic: 3, event: nil, &dice, into: &lead)
    return lead + text
  }
}

extension SeededNumbers {
  /// Below `limit`, the lower the likelier: about as words and outlets are distributed.
  mutating func skewed(below limit: Int) -> Int {
    let even = fraction()
    return Int(Double(limit) * even * even * even)
  }
}
