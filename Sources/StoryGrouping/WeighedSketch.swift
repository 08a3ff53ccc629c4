/// A sketch with what its shingles weigh among the stories that were known when it was made.
package struct WeighedSketch: Sendable {
  package let sketch: Sketch
  /// The story as a cluster of its own.
  let story: Cluster
  /// The weightiest shingles, heaviest first: those that are looked up.
  let sought: [TermVector.Element]
  /// Of its title.
  let frames: [TitleTemplates.Frame]

  init(
    _ sketch: Sketch, _ vector: TermVector, _ frames: [TitleTemplates.Frame],
    isOfKnownTemplate: Bool
  ) {
    self.sketch = sketch
    self.frames = frames
    story = Cluster(sketch, vector, isOfKnownTemplate: isOfKnownTemplate)
    sought = vector.heaviest(Parameters.soughtTermLimit)
  }
}
