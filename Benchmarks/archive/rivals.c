/* What else stores stories: SQLite and plain lines.
 *
 *   rivals sqlite|keyed|lines DIRECTORY STORIES DAYS
 *   rivals stories STORIES DAYS
 *
 * `sqlite` is a table with an index on the time; `keyed` has another that tells whether a story is there, which
 * whoever stores what feeds say over and over needs, and which finds a story again.
 *
 * Stores the stories that archive-benchmark stores, in batches of 1,000, each durable before the next, and
 * reads one day of them. Prints a line "name seconds-of-CPU" for each. Making the stories is not timed.
 * `stories` writes them to standard output, a line each, for rivals in other languages. */
#include <fcntl.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 1000, TEXT = 1400 };
static const int64_t START = 1795262400000LL, DAY = 86400000LL;

typedef struct {
  char feed[64], source[32], guid[64], link[72], title[96], text[TEXT];
  int64_t id, seen;
} Story;

/* Words are drawn so that a few are frequent and most are rare. */
static uint64_t state;
static uint32_t draw(void) {
  state = state * 6364136223846793005ULL + 1442695040888963407ULL;
  return (uint32_t)(state >> 33);
}

static int word(char *out) {
  static const char *parts[] = {"ba", "ke", "tor", "min", "sal", "ve", "dru", "ni", "po", "gal", "esh", "um", "ri", "ta", "lo", "quen"};
  uint32_t a = draw() & 4095, b = draw() & 4095, number = a * b >> 12;
  int length = 0;
  do {
    const char *part = parts[number & 15];
    length += sprintf(out + length, "%s", part);
    number >>= 4;
  } while (number);
  return length;
}

static void make(Story *story, int64_t number, int64_t count, int64_t days) {
  int outlet = (int)(number % 250);
  state = (uint64_t)number * 2 + 1;
  for (int i = 0; i < 4; i++) draw();
  story->id = (int64_t)((uint64_t)number * 0x9E3779B97F4A7C15ULL);
  story->seen = START + number * days / count * DAY;
  sprintf(story->feed, "https://news%d.example.org/feeds/all.rss", outlet);
  sprintf(story->source, "The Example %d", outlet);
  sprintf(story->guid, "https://news%d.example.org/stories/%lld", outlet, (long long)number);
  sprintf(story->link, "https://news%d.example.org/stories/%lld.html", outlet, (long long)number);
  int at = 0;
  for (int i = 0; i < 7; i++) {
    at += word(story->title + at);
    story->title[at++] = ' ';
  }
  story->title[at - 1] = 0;
  at = 0;
  while (at < 850) {
    at += word(story->text + at);
    story->text[at++] = ' ';
  }
  story->text[at - 1] = '.';
  story->text[at] = 0;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static void check(int ok, const char *what) {
  if (!ok) {
    perror(what);
    exit(1);
  }
}

static double lines_store(int file, const Story *stories) {
  static char buffer[BATCH * (TEXT + 600)];
  double start = now();
  size_t length = 0;
  for (int i = 0; i < BATCH; i++) {
    const Story *s = &stories[i];
    length += (size_t)sprintf(
        buffer + length,
        "{\"seen\":%lld,\"uid\":%lld,\"feed\":\"%s\",\"source\":\"%s\",\"id\":\"%s\",\"link\":\"%s\",\"title\":\"%s\","
        "\"author\":\"A. Mole\",\"published\":%lld,\"lang\":\"en\",\"categories\":[\"Local\",\"Transport\"],\"text\":\"%s\"}\n",
        (long long)s->seen, (long long)s->id, s->feed, s->source, s->guid, s->link, s->title, (long long)s->seen, s->text);
  }
  check(write(file, buffer, length) == (ssize_t)length, "write");
  check(fdatasync(file) == 0, "fdatasync");
  return now() - start;
}

static void execute(sqlite3 *database, const char *statement) {
  char *message = NULL;
  if (sqlite3_exec(database, statement, NULL, NULL, &message)) {
    fprintf(stderr, "%s: %s\n", statement, message);
    exit(1);
  }
}

static double sqlite_store(sqlite3 *database, sqlite3_stmt *insert, const Story *stories) {
  double start = now();
  execute(database, "BEGIN");
  for (int i = 0; i < BATCH; i++) {
    const Story *s = &stories[i];
    sqlite3_bind_int64(insert, 1, s->seen);
    sqlite3_bind_int64(insert, 2, s->id);
    const char *texts[] = {s->feed, s->source, s->guid, s->link, s->title, "A. Mole", "en", "Local\nTransport", s->text};
    for (int j = 0; j < 9; j++) sqlite3_bind_text(insert, 3 + j, texts[j], -1, SQLITE_STATIC);
    sqlite3_bind_int64(insert, 12, s->seen);
    check(sqlite3_step(insert) == SQLITE_DONE, "insert");
    sqlite3_reset(insert);
  }
  execute(database, "COMMIT");
  return now() - start;
}

static sqlite3 *sqlite_open(const char *path, int is_keyed, sqlite3_stmt **insert) {
  sqlite3 *database;
  check(sqlite3_open(path, &database) == SQLITE_OK, path);
  execute(database, "PRAGMA journal_mode = WAL");
  execute(database, "PRAGMA synchronous = FULL");
  execute(
      database,
      "CREATE TABLE story (number INTEGER PRIMARY KEY, seen INTEGER, uid INTEGER, feed TEXT, source TEXT, guid TEXT, "
      "link TEXT, title TEXT, author TEXT, lang TEXT, categories TEXT, text TEXT, published INTEGER)");
  execute(database, "CREATE INDEX story_seen ON story (seen)");
  if (is_keyed) execute(database, "CREATE UNIQUE INDEX story_uid ON story (uid)");
  check(
      sqlite3_prepare_v2(
          database,
          "INSERT INTO story (seen, uid, feed, source, guid, link, title, author, lang, categories, text, published) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          -1, insert, NULL) == SQLITE_OK,
      "prepare");
  return database;
}

static void sqlite_day(sqlite3 *database, int64_t days) {
  double start = now();
  sqlite3_stmt *query;
  int found = 0;
  int64_t day = START + days / 2 * DAY, bytes = 0;
  check(sqlite3_prepare_v2(database, "SELECT * FROM story WHERE seen >= ? AND seen < ?", -1, &query, NULL) == SQLITE_OK, "prepare");
  sqlite3_bind_int64(query, 1, day);
  sqlite3_bind_int64(query, 2, day + DAY);
  while (sqlite3_step(query) == SQLITE_ROW) {
    for (int i = 0; i < 13; i++) bytes += sqlite3_column_text(query, i) ? sqlite3_column_bytes(query, i) : 0;
    found++;
  }
  sqlite3_finalize(query);
  printf("day %f\nday-stories %d\n", now() - start, found);
}

static int write_stories(int64_t stories, int64_t days) {
  static Story story;
  for (int64_t i = 0; i < stories; i++) {
    make(&story, i, stories, days);
    printf("%lld\t%lld\t%s\t%s\t%s\t%s\t%s\t%s\n", (long long)story.seen, (long long)story.id, story.feed, story.source,
           story.guid, story.link, story.title, story.text);
  }
  return fflush(stdout) ? 1 : 0;
}

int main(int count, char **arguments) {
  if (count == 4 && !strcmp(arguments[1], "stories")) return write_stories(atoll(arguments[2]), atoll(arguments[3]));
  if (count != 5) return 64;
  int is_keyed = !strcmp(arguments[1], "keyed"), is_sqlite = is_keyed || !strcmp(arguments[1], "sqlite");
  int64_t stories = atoll(arguments[3]), days = atoll(arguments[4]);
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", arguments[2], is_sqlite ? "stories.db" : "stories.jsonl");
  Story *batch = malloc(BATCH * sizeof(Story));
  sqlite3_stmt *insert = NULL;
  sqlite3 *database = is_sqlite ? sqlite_open(path, is_keyed, &insert) : NULL;
  int file = is_sqlite ? -1 : open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);
  double all = 0, first = 0, last = 0;
  for (int64_t done = 0; done < stories; done += BATCH) {
    for (int i = 0; i < BATCH; i++) make(&batch[i], done + i, stories, days);
    double took = is_sqlite ? sqlite_store(database, insert, batch) : lines_store(file, batch);
    all += took;
    if (done < stories / 10) first += took;
    if (done >= stories - stories / 10) last += took;
  }
  printf("store %f\nfirst-tenth %f\nlast-tenth %f\n", all, first, last);
  if (is_sqlite) {
    sqlite_day(database, days);
    sqlite3_finalize(insert);
    sqlite3_close(database);
  }
  return 0;
}
