/// Whether a text that the format calls plain is HTML all the same.
///
/// As feedparser decides it, erring on the side of text: it has an end tag or an entity, every tag is
/// one of HTML's, and every entity is known.
enum HTMLGuess {
  static func looksLikeHTML(_ text: ArraySlice<UInt8>) -> Bool {
    guard text.contains(where: { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: "&") }) else {
      return false
    }
    return text.withUnsafeBufferPointer { bytes in
      let scan = ByteScan(bytes: bytes)
      var isSure = false
      for place in 0..<scan.count {
        if scan[place] == UInt8(ascii: "<") {
          let isEnd = scan[place + 1] == UInt8(ascii: "/")
          let start = place + (isEnd ? 2 : 1)
          let end = scan.endOfWord(from: start)
          if end == start { continue }
          guard
            elements.contains(String(decoding: scan.slice(start..<end), as: UTF8.self).lowercased())
          else { return false }
          if isEnd, scan[end] == UInt8(ascii: ">") { isSure = true }
        } else if scan[place] == UInt8(ascii: "&") {
          let isNumber = scan[place + 1] == UInt8(ascii: "#")
          let start = place + (isNumber ? 2 : 1)
          let end = scan.endOfWord(from: start)
          guard end > start, scan[end] == UInt8(ascii: ";") else { continue }
          guard isNumber || NamedEntities.characters(named: scan.slice(start..<end)) != nil else {
            return false
          }
          isSure = true
        }
      }
      return isSure
    }
  }

  private static let elements: Set<String> = Set(
    """
    a abbr acronym address area article aside audio b bdi bdo big blink blockquote body br button \
    canvas caption center cite code col colgroup command data datagrid datalist dd del details dfn \
    dialog dir div dl dt em event-source fieldset figcaption figure font footer form h1 h2 h3 h4 h5 \
    h6 header hgroup hr i iframe img input ins kbd keygen label legend li m main map mark math menu \
    meter multicol nav nextid nobr noscript ol optgroup option output p picture pre progress q rb \
    rp rt ruby s samp script section select small sound source spacer span strike strong style sub \
    summary sup svg table tbody td textarea tfoot th thead time title tr track tt u ul var video wbr
    """.split { $0 == " " || $0 == "\n" }.map(String.init))
}

extension ByteScan {
  /// The end of the run of ASCII letters, digits and underscores.
  fileprivate func endOfWord(from start: Int) -> Int {
    var place = start
    while self[place].isASCIIAlphanumeric || self[place] == UInt8(ascii: "_") { place += 1 }
    return place
  }
}
