internal import Syndication

extension Story {
  /// What the story would be named by if its publisher had sent its address as GUID, or had not: some
  /// do now and then, and other programs take the one for the other. Nil where neither is the case.
  var twin: StoryID? {
    guard let link else { return nil }
    switch guid {
    case nil: return StoryID(feed: feed, identity: .guid(link))
    case link: return StoryID(feed: feed, identity: .permalink(link))
    default: return nil
    }
  }

  /// The same story as one of the feed that was first followed at `address`.
  func filed(under address: String) -> Story {
    var story = self
    story.feed = address
    if let guid {
      story.id = StoryID(feed: address, identity: .guid(guid))
    } else if let link {
      story.id = StoryID(feed: address, identity: .permalink(link))
    }
    return story
  }
}
