/// Who asks, to a server that wants to know (RFC 7617, 7616, 6750). Its descriptions show no secret.
package enum Credentials: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible
{
  case basic(user: String, password: String)
  case digest(user: String, password: String)
  case bearer(token: String)

  package var description: String {
    switch self {
    case .basic(let user, _): "basic credentials of \(user)"
    case .digest(let user, _): "digest credentials of \(user)"
    case .bearer: "a bearer token"
    }
  }

  package var debugDescription: String { description }
}
