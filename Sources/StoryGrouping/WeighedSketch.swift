/// A sketch with what its shingles weigh among the stories that were known when it was made.
package struct WeighedSketch: Sendable {
  package let sketch: Sketch
  let vector: TermVector
}
