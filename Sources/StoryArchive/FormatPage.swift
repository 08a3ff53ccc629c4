/// The format page, which every archive carries as README.md; the same as `Storage/README.md`.
enum FormatPage {
  static let bytes = Array(text.utf8)

  // swift-format-ignore
  static let text = #"""
    # What lies here

    News stories, one JSON object a line, in plain files. Nothing but a text editor is needed to
    read them; this page says the rest. The newest format that this page describes is
    `aggregator-archive 1`, the contents of the file `FORMAT`.

    ```
    README.md                     this page
    FORMAT                        the format's name and number
    lock                          what writers lock (flock); empty
    stories/
      2026/000123-2026-11-20.jsonl      a sealed segment: read-only, never changed again
      2026/000122-2026-11-19.jsonl.gz   a sealed segment, compressed later: gzip members, one after another
      2026/000124-2026-11-21.open       the one segment that still grows
      2026/000123-2026-11-20.words      derived: where the words of that segment stand; may be deleted at any time
      2026/000123-2026-11-20.changes    derived: which stories its lines change; may be deleted at any time
      segments.jsonl              a line a sealed segment: what it holds, from when to when
      SHA256SUMS                  of the sealed segments: (cd stories && sha256sum -c SHA256SUMS)
    state/                        derived, but for what servers were asked and which pauses they want: may be deleted while nothing runs; costs a slower start and a few fetches
    quarantine/                   bytes cut off after a crash and damaged segments, as <segment>@<offset>-<checksum>; never deleted by the program
    ```

    A compressed segment reads as the plain one with `zcat`. A crash may leave it in both forms; the one
    whose plain bytes have the `sha256` of `segments.jsonl` is right.

    A segment's name is its ordinal, which rises by one from segment to segment, and the UTC day on
    which it was begun. The archive is the segments by ordinal, each read from its first line to its
    last. A segment is sealed when it reaches 64 MiB or when its UTC day is over. Two of one
    ordinal, as a copy laid over another archive leaves them, are an error: nobody can tell which is meant.
    So no ordinal is given again that `segments.jsonl` or `state/HEAD` remembers, also where the segment is gone.

    ## A line

    UTF-8, no byte-order mark, no space between tokens, one line feed at the end, at most 1 MiB with
    it. Members stand in the order below; those marked with `?` may be absent. Readers pass over
    members and types that they do not know. Control characters (U+0000–001F, U+007F–009F), U+2028
    and U+2029 are escaped; all else stands as it is. Times are UTC: `2026-11-21T17:03:44.123Z`, 24
    bytes.

    | member | of the types | meaning |
    |---|---|---|
    | `v` | all | 1. A line with another number is not for you |
    | `type` | all | `segment`, `story`, `copy`, `revision`, `move`, `relocation`, `removed` |
    | `seen` | all | when the line was written; never earlier than in the line before |
    | `uid` | story, copy, revision | 16 hexadecimal digits: which story it is |
    | `rev`? | revision | 1, 2, 3 … |
    | `feed` | story, copy, revision, relocation | the address at which the feed was first followed; it stays when the feed moves |
    | `source` | story, copy, revision | the outlet's name |
    | `id`?, `link`?, `title`, `author`? | story, copy, revision | as published; `id` is the publisher's identifier, plain text the others |
    | `link` | relocation | the feed's address from then on |
    | `published`?, `updated`? | story, copy, revision | the publisher's times |
    | `lang`? | story, copy, revision | language tag |
    | `categories`? | story, copy, revision | array of strings |
    | `enclosures`? | story, copy, revision | array of objects: `url`, `type`?, `length`? (all strings) |
    | `story` | move | the `uid` of the story that moves |
    | `cluster` | story, copy, move | 16 digits: stories with the same cluster tell of the same event |
    | `copyOf`? | story, copy | the `uid` of the story whose text this one repeats |
    | `summary`? | story, copy, revision | plain text |
    | `text` | story, revision | plain text, paragraphs as lines |
    | `cut`? | story, revision | the text was too long for a line: its length in bytes before it was cut |
    | `ordinal`, `after` | segment | the segment's ordinal, and the `sum` of the last acknowledged line of the segment before |
    | `uids` | removed | array of the `uid`s of stories |
    | `was`? | removed | the `sum` of the last of the lines in whose place this one stands |
    | `sum` | all | the checksum, always last |

    * `segment` is the first line of every segment, and says nothing about stories.
    * `story` is a story when it was first seen. A crash may leave a `uid` in the archive twice:
      keep the first.
    * `copy` is a story whose text equals that which the story that `copyOf` names had when this line
      was written; so it has none of its own. A `story` with `copyOf` and an empty `text` is the same.
    * `revision` is a later state of a story, whole: what it does not say is no more. Only `seen`,
      `cluster` and `copyOf` of the first stay.
    * `move` puts a story in another cluster.
    * `relocation` says that a feed moved. Several may follow each other; stories of the address that
      `link` names carry the `feed` of the first.
    * `removed` says that the words of these stories were taken out. Forget what you know of them; they
      are not to be stored again.

    ## The checksum

    Every line ends in `,"sum":"0123456789abcdef"}`, always 26 bytes. The sum is the first sixteen
    hexadecimal digits of the SHA-256 of the previous line's sixteen digits followed by this line up
    to, not including, `,"sum":`. The first line of a segment follows from its own `after`, which in
    the first segment is sixteen zeros. In `sh`, for two lines in the files `a` and `b`:

    ```sh
    { tail -c 19 a | head -c 16; head -c -27 b; } | sha256sum | head -c 16    # the sum that b carries
    ```

    After a `removed` line with `was`, the next line follows from `was` and not from the `sum`: so lines
    were taken out, and every other line is as it was written.

    A damaged line costs itself: the next one follows from the sum that the damaged line carries
    (its body was hit), from the sum that it ought to carry (its sum was hit), or from the line
    before (it was slipped in). A reader skips what does not follow and goes on. When `after` is the
    sum of an earlier line than the last of the segment before, the lines behind that one were given
    up after a failed fsync, and stand again in the new segment.

    `state/HEAD` says how far the archive is acknowledged: ordinal, bytes of that segment, sum of
    the line that ends there, and the first sixteen digits of the SHA-256 of these three with the
    spaces between them. Whatever in `.open` lies behind may be half a line. Tools that take whole
    files should take `*.jsonl` and `*.jsonl.gz`; `.open` is for those that can stand a last line
    without an end.

    ## Compressed segments

    Once they are old, segments are compressed: gzip members, each of some 256 KiB of whole lines. The
    header of each has an extra field, which readers of gzip pass over, so that the lines of a moment are
    found without decoding what stands before them: the subfield `AG` of 36 bytes, its numbers
    little-endian.

    | bytes | meaning |
    |---|---|
    | 0–3 | length of the member in the file: where the next begins |
    | 4–7, 8–15 | length of its lines, and their offset in the plain segment |
    | 16–23 | `seen` of its first line, in milliseconds since 1970 |
    | 24–31 | the sum that its first line follows from |
    | 32–35 | CRC-32 of these 32 bytes |

    In `segments.jsonl`, `bytes` and `sha256` are those of the plain segment, and `gzip` has those of the
    file, which `SHA256SUMS` lists as well.

    ## What is taken out

    Nothing is, unless someone says so. `prune`, `redact` and `repair` write a sealed segment anew, with a
    `removed` line in the place of each run of lines that go: all but the first line and `relocation`s of
    a pruned segment, the lines of one story or of some feeds, or lines that were damaged beyond repair
    (with empty `uids`). `segments.jsonl` says so before it happens: `removals` has for each time when
    (`at`), why (`reason`: `pruned`, `pruned-feeds`, `redacted`, `damaged`, `lost`), of which `story`, how
    many `lines`, and size and SHA-256 of the segment before, of `damaged` those that were listed. A first
    line that was damaged is written anew, with what it follows from. A segment that is not there and has
    `dropped` in `segments.jsonl` was removed as a whole then, or, for the reason `lost`, was missing, and
    somebody said that it will not come back; the one after it still says what it follows from.

    ## Where words stand

    A `.words` file beside a segment is an index for searches, derived from it and needed by no reader. Delete it
    at any time; nothing is lost but time. Its words are those of the segment: what is taken out of the one
    goes from the other. It begins with `AGWORDS1`, the SHA-256 of the plain segment (32 bytes), its length and
    the number of documents, which are the lines of types story, copy and revision, counted from 0. Then comes
    for each of the parts below its offset in the file, its length and its check, and at last the check of
    all that. Numbers are little-endian, of 8 bytes where nothing else is said; a check is the first 8 bytes of a
    SHA-256; *v* is a number in bytes of seven bits, the lowest first, all but the last with the high bit.

    | part | what it holds |
    |---|---|
    | lenders | segments in which originals of copies stand: ordinal, SHA-256 of the plain segment (32) |
    | offsets | of each document's line (4); a check after each 1,024 and after the last |
    | pages | of each page of the next part: its first `uid` and its check |
    | stories | by `uid`, in pages of 512: `uid`; twice the document's number, and one if it is a revision (4) |
    | revisions | by `uid`: `uid`, its last revision's document (4) |
    | removals | each `uid` of `removed` lines |
    | copies | without a text: document (4); which lender, counted from 1, or 0 for this segment (4); the document there (4) |
    | exceptions | *numbers* of documents with too many words to be listed; of stories that are here a second time |
    | labels | kind `f` (1), length *v*, a feed's address, a line feed and its name, *numbers*; kind `l`, a language likewise |
    | block pages | of each block: offset in the next part (4), length (4), check, length of its first term (1), that term |
    | blocks | terms in order of their bytes, below |

    A term is `w` and a folded word of any text, or `t` and one of the title. A block has the number of its
    terms (*v*) and the length of their list (*v*); for each term how many bytes it shares with the one before (*v*), how
    many follow (*v*), those, how many documents have it (*v*), and that document if it is one (*v*), else how long their
    code is (*v*); then the codes. *Numbers* are how many there are (*v*), the length of the code (*v*) and the code:
    Rice's code of the gaps, which are each number less the one before less one; bits from the lowest on, the
    gap by 2ᵏ in ones and a zero, then its k low bits. With m the number of documents of the segment by that of the
    code, rounded down, k is the whole part of log₂(11·m/16) with the quotient rounded down, or 0 where that is less.

    ## What later lines change

    A `.changes` file beside a segment lists its lines of types revision, move and removed, so that who wants the
    stories of an old day need not read all that came since. It is derived and needed by no reader; delete it at any
    time. It is `AGCHANGE`, the SHA-256 of the plain segment (32 bytes), how many entries there are (8), the entries
    in the order of the lines, and a check (8): the first sixteen digits of the SHA-256 of all that. An entry is a
    `uid` (8), the offset of the line in the plain segment (4) and its length with the line feed (4); a line that
    removes several stories has one for each. Numbers are little-endian, also those that sixteen digits stand for.

    ## Reading it

    ```sh
    jq -r 'select(.type=="story") | [.seen, .source, .title] | @tsv' stories/*/*.jsonl
    zgrep -h '"lang":"fr"' stories/*/*.jsonl*
    duckdb -c "select source, count(*) from read_json('stories/*/*.jsonl*', union_by_name=true) where type='story' group by 1"
    ```

    `Documentation/read-archive.py` of the program's sources reads everything in forty lines of Python and
    checks all sums; `Documentation/read-archive.sql` is one statement for DuckDB. Both give what
    `aggregator export --format jsonl --group none` gives.

    `seen` never decreases, so a moment is found in a plain segment by bisecting its bytes. Sealed
    files never change, but that a compressed one takes the place of the plain one, or that words are
    taken out: `restic`, `git-annex` and `rsync` copy the archive while it is being written to. Leave `state/`
    out, which may be ahead of the lines that were copied, and let `rsync` delete, since the growing segment
    takes another name when it is sealed (exit status 24 then says that it vanished meanwhile: run it again):

    ```sh
    rsync -a --delete --exclude=/state /var/lib/aggregator/ /backup/aggregator/
    ```

    ## Writing it

    Only under an exclusive `flock` on `lock`; at the end of `.open` only; a whole batch in one
    `write`, then `fdatasync`, and only then is it acknowledged. After a failed `fdatasync` never
    again to the same file. Where HEAD cannot be cut to its length and written then, `fdatasync` once more first: a file
    system that gives up meanwhile may say that all is well. Half a line at the end is moved to `quarantine` before anything is
    appended; damage in front of HEAD is never cut off: the segment is sealed as it is. Sealing is
    `fdatasync`, mode 0444, rename, `fsync` of the directory, and then the manifests, each replaced
    by renaming. Compressing is a new file beside, `fdatasync`, decoding it again and comparing, mode
    0444, rename, `fsync` of the directory, the manifests, and only then the end of the plain file. Taking
    lines out is a new file, too, `fdatasync`, mode 0444, the manifests, rename over the old file, `fsync`
    of the directory. Who
    changes sealed segments holds an exclusive `flock` on `state/maintenance.lock`, and one on `lock`
    while the manifests are replaced.

    """#
}
