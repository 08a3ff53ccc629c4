package import Syndication

/// A selection of clusters, ready to be rendered. Same archive and window, same digest.
package struct Digest: Sendable {
  /// The half-open range of first-seen times that was asked for.
  package var since: Timestamp
  package var until: Timestamp
  /// Most independent sources first, then the most recent.
  package var clusters: [DigestCluster]
  /// Feeds that need a person.
  package var notices: [FeedNotice]

  package init(
    since: Timestamp, until: Timestamp, clusters: [DigestCluster], notices: [FeedNotice] = []
  ) {
    self.since = since
    self.until = until
    self.clusters = clusters
    self.notices = notices
  }
}

extension Digest {
  /// Gives each report but the lead its reason: what `explain` says of it beside the report that it is a copy of,
  /// where that is in the cluster, and the lead else.
  package mutating func addReasons(_ explain: (_ report: Story, _ other: Story) -> String) {
    for index in clusters.indices {
      let cluster = clusters[index]
      for (place, member) in cluster.members.enumerated() where member.story.id != cluster.lead.id {
        clusters[index].members[place].reason = explain(
          member.story, cluster.original(of: member) ?? cluster.lead)
      }
    }
  }
}

/// One story of the digest: everything that is known of one event.
package struct DigestCluster: Sendable, Hashable {
  package var id: StoryID
  /// The member whose headline and summary stand for the cluster.
  package var lead: Story
  /// Every report, the lead included, earliest published first.
  package var members: [DigestMember]

  package init(id: StoryID, lead: Story, members: [DigestMember]) {
    self.id = id
    self.lead = lead
    self.members = members
  }
}

package struct DigestMember: Sendable, Hashable {
  package var story: Story
  /// The story that this one is a copy of.
  package var original: StoryID?
  /// Why it is in its cluster, a sentence's words; nil of the lead, and where nobody asked.
  package var reason: String?

  package init(story: Story, original: StoryID? = nil) {
    self.story = story
    self.original = original
  }
}
