internal import Syndication

/// Pages with a film that publishers put into a frame. The frame goes, a link to the film stays.
enum VideoFrame {
  private static let hosts: Set<String> = [
    "www.youtube.com", "youtube.com", "www.youtube-nocookie.com", "youtube-nocookie.com",
    "player.vimeo.com", "www.dailymotion.com", "geo.dailymotion.com", "embed.ted.com",
    "player.twitch.tv", "clips.twitch.tv", "rumble.com", "odysee.com", "player.bilibili.com",
    "www.arte.tv", "archive.org", "framatube.org", "w.soundcloud.com", "open.spotify.com",
    "bandcamp.com", "embed.podcasts.apple.com",
  ]

  /// Where a reader finds what the frame at an absolute address shows; nil for frames of others.
  static func page(_ address: String) -> String? {
    guard let host = WebAddress.host(of: address), hosts.contains(host) else { return nil }
    let pieces = address.split(separator: "/embed/", maxSplits: 1)
    guard host.contains("youtube"), pieces.count == 2 else { return address }
    let film = pieces[1].prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
    return film == "videoseries" || film.isEmpty
      ? address : "https://www.youtube.com/watch?v=" + film
  }
}
