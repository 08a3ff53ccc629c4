internal import TestNumbers

/// The words of the invented press: English function words and words of the trade, and words that no
/// language has.
struct Vocabulary {
  static let wordCount = 40_000

  private let words: [Substring]
  private let names: [Substring]
  private static let nameCount = 20_000

  init() {
    words = (0..<Self.wordCount).map { Substring(Self.invented($0, salt: 11)) }
    names = (0..<Self.nameCount).map { number in
      let word = Self.invented(number, salt: 23)
      return Substring(word.prefix(1).uppercased() + word.dropFirst())
    }
  }

  func word(_ number: Int) -> Substring { words[number % Self.wordCount] }

  func name(_ number: Int) -> Substring { names[number % Self.nameCount] }

  func functionWord(_ dice: inout SeededNumbers) -> Substring {
    Self.functionWords[dice.skewed(below: Self.functionWords.count)]
  }

  func newsWord(_ dice: inout SeededNumbers) -> Substring {
    Self.newsWords[dice.within(0...Self.newsWords.count - 1)]
  }

  /// Two to four syllables.
  private static func invented(_ number: Int, salt: UInt64) -> String {
    var dice = SeededNumbers(seed: UInt64(number) &* 2_654_435_761 &+ salt)
    var word = ""
    for _ in 0..<dice.within(2...4) {
      word += onsets[dice.within(0...onsets.count - 1)]
      word += nuclei[dice.within(0...nuclei.count - 1)]
      if dice.isTrue(0.4) { word += codas[dice.within(0...codas.count - 1)] }
    }
    return word
  }

  private static let onsets = [
    "b", "br", "d", "dr", "f", "g", "gl", "h", "j", "k", "kr", "l", "m", "n", "p", "pl", "r", "s",
    "sk", "st", "t", "tr", "v", "z",
  ]
  private static let nuclei = ["a", "e", "i", "o", "u", "ai", "ei", "ou"]
  private static let codas = ["l", "n", "r", "s", "m", "nd", "rt", "k"]

  private static let functionWords = split(
    """
    the of and to a in that is was for on with as it by at be from he has are have not an this had \
    but his they which their will were its who one said been or would more she when we her about all \
    there out if up can than no into over some could so after what him two them also other then may \
    only our new most first time years where people many now these such through before between under \
    while since because against during both each very still even much own same those being should
    """)

  private static let newsWords = split(
    """
    government minister police court company market council report election party president city \
    country police station bridge river storm fire accident investigation officials spokesman talks \
    agreement budget tax price growth bank trade union strike workers hospital doctors patients school \
    students teachers university research study climate energy power plant water road rail airport \
    flight passengers ship port army troops attack victims killed injured arrested charged trial judge \
    sentence prison lawyer evidence witness family children women men house homes residents village \
    region border security defence missile weapons drone peace war ceasefire sanctions embassy visit \
    summit leaders meeting statement announced warned called decided rejected approved signed plan \
    project building construction repair damage flood earthquake rescue evacuation emergency weather \
    heat snow forecast season team match goal coach player league cup victory defeat champion record \
    film music festival artist museum theatre book author prize award television network internet data \
    software phone computer scientists space launch satellite virus vaccine health food farm harvest \
    animals forest island mountain coast tourists hotel museum church protest crowd square street \
    station opposition parliament vote law reform constitution rights freedom press journalist \
    investment shares profit loss debt loan interest inflation currency oil gas export import factory \
    production customers sales store online delivery crisis risk safety rules committee chairman \
    director manager deputy former senior local national foreign international public private major \
    large small early late recent several hundred thousand million billion percent week month year
    """)

  private static func split(_ text: String) -> [Substring] { text.split(separator: " ") }
}
