#!/usr/bin/env python3
"""Fit the weights of Sources/StoryGrouping/Judgement.swift to labelled stories. Needs numpy and scikit-learn.

  fit-weights.py prepare  --data ../shared/data/grouping --work DIRECTORY     writes the sets as they are to be met
  GROUPING_EVIDENCE=DIRECTORY swift test -c release --filter EvidenceStudy    writes their evidence
  fit-weights.py fit      --data ../shared/data/grouping --work DIRECTORY [--write Sources/StoryGrouping/Judgement.swift]

The labelled texts stay outside the repository. `fit` prints, for every set, precision, recall and F1 at the threshold, the best F1
at any, and for every family of sets what a model scores that never saw the family: weights that do not carry over are noise.

Two models. *Timed*, for stories with times: sets without times get drawn ones, from the gaps of true pairs for those that belong
together and anywhere in the window for those that do not. *Timeless*, for those without and for pairs.
"""
import argparse, json, pathlib, re
import numpy as np

FEATURES = ("average rootAverage centroid titles names numbers pairs rootPairs leads containment sharedCount dominance haveNames "
            "haveNumbers haveTitles sharedRarity topShared topMissing topMissed rivals gapDays sameSource shorterLength lengthRatio "
            "shortness memberCount").split()
# How much each set counts. The timed model leans on the one set with real times.
TIMED = {"gva-full": 1.5, "gva-snippet": 2, "gva-title": 1.5, "g5w1h-full": .7, "g5w1h-snippet": .7, "ecbplus-full": .5, "ecbplus-snippet": .5}
TIMELESS = {"gva-full": .4, "gva-snippet": .4, "gva-title": .3, "g5w1h-full": 1, "g5w1h-snippet": 1, "ecbplus-full": .6, "ecbplus-snippet": .6,
            "semeval-ar": .2, "semeval-en": .3, "semeval-es": .2, "semeval-tr": .2, "semeval-fr": .1, "sohu": .3, "headlines": .2, "rewrites": .05}
# Real times make rivals a better measure; without times fragments of one event pass for rivals of each other.
UNUSED = {"timed": (), "timeless": ("gapDays", "sameSource", "rivals")}
# Fitted, so that the others need not explain it, but not written: Objection.swift says why.
WITHHELD = ("sameSource",)
# Added to the fitted biases; Judgement.swift says why.
RAISED = {"timed": 0.4, "timeless": 1.2}
WINDOW_DAYS = 7


def read(path):
    with open(path, encoding="utf8") as lines: return [json.loads(line) for line in lines if line.strip()]


def view(document, mode):
    text = document.get("text", "")
    title = document["title"]
    if mode == "snippet": text = document.get("snippet") or " ".join(text.split()[:60])
    if mode == "title": title, text = title or " ".join(text.split()[:15]), ""
    return {"title": title, "text": text} | {key: document[key] for key in ("published", "source", "cluster") if document.get(key)}


def sets(data):
    """Name, the lines to be met, and for pairs their labels."""
    for name in ("gva", "g5w1h", "ecbplus"):
        documents = read(data / name / "docs.jsonl")
        if name == "gva": documents = [d for d in documents if d["followup_days"] <= 3]
        if name == "g5w1h": documents = [d for d in documents if d["granularity"] == "event"]
        for mode in ("full", "snippet", "title")[: 3 if name == "gva" else 2]:
            yield f"{name}-{mode}", [view(d, mode) for d in documents], None
    for name in ("semeval", "sohu", "headlines", "rewrites"):
        by_id = {d["id"]: d for d in read(data / name / "docs.jsonl")}
        pairs = read(data / name / "pairs.jsonl")
        for language in sorted({p.get("lang", "") for p in pairs}):
            chosen = [p for p in pairs if p.get("lang", "") == language]
            lines = [{"a": view(by_id[p["a"]], "full"), "b": view(by_id[p["b"]], "full")} for p in chosen]
            yield name + (f"-{language}" if language else ""), lines, np.array([int(p["label"]) for p in chosen])


def prepare(arguments):
    arguments.work.mkdir(parents=True, exist_ok=True)
    for name, lines, _ in sets(arguments.data):
        with open(arguments.work / f"{name}.jsonl", "w", encoding="utf8") as out:
            for line in lines: out.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")


def evidence(arguments):
    found = {}
    for name, _, labels in sets(arguments.data):
        rows = [line.split("\t") for line in open(arguments.work / f"{name}.tsv")]
        kept = [row for row in rows if row[1].strip() != "-1"]
        y = labels if labels is not None else np.array([int(row[1]) for row in kept])
        found[name] = (np.array([[float(x) for x in row[2:]] for row in kept]), y, len(rows) - len(kept))
    return found


def with_times(found):
    """The sets of the timed model, with times drawn for those that have none."""
    place = FEATURES.index("gapDays")
    draw = np.random.default_rng(7)
    gaps = np.concatenate([X[y > 0][:, place] for name, (X, y, _) in found.items() if name.startswith("gva")])
    timed = {}
    for name in TIMED:
        X, y, missed = found[name]
        if not name.startswith("gva"):
            X = X.copy()
            X[:, place] = np.where(y > 0, draw.choice(gaps, len(X)), draw.uniform(0, WINDOW_DAYS, len(X)).round())
        timed[name] = (X, y, missed)
    return timed


def fit(found, weights, unused):
    from sklearn.linear_model import LogisticRegression
    X = np.vstack([found[name][0] for name in found])
    y = np.concatenate([found[name][1] for name in found])
    w = np.concatenate([np.full(len(found[name][1]), weights[name] / len(found[name][1]) * 1000) for name in found])
    mean = np.average(X, axis=0, weights=w)
    spread = np.sqrt(np.average((X - mean) ** 2, axis=0, weights=w)) + 1e-9
    used = [place for place, name in enumerate(FEATURES) if name not in unused]
    model = LogisticRegression(C=0.3, max_iter=5000).fit(((X - mean) / spread)[:, used], y, sample_weight=w)
    coefficients = np.zeros(len(FEATURES))
    coefficients[used] = model.coef_[0] / spread[used]
    return coefficients, model.intercept_[0] - (coefficients * mean).sum()


def rates(found, coefficients, bias):
    X, y, missed = found
    score, wanted = X @ coefficients + bias, y.sum() + missed
    said = score > 0
    hits = (said & (y > 0)).sum()
    order = np.argsort(-score)
    cumulative = np.cumsum(y[order])
    best = (2 * cumulative / (np.arange(1, len(y) + 1) + wanted)).max()
    return f"P {hits / max(1, said.sum()):.3f}  R {hits / wanted:.3f}  F1 {2 * hits / max(1, said.sum() + wanted):.3f}  best {best:.3f}"


def fit_all(arguments):
    found = evidence(arguments)
    fitted = {}
    for kind, weights, chosen in (("timed", TIMED, with_times(found)), ("timeless", TIMELESS, {name: found[name] for name in TIMELESS})):
        fitted[kind] = fit(chosen, weights, UNUSED[kind])
        print(kind)
        for name in chosen: print(f"  {name:16s} {rates(chosen[name], *fitted[kind])}")
        for family in sorted({name.split("-")[0] for name in chosen}):
            others = {name: value for name, value in chosen.items() if name.split("-")[0] != family}
            model = fit(others, weights, UNUSED[kind])
            for name in chosen:
                if name.split("-")[0] == family: print(f"  {name:16s} {rates(chosen[name], *model)}  (unseen)")
    if arguments.write: write(arguments.write, fitted)


def write(path, fitted):
    source = path.read_text()
    (timed, timed_bias), (timeless, timeless_bias) = fitted["timed"], fitted["timeless"]
    source = re.sub(r"static let bias = .*", f"static let bias = (timed: {timed_bias + RAISED['timed']:.3f}, timeless: {timeless_bias + RAISED['timeless']:.3f})", source)
    for name, one, other in zip(FEATURES, timed, timeless):
        if name in WITHHELD: one = other = 0.0
        source, count = re.subn(rf"Weight\(feature: \.{name}, [^)]*\)", f"Weight(feature: .{name}, timed: {one:.2f}, timeless: {other:.2f})", source)
        if count != 1: raise SystemExit(f"{path}: no single weight of {name}")
    path.write_text(source)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("step", choices=("prepare", "fit"))
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--write", type=pathlib.Path)
    arguments = parser.parse_args()
    (prepare if arguments.step == "prepare" else fit_all)(arguments)


if __name__ == "__main__":
    main()
