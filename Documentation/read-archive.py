#!/usr/bin/env python3
"""Prints every live story of an archive as JSON and checks all sums: read-archive.py DIRECTORY"""
import glob, gzip, hashlib, json, os, sys

def segments(root):
    found = {}
    for path in sorted(glob.glob(os.path.join(root, "stories", "[0-9]*", "*-*-*-*.*"))):
        ordinal = os.path.basename(path).split("-")[0]
        if path.endswith((".open", ".jsonl")) or ordinal not in found and path.endswith(".jsonl.gz"):
            found[ordinal] = path
    return [found[ordinal] for ordinal in sorted(found, key=int)]

def lines(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n") and path.endswith(".open"):
                break  # still being written
            body, sum = line[:-27], line[-19:-3]
            if number == 1:  # the sums that a line may follow from
                after = [body.split(b'"after":"')[1][:16]] if b'"after":"' in body else []
            sums = [hashlib.sha256(a + body).hexdigest()[:16].encode() for a in after]
            if sum in sums and line[-27:-19] == b',"sum":"':
                yield (record := json.loads(line))
                after = [record.get("was", sum.decode()).encode()]
            else:
                print(f"{path}:{number}: damaged", file=sys.stderr)
                after = [sum] + sums[:1] + after[:1]

STAYS, stories = ("type", "seen", "cluster", "copyOf"), {}
for record in (record for path in segments(sys.argv[1]) for record in lines(path)):
    first = stories.get(record.get("uid"))
    if record["type"] in ("story", "copy") and not first:
        lender = stories.get(record.get("copyOf"), {})
        stories[record["uid"]] = {**record, "text": record.get("text") or lender.get("text", "")}
    elif record["type"] == "revision" and first:
        stories[record["uid"]] = {**record, **{k: first[k] for k in STAYS if k in first}}
    elif record["type"] == "move" and record["story"] in stories:
        stories[record["story"]]["cluster"] = record["cluster"]
    for uid in record.get("uids", []): stories.pop(uid, None)
for story in stories.values(): print(json.dumps(story, ensure_ascii=False))
