/* The floor: what a plain C program needs to read the same fields of the same feeds.
 *
 *     floor FOLDER [ROUNDS [fields|sax]]
 *
 * `fields` reads what FeedParser reads of an XML feed: texts, links, identity, dates, persons,
 * categories, enclosures, Media RSS, iTunes, the feed's own properties. `sax` is libxml2 with a
 * handler that only counts. The files are read into memory first; only the parse, and freeing what
 * it made, is timed. A line of JSON for each round.
 *
 * What makes it quick and is ordinary: libxml2 interns names, so that an element's name, prefix and
 * namespace are three pointers, looked up in a small cache; text goes to one growing buffer; a string
 * is made once, at its element's end. What FeedParser does besides is left out, as most C readers leave
 * it out: repairs, telling HTML from text, limits, defects, inheritance of xml:base below the root.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <libxml/parser.h>
#include <libxml/uri.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>

/* What is read. */

typedef struct { char *bytes; size_t count; } String;

typedef struct { String href, rel, type, title, language, length; } Link;
typedef struct { String name, email, uri; } Person;
typedef struct { String term, scheme, label; } Category;
typedef struct { String url, type, length, width, height; } Resource;
typedef struct { String url, title, link, width, height; } Picture;

#define LIST(Element) struct { Element *items; size_t count, capacity; }

typedef struct Post Post;
struct Post {  /* a feed, an entry, or an entry's source */
  String title, subtitle, summary, description, content, encoded, content_type, content_source;
  String rights, id, about, language, comments, comments_feed, comment_count, original_link;
  String duration, explicit, block, image, season, episode, episode_type, new_address, keywords;
  String itunes_subtitle, itunes_summary, media_title, media_description, rating, player;
  String generator, generator_uri, generator_version, icon, logo, documentation, time_to_live;
  String update_period, update_frequency, position, latitude, longitude, license;
  bool is_opaque;
  int64_t published, updated, created, expired, dc_date;  /* seconds since 1970, 0 when unknown */
  LIST(Link) links;
  LIST(Person) authors;
  LIST(Person) contributors;
  LIST(Category) categories;
  LIST(Resource) enclosures;
  LIST(Resource) media;
  LIST(Resource) thumbnails;
  LIST(String) credits;
  LIST(String) skip_hours;
  LIST(String) skip_days;
  Picture picture;
  Post *source;
};

typedef struct { Post properties; LIST(Post) entries; } Feed;

/* Names. */

enum {
  CORE, RDF, DC, CONTENT, MEDIA, ITUNES, GEORSS, GEO, SLASH, WFW, THREADING, LICENSE, FEEDBURNER,
  SYNDICATION, FOREIGN
};

static const struct { const char *uri, *prefix; int vocabulary; } vocabularies[] = {
  {"http://www.w3.org/2005/Atom", "atom", CORE},
  {"http://purl.org/rss/1.0/", "rss", CORE},
  {"http://purl.org/atom/ns#", "atom03", CORE},
  {"http://www.w3.org/1999/02/22-rdf-syntax-ns#", "rdf", RDF},
  {"http://purl.org/dc/elements/1.1/", "dc", DC},
  {"http://purl.org/rss/1.0/modules/content/", "content", CONTENT},
  {"http://search.yahoo.com/mrss/", "media", MEDIA},
  {"http://www.itunes.com/dtds/podcast-1.0.dtd", "itunes", ITUNES},
  {"http://www.georss.org/georss", "georss", GEORSS},
  {"http://www.w3.org/2003/01/geo/wgs84_pos#", "geo", GEO},
  {"http://purl.org/rss/1.0/modules/slash/", "slash", SLASH},
  {"http://wellformedweb.org/CommentAPI/", "wfw", WFW},
  {"http://purl.org/syndication/thread/1.0", "thr", THREADING},
  {"http://backend.userland.com/creativeCommonsRssModule", "creativeCommons", LICENSE},
  {"http://rssnamespace.org/feedburner/ext/1.0", "feedburner", FEEDBURNER},
  {"http://purl.org/rss/1.0/modules/syndication/", "sy", SYNDICATION},
};

enum Kind {
  UNKNOWN, WRAPPER, ENTRY, SOURCE, IMAGE, TEXT_INPUT,
  TEXT,  /* may hold mark-up */
  VALUE, ADDRESS, DATE, LINK, ID, AUTHOR, CONTRIBUTOR, OWNER, NAME, EMAIL, URL, CATEGORY, KEYWORDS,
  ITUNES_CATEGORY, ENCLOSURE, MEDIA_CONTENT, THUMBNAIL, CREDIT, ITUNES_IMAGE, GENERATOR, HOUR, DAY,
  WIDTH, HEIGHT, PLAYER
};

typedef struct { const char *name; int vocabulary; enum Kind kind; size_t place; } Rule;

#define AT(member) offsetof(Post, member)

static const Rule rules[] = {
  {"rss", CORE, WRAPPER, 0}, {"feed", CORE, WRAPPER, 0}, {"channel", CORE, WRAPPER, 0},
  {"RDF", RDF, WRAPPER, 0}, {"item", CORE, ENTRY, 0}, {"entry", CORE, ENTRY, 0},
  {"source", CORE, SOURCE, 0}, {"image", CORE, IMAGE, 0}, {"textinput", CORE, TEXT_INPUT, 0},
  {"textInput", CORE, TEXT_INPUT, 0}, {"group", MEDIA, WRAPPER, 0},
  {"skipHours", CORE, WRAPPER, 0}, {"skipDays", CORE, WRAPPER, 0},
  {"title", CORE, TEXT, AT(title)}, {"title", DC, TEXT, AT(title)},
  {"title", MEDIA, TEXT, AT(media_title)}, {"subtitle", CORE, TEXT, AT(subtitle)},
  {"tagline", CORE, TEXT, AT(subtitle)}, {"description", CORE, TEXT, AT(description)},
  {"description", DC, TEXT, AT(description)}, {"description", MEDIA, TEXT, AT(media_description)},
  {"summary", CORE, TEXT, AT(summary)}, {"content", CORE, TEXT, AT(content)},
  {"encoded", CONTENT, TEXT, AT(encoded)}, {"rights", CORE, TEXT, AT(rights)},
  {"rights", DC, TEXT, AT(rights)}, {"copyright", CORE, TEXT, AT(rights)},
  {"subtitle", ITUNES, TEXT, AT(itunes_subtitle)}, {"summary", ITUNES, TEXT, AT(itunes_summary)},
  {"id", CORE, ID, 0}, {"guid", CORE, ID, 0}, {"identifier", DC, VALUE, AT(id)},
  {"link", CORE, LINK, 0}, {"enclosure", CORE, ENCLOSURE, 0},
  {"origLink", FEEDBURNER, ADDRESS, AT(original_link)},
  {"comments", CORE, ADDRESS, AT(comments)}, {"commentRss", WFW, ADDRESS, AT(comments_feed)},
  {"comments", SLASH, VALUE, AT(comment_count)}, {"total", THREADING, VALUE, AT(comment_count)},
  {"docs", CORE, ADDRESS, AT(documentation)}, {"icon", CORE, ADDRESS, AT(icon)},
  {"logo", CORE, ADDRESS, AT(logo)}, {"license", LICENSE, ADDRESS, AT(license)},
  {"pubDate", CORE, DATE, AT(published)}, {"published", CORE, DATE, AT(published)},
  {"issued", CORE, DATE, AT(published)}, {"updated", CORE, DATE, AT(updated)},
  {"modified", CORE, DATE, AT(updated)}, {"lastBuildDate", CORE, DATE, AT(updated)},
  {"date", DC, DATE, AT(dc_date)}, {"created", CORE, DATE, AT(created)},
  {"expirationDate", CORE, DATE, AT(expired)},
  {"author", CORE, AUTHOR, 0}, {"managingEditor", CORE, AUTHOR, 0}, {"creator", DC, AUTHOR, 0},
  {"author", ITUNES, AUTHOR, 0}, {"contributor", CORE, CONTRIBUTOR, 0},
  {"contributor", DC, CONTRIBUTOR, 0}, {"webMaster", CORE, OWNER, 0},
  {"publisher", DC, OWNER, 0}, {"owner", ITUNES, OWNER, 0}, {"name", CORE, NAME, 0},
  {"name", ITUNES, NAME, 0}, {"email", CORE, EMAIL, 0}, {"email", ITUNES, EMAIL, 0},
  {"uri", CORE, URL, 0}, {"url", CORE, URL, 0}, {"category", CORE, CATEGORY, 0},
  {"subject", DC, CATEGORY, 0}, {"category", MEDIA, CATEGORY, 0},
  {"keywords", ITUNES, KEYWORDS, 0}, {"keywords", MEDIA, KEYWORDS, 0},
  {"category", ITUNES, ITUNES_CATEGORY, 0}, {"generator", CORE, GENERATOR, 0},
  {"language", CORE, VALUE, AT(language)}, {"language", DC, VALUE, AT(language)},
  {"ttl", CORE, VALUE, AT(time_to_live)}, {"hour", CORE, HOUR, 0}, {"day", CORE, DAY, 0},
  {"width", CORE, WIDTH, 0}, {"height", CORE, HEIGHT, 0},
  {"updatePeriod", SYNDICATION, VALUE, AT(update_period)},
  {"updateFrequency", SYNDICATION, VALUE, AT(update_frequency)},
  {"image", ITUNES, ITUNES_IMAGE, 0}, {"duration", ITUNES, VALUE, AT(duration)},
  {"explicit", ITUNES, VALUE, AT(explicit)}, {"block", ITUNES, VALUE, AT(block)},
  {"season", ITUNES, VALUE, AT(season)}, {"episode", ITUNES, VALUE, AT(episode)},
  {"episodeType", ITUNES, VALUE, AT(episode_type)},
  {"new-feed-url", ITUNES, ADDRESS, AT(new_address)},
  {"content", MEDIA, MEDIA_CONTENT, 0}, {"thumbnail", MEDIA, THUMBNAIL, 0},
  {"credit", MEDIA, CREDIT, 0}, {"player", MEDIA, PLAYER, 0}, {"rating", MEDIA, VALUE, AT(rating)},
  {"point", GEORSS, VALUE, AT(position)}, {"lat", GEO, VALUE, AT(latitude)},
  {"long", GEO, VALUE, AT(longitude)},
};

static const Rule unknown = {"", FOREIGN, UNKNOWN, 0};

#define RULE_SLOTS 512
static const Rule *rule_slots[RULE_SLOTS];

static unsigned hash_name(const char *name, int vocabulary) {
  unsigned hash = 2166136261u ^ (unsigned)vocabulary;
  for (; *name; name++) hash = (hash ^ (unsigned char)*name) * 16777619u;
  return hash;
}

static void prepare_rules(void) {
  for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
    unsigned slot = hash_name(rules[i].name, rules[i].vocabulary) % RULE_SLOTS;
    while (rule_slots[slot]) slot = (slot + 1) % RULE_SLOTS;
    rule_slots[slot] = &rules[i];
  }
}

static const Rule *find_rule(const char *name, const char *prefix, const char *uri) {
  int vocabulary = uri || prefix ? FOREIGN : CORE;
  char local[64];
  const char *colon = uri || prefix ? NULL : strchr(name, ':');  /* a prefix without declaration */
  if (colon && (size_t)(colon - name) < sizeof local) {
    memcpy(local, name, (size_t)(colon - name));
    local[colon - name] = 0;
    prefix = local;
    name = colon + 1;
    vocabulary = FOREIGN;
  }
  for (size_t i = 0; i < sizeof vocabularies / sizeof *vocabularies; i++)
    if (uri ? !strcmp(uri, vocabularies[i].uri) : prefix && !strcmp(prefix, vocabularies[i].prefix))
      vocabulary = vocabularies[i].vocabulary;
  if (uri && !prefix && vocabulary == FOREIGN) vocabulary = CORE;
  unsigned slot = hash_name(name, vocabulary) % RULE_SLOTS;
  for (; rule_slots[slot]; slot = (slot + 1) % RULE_SLOTS)
    if (rule_slots[slot]->vocabulary == vocabulary && !strcmp(rule_slots[slot]->name, name))
      return rule_slots[slot];
  return &unknown;
}

/* The parse. */

enum { ATTRIBUTE_LIMIT = 32, DEPTH_LIMIT = 256, NAME_SLOTS = 512 };

typedef struct { const xmlChar *name, *value; size_t count; } Attribute;

typedef struct {
  const Rule *rule;
  size_t text_start;
  bool is_markup;      /* child elements are part of the text */
} Frame;

typedef struct { const xmlChar *name, *prefix, *uri; const Rule *rule; } NameSlot;

typedef struct {
  Feed feed;
  Post *post;  /* the innermost of feed, entry and source */
  Post *outer;  /* the feed or entry around a source */
  Frame frames[DEPTH_LIMIT];
  int depth, skipped;
  char *text;
  size_t text_count, text_capacity;
  Attribute attributes[ATTRIBUTE_LIMIT];
  int attribute_count;
  Person person;
  bool in_image, in_text_input, in_source, in_person, is_feed;
  const char *base;
  NameSlot names[NAME_SLOTS];
} Reader;

static void *must(void *memory) {
  if (!memory) abort();
  return memory;
}

static String make_string(const char *bytes, size_t count) {
  String string = {must(malloc(count + 1)), count};
  memcpy(string.bytes, bytes, count);
  string.bytes[count] = 0;
  return string;
}

#define APPEND(list, element)                                                          \
  do {                                                                                 \
    if ((list).count == (list).capacity) {                                             \
      (list).capacity = (list).capacity ? (list).capacity * 2 : 4;                     \
      (list).items = must(realloc((list).items, (list).capacity * sizeof *(list).items)); \
    }                                                                                  \
    (list).items[(list).count++] = (element);                                          \
  } while (0)

static void append_text(Reader *reader, const void *bytes, size_t count) {
  if (reader->text_count + count > reader->text_capacity) {
    while (reader->text_count + count > reader->text_capacity)
      reader->text_capacity = reader->text_capacity ? reader->text_capacity * 2 : 1 << 16;
    reader->text = must(realloc(reader->text, reader->text_capacity));
  }
  memcpy(reader->text + reader->text_count, bytes, count);
  reader->text_count += count;
}

static void append_escaped(Reader *reader, const char *bytes, size_t count, bool quotes) {
  size_t start = 0;
  for (size_t i = 0; i < count; i++) {
    const char *escape = bytes[i] == '<' ? "&lt;" : bytes[i] == '>' ? "&gt;"
      : bytes[i] == '&' ? "&amp;" : quotes && bytes[i] == '"' ? "&quot;" : NULL;
    if (!escape) continue;
    append_text(reader, bytes + start, i - start);
    append_text(reader, escape, strlen(escape));
    start = i + 1;
  }
  append_text(reader, bytes + start, count - start);
}

static const Rule *rule_of(
  Reader *reader, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri
) {
  uintptr_t key = (uintptr_t)name * 31 + (uintptr_t)uri * 7 + (uintptr_t)prefix;
  for (size_t tries = 0; tries < 8; tries++) {
    NameSlot *found = &reader->names[((key >> 3) + tries) % NAME_SLOTS];
    if (found->name == name && found->uri == uri && found->prefix == prefix) return found->rule;
    if (found->name) continue;
    *found = (NameSlot){name, prefix, uri,
      find_rule((const char *)name, (const char *)prefix, (const char *)uri)};
    return found->rule;
  }
  return find_rule((const char *)name, (const char *)prefix, (const char *)uri);
}

static const Attribute *attribute(const Reader *reader, const char *name) {
  for (int i = 0; i < reader->attribute_count; i++)
    if (!strcmp((const char *)reader->attributes[i].name, name)) return &reader->attributes[i];
  return NULL;
}

/* libxml2 leaves `&#38;` in the values that it hands to a SAX2 handler. */
static String unescaped(const xmlChar *value, size_t count) {
  String string = make_string((const char *)value, count);
  char *to = string.bytes, *from = string.bytes;
  if (!memchr(string.bytes, '&', count)) return string;
  while (*from) {
    if (!strncmp(from, "&#38;", 5)) { *to++ = '&'; from += 5; } else *to++ = *from++;
  }
  *to = 0;
  string.count = (size_t)(to - string.bytes);
  return string;
}

static String taken(const Reader *reader, const char *name) {
  const Attribute *found = attribute(reader, name);
  return found ? unescaped(found->value, found->count) : (String){NULL, 0};
}

/* An absolute address as it is; a relative one against the document's base. */
static String resolved(const Reader *reader, String address) {
  if (!address.bytes || !reader->base) return address;
  size_t scheme = strspn(address.bytes, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-");
  if (scheme && address.bytes[scheme] == ':') return address;
  xmlChar *whole = xmlBuildURI((const xmlChar *)address.bytes, (const xmlChar *)reader->base);
  if (!whole) return address;
  String result = make_string((const char *)whole, strlen((const char *)whole));
  xmlFree(whole);
  free(address.bytes);
  return result;
}

static String taken_address(const Reader *reader, const char *name) {
  return resolved(reader, taken(reader, name));
}

static void collect(Reader *reader, int count, const xmlChar **values) {
  reader->attribute_count = 0;
  for (int i = 0; i < count && reader->attribute_count < ATTRIBUTE_LIMIT; i++, values += 5)
    reader->attributes[reader->attribute_count++] =
      (Attribute){values[0], values[3], (size_t)(values[4] - values[3])};
}

static void write_start(Reader *reader, const xmlChar *name, int count, const xmlChar **values) {
  append_text(reader, "<", 1);
  append_text(reader, name, strlen((const char *)name));
  for (int i = 0; i < count; i++, values += 5) {
    append_text(reader, " ", 1);
    append_text(reader, values[0], strlen((const char *)values[0]));
    append_text(reader, "=\"", 2);
    append_escaped(reader, (const char *)values[3], (size_t)(values[4] - values[3]), true);
    append_text(reader, "\"", 1);
  }
  append_text(reader, ">", 1);
}

static void write_end(Reader *reader, const xmlChar *name) {
  append_text(reader, "</", 2);
  append_text(reader, name, strlen((const char *)name));
  append_text(reader, ">", 1);
}

static Resource resource(const Reader *reader) {
  return (Resource){taken_address(reader, "url"), taken(reader, "type"),
    attribute(reader, "length") ? taken(reader, "length") : taken(reader, "fileSize"),
    taken(reader, "width"), taken(reader, "height")};
}

static void open_entry(Reader *reader) {
  APPEND(reader->feed.entries, (Post){0});
  reader->outer = reader->post = &reader->feed.entries.items[reader->feed.entries.count - 1];
  reader->post->about = taken(reader, "about");
}

static void open_link(Reader *reader) {
  if (!attribute(reader, "href")) return;
  Link link = {taken_address(reader, "href"), taken(reader, "rel"), taken(reader, "type"),
    taken(reader, "title"), taken(reader, "hreflang"), taken(reader, "length")};
  APPEND(reader->post->links, link);
  if (link.rel.bytes && !strcmp(link.rel.bytes, "enclosure")) {
    Resource enclosure = {.url = taken_address(reader, "href"), .type = taken(reader, "type"),
      .length = taken(reader, "length")};
    APPEND(reader->post->enclosures, enclosure);
  }
}

static void open_wrapper(Reader *reader) {
  reader->is_feed = true;
  if (!reader->feed.properties.language.bytes) reader->feed.properties.language = taken(reader, "lang");
  if (!reader->feed.properties.about.bytes) reader->feed.properties.about = taken(reader, "about");
}

static void open_text(Reader *reader, Frame *frame) {
  const Attribute *type = attribute(reader, "type");
  frame->is_markup = type && type->count == 5 && !memcmp(type->value, "xhtml", 5);
  if (frame->rule->place != AT(content)) return;
  if (!reader->post->content_type.bytes) reader->post->content_type = taken(reader, "type");
  if (!reader->post->content_source.bytes)
    reader->post->content_source = taken_address(reader, "src");
}

static void open_element(Reader *reader, Frame *frame) {
  Post *post = reader->post;
  switch (frame->rule->kind) {
  case WRAPPER: open_wrapper(reader); break;
  case ENTRY: open_entry(reader); break;
  case SOURCE:
    if (post == &reader->feed.properties || reader->in_source) break;
    if (!post->source) post->source = must(calloc(1, sizeof(Post)));
    reader->post = post->source;
    reader->in_source = true;
    if (attribute(reader, "url")) {
      Link link = {.href = taken_address(reader, "url")};
      APPEND(reader->post->links, link);
    }
    break;
  case IMAGE: reader->in_image = true; break;
  case TEXT_INPUT: reader->in_text_input = true; break;
  case TEXT: open_text(reader, frame); break;
  case LINK: open_link(reader); break;
  case ID: {
    const Attribute *permanent = attribute(reader, "isPermaLink");
    post->is_opaque = permanent && permanent->count == 5;
    break;
  }
  case AUTHOR: case CONTRIBUTOR: case OWNER:
    reader->in_person = true;
    reader->person = (Person){0};
    break;
  case CATEGORY: {
    Category category = {taken(reader, "term"),
      taken(reader, attribute(reader, "scheme") ? "scheme" : "domain"), taken(reader, "label")};
    APPEND(post->categories, category);
    break;
  }
  case ITUNES_CATEGORY:
    if (attribute(reader, "text")) {
      Category category = {.term = taken(reader, "text")};
      APPEND(post->categories, category);
    }
    break;
  case ENCLOSURE: APPEND(post->enclosures, resource(reader)); break;
  case MEDIA_CONTENT: if (attribute(reader, "url")) APPEND(post->media, resource(reader)); break;
  case THUMBNAIL: APPEND(post->thumbnails, resource(reader)); break;
  case PLAYER: if (!post->player.bytes) post->player = taken_address(reader, "url"); break;
  case ITUNES_IMAGE: if (!post->image.bytes) post->image = taken_address(reader, "href"); break;
  case GENERATOR:
    if (!post->generator_uri.bytes) post->generator_uri = taken_address(reader, "uri");
    if (!post->generator_version.bytes) post->generator_version = taken(reader, "version");
    break;
  default: break;
  }
}

static void on_start(
  void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int declared,
  const xmlChar **declarations, int count, int defaulted, const xmlChar **values
) {
  (void)declared; (void)declarations; (void)defaulted;
  Reader *reader = context;
  Frame *parent = reader->depth ? &reader->frames[reader->depth - 1] : NULL;
  if (reader->skipped || reader->depth == DEPTH_LIMIT) { reader->skipped++; return; }
  if (parent && parent->rule->kind == TEXT) {
    parent->is_markup = true;
    write_start(reader, name, count, values);
    Frame *frame = &reader->frames[reader->depth++];
    *frame = *parent;
    frame->text_start = SIZE_MAX;
    return;
  }
  collect(reader, count, values);
  Frame *frame = &reader->frames[reader->depth++];
  *frame = (Frame){rule_of(reader, name, prefix, uri), reader->text_count, false};
  open_element(reader, frame);
}

static void on_text(void *context, const xmlChar *bytes, int count) {
  Reader *reader = context;
  if (reader->skipped || !reader->depth) return;
  Frame *frame = &reader->frames[reader->depth - 1];
  if (frame->rule->kind < TEXT && frame->rule->kind != SOURCE) return;
  if (frame->is_markup) append_escaped(reader, (const char *)bytes, (size_t)count, false);
  else append_text(reader, bytes, (size_t)count);
}

/* Dates: RFC 822 and RFC 3339, by hand because strptime and timegm cost more than the rest. */

static int number(const char **text) {
  int value = 0;
  while (**text >= '0' && **text <= '9') value = value * 10 + *(*text)++ - '0';
  return value;
}

static int64_t seconds_since_1970(int year, int month, int day) {
  year -= month <= 2;
  int64_t era = (year >= 0 ? year : year - 399) / 400;
  int of_era = (int)(year - era * 400);
  int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return (era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468) * 86400;
}

static int64_t clock_seconds(const char **text) {
  int hour = number(text), minute = 0, second = 0;
  if (**text == ':') { ++*text; minute = number(text); }
  if (**text == ':') { ++*text; second = number(text); }
  if (**text == '.') { ++*text; number(text); }
  return hour * 3600 + minute * 60 + second;
}

static int64_t zone_seconds(const char *text) {
  while (*text == ' ') text++;
  if (*text != '+' && *text != '-') {
    static const struct { const char *name; int hours; } zones[] = {
      {"EST", -5}, {"EDT", -4}, {"CST", -6}, {"CDT", -5}, {"MST", -7}, {"MDT", -6}, {"PST", -8}, {"PDT", -7}};
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
      if (!strncmp(text, zones[i].name, 3)) return zones[i].hours * 3600;
    return 0;
  }
  int sign = *text++ == '-' ? -1 : 1;
  int hours = number(&text), minutes = 0;
  if (*text == ':') { text++; minutes = number(&text); }
  else { minutes = hours % 100; hours /= 100; }
  return sign * (hours * 3600 + minutes * 60);
}

static int64_t date(const char *text) {
  static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (text[0] >= '0' && text[0] <= '9' && strspn(text, "0123456789") == 4) {
    int year = number(&text), month = 1, day = 1;
    if (*text == '-') { text++; month = number(&text); }
    if (*text == '-') { text++; day = number(&text); }
    int64_t time = seconds_since_1970(year, month, day);
    if (*text != 'T' && *text != ' ') return time;
    text++;
    time += clock_seconds(&text);
    return time - zone_seconds(text);
  }
  const char *comma = strchr(text, ',');
  if (comma) text = comma + 1;
  while (*text == ' ') text++;
  int day = number(&text);
  while (*text == ' ' || *text == '-') text++;
  int month = 0;
  for (int i = 0; i < 12; i++) if (!strncmp(text, months + i * 3, 3)) month = i + 1;
  if (!day || !month) return 0;
  text += strcspn(text, " -");
  while (*text == ' ' || *text == '-') text++;
  int year = number(&text);
  if (year < 100) year += year < 70 ? 2000 : 1900;
  while (*text == ' ') text++;
  int64_t time = seconds_since_1970(year, month, day);
  time += clock_seconds(&text);
  return time - zone_seconds(text);
}

/* The ends of elements. */

static bool is_space(char byte) { return byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r'; }

/* "mail (Name)", "Name <mail>", a mail address or a name. */
static void split_person(Person *person, String text) {
  char *at = memchr(text.bytes, '@', text.count);
  if (!at) { person->name = text; return; }
  char *start = at, *end = at;
  while (start > text.bytes && !strchr(" (<", start[-1])) start--;
  while (*end && !strchr(" )>", *end)) end++;
  person->email = make_string(start, (size_t)(end - start));
  char *open = strchr(end, '('), *close = open ? strchr(open, ')') : NULL;
  if (open && close) person->name = make_string(open + 1, (size_t)(close - open - 1));
  else if (start > text.bytes) {
    char *last = start;
    while (last > text.bytes && strchr(" (<", last[-1])) last--;
    person->name = make_string(text.bytes, (size_t)(last - text.bytes));
  }
  free(text.bytes);
}

static void set(String *to, String value) {
  if (to->bytes) free(value.bytes); else *to = value;
}

static void end_person(Reader *reader, const Frame *frame, String text) {
  Person *person = &reader->person;
  if (!person->name.bytes && !person->email.bytes && text.bytes) split_person(person, text);
  else free(text.bytes);
  if (frame->rule->kind == AUTHOR) APPEND(reader->post->authors, *person);
  else APPEND(reader->post->contributors, *person);
  reader->in_person = false;
}

static void end_in_image(Reader *reader, const Frame *frame, String text) {
  Picture *picture = &reader->post->picture;
  switch (frame->rule->kind) {
  case URL: set(&picture->url, resolved(reader, text)); break;
  case TEXT: set(&picture->title, text); break;
  case LINK: set(&picture->link, resolved(reader, text)); break;
  case WIDTH: set(&picture->width, text); break;
  case HEIGHT: set(&picture->height, text); break;
  default: free(text.bytes);
  }
}

static void end_link(Reader *reader, String text) {
  Link link = {.href = resolved(reader, text)};
  APPEND(reader->post->links, link);
  if (reader->post == &reader->feed.properties && !reader->base)
    reader->base = link.href.bytes;
}

static void end_keywords(Reader *reader, String text) {
  for (char *rest = text.bytes, *word; (word = strsep(&rest, ","));) {
    while (is_space(*word)) word++;
    Category category = {.term = make_string(word, strlen(word))};
    APPEND(reader->post->categories, category);
  }
  free(text.bytes);
}

static void end_text(Reader *reader, Frame *frame, String text) {
  Post *post = reader->post;
  void *place = (char *)post + frame->rule->place;
  switch (frame->rule->kind) {
  case TEXT: case VALUE: set(place, text); return;
  case ADDRESS: set(place, resolved(reader, text)); return;
  case DATE: *(int64_t *)place = date(text.bytes); break;
  case LINK: end_link(reader, text); return;
  case ID: set(&post->id, text); return;
  case CATEGORY:
    if (!post->categories.count) break;
    set(&post->categories.items[post->categories.count - 1].term, text);
    return;
  case KEYWORDS: end_keywords(reader, text); return;
  case CREDIT: APPEND(post->credits, text); return;
  case GENERATOR: set(&post->generator, text); return;
  case HOUR: APPEND(post->skip_hours, text); return;
  case DAY: APPEND(post->skip_days, text); return;
  case SOURCE: set(&post->title, text); return;
  default: break;
  }
  free(text.bytes);
}

static void end_part_of_person(Reader *reader, const Frame *frame, String text) {
  switch (frame->rule->kind) {
  case NAME: set(&reader->person.name, text); break;
  case EMAIL: set(&reader->person.email, text); break;
  case URL: set(&reader->person.uri, resolved(reader, text)); break;
  default: free(text.bytes);
  }
}

/* The trimmed text of the element, or none when it is blank. */
static String own_text(Reader *reader, const Frame *frame) {
  const char *start = reader->text + frame->text_start, *end = reader->text + reader->text_count;
  reader->text_count = frame->text_start;
  while (start < end && is_space(*start)) start++;
  while (start < end && is_space(end[-1])) end--;
  return start < end ? make_string(start, (size_t)(end - start)) : (String){NULL, 0};
}

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri) {
  (void)prefix; (void)uri;
  Reader *reader = context;
  if (reader->skipped) { reader->skipped--; return; }
  if (!reader->depth) return;
  Frame *frame = &reader->frames[--reader->depth];
  if (frame->text_start == SIZE_MAX) { write_end(reader, name); return; }
  enum Kind kind = frame->rule->kind;
  String text = kind > TEXT_INPUT || kind == SOURCE ? own_text(reader, frame) : (String){NULL, 0};
  switch (kind) {
  case ENTRY: reader->post = reader->outer = &reader->feed.properties; return;
  case IMAGE: reader->in_image = false; return;
  case TEXT_INPUT: reader->in_text_input = false; return;
  case AUTHOR: case CONTRIBUTOR: case OWNER: end_person(reader, frame, text); return;
  default: break;
  }
  if (text.bytes && reader->in_text_input) free(text.bytes);
  else if (text.bytes && reader->in_image) end_in_image(reader, frame, text);
  else if (text.bytes && reader->in_person) end_part_of_person(reader, frame, text);
  else if (text.bytes) end_text(reader, frame, text);
  if (kind == SOURCE && reader->in_source) {
    reader->post = reader->outer;
    reader->in_source = false;
  }
}

/* Freeing and counting. */

#define FREE_LIST(list, Element)                                                       \
  do {                                                                                 \
    String *strings = (String *)(list).items;                                          \
    for (size_t i = 0; i < (list).count * (sizeof(Element) / sizeof(String)); i++)     \
      free(strings[i].bytes);                                                          \
    free((list).items);                                                                \
  } while (0)

static void free_post(Post *post) {
  for (String *string = &post->title; string <= &post->license; string++) free(string->bytes);
  FREE_LIST(post->links, Link);
  FREE_LIST(post->authors, Person);
  FREE_LIST(post->contributors, Person);
  FREE_LIST(post->categories, Category);
  FREE_LIST(post->enclosures, Resource);
  FREE_LIST(post->media, Resource);
  FREE_LIST(post->thumbnails, Resource);
  FREE_LIST(post->credits, String);
  FREE_LIST(post->skip_hours, String);
  FREE_LIST(post->skip_days, String);
  String *picture = (String *)&post->picture;
  for (size_t i = 0; i < sizeof post->picture / sizeof(String); i++) free(picture[i].bytes);
  if (post->source) { free_post(post->source); free(post->source); }
}

typedef struct { size_t entries, failed, text_bytes, links; int64_t dates; } Tally;

static void count_post(const Post *post, Tally *tally) {
  tally->text_bytes += post->title.count + post->summary.count + post->description.count
    + post->content.count + post->encoded.count;
  tally->links += post->links.count + post->enclosures.count;
  tally->dates += post->published + post->updated + post->dc_date;
}

static void finish(Reader *reader, Tally *tally) {
  if (!reader->is_feed) tally->failed++;
  for (size_t i = 0; i < reader->feed.entries.count; i++) {
    count_post(&reader->feed.entries.items[i], tally);
    free_post(&reader->feed.entries.items[i]);
  }
  tally->entries += reader->feed.entries.count;
  free(reader->feed.entries.items);
  free_post(&reader->feed.properties);
  free(reader->text);
}

static void read_feed(const char *bytes, size_t count, Tally *tally) {
  static xmlSAXHandler handler = {
    .initialized = XML_SAX2_MAGIC, .startElementNs = on_start, .endElementNs = on_end,
    .characters = on_text};
  static Reader reader;
  memset(&reader, 0, sizeof reader);
  reader.post = reader.outer = &reader.feed.properties;
  xmlParserCtxtPtr context = must(xmlCreatePushParserCtxt(&handler, &reader, NULL, 0, NULL));
  xmlCtxtUseOptions(context, XML_PARSE_NONET | XML_PARSE_RECOVER | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
  xmlParseChunk(context, bytes, (int)count, 1);
  if (context->myDoc) xmlFreeDoc(context->myDoc);  /* exists where entities are declared */
  xmlFreeParserCtxt(context);
  finish(&reader, tally);
}

/* libxml2 alone. */

static void count_start(
  void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int declared,
  const xmlChar **declarations, int count, int defaulted, const xmlChar **values
) {
  (void)prefix; (void)uri; (void)declared; (void)declarations; (void)count; (void)defaulted; (void)values;
  ((Tally *)context)->entries += !strcmp((const char *)name, "item") || !strcmp((const char *)name, "entry");
}

static void count_text(void *context, const xmlChar *bytes, int count) {
  (void)bytes;
  ((Tally *)context)->text_bytes += (size_t)count;
}

static void read_events(const char *bytes, size_t count, Tally *tally) {
  static xmlSAXHandler handler = {
    .initialized = XML_SAX2_MAGIC, .startElementNs = count_start, .characters = count_text};
  xmlParserCtxtPtr context = must(xmlCreatePushParserCtxt(&handler, tally, NULL, 0, NULL));
  xmlCtxtUseOptions(context, XML_PARSE_NONET | XML_PARSE_RECOVER | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
  xmlParseChunk(context, bytes, (int)count, 1);
  if (context->myDoc) xmlFreeDoc(context->myDoc);  /* exists where entities are declared */
  xmlFreeParserCtxt(context);
}

/* The measurement. */

typedef LIST(String) Files;

static Files read_folder(const char *folder) {
  struct dirent **names;
  int count = scandir(folder, &names, NULL, alphasort);
  Files files = {0};
  for (int i = 0; i < count; i++) {
    char path[4096];
    struct stat status;
    snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
    FILE *file = stat(path, &status) == 0 && S_ISREG(status.st_mode) ? fopen(path, "rb") : NULL;
    if (file) {
      String bytes = {must(malloc((size_t)status.st_size + 1)), 0};
      bytes.count = fread(bytes.bytes, 1, (size_t)status.st_size, file);
      APPEND(files, bytes);
      fclose(file);
    }
    free(names[i]);
  }
  if (count >= 0) free(names);
  return files;
}

static double cpu_seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int count, char **arguments) {
  if (count < 2) {
    fprintf(stderr, "usage: floor FOLDER [ROUNDS [fields|sax]]\n");
    return 64;
  }
  prepare_rules();
  Files files = read_folder(arguments[1]);
  int rounds = count > 2 ? atoi(arguments[2]) : 1;
  bool is_plain = count > 3 && !strcmp(arguments[3], "sax");
  for (int round = 0; round < rounds; round++) {
    Tally tally = {0};
    size_t bytes = 0;
    double start = cpu_seconds();
    for (size_t i = 0; i < files.count; i++) {
      (is_plain ? read_events : read_feed)(files.items[i].bytes, files.items[i].count, &tally);
      bytes += files.items[i].count;
    }
    double spent = cpu_seconds() - start;
    printf("{\"files\":%zu,\"bytes\":%zu,\"seconds\":%.6f,\"entries\":%zu,\"failed\":%zu,\"textBytes\":%zu,\"checksum\":%lld}\n",
      files.count, bytes, spent, tally.entries, tally.failed, tally.text_bytes,
      (long long)(tally.dates + (int64_t)tally.links));
  }
  FREE_LIST(files, String);
  return 0;
}
