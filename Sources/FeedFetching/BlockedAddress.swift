/// What the guard turned away on the way of a request, and what a person can do about it.
struct BlockedAddress {
  /// As the address writes it.
  let host: String
  /// The host that led there; nil where nobody but the operator names it.
  let leader: String?

  func failure(port: Int) -> FetchFailure {
    let what = "belongs to another protocol than HTTP, and nothing opens it"
    return FetchFailure(
      .blockedAddress,
      leader.map { "\($0) leads to port \(port) of \(host), which \(what): tell its publisher" }
        ?? "port \(port) \(what): correct the port of the address")
  }

  /// The refusal of `host`, which resolved to `number`; nil where its name says enough.
  func failure(number: IPAddress?, _ refusal: AddressGuard.Refusal) -> FetchFailure {
    FetchFailure(
      .blockedAddress,
      finding(number, refusal)
        + advice(isName: number != nil && !isNumber && !isLocalName, refusal.kind),
      isOpenable: refusal.isOpenable)
  }

  private var isNumber: Bool {
    IPAddress(String(host.drop { $0 == "[" }.prefix { $0 != "]" })) != nil
  }

  /// Whether it is a name for this machine on every machine (RFC 6761 section 6.3).
  private var isLocalName: Bool {
    let name = host.hasSuffix(".") ? host.dropLast() : host[...]
    return name == "localhost" || name.hasSuffix(".localhost")
  }

  private func finding(_ number: IPAddress?, _ refusal: AddressGuard.Refusal) -> String {
    let other = isNumber ? nil : number
    if let leader {
      return "\(leader) leads to \(host)\(other.map { " (\($0))" } ?? ""), \(refusal.name)"
    }
    return other.map { "the name \(host) leads to \($0), \(refusal.name)" }
      ?? "\(host) is \(refusal.name)"
  }

  /// The rest of the sentence.
  private func advice(isName: Bool, _ kind: AddressGuard.Refusal.Kind) -> String {
    let rule = "“host \(host) allow-private=yes” in feeds.conf"
    return switch (kind, leader) {
    case (.inside, nil) where isName:
      "; if it is meant to, \(rule) opens it; "
        + "if not, who keeps the name points it into your network: take the feed out"
    case (.inside, nil): "; \(rule) opens it"
    case (.inside, .some):
      ", where no other host may lead: tell its publisher; "
        + "if the feed there is your own, follow it at its own address, which \(rule) opens"
    case (.metadata, _):
      ", which tells the machine's secrets: no feed is there, take out the line that led to it"
    case (.nowhere, _) where isName:
      ", which name servers answer for names that they block: "
        + "let the name through there, or take the feed out"
    case (.nowhere, nil), (.noHost, nil):
      isName
        ? ", which nothing opens: tell who keeps the name"
        : ", which nothing opens: correct the address"
    case (.nowhere, .some), (.noHost, .some): ", which nothing opens: tell its publisher"
    }
  }
}
