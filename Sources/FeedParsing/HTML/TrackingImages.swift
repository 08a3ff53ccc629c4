/// Images that show nothing and count who reads.
enum TrackingImages {
  /// Host and beginning of the path; a host stands for those below it too.
  private static let rows: [(host: StaticString, path: StaticString)] = [
    ("feeds.feedburner.com", "/~"), ("feedproxy.google.com", "/~"), ("feedsportal.com", "/"),
    ("feeds.wordpress.com", "/1.0/"), ("stats.wordpress.com", "/"), ("pixel.wp.com", "/"),
    ("stats.wp.com", "/"), ("feedads.g.doubleclick.net", "/"), ("ad.doubleclick.net", "/ddm/track"),
    ("blogger.googleusercontent.com", "/tracker/"), ("google-analytics.com", "/"),
    ("scorecardresearch.com", "/"), ("pixel.quantserve.com", "/"), ("statcounter.com", "/"),
    ("counter.theconversation.com", "/"), ("counter.theconversation.edu.au", "/"),
    ("track.hubspot.com", "/"), ("rss.buysellads.com", "/"), ("px.ads.linkedin.com", "/"),
    ("www.facebook.com", "/tr"), ("t.co", "/i/adsct"), ("bat.bing.com", "/"),
    ("ping.chartbeat.net", "/"), ("pixel.parsely.com", "/"), ("eotrx.substackcdn.com", "/open"),
    ("list-manage.com", "/track/"), ("segment.prod.bidr.io", "/"), ("ct.pinterest.com", "/"),
    ("medium.com", "/_/stat"), ("feeds.feedblitz.com", "/~/"), ("piwik.pro", "/ppms.php"),
    ("matomo.cloud", "/matomo.php"),
  ]

  /// How each of them ends, for a first look.
  private static let hostEnds = HTMLNameTable(
    Set(
      rows.map { row in
        row.host.withUTF8Buffer { String(decoding: $0[...].hostEnd, as: UTF8.self) }
      }
    ).sorted())

  /// Of an absolute address with its host in lower case.
  static func contain(_ address: UnsafeBufferPointer<UInt8>) -> Bool {
    let scan = ByteScan(bytes: address)
    let start = scan.matches("https://", at: 0) ? 8 : scan.matches("http://", at: 0) ? 7 : 0
    guard start > 0 else { return false }
    let end = scan.firstPlace(of: UInt8(ascii: "/"), from: start, before: address.count)
    let host = address[start..<(end ?? address.count)]
    guard hostEnds.place(of: UnsafeBufferPointer(rebasing: host.hostEnd)) != nil else {
      return false
    }
    return rows.contains { row in
      isHost(scan, host.indices, row.host) && scan.matches(row.path, at: host.endIndex)
    }
  }

  /// Whether the host is `name` or one below it.
  private static func isHost(_ scan: ByteScan, _ host: Range<Int>, _ name: StaticString) -> Bool {
    let start = host.upperBound - name.utf8CodeUnitCount
    return start >= host.lowerBound && scan.matches(name, at: start)
      && (start == host.lowerBound || scan[start - 1] == UInt8(ascii: "."))
  }
}

extension Slice<UnsafeBufferPointer<UInt8>> {
  /// The last two labels, or as much of them as makes a name.
  fileprivate var hostEnd: Self {
    guard let last = lastIndex(of: UInt8(ascii: ".")) else { return suffix(HTMLName.byteLimit) }
    let first = self[..<last].lastIndex(of: UInt8(ascii: ".")).map { $0 + 1 } ?? startIndex
    return self[first...].suffix(HTMLName.byteLimit)
  }
}
