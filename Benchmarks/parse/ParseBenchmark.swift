import FeedParsing
import Glibc
import Syndication

/// Parses every file of a folder and says what it cost:
///
///     parse-benchmark FOLDER [ROUNDS [fields|stored]]
///
/// `fields` leaves HTML as published, which is what `floor.c` does; `stored` sanitises it, resolves its
/// addresses and makes plain text of it, which is what feedparser does and more. The files are read
/// into memory first; only the parse, and freeing what it made, is timed. A line of JSON for each
/// round.
@main
enum ParseBenchmark {
  static func main() {
    let arguments = CommandLine.arguments
    guard arguments.count > 1, let files = Folder.files(arguments[1]) else {
      print("usage: parse-benchmark FOLDER [ROUNDS [fields|stored]]")
      exit(64)
    }
    let isStored = arguments.count > 3 && arguments[3] == "stored"
    for _ in 0..<(arguments.count > 2 ? Int(arguments[2]) ?? 1 : 1) {
      var tally = Tally()
      let start = cpuSeconds
      for file in files { tally.parse(file, isStored: isStored) }
      tally.report(files, seconds: cpuSeconds - start)
    }
  }

  private static var cpuSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

/// What a round found: numbers to compare with those of other programs, and the proof that the work
/// was done.
private struct Tally {
  private var entries = 0
  private var failed = 0
  /// Of titles, summaries and contents, as they come out of the parse.
  private var textBytes = 0
  private var plainBytes = 0
  private var checksum: Int64 = 0

  mutating func parse(_ file: [UInt8], isStored: Bool) {
    let request = ParseRequest(url: "https://news.example/dir/feed.xml", sanitizesHTML: isStored)
    guard let feed = try? FeedParser.parse(file, request) else {
      failed += 1
      return
    }
    entries += feed.entries.count
    for entry in feed.entries { add(entry, isStored: isStored) }
  }

  private mutating func add(_ entry: Entry, isStored: Bool) {
    for text in [entry.title, entry.summary, entry.content] {
      guard let text else { continue }
      textBytes += text.value.utf8.count
      guard isStored else { continue }
      let isHTML = text.kind == .html
      let plain = isHTML ? PlainText.text(ofHTML: text.value) : PlainText.line(ofText: text.value)
      plainBytes += plain.utf8.count
    }
    checksum &+= Int64(entry.links.count + entry.enclosures.count + entry.categories.count)
    checksum &+= (entry.published?.milliseconds ?? 0) &+ (entry.updated?.milliseconds ?? 0)
  }

  func report(_ files: [[UInt8]], seconds: Double) {
    let bytes = files.reduce(0) { $0 + $1.count }
    print(
      "{\"files\":\(files.count),\"bytes\":\(bytes),\"seconds\":\(seconds),\"entries\":\(entries),"
        + "\"failed\":\(failed),\"textBytes\":\(textBytes),\"plainBytes\":\(plainBytes),"
        + "\"checksum\":\(checksum)}")
  }
}

private enum Folder {
  /// The contents of a folder's regular files in the order of their names; nil without a folder.
  static func files(_ path: String) -> [[UInt8]]? {
    guard let folder = opendir(path) else { return nil }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        })
    }
    return names.sorted().compactMap { contents(path + "/" + $0) }
  }

  private static func contents(_ path: String) -> [UInt8]? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      let file = fopen(path, "rb")
    else { return nil }
    defer { fclose(file) }
    return [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
      count = fread(buffer.baseAddress, 1, buffer.count, file)
    }
  }
}
