internal import Syndication

/// Where a text is cut so that it still reads.
extension String {
  /// The longest run of whole sentences of at most `limit` characters, if it has at least half of
  /// them, else whole words and an ellipsis. The text is one line.
  func excerpt(characters limit: Int) -> String {
    guard let end = index(startIndex, offsetBy: limit, limitedBy: endIndex), end < endIndex else {
      return self
    }
    var sentenceEnd: Index?
    var wordEnd: Index?
    var characterCount = 0
    for place in self[..<end].indices {
      characterCount += 1
      let next = index(after: place)
      if self[place] == " " { wordEnd = place }
      if characterCount * 2 >= limit, endsSentence(at: place, next: next) { sentenceEnd = next }
    }
    if let sentenceEnd { return String(self[..<sentenceEnd]) }
    var cut = self[..<end]
    if let wordEnd, self[end] != " ", distance(from: wordEnd, to: end) * 2 < limit {
      cut = self[..<wordEnd]
    }
    while let last = cut.last, " ,;:–—-(".contains(last) { cut.removeLast() }
    return cut + "…"
  }

  private func endsSentence(at place: Index, next: Index) -> Bool {
    if "。！？".contains(self[place]) { return true }
    guard next == endIndex || self[next] == " " else { return false }
    var end = place
    while end > startIndex, "\"'”’»)]".contains(self[end]) { end = index(before: end) }
    guard ".!?…".contains(self[end]) else { return false }
    return self[end] != "." || !isAbbreviation(endingAt: end)
  }

  /// `Mr.`, `U.S.`, `No.`, `Prof.`: a short word, or one with a point inside, after which a sentence
  /// seldom ends.
  private func isAbbreviation(endingAt point: Index) -> Bool {
    let start = self[..<point].lastIndex(of: " ").map { index(after: $0) } ?? startIndex
    let word = self[start..<point]
    if word.allSatisfy(\.isNumber) { return word.count < 3 }
    let hasPointInside = word.contains(".") && word.count < 6
    return hasPointInside || word.count < 3
      || ["Prof", "Gen", "Sen", "Rep", "Gov", "Mrs"].contains(word)
  }
}

extension DigestCluster {
  /// At most this many characters of summary.
  static let summaryLimit = 320

  /// The publisher's summary of the lead, else the beginning of its text; nil when neither says more
  /// than the headline.
  package var summary: String? {
    let headline = lead.headline
    let candidates = [lead.summary ?? "", lead.text]
    for candidate in candidates {
      var paragraphs = DisplayText.paragraphs(candidate)
      if paragraphs.first == headline { paragraphs.removeFirst() }
      let text = paragraphs.joined(separator: " ").withoutBoilerplate
      guard !text.isEmpty, text != headline, !headline.hasPrefix(text) else { continue }
      return text.excerpt(characters: DigestCluster.summaryLimit)
    }
    return nil
  }
}

extension String {
  /// What publishing systems put after every text.
  private static let tails = [
    "[…]", "[...]", "[Read more]", "Read more", "Read More", "Read more…", "Read more...",
    "Read more »", "Continue reading", "Continue reading…", "Continue reading...",
    "Continue reading →", "(more…)",
  ]

  /// Titles with the name of a site are shorter.
  private static let tailByteLimit = 600

  fileprivate var withoutBoilerplate: String {
    // All that a forum's feed says.
    guard self != "Comments" else { return "" }
    var text = self[...]
    // WordPress: "The post TITLE appeared first on SITE."
    let end = Array(text.utf8.suffix(String.tailByteLimit))
    if end.lastPlace(of: Array(" appeared first on ".utf8)) != nil,
      let start = end.lastPlace(of: Array("The post ".utf8))
    {
      text = Substring(text.utf8.dropLast(end.count - start))
    }
    while let last = text.last, last == " " { text.removeLast() }
    for tail in String.tails where text.hasSuffix(tail) {
      text = text.dropLast(tail.count)
      while let last = text.last, last == " " { text.removeLast() }
      if let last = text.last, last.isLetter || last == "," { text += "…" }
      break
    }
    return String(text)
  }
}

extension [UInt8] {
  fileprivate func lastPlace(of part: [UInt8]) -> Int? {
    guard count >= part.count else { return nil }
    return (0...(count - part.count)).last { self[$0..<$0 + part.count].elementsEqual(part) }
  }
}
