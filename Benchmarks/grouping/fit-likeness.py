#!/usr/bin/env python3
"""Fit the grade of two headlines (the `phrase…` numbers of Sources/StoryGrouping/Parameters.swift) to graded headlines, which are
not in the repository, and say in ten-fold cross-validation what each part of it is worth. Needs: numpy, scikit-learn.

  fit-likeness.py --data DIR      DIR/headlines/docs.jsonl and pairs.jsonl, with scores from 0 to 5

What WordPhrase.swift computes is computed here again from the same tables. Prints the numbers; they are copied by hand.
"""
import argparse, importlib.util, json, math, pathlib
import numpy as np

HERE = pathlib.Path(__file__).parent
spec = importlib.util.spec_from_file_location("build_meanings", HERE / "build-meanings.py")
meanings = importlib.util.module_from_spec(spec)
spec.loader.exec_module(meanings)
tables = meanings.tables
RESOURCES = HERE.parents[1] / "Sources/CRarityTable"
# As in Parameters.swift.
DIGIT_LEVELS = {1: 18, 2: 14, 3: 11, 4: 12}
BACKGROUND_RARITY = [136, 130, 124, 118, 111, 105, 99, 93, 87, 81, 75, 68, 62, 56, 50, 44, 38, 33, 27, 22, 17, 12, 8, 5, 2, 1, 0, 0, 0, 0, 0, 0]
MEANT_FLOOR = 0.2
WORD_LIMIT = 24
NUMBER_LIMIT = 3
FEATURES = ["Answered", "Pairs", "Length", "OtherNumbers", "OtherCountries", "LackingMore", "LackingLess", "LackingNames", "Meant"]


class Lexicon:
    def __init__(self):
        self.folding, _ = tables.tables()
        self.rarity = meanings.Rarity(RESOURCES / "rarity.bin")
        raw = (RESOURCES / "meaning.bin").read_bytes()
        self.bits = np.unpackbits(np.frombuffer(raw[:65536], np.uint8), bitorder="little")
        self.numbers = np.cumsum(self.bits) - 1
        start = 65536 + 4096
        self.books = np.frombuffer(raw[start : start + 16384], np.int8).reshape(8, 256, 8)
        self.codes = np.frombuffer(raw[start + 16384 :], np.uint8).reshape(-1, 8)
        self.countries = (RESOURCES / "countries.bin").read_bytes()

    def meaning(self, stem):
        place = self.rarity.place(stem)
        if place is None or not self.bits[place]: return None
        return np.concatenate([self.books[part][code] for part, code in enumerate(self.codes[self.numbers[place]])]).astype(float)

    def country(self, stem):
        digest = tables.hash_units(stem)
        place = digest >> 50
        while True:
            cell = self.countries[3 * place : 3 * place + 3]
            if not any(cell[:2]): return None
            if int.from_bytes(cell[:2], "little") == (digest & 0xFFFF or 1): return cell[2]
            place = (place + 1) % meanings.COUNTRY_CELLS


class Word:
    def __init__(self, letters, is_capital, lexicon):
        self.letters, self.is_capital = letters, is_capital
        self.is_number = all(0x30 <= unit <= 0x39 for unit in letters)
        self.stem = tables.stem(letters)
        level = DIGIT_LEVELS.get(len(letters), 3) if self.is_number else lexicon.rarity.level(self.stem)
        self.rarity = BACKGROUND_RARITY[level] / 16
        self.weight = (31 - level) / 31 + 0.02
        self.meaning = lexicon.meaning(self.stem)
        self.country = lexicon.country(self.stem)

    def likeness(self, other):
        if self.letters == other.letters: return 1.0
        if self.is_number or other.is_number: return 0.0
        start = 0
        for left, right in zip(self.letters, other.letters):
            if left != right: break
            start += 1
        beginning = start / max(len(self.letters), len(other.letters)) if start >= 3 else 0
        own, others = (set(zip((1,) + word.letters, word.letters + (1,))) for word in (self, other))
        shared = len(own & others)
        dice = 2 * shared / (len(own) + len(others)) if 4 * shared >= len(own) + len(others) else 0
        return max(beginning, dice) ** 1.5


def read(text, lexicon):
    """The words of a headline: points and commas between digits are dropped."""
    words, run, capital = [], [], False
    for place, character in enumerate(text + " "):
        unit = lexicon.folding[ord(character)] if ord(character) < 0x10000 else 0
        if unit == tables.DROPPED: continue
        if unit != tables.SEPARATOR:
            if not run: capital = character.isupper()
            run.append(unit)
            continue
        inside = run and all(0x30 <= unit <= 0x39 for unit in run) and character in ".," and text[place + 1 : place + 2].isdigit()
        if run and not inside: words.append(Word(tuple(run), capital, lexicon)); run = []
    return words[:WORD_LIMIT]


def cosine(left, right):
    square = (left @ left) * (right @ right)
    return left @ right / math.sqrt(square) if square else 0.0


def answers(own, others):
    whole = spelled_sum = meant_sum = lacking = lacking_name = 0.0
    for word in own:
        spelled = max(word.likeness(other) for other in others)
        near = [cosine(word.meaning, other.meaning) for other in others if other.meaning is not None] if word.meaning is not None else []
        meant = max(0, (max(near, default=0) - MEANT_FLOOR) / (1 - MEANT_FLOOR))
        lack = word.weight * (1 - spelled)
        whole += word.weight; spelled_sum += word.weight * spelled; meant_sum += word.weight * max(spelled, meant)
        lacking = max(lacking, lack)
        if word.is_capital: lacking_name = max(lacking_name, lack)
    return spelled_sum / whole, meant_sum / whole, lacking, lacking_name


def features(own, others):
    spelled, meant, lacking, names = zip(answers(own, others), answers(others, own))
    pairs = [[(a.stem, b.stem, a.rarity + b.rarity + 0.5) for a, b in zip(words, words[1:])] for words in (own, others)]
    shared = sum(pair[2] for pair in pairs[0] if pair in pairs[1])
    square = sum(pair[2] for pair in pairs[0]) * sum(pair[2] for pair in pairs[1])
    numbers, countries = ([{key(word) for word in words} - {None} for words in (own, others)]
                          for key in (lambda word: word.letters if word.is_number else None, lambda word: word.country))
    is_elsewhere = all(countries) and countries[0].isdisjoint(countries[1])
    return [sum(spelled) / 2, shared / math.sqrt(square) if square else 0, math.log(1 + max(len(own), len(others))),
            min(len(numbers[0] ^ numbers[1]), NUMBER_LIMIT), float(is_elsewhere), max(lacking), min(lacking), min(names), sum(meant) / 2]


def main():
    from sklearn.linear_model import Ridge
    from sklearn.model_selection import KFold, cross_val_predict
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=pathlib.Path, required=True)
    folder = parser.parse_args().data / "headlines"
    lexicon = Lexicon()
    lines = lambda name: [json.loads(line) for line in open(folder / name, encoding="utf8") if line.strip()]
    words = {document["id"]: read(document["title"], lexicon) for document in lines("docs.jsonl")}
    pairs = [pair for pair in lines("pairs.jsonl") if words[pair["a"]] and words[pair["b"]]]
    X = np.array([features(words[pair["a"]], words[pair["b"]]) for pair in pairs])
    y = np.array([pair["score"] / 5 for pair in pairs])
    folds = KFold(10, shuffle=True, random_state=1)
    for count in (3, 4, 5, 8, 9):
        score = np.corrcoef(cross_val_predict(Ridge(1e-3), X[:, :count], y, cv=folds), y)[0, 1]
        print(f"{score:.4f}  {' '.join(FEATURES[:count])}")
    model = Ridge(1e-3).fit(X, y)
    print(f"phraseBias {model.intercept_:.3f}")
    for name, weight in zip(FEATURES, model.coef_): print(f"phrase{name} {weight:.3f}")
    grades, same = model.predict(X), np.array([pair["label"] for pair in pairs])
    for bar in np.arange(0.44, 0.62, 0.02):
        said = grades >= bar
        hits = (said & (same > 0)).sum()
        print(f"same from {bar:.2f}: P {hits / said.sum():.3f} R {hits / same.sum():.3f} F1 {2 * hits / (said.sum() + same.sum()):.3f}")


if __name__ == "__main__":
    main()
