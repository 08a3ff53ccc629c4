internal import Syndication

/// A short text with what may be written in several ways written in one: "eleven" as 11, "U.S." as US.
///
/// Only for phrases, of which each word is looked for in the other. Among a long text's words these are few, and
/// "two" is no name of anything.
enum PlainSpelling {
  /// The words of a text, as many as a phrase may have, a space between each; number words are read where the
  /// text may be English.
  static func rewritten(_ text: String, language: String?) -> String {
    let numbers = isMaybeEnglish(language) ? englishNumbers : [:]
    var text = text
    let spelled = text.withUTF8 { bytes in
      var reader = WordReader(UnsafeBufferPointer(rebasing: bytes.prefix(Parameters.textByteLimit)))
      var spelled: [UInt8] = []
      var initialEnd: Int?
      var wordCount = 0
      while wordCount < WordPhrase.wordLimit, let word = reader.next() {
        wordCount += 1
        let isInitial = word.letterCount == 1 && word.traits.contains(.capital)
        let goesOn = isInitial && initialEnd.map { bytes.isPoint($0, before: word.range) } ?? false
        if !goesOn { spelled.append(UInt8(ascii: " ")) }
        if let number = numbers[word.exact] {
          spelled += number.utf8
        } else {
          spelled += bytes[word.range]
        }
        initialEnd = isInitial ? word.range.upperBound : nil
      }
      return spelled
    }
    return String(decoding: spelled, as: UTF8.self)
  }

  private static func isMaybeEnglish(_ language: String?) -> Bool {
    guard let language, !language.isEmpty else { return true }
    return language.lowercased().prefix { $0.isLetter } == "en"
  }

  /// By the hash of the word. Without "one", which counts nothing as often as not.
  private static let englishNumbers: [UInt64: String] = {
    let words = [
      "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    ]
    var numbers: [UInt64: String] = [:]
    for (place, var word) in words.enumerated() {
      word.withUTF8 {
        var reader = WordReader($0)
        if let read = reader.next() { numbers[read.exact] = String(place + 2) }
      }
    }
    return numbers
  }()
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether a full stop is all that stands between a place and a word.
  fileprivate func isPoint(_ place: Int, before word: Range<Int>) -> Bool {
    word.lowerBound == place + 1 && self[place] == UInt8(ascii: ".")
  }
}
