/// What a file is by its first bytes.
///
/// Source: the WHATWG MIME Sniffing standard, section 6, and file(1).
struct FileSignature {
  let kind: FeedParsingError.Kind
  /// With its article.
  let name: String

  init?(of bytes: [UInt8]) {
    for (pattern, offset, kind, name) in FileSignature.all
    where bytes.dropFirst(offset).starts(with: pattern) {
      (self.kind, self.name) = (kind, name)
      return
    }
    return nil
  }

  /// The pattern, where it stands, and what it says. What is longer comes before what begins it.
  private static let all: [([UInt8], Int, FeedParsingError.Kind, String)] =
    [
      ([0x89, 0x50, 0x4E, 0x47], 0, .image, "a PNG image"),
      ([0xFF, 0xD8, 0xFF], 0, .image, "a JPEG image"),
      (Array("GIF8".utf8), 0, .image, "a GIF image"),
      (Array("WEBP".utf8), 8, .image, "a WebP image"),
      (Array("WAVE".utf8), 8, .binary, "a WAV file"),
      (Array("AVI ".utf8), 8, .binary, "an AVI file"),
      (Array("RIFF".utf8), 0, .binary, "a RIFF file"),
      (Array("ftypavif".utf8), 4, .image, "an AVIF image"),
      (Array("ftyphei".utf8), 4, .image, "a HEIF image"),
      (Array("ftypM4A".utf8), 4, .binary, "an MPEG-4 audio file"),
      (Array("ftyp".utf8), 4, .binary, "an MPEG-4 file"),
      ([0x00, 0x00, 0x01, 0x00], 0, .image, "an icon"),
      (Array("BM".utf8) + [0x00], 0, .image, "a bitmap"),
      (Array("II*".utf8) + [0x00], 0, .image, "a TIFF image"),
      (Array("MM".utf8) + [0x00, 0x2A], 0, .image, "a TIFF image"),
      (Array("%PDF".utf8), 0, .binary, "a PDF file"),
      (Array("%!PS".utf8), 0, .binary, "a PostScript file"),
      (Array("{\\rtf".utf8), 0, .binary, "an RTF file"),
      ([0x1F, 0x8B], 0, .binary, "gzip data that its server did not announce"),
      ([0x28, 0xB5, 0x2F, 0xFD], 0, .binary, "zstd data that its server did not announce"),
      (Array("BZh".utf8), 0, .binary, "bzip2 data"),
      ([0xFD] + Array("7zXZ".utf8) + [0x00], 0, .binary, "xz data"),
      ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], 0, .binary, "a 7-Zip archive"),
      (Array("Rar!".utf8) + [0x1A], 0, .binary, "a RAR archive"),
      ([0x50, 0x4B, 0x03, 0x04], 0, .binary, "a ZIP archive"),
      ([0x50, 0x4B, 0x05, 0x06], 0, .binary, "a ZIP archive"),
      (Array("ustar".utf8), 257, .binary, "a tar archive"),
      (Array("ID3".utf8), 0, .binary, "an MP3 file"),
      ([0xFF, 0xFB], 0, .binary, "an MP3 file"),
      (Array("OggS".utf8), 0, .binary, "an Ogg file"),
      (Array("fLaC".utf8), 0, .binary, "a FLAC file"),
      ([0x1A, 0x45, 0xDF, 0xA3], 0, .binary, "a Matroska or WebM file"),
      (Array("wOFF".utf8), 0, .binary, "a font"),
      (Array("wOF2".utf8), 0, .binary, "a font"),
      ([0x7F] + Array("ELF".utf8), 0, .binary, "a program"),
      ([0x00] + Array("asm".utf8), 0, .binary, "a program"),
      (Array("SQLite format 3".utf8), 0, .binary, "a database"),
    ]
}
