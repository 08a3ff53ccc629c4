extension WebAddress {
  /// Parameters that only tell who sent the reader; a name ending in `*` stands for all that begin
  /// like it. Of general use first, then those of single services and publishers.
  private static let trackingParameters = [
    "utm_*", "mtm_*", "pk_*", "piwik_*", "matomo_*", "itm_*", "hsa_*", "_hs*", "hsctatracking",
    "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "ysclid",
    "twclid",
    "ttclid", "igshid", "igsh", "li_fat_id", "mc_cid", "mc_eid", "mkt_tok", "_openstat", "vero_id",
    "vero_conv", "oly_anon_id", "oly_enc_id", "rb_clickid", "s_cid", "srsltid", "epik", "zanpid",
    "wickedid", "_branch_match_id", "_ga", "_gl", "trk_contact", "trk_msg", "ref_src", "ref_url",
    "at_medium", "at_campaign", "at_custom*", "at_link*", "at_format", "at_bbc_team", "at_ptr_name",
    "xtor", "wt_mc", "wt.mc_id", "wtmc", "cmp", "cmpid", "ncid", "ocid", "smid", "smtyp",
    "sr_share",
    "ns_mchannel", "ns_campaign", "ns_source", "ns_linkname", "guccounter", "guce_referrer",
    "guce_referrer_sig", "traffic_source", "spm", "ito", "maca", "rss_source", "campaign_id",
    "ftag", "partner_source", "partner_medium", "partner_campaign", "__twitter_impression",
  ]

  private static let trackingNames = Set(trackingParameters.filter { !$0.hasSuffix("*") })
  private static let trackingPrefixes = trackingParameters.filter { $0.hasSuffix("*") }
    .map { Array($0.utf8.dropLast()) }

  /// The first two letters of each name, 32 times the first plus the second modulo 32.
  private static let trackingInitials: [Bool] = {
    var initials = [Bool](repeating: false, count: 1024)
    for name in trackingParameters.map({ Array($0.utf8) }) {
      initials[Int(name[0] & 31) << 5 | Int(name[1] & 31)] = true
    }
    return initials
  }()

  /// Whether `withoutTrackingParameters` may find something to take out of the address; a false is
  /// for sure. Ampersands may be written `&amp;`.
  package static func mayTrack(_ address: UnsafeBufferPointer<UInt8>) -> Bool {
    let initials = trackingInitials
    var place = 0
    while place + 2 < address.count {
      let byte = address[place]
      place += 1
      guard byte == UInt8(ascii: "?") || byte == UInt8(ascii: "&") || byte == UInt8(ascii: "#")
      else { continue }
      var start = place
      while address[start...].starts(with: "amp;".utf8) { start += 4 }
      guard start + 1 < address.count else { return false }
      if initials[Int(address[start] & 31) << 5 | Int(address[start + 1] & 31)] { return true }
    }
    return false
  }

  /// The address without the parameters that only track its reader, in the query and in a fragment
  /// that is written like one. Everything else keeps its place and spelling.
  package static func withoutTrackingParameters(_ address: String) -> String {
    guard address.utf8.contains(where: { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") })
    else { return address }
    let fragmentStart = address.utf8.firstIndex(of: UInt8(ascii: "#")) ?? address.endIndex
    let queryStart =
      address[..<fragmentStart].utf8.firstIndex(of: UInt8(ascii: "?")) ?? fragmentStart
    var tidied = String(address[..<queryStart])
    tidied += withoutTracking(address[queryStart..<fragmentStart].utf8)
    tidied += withoutTracking(address[fragmentStart...].utf8)
    return tidied
  }

  /// `part` begins with its question mark or hash, or is empty.
  private static func withoutTracking(_ part: Substring.UTF8View) -> String {
    guard let mark = part.first else { return "" }
    let parameters = part.dropFirst().split(
      separator: UInt8(ascii: "&"), omittingEmptySubsequences: false)
    let kept = parameters.filter { !isTracking($0) }
    guard kept.count < parameters.count else { return String(decoding: part, as: UTF8.self) }
    guard !kept.isEmpty else { return "" }
    let joined = [mark] + kept.joined(separator: [UInt8(ascii: "&")])
    return String(decoding: joined, as: UTF8.self)
  }

  private static func isTracking(_ parameter: Substring.UTF8View) -> Bool {
    guard let end = parameter.firstIndex(of: UInt8(ascii: "=")) else { return false }
    var name = parameter[..<end]
    // An ampersand that was escaped once too often.
    if name.starts(with: "amp;".utf8) { name = name.dropFirst(4) }
    let lowered = String(decoding: name, as: UTF8.self).lowercased()
    return trackingNames.contains(lowered)
      || trackingPrefixes.contains { lowered.utf8.starts(with: $0) }
  }
}
