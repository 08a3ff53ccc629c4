package import Syndication

/// Makes sketches: the expensive part of grouping, pure, so that it may run on any thread.
package struct Sketcher: Sendable {
  package init() {}

  /// The sketch of a document. Reads at most `Parameters.wordLimit` words of it.
  package func sketch(
    _ document: GroupingDocument, foresight: Foresight? = nil
  ) -> Sketch {
    sketch(document, time: document.published ?? document.seen, foresight: foresight)
  }

  /// The sketch of a document at a time that need not be its own; nil puts it outside all windows.
  package func sketch(
    _ document: GroupingDocument, time: Timestamp?, foresight: Foresight? = nil
  ) -> Sketch {
    let source =
      document.source.isEmpty
      ? 0 : UInt32(truncatingIfNeeded: StableHash.name(document.source)) | 1
    var foresight = foresight
    foresight?.source = source
    return TermGatherer.withStory(
      title: document.title, text: document.text, time: time, foresight: foresight
    ) { gatherer in
      Sketch(
        id: document.id, time: time, seen: document.seen, source: source,
        terms: gatherer.terms(), signature: gatherer.signature(), lead: gatherer.lead,
        wordCount: UInt16(clamping: gatherer.wordCount),
        denseCount: UInt16(clamping: gatherer.denseCount), title: gatherer.titleHash,
        titleWords: gatherer.titleWords)
    }
  }
}
