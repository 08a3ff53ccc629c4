/* The floor: what fetching feeds, and reading their fields, costs a plain C program that keeps nothing.
 *
 *     floor ADDRESSES VALIDATORS [drop|read [IN-FLIGHT]]
 *
 * ADDRESSES has an address a line. `drop` throws the bodies away, `read` (the default) gives them to
 * libxml2's SAX2 push parser as they come and takes out title, link, identifier, dates, author,
 * summary, content and categories of every entry, a string each, freed at the entry's end. Validators
 * are kept in the file VALIDATORS from one run to the next. Prints a line of JSON. */
#define _GNU_SOURCE
#include <curl/curl.h>
#include <libxml/parser.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TITLE, LINK, ID, PUBLISHED, UPDATED, AUTHOR, SUMMARY, CONTENT, FIELDS, CATEGORY, NONE };
enum { CATEGORY_LIMIT = 32, VALIDATOR_LENGTH = 128 };

static const struct { const char *name; int field; } names[] = {
  {"title", TITLE}, {"link", LINK}, {"guid", ID}, {"id", ID}, {"pubDate", PUBLISHED},
  {"published", PUBLISHED}, {"date", PUBLISHED}, {"updated", UPDATED}, {"author", AUTHOR},
  {"name", AUTHOR}, {"creator", AUTHOR}, {"description", SUMMARY}, {"summary", SUMMARY},
  {"encoded", CONTENT}, {"content", CONTENT}, {"category", CATEGORY},
};

typedef struct {
  char *fields[FIELDS], *categories[CATEGORY_LIMIT];
  int category_count, field;
  bool in_entry;
  char *text;
  size_t length, capacity;
} Reader;

typedef struct {
  char *url, etag[VALIDATOR_LENGTH], modified[VALIDATOR_LENGTH];
  CURL *handle;
  struct curl_slist *headers;
  xmlParserCtxtPtr parser;
  Reader reader;
} Feed;

static long entries, documents, unchanged, failures, bytes;
static bool reads = true;

static char *copy(const char *text, size_t length) {
  char *made = malloc(length + 1);
  memcpy(made, text, length);
  made[length] = 0;
  return made;
}

static void set(Reader *reader, int field, const char *text, size_t length) {
  if (field == CATEGORY) {
    if (reader->category_count < CATEGORY_LIMIT)
      reader->categories[reader->category_count++] = copy(text, length);
  } else if (!reader->fields[field]) {
    reader->fields[field] = copy(text, length);
  }
}

static void on_start(
  void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int ns_count,
  const xmlChar **ns, int count, int defaulted, const xmlChar **values
) {
  Reader *reader = context;
  const char *local = (const char *)name;
  reader->length = 0;
  reader->field = NONE;
  if (!reader->in_entry) {
    reader->in_entry = !strcmp(local, "item") || !strcmp(local, "entry");
    return;
  }
  for (size_t place = 0; place < sizeof names / sizeof *names; place++)
    if (!strcmp(local, names[place].name)) reader->field = names[place].field;
  for (int place = 0; place < count; place++, values += 5) {
    const char *attribute = (const char *)values[0];
    if ((reader->field == LINK && !strcmp(attribute, "href"))
        || (reader->field == CATEGORY && !strcmp(attribute, "term")))
      set(reader, reader->field, (const char *)values[3], values[4] - values[3]);
  }
}

static void on_text(void *context, const xmlChar *text, int count) {
  Reader *reader = context;
  if (reader->field == NONE || !reader->in_entry) return;
  if (reader->length + count > reader->capacity) {
    reader->capacity = 2 * (reader->length + count);
    reader->text = realloc(reader->text, reader->capacity);
  }
  memcpy(reader->text + reader->length, text, count);
  reader->length += count;
}

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri) {
  Reader *reader = context;
  if (!reader->in_entry) return;
  if (reader->field != NONE && reader->length) set(reader, reader->field, reader->text, reader->length);
  reader->field = NONE;
  if (strcmp((const char *)name, "item") && strcmp((const char *)name, "entry")) return;
  for (int field = 0; field < FIELDS; field++) free(reader->fields[field]);
  while (reader->category_count) free(reader->categories[--reader->category_count]);
  memset(reader->fields, 0, sizeof reader->fields);
  reader->in_entry = false;
  entries++;
}

static size_t on_body(char *data, size_t size, size_t count, void *context) {
  static xmlSAXHandler handler = {
    .initialized = XML_SAX2_MAGIC, .startElementNs = on_start, .endElementNs = on_end,
    .characters = on_text, .cdataBlock = on_text,
  };
  Feed *feed = context;
  bytes += count;
  if (!reads) return count;
  if (!feed->parser) feed->parser = xmlCreatePushParserCtxt(&handler, &feed->reader, NULL, 0, NULL);
  xmlParseChunk(feed->parser, data, (int)count, 0);
  return count;
}

static size_t on_header(char *data, size_t size, size_t count, void *context) {
  Feed *feed = context;
  char *to = !strncasecmp(data, "etag: ", 6) ? feed->etag
    : !strncasecmp(data, "last-modified: ", 15) ? feed->modified : NULL;
  char *value = memchr(data, ' ', count);
  if (to && count < VALIDATOR_LENGTH) {
    memcpy(to, value + 1, data + count - value - 3);
    to[data + count - value - 3] = 0;
  }
  return count;
}

static void add_header(Feed *feed, const char *name, const char *value) {
  char line[2 * VALIDATOR_LENGTH];
  snprintf(line, sizeof line, "%s: %s", name, value);
  if (*value) feed->headers = curl_slist_append(feed->headers, line);
}

static void start(CURLM *multi, Feed *feed, CURL *handle) {
  feed->handle = handle;
  add_header(feed, "If-None-Match", feed->etag);
  add_header(feed, "If-Modified-Since", feed->modified);
  curl_easy_setopt(handle, CURLOPT_URL, feed->url);
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, feed->headers);
  curl_easy_setopt(handle, CURLOPT_PRIVATE, feed);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, feed);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, feed);
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_multi_add_handle(multi, handle);
}

/* Takes a finished transfer apart; its handle is free again. */
static CURL *finish(CURLM *multi, CURLMsg *message) {
  CURL *handle = message->easy_handle;
  Feed *feed;
  long status;
  curl_easy_getinfo(handle, CURLINFO_PRIVATE, &feed);
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  if (message->data.result != CURLE_OK) failures++;
  else if (status == 304) unchanged++;
  else documents++;
  if (feed->parser) {
    xmlParseChunk(feed->parser, NULL, 0, 1);
    xmlFreeParserCtxt(feed->parser);
    free(feed->reader.text);
  }
  curl_multi_remove_handle(multi, handle);
  curl_slist_free_all(feed->headers);
  return handle;
}

static void fetch(Feed *feeds, size_t count, size_t limit) {
  CURLM *multi = curl_multi_init();
  CURL *idle[limit];
  size_t idle_count = limit, next = 0, running = 0;
  for (size_t place = 0; place < limit; place++) idle[place] = curl_easy_init();
  while (next < count || running) {
    for (; next < count && idle_count; running++) start(multi, &feeds[next++], idle[--idle_count]);
    int active, left;
    curl_multi_perform(multi, &active);
    for (CURLMsg *message; (message = curl_multi_info_read(multi, &left)); running--)
      idle[idle_count++] = finish(multi, message);
    if (running && !(next < count && idle_count)) curl_multi_poll(multi, NULL, 0, 1000, NULL);
  }
  for (size_t place = 0; place < limit; place++) curl_easy_cleanup(idle[place]);
  curl_multi_cleanup(multi);
}

static Feed *read_addresses(const char *path, const char *validators, size_t *count) {
  FILE *file = fopen(path, "r"), *old = fopen(validators, "r");
  Feed *feeds = NULL;
  char *line = NULL;
  size_t capacity = 0;
  for (*count = 0; file && getline(&line, &capacity, file) > 0; ++*count) {
    feeds = realloc(feeds, (*count + 1) * sizeof *feeds);
    Feed *feed = memset(&feeds[*count], 0, sizeof *feeds);
    feed->url = copy(line, strcspn(line, "\n"));
    if (!old || getline(&line, &capacity, old) <= 0) continue;
    char *tab = strchr(line, '\t');
    line[strcspn(line, "\n")] = *tab = 0;
    strcpy(feed->etag, line);
    strcpy(feed->modified, tab + 1);
  }
  if (old) fclose(old);
  return feeds;
}

int main(int count, char **arguments) {
  if (count < 3) return fprintf(stderr, "usage: floor ADDRESSES VALIDATORS [drop|read [IN-FLIGHT]]\n"), 64;
  size_t feed_count;
  Feed *feeds = read_addresses(arguments[1], arguments[2], &feed_count);
  reads = count < 4 || strcmp(arguments[3], "drop");
  fetch(feeds, feed_count, count > 4 ? strtoul(arguments[4], NULL, 10) : 100);
  FILE *validators = fopen(arguments[2], "w");
  for (size_t place = 0; place < feed_count; place++)
    fprintf(validators, "%s\t%s\n", feeds[place].etag, feeds[place].modified);
  if (fclose(validators)) return 1;
  printf("{\"documents\": %ld, \"unchanged\": %ld, \"failures\": %ld, \"bytes\": %ld, \"entries\": %ld}\n",
         documents, unchanged, failures, bytes, entries);
  return failures > 0;
}
