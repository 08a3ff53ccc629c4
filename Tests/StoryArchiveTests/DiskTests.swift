import ArchiveSimulation
import Glibc
import Syndication
import SystemPackage
import Testing

@testable import StoryArchive

/// The archive on the kernel's file system, read by foreign tools.
@Suite struct DiskTests {
  private static let storyArchive = FilePath(#filePath).removingLastComponent()
  private static let package = storyArchive.removingLastComponent().removingLastComponent()

  private func open(
    _ path: String, _ access: Archive.Access = .readWrite, now: Timestamp = Sample.noon
  ) throws -> Archive {
    try Archive.open(at: path, access: access, now: now)
  }

  @Test func `the format page in the repository is the one in every archive`() throws {
    let page = try Command("cat '\(Self.package)/Storage/README.md'")
    #expect(page.output == FormatPage.text)
    let directory = try TemporaryDirectory()
    _ = try open(directory.path + "/A")
    #expect(try Command("cat '\(directory.path)/A/README.md'").output == FormatPage.text)
  }

  @Test func `two may look at once whether a lock is held`() throws {
    let directory = try TemporaryDirectory()
    let disk = try DiskFileSystem(at: directory.path)
    let file = try disk.open("lock", for: .locking)
    defer { disk.close(file) }
    let other = Glibc.open(directory.path + "/lock", O_RDWR)
    defer { close(other) }
    // As one who looks at this moment.
    #expect(flock(other, LOCK_SH) == 0)
    #expect(try !disk.isLocked(file))
    #expect(flock(other, LOCK_EX | LOCK_NB) == 0, "whoever looked left nothing behind")
    #expect(try disk.isLocked(file))
  }

  @Test func `new files take the archive's mode, sealed ones lose their write permission`() throws {
    let directory = try TemporaryDirectory()
    chmod(directory.path, 0o2750)
    let archive = try open(directory.path)
    try archive.store([0])
    try archive.seal(now: Sample.noon)
    try archive.store([1])
    let modes = try Command(
      "cd '\(directory.path)' && stat -c '%a %n' lock stories/2026 stories/2026/*")
    #expect(
      modes.output == """
        600 lock
        2750 stories/2026
        640 stories/2026/000001-2026-11-21.changes
        440 stories/2026/000001-2026-11-21.jsonl
        640 stories/2026/000002-2026-11-21.open

        """)
  }

  @Test(.enabled(if: geteuid() == 0, "only root can write as somebody else"))
  func `what root writes belongs to the archive's owner`() throws {
    let directory = try TemporaryDirectory()
    chown(directory.path, 1234, 2345)
    let archive = try open(directory.path)
    try archive.store([0])
    try archive.stateLog(named: "feeds.jsonl").append(Array("{}".utf8))
    try archive.seal(now: Sample.noon)
    let others = try Command("find '\(directory.path)' -not -uid 1234 -o -not -gid 2345")
    #expect(others.output == "")
  }

  @Test func `what the kernel refuses is told`() throws {
    let directory = try TemporaryDirectory()
    let system = try DiskFileSystem(at: directory.path)
    #expect(throws: Errno.badFileDescriptor) {
      try system.synchronizeContents(of: OpenFile(number: -1))
    }
    #expect(throws: Errno.badFileDescriptor) { _ = try system.status(of: OpenFile(number: -1)) }
    #expect(throws: Errno.badFileDescriptor) { try system.truncate(OpenFile(number: -1), to: 0) }
    #expect(throws: Errno.badFileDescriptor) { try system.protect(OpenFile(number: -1)) }
    #expect(throws: Errno.badFileDescriptor) { try system.doubt(OpenFile(number: -1)) }
    #expect(throws: Errno.noSuchFileOrDirectory) { try system.rename("none", to: "other") }
    #expect(throws: Errno.noSuchFileOrDirectory) { try system.remove("none") }
    try system.makeDirectory("stories")
    #expect(throws: Errno.fileExists) { try system.makeDirectory("stories") }
    // No directory of the kernel's own can be made durable.
    let processes = try DiskFileSystem(at: "/proc/self")
    #expect(throws: Errno.invalidArgument) { try processes.synchronizeNames(in: "") }
    let error = #expect(throws: ArchiveError.self) { try open("/sys/aggregator-archive") }
    #expect(error?.exitCode == 73)
  }

  @Test func `what a failing device refuses is told`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path
    let system = try DiskFileSystem(at: path)
    let attempts: [(RefusingKernel.Call, () throws -> Void)] = [
      (.status, { _ = try DiskFileSystem(at: path) }),
      (.list, { _ = try system.names(in: "") }),
      (.changeMode, { try system.makeDirectory("stories") }),
      (.changeMode, { system.close(try system.open("new", for: .creating)) }),
      (.remove, { try system.rename("link", to: "other/link") }),
    ]
    let made = try Command("cd '\(path)' && mkdir other && ln -s nowhere link")
    #expect(made.exitCode == 0)
    for (place, (call, attempt)) in attempts.enumerated() {
      let error = try RefusingKernel.error(refusing: call, attempt)
      #expect(error as? Errno == .ioError, "attempt \(place)")
    }
  }

  @Test(.enabled(if: geteuid() == 0, "only root can write as somebody else"))
  func `that a file cannot be given to the archive's owner is told`() throws {
    let directory = try TemporaryDirectory()
    chown(directory.path, 1234, 2345)
    let system = try DiskFileSystem(at: directory.path)
    let attempts: [() throws -> Void] = [
      { system.close(try system.open("new", for: .creating)) },
      { try system.makeDirectory("stories") },
    ]
    for (place, attempt) in attempts.enumerated() {
      let error = try RefusingKernel.error(refusing: .changeOwner, attempt)
      #expect(error as? Errno == .ioError, "attempt \(place)")
    }
  }

  @Test func `only one of two values holds the writer lock`() throws {
    let directory = try TemporaryDirectory()
    let (daemon, hand) = (try open(directory.path), try open(directory.path))
    try daemon.withWriterLock(waiting: .zero) { _ in
      #expect(throws: ArchiveError.locked(path: directory.path)) { try hand.store([0]) }
      return
    }
    try hand.store([0])
    #expect(try daemon.newNumbers() == [0])
  }

  @Test func `two writers at once store everything once`() async throws {
    let directory = try TemporaryDirectory()
    let path = directory.path
    _ = try open(path)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<2 {
        group.addTask {
          let archive = try Archive.open(at: path, access: .readWrite, now: Sample.noon)
          for number in 0..<25 {
            try archive.withWriterLock(waiting: nil) { transaction in
              transaction.stage(Sample.record(writer * 25 + number))
              try transaction.commit(now: Sample.noon)
            }
            if number % 10 == 9 { try archive.seal(now: Sample.noon) }
          }
        }
      }
      try await group.waitForAll()
    }
    let archive = try open(path, .readOnly)
    #expect(try archive.numbersOnDisk().sorted() == Array(0..<50))
    #expect(try archive.verify(readData: true).damage == [])
  }

  @Test func `a directory of something else is left alone`() throws {
    let directory = try TemporaryDirectory()
    _ = try Command("echo precious > '\(directory.path)/notes.txt'")
    #expect(
      throws: ArchiveError.notAnArchive(
        path: directory.path, detail: "there is no file FORMAT, but there is \"notes.txt\"")
    ) { try open(directory.path) }
    #expect(try Command("ls -A '\(directory.path)'").output == "notes.txt\n")
  }

  @Test func `an archive of a newer format is left alone`() throws {
    let directory = try TemporaryDirectory()
    _ = try Command("echo 'aggregator-archive 2' > '\(directory.path)/FORMAT'")
    for access in [Archive.Access.readOnly, .readWrite] {
      let error = #expect(throws: ArchiveError.self) { try open(directory.path, access) }
      #expect(
        error?.description == """
          \(directory.path)/FORMAT: written by a newer version: format is "aggregator-archive 2", \
          this program knows up to 1
          """)
      #expect(error?.exitCode == 65)
    }
    #expect(try Command("ls -A '\(directory.path)'").output == "FORMAT\n")
  }

  @Test func `reading an archive writes nothing`() throws {
    let directory = try TemporaryDirectory()
    try open(directory.path).store(0..<3)
    let listing = "find '\(directory.path)' -printf '%p %s %T@ %C@\\n' | sort"
    let before = try Command(listing).output
    let archive = try open(directory.path, .readOnly)
    #expect(try archive.storedNumbers() == [0, 1, 2])
    _ = try archive.verify(readData: true)
    #expect(try Command(listing).output == before)
    #expect(throws: ArchiveError.self) { try open(directory.path + "/none", .readOnly) }
  }

  @Test(.enabled(if: Command.exists("python3"), "python3 is not installed"))
  func `forty lines of Python read every live story and check every sum`() throws {
    let directory = try TemporaryDirectory()
    let archive = try open(directory.path)
    var copy = Sample.story(7)
    copy.text = ""
    var edit = Sample.story(1)
    edit.revision = 1
    edit.text = "The ferry did not leave at all."
    try archive.store(0..<3)
    try archive.seal(now: Sample.noon)
    try archive.store([
      .story(copy, cluster: Sample.story(0).id, original: Sample.story(0).id), .revision(edit),
      .move(story: edit.id, cluster: copy.id, seen: Sample.noon),
    ])
    let reader = "\(Self.package)/Documentation/read-archive.py"
    let stories = try Command("python3 '\(reader)' '\(directory.path)'")
    let lines = stories.output.split(separator: "\n")
    #expect(stories.exitCode == 0)
    #expect(lines.count == 4)
    #expect(lines.last?.contains("\"text\": \"The ferry no. 0 left") == true)
    #expect(lines.dropFirst().first?.contains("did not leave at all") == true)
    #expect(lines.dropFirst().first?.contains("\"cluster\": \"0000000000000008\"") == true)
    _ = try Command(
      "chmod u+w '\(directory.path)'/stories/*/*; sed -i 's/no. 2/no. 3/' '\(directory.path)'/stories/*/*.jsonl"
    )
    let hurt = try Command("python3 '\(reader)' '\(directory.path)' | wc -l")
    #expect(hurt.output.contains("000001-2026-11-21.jsonl:4: damaged\n3\n"))
    #expect(
      try Command("wc -l < '\(reader)'").output.split(separator: "\n").first.flatMap { Int($0) }
        ?? 99 <= 40)
  }

  @Test(.enabled(if: Command.exists("jq"), "jq is not installed"))
  func `jq and sha256sum read the sealed segments`() throws {
    let directory = try TemporaryDirectory()
    let archive = try open(directory.path)
    try archive.store(0..<5)
    try archive.seal(now: Sample.noon)
    try archive.store([5])
    let titles = try Command(
      "jq -r 'select(.type==\"story\").title' '\(directory.path)'/stories/*/*.jsonl | wc -l")
    #expect(titles.output == "5\n")
    let sums = try Command("cd '\(directory.path)/stories' && sha256sum -c --strict SHA256SUMS")
    #expect(sums.output == "2026/000001-2026-11-21.jsonl: OK\n")
    #expect(try Command("jq -c . '\(directory.path)/stories/segments.jsonl'").exitCode == 0)
  }

  @Test func `zcat, zgrep and sha256sum read compressed segments`() throws {
    let directory = try TemporaryDirectory()
    let archive = try open(directory.path)
    for day in 0..<3 {
      try archive.store(
        day * 700..<(day + 1) * 700, now: Sample.noon + .seconds(day * 86_400))
    }
    try archive.seal(now: Sample.noon)
    let plain = try Command("cat '\(directory.path)'/stories/*/*.jsonl | sha256sum").output
    let later = Sample.noon + .seconds(86_400 * 40)
    #expect(try archive.compact(now: later, olderThan: .seconds(86_400 * 30)).segmentCount == 3)
    let stories = directory.path + "/stories"
    #expect(try Command("zcat '\(stories)'/*/*.jsonl.gz | sha256sum").output == plain)
    #expect(try Command("gzip -t '\(stories)'/*/*.gz").output == "")
    #expect(try Command("zgrep -c '\"type\":\"story\"' '\(stories)'/*/*2.jsonl*").output == "700\n")
    let sums = try Command("cd '\(stories)' && sha256sum -c --strict --quiet SHA256SUMS")
    #expect(sums.output == "")
    #expect(sums.exitCode == 0)
    #expect(try Command("find '\(stories)' -name '*.gz' -perm /222").output == "")
  }

  @Test(.enabled(if: Command.exists("python3"), "python3 is not installed"))
  func `forty lines of Python read compressed segments`() throws {
    let directory = try TemporaryDirectory()
    let archive = try open(directory.path)
    try archive.store(0..<3)
    try archive.seal(now: Sample.noon)
    try archive.store(3..<5)
    _ = try archive.compact(now: Sample.noon + .seconds(1), olderThan: .zero)
    let reader = "\(Self.package)/Documentation/read-archive.py"
    let stories = try Command("python3 '\(reader)' '\(directory.path)'")
    #expect(stories.exitCode == 0)
    #expect(stories.output.split(separator: "\n").count == 5)
  }

  @Test(.enabled(if: Command.exists("python3"), "python3 is not installed"))
  func `forty lines of Python read what a damaged file still holds, and tell`() throws {
    let directory = try TemporaryDirectory()
    let archive = try open(directory.path)
    for first in [0, 3000] {
      try archive.store(first..<first + 3000)
      try archive.seal(now: Sample.noon)
    }
    _ = try archive.compact(now: Sample.noon + .seconds(1), olderThan: .zero)
    let reader = "\(Self.package)/Documentation/read-archive.py"
    let files = "'\(directory.path)'/stories/*/00000"
    let hurt = try Command(
      """
      chmod u+w \(files)*; printf '\\377' | dd of=\(files)1-2026-11-21.jsonl.gz bs=1 seek=900 conv=notrunc status=none
      truncate -s -2000 \(files)2-2026-11-21.jsonl.gz
      python3 '\(reader)' '\(directory.path)' > '\(directory.path)/out'; echo "status $?"
      grep -c Ferry '\(directory.path)/out'
      """)
    #expect(hurt.output.contains("damaged"))
    #expect(hurt.output.contains("status 1\n"))
    #expect(!hurt.output.contains("Traceback"))
    let count = hurt.output.split(separator: "\n").last.flatMap { Int($0) } ?? 0
    #expect(3000..<6000 ~= count, "\(hurt.output)")
  }

  @Test(.enabled(if: Command.exists("python3"), "python3 is not installed"))
  func `forty lines of Python follow the chain across what was taken out`() throws {
    let directory = try TemporaryDirectory()
    let archive = try open(directory.path)
    try archive.store(0..<3)
    try archive.seal(now: Sample.noon)
    try archive.store(3..<6)
    _ = try archive.prune(PruneRule(before: Sample.noon + .seconds(1)), now: Sample.noon)
    _ = try archive.redact(Sample.story(4).id, now: Sample.noon)
    let reader = "\(Self.package)/Documentation/read-archive.py"
    let stories = try Command("python3 '\(reader)' '\(directory.path)'")
    #expect(stories.exitCode == 0)
    #expect(!stories.output.contains("damaged"))
    #expect(stories.output.split(separator: "\n").count == 2)
    let sums = try Command(
      "cd '\(directory.path)/stories' && sha256sum -c --strict --quiet SHA256SUMS")
    #expect(sums.exitCode == 0)
    #expect(try Command("grep -rl 'Ferry 4' '\(directory.path)/stories'").output == "")
  }

  @Test(arguments: [false, true])
  func `a sealed segment may be a link to a file that is read and not touched`(
    isCompressed: Bool
  ) throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/A"
    let archive = try open(path)
    try archive.store(0..<3)
    try archive.seal(now: Sample.noon)
    try archive.store(3..<6)
    let later = Sample.noon + .seconds(86_400 * 800)
    if isCompressed { _ = try archive.compact(now: later, olderThan: .seconds(1)) }
    let object = "\(directory.path)/object"
    let moved = try Command(
      """
      cd '\(path)/stories/2026' && name=$(ls 000001*.jsonl*) && mv $name '\(object)' && chmod 644 '\(object)' \
        && ln -s ../../../object $name && sha256sum '\(object)' && stat -c %a '\(object)'
      """)
    #expect(moved.exitCode == 0)
    #expect(try open(path, .readOnly).verify(readData: true).damage == [])
    #expect(try open(path, .readOnly).shortfall() == [])
    #expect(try open(path).storedNumbers() == Array(0..<6))
    #expect(try open(path, now: later).repair(now: later).damage == [])
    _ = try open(path, now: later).prune(PruneRule(before: later), now: later)
    #expect(try open(path, now: later).storedNumbers() == [3, 4, 5])
    let after = try Command("sha256sum '\(object)' && stat -c %a '\(object)'")
    #expect(after.output == moved.output)
  }

  @Test(arguments: [false, true])
  func `a link that is set aside leads where it led`(isAbsolute: Bool) throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/A"
    let archive = try open(path)
    let (name, _) = try linkFirstSegment(of: archive, isAbsolute: isAbsolute)
    #expect(try Command("cp '\(path)/\(name.path)' '\(directory.path)/was'").exitCode == 0)
    try archive.setAside(name)
    let read = try Command("cat '\(path)'/quarantine/* | cmp - '\(directory.path)/was'")
    #expect(read.exitCode == 0, "\(read.output)")
    #expect(try Command("test -h '\(path)/\(name.path)'").exitCode == 1)
    let story = Sample.story(1).id
    let leftovers = try open(path).redact(story, now: Sample.noon).leftovers
    #expect(leftovers.count == 1 && leftovers[0].contains("A-object (by way of "), "\(leftovers)")
  }

  /// Fills an archive with a sealed segment and more, and puts a link to a file beside the archive into the
  /// segment's place.
  private func linkFirstSegment(
    of archive: Archive, isAbsolute: Bool
  ) throws -> (name: SegmentName, target: String) {
    try archive.store(0..<3)
    try archive.seal(now: Sample.noon)
    try archive.store(3..<6)
    let name = try #require(try SegmentListing.all(in: archive.directory).first)
    let path = archive.directory.path
    let object = isAbsolute ? "\(path)-object" : "../../../A-object"
    let linked = try Command(
      "cd '\(path)' && mv \(name.path) ../A-object && ln -s '\(object)' \(name.path)")
    #expect(linked.exitCode == 0)
    return (name, object)
  }

  @Test func `what bears a link's new name stays until the link can take its place`() throws {
    let directory = try TemporaryDirectory()
    let system = try DiskFileSystem(at: directory.path)
    let made = try Command(
      """
      cd '\(directory.path)' && mkdir -p other/link.new && echo copy >other/link && ln -s nowhere link
      """)
    #expect(made.exitCode == 0)
    #expect(throws: Errno.fileExists) { try system.rename("link", to: "other/link") }
    let kept = try Command("cd '\(directory.path)' && cat other/link && readlink link")
    #expect(kept.output == "copy\nnowhere\n")
    #expect(try Command("rmdir '\(directory.path)/other/link.new'").exitCode == 0)
    try system.rename("link", to: "other/link")
    let moved = try Command("cd '\(directory.path)' && readlink other/link && ls -A . other")
    #expect(moved.output == "../nowhere\n.:\nother\n\nother:\nlink\n")
  }

  @Test func `a link that cannot be made anew elsewhere stays where it is`() throws {
    let directory = try TemporaryDirectory()
    let system = try DiskFileSystem(at: directory.path)
    let made = try Command("cd '\(directory.path)' && mkdir -p other/link && ln -s nowhere link")
    #expect(made.exitCode == 0)
    #expect(throws: Errno.isDirectory) { try system.rename("link", to: "other/link") }
    #expect(try Command("ls '\(directory.path)/other'").output == "link\n")
    #expect(try Command("readlink '\(directory.path)/link'").output == "nowhere\n")
  }

  @Test(arguments: [false, true])
  func `what a link led to keeps a redacted story's words and is named`(isAbsolute: Bool) throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/A"
    let (segment, object) = try linkFirstSegment(of: open(path), isAbsolute: isAbsolute)
    let name = segment.path
    let report = try open(path).redact(Sample.story(1).id, now: Sample.noon)
    #expect(report.lineCount == 1)
    let file = isAbsolute ? object : "\(path)/stories/2026/\(object)"
    #expect(report.leftovers == ["\(file) (by way of \(path)/\(name))"])
    #expect(try Command("grep -l 'Ferry 1' '\(file)'").exitCode == 0)
    #expect(try open(path).redact(Sample.story(4).id, now: Sample.noon).leftovers == [])
  }

  @Test func `a growing segment and HEAD are never read through a link`() throws {
    let directory = try TemporaryDirectory()
    try open(directory.path).store(0..<3)
    _ = try Command(
      """
      cd '\(directory.path)/stories/2026' && name=$(ls *.open) && mv $name ../x && ln -s ../x $name
      """)
    #expect(throws: ArchiveError.self) { try open(directory.path).store([3]) }
    let disk = try DiskFileSystem(at: directory.path)
    _ = try Command("cd '\(directory.path)/state' && mv HEAD ../x && ln -s ../x HEAD")
    #expect(throws: Errno.tooManySymbolicLinkLevels) {
      _ = try disk.open("state/HEAD", for: .reading)
    }
  }

  @Test(arguments: ["mkdir", "mkfifo", "ln -s nowhere"])
  func `what is no file is named once and hides no segment`(making: String) throws {
    let directory = try TemporaryDirectory()
    try open(directory.path).store(0..<3)
    _ = try Command(
      "cd '\(directory.path)/stories/2026' && \(making) 000002-2026-11-22.jsonl")
    try open(directory.path).store([3])
    #expect(try open(directory.path).storedNumbers() == Array(0..<4))
    let damage = try open(directory.path, .readOnly).verify(readData: true).damage
    #expect(damage.map(\.detail) == ["no file, or a link to none"])
    #expect(damage.first?.path.hasSuffix("stories/2026/000002-2026-11-22.jsonl") == true)
    #expect(try open(directory.path, .readOnly).shortfall().count == 1)
    #expect(try open(directory.path).repair(now: Sample.noon).damage.count == 1)
    #expect(try open(directory.path).redact(Sample.story(1).id, now: Sample.noon).lineCount == 1)
  }

  @Test func `the kind of a remote file system is read from the mount table`() {
    let table = """
      24 1 254:0 / / rw,relatime shared:1 - ext4 /dev/root rw
      40 24 0:35 / /srv rw - nfs4 host:/srv rw,vers=4.2

      """
    #expect(MountTable.kind(ofDevice: "0:35", in: table) == "nfs4")
    #expect(MountTable.kind(ofDevice: "254:0", in: table) == "ext4")
    #expect(MountTable.kind(ofDevice: "9:9", in: table) == nil)
  }

  @Test func `a remote file system is refused`() throws {
    let system = MemoryFileSystem(MemoryFileSystem.Disk())
    system.remoteKind = "nfs4"
    #expect(throws: ArchiveError.remoteFileSystem(path: "A", kind: "nfs4")) {
      try Archive.open(on: system, named: "A", access: .readWrite, now: Sample.noon)
    }
  }
}
