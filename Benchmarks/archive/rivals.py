#!/usr/bin/env python3
"""What a script stores stories with: SQLite by way of the module sqlite3, and plain lines by way of json.

usage: rivals stories STORIES DAYS | rivals.py sqlite|lines DIRECTORY STORIES DAYS

Stores what it is given, in batches of 1,000, each durable before the next, and reads one day of them back from
SQLite. Prints a line "name seconds-of-CPU" for each. Reading the stories from the pipe is not timed.
"""
import itertools, json, os, sqlite3, sys, time

BATCH = 1000
START, DAY = 1795262400000, 86400000
COLUMNS = ["seen", "uid", "feed", "source", "guid", "link", "title", "author", "lang", "categories", "text",
           "published"]


def story(line):
    seen, uid, feed, source, guid, link, title, text = line.rstrip("\n").split("\t")
    return (int(seen), int(uid), feed, source, guid, link, title, "A. Mole", "en", "Local\nTransport", text, int(seen))


class Database:
    def __init__(self, folder):
        self.connection = sqlite3.connect(os.path.join(folder, "stories.db"))
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("PRAGMA synchronous = FULL")
        self.connection.execute(
            "CREATE TABLE story (number INTEGER PRIMARY KEY, seen INTEGER, uid INTEGER, feed TEXT, source TEXT, "
            "guid TEXT, link TEXT, title TEXT, author TEXT, lang TEXT, categories TEXT, text TEXT, published INTEGER)")
        self.connection.execute("CREATE INDEX story_seen ON story (seen)")
        self.insert = f"INSERT INTO story ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"

    def store(self, batch):
        self.connection.executemany(self.insert, batch)
        self.connection.commit()

    def read(self, days):
        begun, day = time.process_time(), START + days // 2 * DAY
        found = self.connection.execute("SELECT * FROM story WHERE seen >= ? AND seen < ?", (day, day + DAY)).fetchall()
        print(f"day {time.process_time() - begun:f}\nday-stories {len(found)}")


class Lines:
    def __init__(self, folder):
        self.file = open(os.path.join(folder, "stories.jsonl"), "ab")

    def store(self, batch):
        lines = "".join(json.dumps(dict(zip(COLUMNS, story)), ensure_ascii=False) + "\n" for story in batch)
        self.file.write(lines.encode())
        self.file.flush()
        os.fdatasync(self.file.fileno())

    def read(self, days):
        pass


def main():
    kind, folder, stories, days = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    rival = {"sqlite": Database, "lines": Lines}[kind](folder)
    took, given = [], map(story, sys.stdin)
    while batch := list(itertools.islice(given, BATCH)):
        begun = time.process_time()
        rival.store(batch)
        took.append(time.process_time() - begun)
    assert len(took) == -(-stories // BATCH), "not all stories came"
    tenth = max(len(took) // 10, 1)
    print(f"store {sum(took):f}\nfirst-tenth {sum(took[:tenth]):f}\nlast-tenth {sum(took[-tenth:]):f}")
    rival.read(days)


main()
