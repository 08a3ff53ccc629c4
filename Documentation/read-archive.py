#!/usr/bin/env python3
"""Prints every live story of an archive as JSON; exits with 1 when a line is damaged: read-archive.py DIRECTORY"""
import contextlib, glob, hashlib, io, json, os, sys, zlib
def read(pattern):  # a segment in whatever form it has by now: sealing and compressing rename it
    for path in [p for _ in range(5) for p in sorted(glob.glob(pattern), key=lambda p: p.endswith("gz"))]:
        with contextlib.suppress(OSError): return path, open(path, "rb").read()
    return pattern, b"\0\n"  # no line, and told as damaged
def gunzip(raw, at=0):
    while 0 <= at < len(raw):  # member by member: a damaged one costs itself
        member = zlib.decompressobj(31)
        with contextlib.suppress(zlib.error): yield member.decompress(memoryview(raw)[at:])
        at = len(raw) - len(member.unused_data) if member.eof else raw.find(b"\x1f\x8b\x08\x04", at + 1)
        if not member.eof: yield b'\0,"sum":"%016x"}\n' % int.from_bytes(raw[at + 40:at + 48], "little")
def lines(path, raw, after=[]):  # `after`: the sums that a line may follow from
    for number, line in enumerate(io.BytesIO(b"".join(gunzip(raw)) if path.endswith("gz") else raw), 1):
        if not line.endswith(b"\n") and path.endswith(".open"): break  # still being written
        body, sum = line[:-27], line[-19:-3]
        if number == 1 and b'"after":"' in body: after = [body.split(b'"after":"')[1][:16]]
        sums = [hashlib.sha256(a + body).hexdigest()[:16].encode() for a in after]
        if sum in sums and line[-27:-19] == b',"sum":"':
            yield (record := json.loads(line))
            after = [record.get("was", sum.decode()).encode()]
        else:
            damaged.append(print(f"{path}:{number}: damaged", file=sys.stderr))
            after = [sum] + sums[:1] + after[:1]
STAYS, stories, damaged = ("type", "seen", "cluster", "copyOf"), {}, []
root = glob.escape(sys.argv[1]) + "/stories/[0-9]*/"
ordinals = sorted({int(os.path.basename(path).split("-")[0]) for path in glob.glob(root + "[0-9]*-*-*-*.*")})
for record in (record for n in ordinals for record in lines(*read(f"{root}{n:06}-*-*-*.[oj]*"))):
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
sys.exit(bool(damaged))
