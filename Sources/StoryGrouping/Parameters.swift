/// Every number that grouping depends on, each with its reason.
enum Parameters {
  // MARK: Reading

  /// Bytes of a title that are read: no title that means something is longer.
  static let titleByteLimit = 2048
  /// Words of a title that are read, for the same reason.
  static let titleWordLimit = 64
  /// Words of a title that are kept in order, to recognise templates.
  static let frameWordLimit = 20
  /// Bytes of a text that are read: bounds the time a 10 MB story takes to that of a long report.
  static let textByteLimit = 65_536
  /// Words of a text that are read: events are told in the first thousand; the rest is background.
  static let wordLimit = 2500
  /// Distinct one- and two-word shingles counted in a story: bounds memory while sketching.
  static let distinctTermLimit = 2000
  /// The words of a text that are its lead: about what a feed sends as a summary.
  static let leadWordCount = 60
  /// Words from one word to the next within a two-word shingle: bridging function words was tried
  /// ("University of the North") and gained nothing.
  static let pairReach = 1

  // MARK: Weighing

  /// Levels from here on are function words, found in over half of all stories.
  static let contentLevelLimit: UInt8 = 21
  /// One-word shingles kept: with the pairs and the signature a sketch is about a kilobyte.
  static let singleTermLimit = 80
  /// Two-word shingles kept.
  static let pairTermLimit = 32

  /// The chance that a story of 300 words has a word of each level.
  static let backgroundShare: [Double] = [
    0.0002, 0.0003, 0.0004402, 0.0006461, 0.0009482, 0.0013915, 0.0020418, 0.0029955,
    0.0043937, 0.0064425, 0.009442, 0.0138283, 0.0202313, 0.0295545, 0.0430786, 0.0625886,
    0.0905073, 0.1299875, 0.1848537, 0.2591818, 0.3561824, 0.476035, 0.6127494, 0.7515408,
    0.8704743, 0.9502129, 0.9877643, 0.9984404, 0.9999242, 0.9999991, 1, 1,
  ]

  /// -16 ln of `backgroundShare`.
  static let backgroundRarity: [UInt16] = [
    136, 130, 124, 118, 111, 105, 99, 93, 87, 81, 75, 68, 62, 56, 50, 44, 38, 33, 27, 22, 17, 12, 8,
    5, 2, 1, 0, 0, 0, 0, 0, 0,
  ]

  /// Stories that the background table counts for against the archive's own (grouping.md: 500 was
  /// best of those tried on unseen data).
  static let backgroundStories = 500.0
  /// Stories of a source that the general rarity counts for against what the source repeats.
  static let sourceStories = 12.0

  /// Numbers are not in the lists: the fewer the digits, the more often met by chance.
  static func level(ofDigits count: Int) -> UInt8 {
    switch count {
    case 1: 18
    case 2: 14
    case 3: 11
    case 4: 12
    default: 3
    }
  }

  /// Words of a pair meet thirty times more often than chance would have it.
  static func level(ofPair left: UInt8, _ right: UInt8) -> UInt8 {
    UInt8(max(0, Int(left) + Int(right) - 28))
  }

  /// Sixteenths: repeated mentions count less and less, the title counts as another mention or two.
  static func strength(mentions: Int, inTitle: Bool) -> UInt8 {
    let repeated: UInt8 =
      switch mentions {
      case ...1: 16
      case 2: 22
      case 3: 26
      case 4...6: 30
      default: 34
      }
    return repeated + (inTitle ? 16 : 0)
  }

  /// What a two-word shingle weighs beside a one-word shingle of the same rarity: it says again what
  /// its words said.
  static let pairWeight = 0.25
  /// Levels up to which a capitalised word is a name of which a number tells which one is meant: a system's, a
  /// carmaker's. Months, countries and what headlines do with capitals ("Kills 40") are above, and so is the
  /// "Magnitude" that begins one.
  static let numberedLevel: (first: UInt8, inside: UInt8) = (8, 10)
  /// What a name weighs beside another word of the same rarity: events differ in who and where.
  static let nameWeight = 1.4

  /// What the words of a template weigh of what they would: the shared weekday in two weather
  /// headlines still says a little.
  static let templateWeight = 0.2

  // MARK: Copies

  /// Shingles below which equal bins mean little; such stories are copies when they are equal.
  static let copyShingleMinimum = 24
  /// Resemblance from which a text is another's copy: unrelated stories stay under .05, light edits
  /// above .5.
  static let copyResemblance = 0.5
  /// Resemblance from which a text that holds nearly all of a shorter one is its fuller version.
  static let truncatedResemblance = 0.25
  static let truncatedContainment = 0.8
  /// The share of the shingles of a text of up to `leadWordCount` words from which it is the beginning of another
  /// report of its event: of what quotes half of the other, .6 at most are found there, by chance some of them.
  static let cutShare = 0.8
  /// Shingles that such a text must have.
  static let cutShingleMinimum = 10
  /// Rare words that it must have in common with the event's reports: what stands at the head of every story has none.
  static let cutRareWordMinimum = 3
  /// Bytes of a text that is looked at for where it breaks off, and bytes behind that which are no part of it:
  /// "… Continue reading", with the title once more.
  static let cutTextByteLimit = 1500
  static let cutTailByteLimit = 250
  /// Members of a cluster of which a story may be the beginning, the first: bounds the work.
  static let cutMemberLimit = 8
  /// Resemblance from which a copy is one whatever names it lacks.
  static let sureCopyResemblance = 0.95
  /// Copies of one source with different titles are a template until they are nearly equal.
  static let templateResemblance = 0.9
  /// Days after which an outlet's next words under one title are another story: it would hardly repeat itself.
  static let standingDays = 0.5
  /// Rarity of all words of a headline below which two equal ones say nothing: "Photo of the day". A rare word or
  /// three common ones are above.
  static let sayingLength = 8.0
  /// The same of the words that two headlines share, added up, where each counts twice for standing in a title.
  static let sayingRarity = 12.0
  /// Likeness of titles from which they are equal.
  static let sayingTitles = 0.95
  /// Copies that come after the window must be nearly equal: what old and new pages of a site share
  /// is as often its furniture.
  static let lateResemblance = 0.8
  /// Stories remembered of a bucket, the newest: bounds the work when 10⁶ stories collide.
  static let bucketLimit = 4

  // MARK: Same event

  /// A story's rarest shingles under which it is found.
  static let indexedTermLimit = 32
  /// Clusters beside the best that a story may show to be the same.
  static let mergeCandidateLimit = 3
  /// Similarity from which they are: more than for a story, since a merger joins all with all. Without
  /// times, what other days' look-alikes share is not told apart, so that more is asked for.
  static let mergeSimilarity = (timed: 0.55, timeless: 0.75)
  /// Stories of a cluster that is still compared with its neighbours: one that has more is settled,
  /// and the work of comparing must not grow with it.
  static let mergeMemberLimit = 512
  /// Stories that one placement may move: bounds a record's size.
  static let moveLimit = 64
  /// Stories after which one that stands alone is judged once more. After 50 some join a look-alike whose own
  /// kind is still to come; each further one makes the daemon's clusters come later.
  static let secondLookDistance = 200
  /// Words that such a story must have: a headline gives too little to go by.
  static let secondLookWordCount = 23
  /// The share of a story's squared weights that another cluster must have in common with it to be looked at, of
  /// so many of its rarest shingles, in so many postings.
  static let secondLookShare: Float = 0.1
  static let secondLookTermLimit = 32
  static let secondLookBudget = 120
  /// Similarity from which two that stand alone join by it. From .4 on five pairs of 4,400 recorded stories do,
  /// all of them wrongly; from .5 on one, and half of what news gains stays.
  static let secondLookSimilarity = 0.5
  /// Similarity below which a story that joined a small cluster is watched: a later report may show that
  /// it does not belong.
  static let settledSimilarity = 0.7
  /// Similarity to the others below which it leaves.
  static let leavingSimilarity = 0.4
  /// Stories of a cluster that is sure of its members: what is watched is forgotten.
  static let settledMemberCount = 8
  /// Stories of one cluster that are watched: bounds what a further story costs.
  static let doubtfulMemberLimit = 2
  /// And stories of one that are sure to belong and may be a round-up, or be gathered by one: with one known
  /// alone the others are known without it.
  static let sureMemberLimit = 1
  /// A story's rarest shingles that are looked up: more, for a story may call rare what another one
  /// calls common.
  static let soughtTermLimit = 64
  /// Postings read for a story, the rarest shingles' first: bounds the time a story takes.
  static let postingBudget = 240
  /// Clusters read of one shingle's postings, the newest.
  static let postingLimit = 40
  /// Clusters that are compared exactly.
  static let candidateLimit = 16
  /// Shingles kept of a cluster, the weightiest.
  static let clusterTermLimit = 192
  /// Sources remembered of a cluster.
  static let clusterSourceLimit = 32
  /// Stories after which the older half of the counts is dropped.
  static let countGenerationStories = 30_000
  /// Stories of one table that is joined from others, at most: 130 MB.
  static let joinedStoryLimit = 1 << 19

  /// Similarity from which a story reports the event of a cluster. Any number would do, since the
  /// judgement is shifted to meet it; this one leaves room above for telling likely from certain.
  static let sameEventThreshold = 0.4
  // MARK: Objections (in the unit of `Judgement.sum`; see `Objection`)

  /// What an outlet's second article must have over another outlet's. More would be righter still on
  /// real feeds, and costs the true follow-ups of local news: 1 more is .01 of pair F1 there.
  static let sameSourceBar = 0.7
  /// What each further one must have, against chains of a day's articles on one topic.
  static let sameSourceStep = 0.5
  static let sameSourceStepLimit = 4.0
  /// Binary logarithm of the words from which a text can be expected to share several rare ones; of a
  /// headline alone one must do.
  static let headlineLength = 3.5
  /// The share of the likeness from which it speaks against the story that one shingle, such as a
  /// place's name, makes it; and the one from which it nearly decides.
  static let dominanceFloor = 0.4
  static let dominanceBar = 4.0
  static let soleWordFloor = 0.65
  static let soleWordBar = 16.0
  /// In a headline, the share of the likeness from which one shingle makes it alone, and what is asked for
  /// where it does: of a day's 5,064 recorded headlines 2.5 leaves 53 clusters of 363 that hang on one word, and
  /// gva's titles keep their F1, for the precision makes up for what is missed; 3 loses .01 there.
  static let loneWordFloor = 0.85
  static let loneWordBar = 2.5
  /// The part of that which is asked of two that share two words side by side: a person's name says more
  /// than a town's.
  static let loneNameShare = 0.7
  /// What is asked for beside it in an archive without stories, which could not tell a name that all of its feeds
  /// write of; more than one name weighs. It falls to nothing with so many stories: a name that is in none of a
  /// hundred is in few.
  static let unknownNameBar = 4.0
  static let youngStories = 100.0
  /// What is asked for beside it if either is of a template, of which the changing name is all that is left:
  /// more than any evidence weighs.
  static let templateBar = 12.0
  /// Of a headline in a script without spaces, the part that a name and a common word may make at most. On graded
  /// Chinese news .4 to .6 gain as much.
  static let denseNameShare = 0.5
  /// What part of a word a pair of characters is: they overlap.
  static let densePairLength = 0.5
  /// Rarity that the rarest shared word should have; the words of weather and markets stay below.
  static let rarityFloor = 6.3
  /// And its share of the rarest words that each side has alone.
  static let distinctShare = 0.5
  static let rarityBar = 5.0
  /// Likeness of titles from which they tell of one thing, whatever words the texts share.
  static let titleFloor = 0.15
  static let titleRamp = 0.05
  /// Likeness of names and numbers together below which they are other names and other numbers.
  static let factFloor = 0.1
  static let factBar = 1.5

  /// The share of phrases of five words that two stories have in common from which one formula may tell both, and
  /// surely does: two desks share fewer than one in a hundred.
  static let formulaPhrases = 0.05...0.1
  /// Shared shingles for each word of the shorter story, up to so many words: else one quotes the other.
  static let formulaCoverage = 0.2...0.3
  static let formulaWordLimit = 120.0
  /// How far the names in their titles are others.
  static let formulaReplaced = 0.5...0.8
  /// Of titles that have most of their words in common, the share of the weight that stands in the places of one
  /// frame, and from how many words on a story is more than its headline.
  static let framedShare = 0.2
  static let framedWordCount = 16.0
  /// The share of their phrases that two stories of one frame have in common.
  static let framePhrases = 0.15
  /// Of two titles, the share of the weight that stands in subjects of their own: two names for one thing make .12 of
  /// an invented title at most, other things of a template .16 and more.
  static let subjectShare = 0.15
  /// The same where some are names, of a template that is known: reports of one event may each begin with its place
  /// and name another side of it.
  static let namedSubjectShare = 0.3
  /// Words up to which a sketch has nearly every one that tells anything.
  static let blurbWordLimit = 150.0
  /// The share of their phrases that two stories with one text below other titles have in common.
  static let blurbPhrases = 0.3
  /// Likeness of all names up to which they are others, and from which they are the same.
  static let formulaNames = 0.3...0.45
  /// Members of a cluster whose phrases are looked at, the first: bounds the work.
  static let formulaMemberLimit = 4
  /// Clusters whose stories a story resembles that are asked whether it is a copy, the most alike first, until one
  /// tells no other event: bounds the work.
  static let copiedClusterLimit = 4
  /// More than any evidence weighs.
  static let formulaBar = 12.0

  // MARK: Two stories by themselves (see `Likeness`)

  /// The most that two headlines are alike that differ in a number alone: graders find them like, but they are two.
  static let seriesSimilarity = 0.35
  /// What the cosine of all words counts for beside the judgement: between .3 and .7 gain as much in four
  /// of five languages of graded news.
  static let wordsWeight = 0.3
  /// What must be judged of two stories without times: more than in a cluster, which mends by its
  /// further stories what one decision misses.
  static let sameTimeless = 0.45
  /// The cosine that two reports on the threshold have.
  static let sameWords = 0.3
  /// What likeness of meaning counts for beside the judgement: all graded languages but one gain by it, and
  /// none more by twice as much.
  static let meaningWeight = 0.5
  /// The likeness of meaning that two reports on the threshold have.
  static let sameMeaning = 0.5
  /// Different words of known meaning that a story must have for their sum to say what it is about.
  static let meantWordMinimum = 8
  /// Cosine of meaning up to which two words have nothing to do with each other.
  static let meantFloor = 0.2
  /// Numbers that only one of two headlines gives: more than these say no more.
  static let phraseNumberLimit = 3
  /// Fitted to graded headlines by fit-likeness.py, which says what each is worth: what the words that
  /// answer each other amount to by their spelling and by their meaning, two words in a row (below 0: whole
  /// phrases recur in headlines of a kind), each number of one side alone, countries that are others, the
  /// weightiest words that one side lacks, and the words of the longer one.
  static let phraseBias = -0.465
  static let phraseAnswered = 0.63
  static let phraseMeant = 0.555
  static let phrasePairs = -0.172
  static let phraseOtherNumbers = -0.058
  static let phraseOtherCountries = -0.124
  static let phraseLackingMore = 0.123
  static let phraseLackingLess = 0.071
  static let phraseLackingNames = -0.087
  static let phraseLength = 0.13
  /// The grade from which two headlines report one event, above the best F1 for the sake of precision.
  static let phraseSameGrade = 0.55
  /// What a grade's distance from that one moves the similarity: both ends stay on the scale.
  static let phraseSlope = 0.85

  /// ln (threshold / (1 - threshold)).
  static let thresholdLogit = -0.405465108108164
}
