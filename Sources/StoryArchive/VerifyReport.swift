/// What `verify` found.
package struct VerifyReport: Hashable, Sendable {
  package var segmentCount = 0
  /// Of these, those whose data were read.
  package var readSegmentCount = 0
  /// Lines and bytes that were read and checked.
  package var lineCount = 0
  package var byteCount = 0
  /// What is not as it was acknowledged.
  package var damage: [Damage] = []
  /// What is worth knowing and no loss, such as a torn tail that the next writer will cut off.
  package var notes: [String] = []

  /// Manifests, within the archive's directory, that were read and are not what they should be.
  var wrongManifests: Set<String> = []
  /// Ordinals of sound segments of which the manifest says what they are not.
  var misstated: Set<Int> = []

  /// 0, or 65 (EX_DATAERR) when something is damaged.
  package var exitCode: Int32 { damage.isEmpty ? 0 : 65 }
}
