/// Reads feeds.conf. Every problem of every file is found in one run; no file is opened here.
///
/// The grammar, a line at a time (`#` begins a comment, values may stand in quotation marks):
///
///     set storage|interval|user-agent|update-moved|PHASE-timeout VALUE
///     set proxy|ca-file|credentials-file VALUE
///     host NAME [gap=61s] [scope=host|registrable-domain|url] [allow-private=yes] [max-in-flight=1]
///       [proxy=URL|none] [ca=FILE] [certificate=FILE] [key=FILE]      all on one line
///     include PATTERN
///     [Group]
///     KEY = VALUE                          an option or a rule of the group, before its feeds
///     URL [title="…"] [tags=a,b] [interval=2h] [credential=NAME] [header="A: b"] [paused=yes]
///       ignore|keep FIELD =|!= "value"     indented: a rule of the feed above
///       ignore|keep FIELD ~|!~ /pattern/i
///
/// A group lasts to the next group's line; the same name again begins without options. An included
/// file is read as if it stood in the place of its `include` line, but a group that it begins ends
/// with it. The same request twice is one feed with the tags, headers and rules of both lines; where
/// title, interval, credential or pause contradict, that is a problem.
package enum FeedsConfigurationParser {
  /// Over all files.
  package static let fileLimit = 1000
  /// Files that are being read, one including the next.
  package static let includeDepthLimit = 8
  package static let lineByteLimit = 65_536
  /// Of one file.
  package static let fileByteLimit = 128 << 20
  /// Further problems are counted.
  package static let problemLimit = 1000

  /// A file that an `include` line brought in.
  package struct IncludedFile: Sendable {
    package enum Content: Sendable {
      case bytes([UInt8])
      /// Why it could not be read.
      case unreadable(String)
    }

    /// As problems show it; the same file always under the same name, so that a loop is seen.
    package var name: String
    package var content: Content

    package init(name: String, content: Content) {
      self.name = name
      self.content = content
    }
  }

  /// The files that `pattern`, as written in the file named `includer`, stands for, in the order of
  /// their names; empty where there is none.
  package typealias Including = (_ pattern: String, _ includer: String) -> [IncludedFile]

  /// Reads `text` and what it includes.
  ///
  /// - Parameters:
  ///   - text: The bytes of the file.
  ///   - file: The name that problems show.
  ///   - including: Called for every `include` line.
  /// - Returns: The configuration, to be used only when there is no problem, and the problems sorted
  ///   by file (in the order of reading), line and column.
  package static func parse(
    _ text: [UInt8], file: String, including: Including
  ) -> (FeedsConfiguration, [ConfigurationProblem]) {
    var reader = FeedsConfigurationReader()
    withoutActuallyEscaping(including) { reader.read(text, file: file, including: $0) }
    return reader.finish(file: file)
  }
}
