/// The lines of a configuration file with their ends, for editing.
struct ConfigurationText {
  /// With their line ends; the last may have none.
  private var lines: [ArraySlice<UInt8>] = []
  private let lineEnd: [UInt8]
  private let mark: [UInt8]

  init(_ text: [UInt8]) {
    mark = text.starts(with: [0xEF, 0xBB, 0xBF]) ? [0xEF, 0xBB, 0xBF] : []
    var rest = text.dropFirst(mark.count)
    while !rest.isEmpty {
      let end = rest.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? rest.endIndex
      lines.append(rest[..<end])
      rest = rest[end...]
    }
    let hasCarriageReturns = lines.first?.suffix(2).elementsEqual([13, 10]) ?? false
    lineEnd = hasCarriageReturns ? [13, 10] : [10]
  }

  var bytes: [UInt8] { mark + lines.joined() }

  var hasContent: Bool { !lines.isEmpty }

  /// The first line whose feed has exactly this URL.
  func feedLine(of url: String) -> Int? {
    lines.indices.first { index in
      var line = line(index)
      guard !line.isIndented, !line.isAtEnd(), line.peekKey() == nil else { return false }
      return (try? line.value())?.text == url
    }
  }

  /// The lines of the feed, however its address is spelled on them.
  func feedLines(of address: FeedAddress) -> [Int] {
    lines.indices.filter { index in
      var line = line(index)
      guard !line.isIndented, !line.isAtEnd(), line.peekKey() == nil,
        let text = (try? line.value())?.text
      else { return false }
      return text == address.text || (try? FeedAddress(text))?.key == address.key
    }
  }

  /// The first line that begins the group.
  func header(ofGroup name: String) -> Int? {
    lines.indices.first { groupName(ofLine: $0) == name }
  }

  /// Where a feed's line is inserted so that it is the last of the group, or of those without one.
  func endOfSection(ofGroup name: String?) -> Int {
    endOfSection(below: name.flatMap(header(ofGroup:)))
  }

  /// The first line of each group.
  var headers: [String: Int] {
    var headers: [String: Int] = [:]
    for index in lines.indices {
      if let name = groupName(ofLine: index), headers[name] == nil { headers[name] = index }
    }
    return headers
  }

  /// The same, of the group that begins with the line `header`.
  func endOfSection(below header: Int?) -> Int {
    let start = header.map { $0 + 1 } ?? 0
    let next = lines.indices[start...].first { groupName(ofLine: $0) != nil }
    let section = start..<(next ?? lines.count)
    if let last = section.last(where: hasWords) { return last + 1 }
    if header != nil { return start }
    // A comment right above the next group speaks of that group.
    guard next != nil else { return lines.count }
    return section.last(where: { isBlank($0) }).map { $0 + 1 } ?? 0
  }

  /// The first line after the feed that is not one of its rules; comments between rules go with them.
  func endOfRules(below feed: Int) -> Int {
    let rest = lines.indices[(feed + 1)...].prefix { line($0).isIndented || !hasWords($0) }
    return rest.last { line($0).isIndented && hasWords($0) }.map { $0 + 1 } ?? feed + 1
  }

  mutating func append(_ text: String) {
    insert(text, at: lines.count)
  }

  mutating func insert(_ text: String, at index: Int) {
    insert([text], at: index)
  }

  mutating func insert(_ texts: [String], at index: Int) {
    if index == lines.count, let last = lines.last, last.last != UInt8(ascii: "\n") {
      lines[index - 1] = last + lineEnd
    }
    lines.insert(contentsOf: texts.map { (Array($0.utf8) + lineEnd)[...] }, at: index)
  }

  mutating func remove(_ range: Range<Int>) {
    lines.removeSubrange(range)
  }

  /// Replaces the line's first word. Where blanks line up what follows, it stays in its column as far as
  /// the word leaves room for it.
  mutating func replaceWord(ofLine index: Int, with text: String) {
    var line = line(index)
    guard (try? line.value()) != nil else { return }
    let old = String(decoding: lines[index][..<line.place], as: UTF8.self)
    let rest = lines[index][line.place...]
    let blanks = rest.prefix { $0 == UInt8(ascii: " ") }
    guard blanks.count > 1, line.place + blanks.count < lines[index].endIndex else {
      lines[index] = (Array(text.utf8) + rest)[...]
      return
    }
    let kept = max(blanks.count + old.count - text.count, 1)
    let padding = [UInt8](repeating: UInt8(ascii: " "), count: kept)
    lines[index] = (Array(text.utf8) + padding + rest.dropFirst(blanks.count))[...]
  }

  /// Sets `name=value` on a feed's line, before its comment. False when it has that value already.
  mutating func setOption(_ name: String, to value: String, ofLine index: Int) -> Bool {
    var line = line(index)
    guard (try? line.value()) != nil else { return false }
    var end = line.place
    while !line.isAtEnd() {
      let key = line.peekKey()
      guard line.takeKey(key ?? "") else { break }
      let start = line.place
      guard let old = try? line.value() else { break }
      if key == name {
        guard old.text != value else { return false }
        lines[index].replaceSubrange(start..<line.place, with: value.utf8)
        return true
      }
      end = line.place
    }
    lines[index].replaceSubrange(end..<end, with: " \(name)=\(value)".utf8)
    return true
  }

  private func line(_ index: Int) -> ConfigurationLine {
    var bytes = lines[index]
    if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
    return ConfigurationLine(bytes)
  }

  private func groupName(ofLine index: Int) -> String? {
    var line = line(index)
    guard line.take("[") else { return nil }
    return (try? line.bracketed())?.text
  }

  /// More than blanks and a comment.
  private func hasWords(_ index: Int) -> Bool {
    var line = line(index)
    return !line.isAtEnd()
  }

  private func isBlank(_ index: Int) -> Bool {
    line(index).bytes.allSatisfy(ConfigurationLine.isBlank)
  }
}
