/// What the words of dates mean.
enum DateNames {
  /// Minutes east of Greenwich. Abbreviations are ambiguous: RFC 822's own come first, then the
  /// meaning that most feeds give them (`ist` is India, `bst` British summer).
  private static let zones: [(names: StaticString, minutes: Int)] = [
    ("z ut utc gmt wet uct", 0), ("bst cet met mez wat west", 60),
    ("cest mest mesz eet sast cat", 120), ("msk eest eat trt fet", 180),
    ("irst", 210), ("gst samt msd azt", 240), ("irdt aft", 270), ("pkt uzt yekt", 300),
    ("ist", 330), ("npt", 345), ("almt omst bdt", 360), ("mmt", 390), ("ict wib novt krat", 420),
    ("awst hkt sgt myt pht irkt wita", 480), ("jst kst wit yakt", 540), ("acst", 570),
    ("aest vlat", 600), ("acdt", 630), ("aedt sakt", 660), ("nzst fjt", 720), ("nzdt", 780),
    ("azost cvt", -60), ("ndt", -150), ("adt brt art clst uyt", -180), ("nst nt", -210),
    ("edt ast at clt", -240), ("est et cdt cot pet ect", -300), ("cst ct mdt", -360),
    ("mst mt pdt", -420), ("pst pt akdt", -480), ("akst", -540), ("hst hdt", -600), ("sst", -660),
  ]

  private static let zoneTable: [UInt64: Int] = {
    var table: [UInt64: Int] = [:]
    for (names, minutes) in zones {
      for name in names.packedWords { table[name] = minutes }
    }
    // The military zones with the signs of RFC 822, which had them the wrong way round.
    for (letters, sign) in [("abcdefghiklm" as StaticString, -1), ("nopqrstuvwxy", 1)] {
      letters.withUTF8Buffer { letters in
        for (hours, letter) in letters.enumerated() {
          table[UInt64(letter)] = (hours + 1) * 60 * sign
        }
      }
    }
    return table
  }()

  static func zoneMinutes(_ packed: UInt64) -> Int? {
    zoneTable[packed]
  }

  private static let englishMonths =
    ("jan feb mar apr may jun jul aug sep oct nov dec" as StaticString)
    .packedWords
  private static let englishWeekdays = ("sun mon tue wed thu fri sat" as StaticString).packedWords

  /// 1 to 12 for any word that begins with the three letters of a month's English name.
  static func englishMonth(_ packed: UInt64) -> Int? {
    englishMonths.firstIndex(of: firstThree(packed)).map { $0 + 1 }
  }

  static func isEnglishWeekday(_ packed: UInt64) -> Bool {
    englishWeekdays.contains(firstThree(packed))
  }

  private static func firstThree(_ packed: UInt64) -> UInt64 {
    var packed = packed
    while packed >= 1 << 24 { packed >>= 8 }
    return packed
  }

  /// 1 to 12 for a month's name in lower case, whole or cut after three letters or more; nil when
  /// the languages disagree about the word.
  static func month(_ word: String) -> Int? { monthTable[word] }

  /// 0 is Sunday; the same rules as for months.
  static func weekday(_ word: String) -> Int? { weekdayTable[word] }

  /// Words that stand in dates and say nothing.
  static let fillers: Set<String> = Set(
    """
    at on of the den der dem am um uhr uur klo kl o le la les à a de del do dia día d das em às as alle \
    ore il las los h hs hr hrs г г. року р рік в во st nd rd th er ère º re ten ter om op van ngày \
    lúc ora ob saat den. y e d
    """.split(separator: " ").map(String.init))

  static let units: [String: DateUnit] = [
    "年": .year, "년": .year, "年度": .year, "月": .month, "월": .month, "日": .day, "号": .day,
    "일": .day, "時": .hour, "时": .hour, "點": .hour, "点": .hour, "시": .hour, "h": .hour,
    "分": .minute, "분": .minute, "min": .minute, "秒": .second, "초": .second, "s": .second,
    "tháng": .followedByMonth, "thg": .followedByMonth, "năm": .followedByYear,
  ]

  static let meridiems: [String: Bool] = [
    "am": false, "pm": true, "오전": false, "오후": true, "午前": false, "午後": true, "上午": false,
    "下午": true, "πμ": false, "μμ": true, "ص": false, "م": true,
  ]

  private static let monthTable = prefixTable(
    of: zip(monthRows, rarerMonthRows).map { $0 + " " + $1 },
    extra: [
      "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9,
      "oct": 10, "nov": 11, "dec": 12, "mrt": 3, "mrz": 3, "μαρ": 3, "μάώ": 3, "μαώ": 3, "μάι": 5,
      "μαϊ": 5, "μαι": 5, "ιον": 6,
      "ιουν": 6, "ιολ": 7, "ιουλ": 7, "αυγ": 8, "νοε": 11, "μάϊ": 5, "lip": 7, "srp": 8, "lis": 11,
      "сер": 8,
    ])

  private static let weekdayTable = prefixTable(of: weekdayRows, extra: [:])

  private static func prefixTable(of rows: [String], extra: [String: Int]) -> [String: Int] {
    let first = rows.count == 12 ? 1 : 0
    var whole = extra
    var prefixes: [String: Int?] = [:]
    for (index, row) in rows.enumerated() {
      for name in row.split(separator: " ") {
        whole[String(name)] = index + first
        for length in 3..<max(name.count, 3) {
          let prefix = String(name.prefix(length))
          prefixes[prefix] =
            prefixes[prefix, default: index + first] == index + first
            ? .some(index + first) : .some(nil)
        }
      }
    }
    return whole.merging(prefixes.compactMapValues { $0 }) { whole, _ in whole }
  }

  /// English, German, French, Spanish, Italian, Portuguese, Dutch, Danish, Swedish, Norwegian,
  /// Polish, Czech, Slovak, Slovene, Hungarian, Romanian, Turkish, Finnish, Estonian, Latvian,
  /// Lithuanian, Catalan, Indonesian, Greek, Russian, Ukrainian, Bulgarian, Serbian, Hebrew, Arabic,
  /// Hindi and Chinese; Slavic and Greek names also in the genitive, which dates use.
  private static let monthRows = [
    """
    january januar jänner januari janvier enero gennaio janeiro januára január ianuarie ocak \
    tammikuuta jaanuar janvāris sausio gener styczeń stycznia leden ledna ιανουάριος ιανουαρίου \
    январь января січень січня януари јануар ינואר بناير يناير जनवरी 一月
    """,
    """
    february februar feber februari février fevrier febrero febbraio fevereiro február februára \
    februarie şubat helmikuuta veebruar februāris vasario febrer luty lutego únor února \
    φεβρουάριος φεβρουαρίου февраль февраля лютий лютого февруари фебруар פברואר فبراير फरवरी 二月
    """,
    """
    march märz maerz mars marzo março marco maart marts marec marca martie mart maaliskuuta märts \
    kovo març maret marzec březen března március μάρτιος μαρτίου март марта березень березня מרץ \
    مارس मार्च 三月 március mac
    """,
    """
    april avril abril aprile aprilie nisan huhtikuuta aprill aprīlis balandžio kwiecień kwietnia \
    duben dubna apríl apríla április απρίλιος απριλίου апрель апреля квітень квітня април אפריל \
    أبريل ابريل अप्रैल 四月
    """,
    """
    may mai mayo maggio maio mei maj máj mája mayıs toukokuuta maijs gegužės maig maja květen \
    května május μάιος μαΐου май мая травень травня мај מאי مايو मई 五月
    """,
    """
    june juni juin junio giugno junho jún júna iunie haziran kesäkuuta juuni jūnijs birželio juny \
    czerwiec czerwca června június ιούνιος ιουνίου июнь июня червень червня юни јун יוני \
    يونيو जून 六月 junij
    """,
    """
    july juli juillet julio luglio julho júl júla iulie temmuz heinäkuuta juuli jūlijs liepos \
    juliol lipiec lipca července július ιούλιος ιουλίου июль июля липень липня юли јул \
    יולי يوليو जुलाई 七月 julij
    """,
    """
    august août aout agosto augustus augusti augusta ağustos elokuuta augusts rugpjūčio agost \
    agustus sierpień sierpnia srpen srpna augusztus αύγουστος αυγούστου август августа серпень \
    серпня אוגוסט أغسطس اغسطس अगस्त 八月 avgust
    """,
    """
    september septembre septiembre setiembre settembre setembro septembrie eylül syyskuuta \
    septembris rugsėjo setembre wrzesień września září szeptember septembra σεπτέμβριος \
    σεπτεμβρίου сентябрь сентября вересень вересня септември септембар ספטמבר سبتمبر सितंबर 九月
    """,
    """
    october oktober octobre octubre ottobre outubro október októbra octombrie ekim lokakuuta \
    oktoober oktobris spalio październik października říjen října oktobra οκτώβριος οκτωβρίου \
    октябрь октября жовтень жовтня октомври октобар אוקטובר أكتوبر اكتوبر अक्टूबर 十月
    """,
    """
    november novembre noviembre novembro novembra noiembrie kasım marraskuuta novembris \
    lapkričio listopad listopada listopadu νοέμβριος νοεμβρίου ноябрь ноября ноември новембар נובמבר \
    نوفمبر नवंबर 十一月
    """,
    """
    december dezember décembre decembre diciembre dicembre dezembro desember decembrie aralık \
    joulukuuta detsember decembris gruodžio desembre desembre grudzień grudnia prosinec prosince \
    decembra δεκέμβριος δεκεμβρίου декабрь декабря грудень грудня декември децембар דצמבר ديسمبر \
    दिसंबर 十二月
    """,
  ]

  /// Croatian, Lithuanian, Basque, Galician, Belarusian, Macedonian, Persian, Hindi, Thai, Albanian, Icelandic,
  /// Irish, Welsh, Afrikaans, Swahili, Azerbaijani, Uzbek, Kazakh and Filipino, as far as they have words of
  /// their own (CLDR). Croatian October is Polish and Czech November and stays theirs.
  private static let rarerMonthRows = [
    """
    siječnja siječanj sausis urtarrila xaneiro студзеня студзень јануари ژانویه มกราคม \
    janar janúar eanáir ionawr januarie yanvar қаңтар
    """,
    """
    veljače veljača vasaris otsaila febreiro лютага люты فوریه फ़रवरी กุมภาพันธ์ shkurt \
    febrúar feabhra chwefror fevral ақпан pebrero
    """,
    """
    ožujka ožujak kovas martxoa сакавіка сакавік มีนาคม márta mawrth machi наурыз marso
    """,
    """
    travnja travanj balandis apirila красавіка красавік آوریل เมษายน prill aibreán \
    ebrill aprel сәуір
    """,
    """
    svibnja svibanj maiatza พฤษภาคม maí bealtaine мамыр
    """,
    """
    čvn červen lipnja lipanj birželis ekaina xuño чэрвеня чэрвень јуни ژوئن มิถุนายน \
    qershor júní meitheamh mehefin junie iyun iyn маусым hunyo
    """,
    """
    čvc červenec srpnja srpanj liepa uztaila xullo julai ліпеня ліпень јули ژوئیه \
    กรกฎาคม korrik júlí iúil gorffennaf julie iyul iyl шілде hulyo जुल
    """,
    """
    kolovoza kolovoz rugpjūtis abuztua ogos жніўня жнівень اوت สิงหาคม gusht ágúst \
    lúnasa awst agosti avqust тамыз
    """,
    """
    rujna rujan septembar rugsėjis iraila верасня верасень سپتامبر सित กันยายน shtator \
    medi septemba sentyabr қыркүйек sentabr setyembre
    """,
    """
    oktobar spalis urria кастрычніка кастрычнік اکتبر अक्टू ตุลาคม tetor hydref oktoba \
    oktyabr қазан oktabr oktubre
    """,
    """
    studenoga studeni novembar lapkritis azaroa листопада листопад лістапада лістапад \
    نوامبر พฤศจิกายน nëntor nóvember samhain tachwedd novemba noyabr қараша nobyembre
    """,
    """
    prosinca prosinac decembar gruodis abendua decembro disember снежня снежань دسامبر \
    दिस ธันวาคม dhjetor nollaig rhagfyr desemba dekabr желтоқсан disyembre
    """,
  ]

  private static let weekdayRows = [
    """
    sunday sonntag dimanche domingo domenica zondag söndag søndag niedziela neděle \
    воскресенье κυριακή vasárnap 일요일 日曜日 星期日
    """,
    """
    monday montag lundi lunes lunedì segunda maandag måndag mandag poniedziałek pondělí \
    понедельник δευτέρα hétfő 월요일 月曜日 星期一
    """,
    """
    tuesday dienstag mardi martes martedì terça dinsdag tisdag tirsdag wtorek úterý вторник \
    τρίτη kedd 화요일 火曜日 星期二
    """,
    """
    wednesday mittwoch mercredi miércoles mercoledì quarta woensdag onsdag środa středa \
    среда τετάρτη szerda 수요일 水曜日 星期三
    """,
    """
    thursday donnerstag jeudi jueves giovedì quinta donderdag torsdag czwartek čtvrtek \
    четверг πέμπτη csütörtök 목요일 木曜日 星期四
    """,
    """
    friday freitag vendredi viernes venerdì sexta vrijdag fredag piątek pátek пятница \
    παρασκευή péntek 금요일 金曜日 星期五
    """,
    """
    saturday samstag sonnabend samedi sábado sabato zaterdag lördag lørdag sobota суббота \
    σάββατο szombat 토요일 土曜日 星期六
    """,
  ]
}

/// What the number beside a word counts.
enum DateUnit {
  case year, month, day, hour, minute, second
  case followedByMonth, followedByYear
}

extension StaticString {
  /// Its words, each packed as `DateCursor.packedWord` packs them.
  fileprivate var packedWords: [UInt64] {
    withUTF8Buffer { bytes in
      bytes.split(separator: UInt8(ascii: " ")).map { $0.reduce(0) { $0 << 8 | UInt64($1) } }
    }
  }
}
