internal import FoundationEssentials
internal import Syndication

/// A document as the filters read it: `{"id","title","text","published"?,"source"?,"lang"?}`.
struct FilterDocument: Decodable {
  var id: String?
  var title: String?
  var text: String?
  var published: String?
  var source: String?
  var lang: String?

  /// Reads a value of JSON from a line.
  static func read<Value: Decodable>(
    _ type: Value.Type, from line: some Collection<UInt8>, number: Int
  )
    throws(GroupingError) -> Value
  {
    do {
      return try JSONDecoder().decode(type, from: Data(line))
    } catch let error as DecodingError {
      throw GroupingError(line: number, problem: error.sentence)
    } catch {
      throw GroupingError(line: number, problem: "not JSON")
    }
  }

  /// The sketch of the document under a number of the filter's own; `published` may be a date alone.
  /// It was seen when its line was read, in lines.
  func sketch(
    as id: StoryID, _ sketcher: Sketcher, _ foresight: Foresight, line: Int
  ) throws(GroupingError) -> Sketch {
    sketcher.sketch(
      document(as: id, line: line), time: try time(line: line), foresight: foresight)
  }

  /// The document as `compare` takes it, under a number of the filter's own.
  func compared(as id: StoryID, line: Int) throws(GroupingError) -> ComparedStory {
    ComparedStory(document(as: id, line: line), time: try time(line: line))
  }

  private func document(as id: StoryID, line: Int) -> GroupingDocument {
    GroupingDocument(
      id: id, title: title ?? "", text: text ?? "", language: lang, source: source ?? "",
      published: nil, seen: Timestamp(milliseconds: Int64(line)))
  }

  private func time(line: Int) throws(GroupingError) -> Timestamp? {
    guard let published, !published.isEmpty else { return nil }
    guard let time = FilterDocument.time(published) else {
      throw GroupingError(line: line, problem: "published: not a date and time: \(published)")
    }
    return time
  }

  /// RFC 3339, with the time or the zone left out at will; without a zone it is UTC.
  private static func time(_ text: String) -> Timestamp? {
    Timestamp(rfc3339: text) ?? Timestamp(rfc3339: text + "Z")
      ?? Timestamp(rfc3339: text + "T00:00:00Z")
  }
}

extension DecodingError {
  /// One sentence without a full stop.
  var sentence: String {
    switch self {
    case .keyNotFound(let key, _): "no \(key.stringValue)"
    case .typeMismatch(_, let context) where context.codingPath.isEmpty: "not a JSON object"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "\(context.codingPath.map(\.stringValue).joined(separator: ".")): not of the type it should be"
    default: "not JSON"
    }
  }
}
