internal import Syndication

/// Media RSS and places.
extension FeedBuilder {
  mutating func endMedia(_ frame: Frame) {
    let text = ownText(frame)
    let attributes = frame.attributes
    switch frame.field {
    case .mediaThumbnail:
      var image = FeedImage()
      image.url = (attributes?[.url] ?? text).flatMap { address($0, frame.base) }
      image.width = attributes?[.width].flatMap { Int($0) }
      image.height = attributes?[.height].flatMap { Int($0) }
      guard image.url != nil else { return }
      noteCut(unless: draft.media.orEmpty.thumbnails.appendBounded(image))
    case .mediaCredit:
      let credit = Media.Credit(role: attributes?[.role], content: text)
      noteCut(unless: draft.media.orEmpty.credits.appendBounded(credit))
    case .mediaPlayer:
      draft.media.orEmpty.player = (attributes?[.url] ?? text).flatMap { address($0, frame.base) }
    case .mediaRating:
      draft.media.orEmpty.rating = text
    case .mediaStars:
      draft.media.orEmpty.averageStars = attributes?[.average].flatMap { GeoText.number($0) }
      draft.media.orEmpty.starCount = attributes?[.count].flatMap { Int($0) }
    case .mediaStatistics:
      draft.media.orEmpty.views = attributes?[.views].flatMap { Int($0) }
      draft.media.orEmpty.favorites = attributes?[.favorites].flatMap { Int($0) }
    case .mediaStatus:
      draft.media.orEmpty.status = attributes?[.state]?.lowercased() ?? text
    case .mediaLicense:
      var license = Media.License()
      license.type = attributes?[.type]
      license.href = attributes?[.href].flatMap { address($0, frame.base) }
      license.content = text
      draft.media.orEmpty.license = license
    default:
      var restriction = Media.Restriction()
      restriction.relationship = attributes?[.relationship]
      restriction.type = attributes?[.type]
      restriction.content = text
      draft.media.orEmpty.restriction = restriction
    }
  }

  mutating func endPlace(_ frame: Frame, _ text: String) {
    switch frame.field {
    case .georssPoint: draft.geo = GeoText.shape(text, .point) ?? draft.geo
    case .georssLine: draft.geo = GeoText.shape(text, .line) ?? draft.geo
    case .georssPolygon: draft.geo = GeoText.shape(text, .polygon) ?? draft.geo
    case .georssBox: draft.geo = GeoText.shape(text, .box) ?? draft.geo
    case .gmlLowerCorner: draft.lowerCorner = text
    case .gmlUpperCorner:
      draft.geo = GeoText.shape("\(draft.lowerCorner ?? "") \(text)", .box) ?? draft.geo
    case .geoLatitude: draft.latitude = GeoText.number(text)
    case .geoLongitude: draft.longitude = GeoText.number(text)
    default: break
    }
  }

  /// The positions of the innermost GML geometry.
  mutating func endGML(_ frame: Frame) {
    guard let text = ownText(frame), let geometry = frames.last(where: { $0.field.isGeometry })
    else { return }
    let dimension = frame.attributes?[.srsDimension] ?? geometry.attributes?[.srsDimension]
    let shape: GeoText.Shape =
      switch geometry.field {
      case .gmlLine: .line
      case .gmlPolygon: .polygon
      default: .point
      }
    draft.geo = GeoText.shape(text, shape, dimensions: dimension == "3" ? 3 : 2) ?? draft.geo
  }
}

extension Field {
  fileprivate var isGeometry: Bool {
    self == .gmlPoint || self == .gmlLine || self == .gmlPolygon
  }
}

/// Coordinates as GeoRSS and GML write them: latitude before longitude.
enum GeoText {
  enum Shape { case point, line, polygon, box }

  /// Of one shape.
  static let positionLimit = 10_000

  static func number(_ text: some StringProtocol) -> Double? {
    guard let number = Double(text), number.isFinite else { return nil }
    return number
  }

  /// The shape, or nil when the text is no list of enough positions.
  static func shape(_ text: String, _ shape: Shape, dimensions: Int = 2) -> GeoShape? {
    let limit = positionLimit * dimensions
    let words = text.split(maxSplits: limit) { $0 == "," || $0.isWhitespace }
    guard words.count <= limit else { return nil }
    let numbers = words.compactMap { number($0) }
    guard numbers.count == words.count else { return nil }
    let positions = stride(from: 0, to: numbers.count - dimensions + 1, by: dimensions).map {
      GeoPosition(
        longitude: numbers[$0 + 1], latitude: numbers[$0],
        altitude: dimensions > 2 ? numbers[$0 + 2] : nil)
    }
    switch shape {
    case .point: return positions.first.map { .point($0) }
    case .line: return positions.count > 1 ? .line(positions) : nil
    case .polygon: return positions.count > 2 ? .polygon(positions) : nil
    case .box: return positions.count > 1 ? .box(Array(positions.prefix(2))) : nil
    }
  }
}

/// Normal play time (RFC 2326 section 3.6): `[[hours:]minutes:]seconds[.fraction]`.
enum ClockTime {
  static func seconds(_ text: String) -> Double? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard 1...3 ~= parts.count else { return nil }
    var seconds = 0.0
    for part in parts {
      guard let number = GeoText.number(part), number >= 0 else { return nil }
      seconds = seconds * 60 + number
    }
    return seconds.isFinite ? seconds : nil
  }
}
