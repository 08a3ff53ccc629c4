/// A sketch with what its shingles weigh among the stories that were known when it was made.
package struct WeighedSketch: Sendable {
  package let sketch: Sketch
  let vector: TermVector
  /// The weightiest shingles, heaviest first: those that are looked up.
  let sought: [TermVector.Element]

  init(_ sketch: Sketch, _ vector: TermVector) {
    self.sketch = sketch
    self.vector = vector
    sought = vector.heaviest(Parameters.soughtTermLimit)
  }
}
