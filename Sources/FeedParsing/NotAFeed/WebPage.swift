internal import Syndication

/// What kind of page stands where a feed was expected.
struct WebPage {
  /// How far into a page its signs are looked for.
  private static let headByteLimit = 128 << 10
  /// Larger pages are no mere question, whatever words stand in them.
  private static let questionByteLimit = 32 << 10

  private let head: ArraySlice<UInt8>
  private let title: String?
  private let isSmall: Bool

  init(_ input: ByteScan) {
    head = Array(input.slice(0..<min(input.count, Self.headByteLimit)))[...]
    isSmall = input.count <= Self.questionByteLimit
    title = Self.title(in: head)
  }

  var error: FeedParsingError {
    let name = title.map { " titled “\($0)”" } ?? ""
    if let guardian {
      return FeedParsingError(
        .challengePage, "a page of \(guardian) that asks for proof of a human reader, not a feed")
    }
    if isSmall, Self.questions.contains(where: has) {
      return FeedParsingError(
        .challengePage, "a page\(name) that asks for proof of a human reader, not a feed")
    }
    if Self.consents.contains(where: has) || Self.consentTitles.contains(where: titleHas) {
      return FeedParsingError(.loginPage, "a page\(name) that asks for consent, not a feed")
    }
    if isSmall && Self.logins.contains(where: has) || Self.loginTitles.contains(where: titleHas) {
      return FeedParsingError(
        .loginPage, "a login page\(name), not a feed")
    }
    if titleHas("404") || titleHas("not found") {
      return FeedParsingError(
        .htmlPage, "an HTML page\(name) that says that there is nothing, not a feed")
    }
    return FeedParsingError(.htmlPage, "an HTML page\(name), not a feed")
  }

  /// Who stands between the reader and the site.
  private var guardian: String? {
    Self.guardians.first { sign, _ in has(sign) }?.name
  }

  private func has(_ sign: StaticString) -> Bool {
    head.firstRange(ofIgnoringCase: sign) != nil
  }

  private func titleHas(_ words: String) -> Bool {
    title?.lowercased().contains(words) ?? false
  }

  private static func title(in head: ArraySlice<UInt8>) -> String? {
    guard let opening = head.firstRange(ofIgnoringCase: "<title"),
      let start = head[opening.upperBound...].firstIndex(of: UInt8(ascii: ">")),
      let end = head[start...].firstRange(ofIgnoringCase: "</title")
    else { return nil }
    let html = String(decoding: head[(start + 1)..<end.lowerBound].prefix(1000), as: UTF8.self)
    return PlainText.line(ofHTML: html).nonBlank.map { String($0.prefix(80)) }
  }

  /// Elements that only pages begin with, where the page has neither a type nor a root.
  static let elements: Set<String> = [
    "script", "meta", "title", "div", "p", "br", "b", "h1", "h2", "center", "table", "style",
    "link",
    "a", "span", "form", "noscript", "pre", "font", "img", "iframe", "frameset", "main", "section",
    "header", "nav", "article", "ul",
  ]

  /// What nothing but the pages of these services holds, in lower case.
  private static let guardians: [(sign: StaticString, name: String)] = [
    ("/cdn-cgi/challenge-platform", "Cloudflare"), ("cf-browser-verification", "Cloudflare"),
    ("cf_chl_", "Cloudflare"), ("<title>just a moment...", "Cloudflare"),
    ("attention required! | cloudflare", "Cloudflare"), ("cf-error-details", "Cloudflare"),
    ("/_incapsula_resource", "Imperva Incapsula"), ("incapsula incident id", "Imperva Incapsula"),
    ("geo.captcha-delivery.com", "DataDome"), ("captcha-delivery.com", "DataDome"),
    ("datadome.co", "DataDome"), ("var dd={", "DataDome"),
    ("/.within.website/x/cmd/anubis", "Anubis"), ("making sure you&#39;re not a bot", "Anubis"),
    ("making sure you're not a bot", "Anubis"), ("techaro", "Anubis"),
    ("px-captcha", "HUMAN"), ("_pxappid", "HUMAN"), ("errors.edgesuite.net", "Akamai"),
    ("/_sec/cp_challenge", "Akamai"), ("sec-if-cpt-container", "Akamai"),
    ("awswafintegration", "AWS WAF"), ("token.awswaf.com", "AWS WAF"),
    ("ddos-guard", "DDoS-Guard"), ("ddos protection by", "a protection against floods"),
    ("sucuri website firewall", "Sucuri"), ("sucuri_cloudproxy", "Sucuri"),
    ("vercel security checkpoint", "Vercel"), ("_fs-ch-", "F5"),
    ("requested url was rejected. please consult", "F5"),
    ("/sorry/index", "Google"), ("whoa there, pardner", "Reddit"), ("sgcaptcha", "SiteGround"),
    ("bunny-shield", "Bunny"), ("go-away.cgi", "go-away"), ("kasada", "Kasada"),
    ("haproxy protection", "HAProxy"), ("basedflare", "BasedFlare"),
  ]

  /// What pages ask that stand before a site, in lower case.
  private static let questions: [StaticString] = [
    "checking your browser", "checking if the site connection is secure",
    "enable javascript and cookies to continue", "verify you are human", "verifying you are human",
    "are you a robot", "you are not a robot", "i'm not a robot", "unusual traffic", "captcha",
    "complete the security check", "automated access", "bot detection", "proof of work",
  ]

  private static let consents: [StaticString] = [
    "consent.google.", "consent.youtube.com", "consent.yahoo.com", "guce.oath.com",
    "guce.advertising.com", "/privacy-gate", "privacygate", "myprivacy.dpgmedia",
  ]
  private static let consentTitles = [
    "before you continue", "bevor sie fortfahren", "avant de continuer", "privacy gate",
    "cookie consent", "your privacy choices",
  ]

  private static let logins: [StaticString] = [
    "type=\"password\"", "type='password'", "type=password", "/saml2/", "/oauth2/authorize",
    "openid-connect/auth",
  ]
  private static let loginTitles = [
    "log in", "login", "log on", "sign in", "sign-in", "signin", "anmelden", "anmeldung",
    "connexion", "se connecter", "iniciar sesión", "accedi", "inloggen", "logga in",
    "subscribe to read",
  ]
}
