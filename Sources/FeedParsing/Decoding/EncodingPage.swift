/// The characters of single bytes from 0x80 to 0xFF in encodings for which the system has no converter.
///
/// From the mapping tables that the Unicode Consortium publishes under `VENDORS`.
struct EncodingPage {
  /// 128 scalars.
  let characters: String

  static let macGreek = EncodingPage(
    characters: """
      Ä¹²É³ÖÜ΅àâä΄¨çéèêë£™îï•½‰ôö¦€ùûü\
      †ΓΔΘΛΞΠß®©ΣΪ§≠°·Α±≤≥¥ΒΕΖΗΙΚΜΦΫΨΩ\
      άΝ¬ΟΡ≈Τ«»…\u{A0}ΥΧΆΈœ–―“”‘’÷ΉΊΌΎέήίόΏ\
      ύαβψδεφγηιξκλμνοπώρστθωςχυζϊϋΐΰ\u{AD}
      """)

  static let macTurkish = EncodingPage(
    characters: """
      ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü\
      †°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø\
      ¿¡¬√ƒ≈∆«»…\u{A0}ÀÃÕŒœ–—“”‘’÷◊ÿŸĞğİıŞş\
      ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\u{F8FF}ÒÚÛÙ\u{F8A0}ˆ˜¯˘˙˚¸˝˛ˇ
      """)

  static let macCroatian = EncodingPage(
    characters: """
      ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü\
      †°¢£§•¶ß®Š™´¨≠ŽØ∞±≤≥∆µ∂∑∏š∫ªºΩžø\
      ¿¡¬√ƒ≈Ć«Č…\u{A0}ÀÃÕŒœĐ—“”‘’÷◊\u{F8FF}©⁄€‹›Æ»\
      –·‚„‰ÂćÁčÈÍÎÏÌÓÔđÒÚÛÙıˆ˜¯πË˚¸Êæˇ
      """)

  static let macRomanian = EncodingPage(
    characters: """
      ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü\
      †°¢£§•¶ß®©™´¨≠ĂȘ∞±≤≥¥µ∂∑∏π∫ªºΩăș\
      ¿¡¬√ƒ≈∆«»…\u{A0}ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›Țț\
      ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\u{F8FF}ÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ
      """)

  static let macIcelandic = EncodingPage(
    characters: """
      ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü\
      Ý°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø\
      ¿¡¬√ƒ≈∆«»…\u{A0}ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€ÐðÞþ\
      ý·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\u{F8FF}ÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ
      """)

  static let arabicDOS = EncodingPage(
    characters: """
      \u{80}\u{81}éâ\u{84}à\u{86}ç\
      êëèïî\u{8D}\u{8E}\u{8F}\
      \u{90}\u{651}\u{652}ô¤\u{640}ûù\
      \u{621}\u{622}\u{623}\u{624}£\u{625}\u{626}\u{627}\
      \u{628}\u{629}\u{62A}\u{62B}\u{62C}\u{62D}\u{62E}\u{62F}\
      \u{630}\u{631}\u{632}\u{633}\u{634}\u{635}«»\
      ░▒▓│┤╡╢╖\
      ╕╣║╗╝╜╛┐\
      └┴┬├─┼╞╟\
      ╚╔╩╦╠═╬╧\
      ╨╤╥╙╘╒╓╫\
      ╪┘┌█▄▌▐▀\
      \u{636}\u{637}\u{638}\u{639}\u{63A}\u{641}µ\u{642}\
      \u{643}\u{644}\u{645}\u{646}\u{647}\u{648}\u{649}\u{64A}\
      ≡\u{64B}\u{64C}\u{64D}\u{64E}\u{64F}\u{650}≈\
      °∙·√ⁿ²■\u{A0}
      """)
}

extension CharacterEncoding {
  init(_ name: String, page: EncodingPage) {
    self.init(name: name, scheme: .page(page.characters))
  }
}
