package import Syndication

/// Makes sketches: the expensive part of grouping, pure, so that it may run on any thread.
package struct Sketcher: Sendable {
  package init() {}

  /// The sketch of a document. Reads at most `Parameters.wordLimit` words of it.
  package func sketch(_ document: GroupingDocument) -> Sketch {
    sketch(document, time: document.published ?? document.seen)
  }

  /// The sketch of a document at a time that need not be its own; nil puts it outside all windows.
  package func sketch(_ document: GroupingDocument, time: Timestamp?) -> Sketch {
    var gatherer = TermGatherer()
    var title = document.title
    title.withUTF8 { gatherer.read(title: $0) }
    var text = document.text
    text.withUTF8 { gatherer.read(text: $0) }
    return Sketch(
      id: document.id, time: time, seen: document.seen,
      source: document.source.isEmpty
        ? 0 : UInt32(truncatingIfNeeded: StableHash.name(document.source)) | 1,
      terms: gatherer.terms(), signature: gatherer.signature(),
      wordCount: UInt16(clamping: gatherer.wordCount), title: gatherer.titleHash,
      titleWords: gatherer.titleWords)
  }
}
