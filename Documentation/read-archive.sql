-- Every live story of the archive in the current directory, in its newest words, as
-- `aggregator export --since 1970-01-01 --format jsonl --group none` writes them:
--   cd Storage && duckdb -jsonlines < read-archive.sql
WITH files AS (
  SELECT *, row_number() OVER () AS place, replace(filename, '.gz', '') AS segment
  FROM read_json('stories/*/*-*-*-*.*', format = 'newline_delimited', filename = true, ignore_errors = true,
    maximum_object_size = 2097152, columns = {
      type: 'VARCHAR', seen: 'VARCHAR', uid: 'VARCHAR', rev: 'INTEGER', feed: 'VARCHAR', source: 'VARCHAR',
      id: 'VARCHAR', link: 'VARCHAR', title: 'VARCHAR', author: 'VARCHAR', published: 'VARCHAR',
      updated: 'VARCHAR', lang: 'VARCHAR', categories: 'VARCHAR[]',
      enclosures: 'STRUCT(url VARCHAR, "type" VARCHAR, length VARCHAR)[]', copyOf: 'VARCHAR',
      summary: 'VARCHAR', text: 'VARCHAR', uids: 'VARCHAR[]'})),
lines AS (SELECT * FROM files QUALIFY filename = min(filename) OVER (PARTITION BY segment)),
first AS (
  SELECT * FROM lines WHERE type IN ('story', 'copy')
  QUALIFY row_number() OVER (PARTITION BY uid ORDER BY place) = 1),
revision AS (
  SELECT * FROM lines WHERE type = 'revision'
  QUALIFY row_number() OVER (PARTITION BY uid ORDER BY place DESC) = 1),
newest AS (SELECT * FROM revision UNION ALL SELECT * FROM first WHERE uid NOT IN (SELECT uid FROM revision)),
borrowed AS (
  SELECT copy.uid, arg_max(original.text, original.place) AS text
  FROM first copy JOIN lines original ON original.uid = copy.copyOf AND original.place < copy.place
  WHERE coalesce(copy.text, '') = '' GROUP BY copy.uid)
SELECT uid AS id, newest.title, coalesce(nullif(newest.text, ''), CASE newest.type WHEN 'revision' THEN '' ELSE borrowed.text END, '') AS text,
  newest.published, newest.source, newest.lang, coalesce(newest.rev, 0) AS revision, first.seen, newest.updated, newest.feed, newest.id AS guid, newest.link, newest.author,
  coalesce(newest.categories, []) AS categories, coalesce(newest.enclosures, []) AS enclosures, newest.summary
FROM newest JOIN first USING (uid) LEFT JOIN borrowed USING (uid)
WHERE uid NOT IN (SELECT unnest(uids) FROM lines WHERE type = 'removed')
ORDER BY first.place;
