#!/usr/bin/env python3
"""Build the two tables that Sources/CRarityTable embeds. Needs: pip install wordfreq.

  build-tables.py [--out Sources/CRarityTable]

folding.bin  What each code point of the Basic Multilingual Plane becomes inside a word: 65,536 little-endian
             16-bit units (0 separates words, 1 is dropped, anything else is the folded letter), then 8,192 bytes
             with one bit a code point, set for capital letters.
rarity.bin   How common words are in the world's news and talk: 2^19 little-endian 16-bit cells, an open hash table
             with linear probing. A cell is 0 (empty) or fingerprint << 5 | level: 11 bits of the word's hash, and
             the word's frequency as a level, 1 = one in a million words, 6 levels a factor of ten, 31 the highest.
             Words are folded by folding.bin and cut to their stem first; in scripts written without spaces the
             entries are pairs of characters. A stem known to several languages keeps its highest level.

The frequencies are those of wordfreq 3.1 by Robyn Speer, CC BY-SA 4.0; see ATTRIBUTION.md beside the tables.
The constants below must equal those of Sources/StoryGrouping (WordReader, StableHash, RarityTable); the tests there
look words of thirty languages up and fail when they differ.
"""
import argparse, array, collections, math, pathlib, sys, unicodedata

MASK = (1 << 64) - 1
SEPARATOR, DROPPED = 0, 1
STEM_LETTERS = 7
CELLS = 1 << 19
# Rarer stems pass for unknown, which weighs nearly the same: this many fill three quarters of the table.
STEM_LIMIT = 390_000
WORDS_PER_LANGUAGE = 30_000
DENSE = [(0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3005, 0x3007), (0x3040, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF)]
INDIC = (0x0900, 0x0DFF)
SPECIAL = {"ı": "i", "ł": "l", "đ": "d", "ø": "o", "ß": "s", "æ": "e", "œ": "e", "þ": "t", "ð": "d", "ħ": "h", "ŋ": "n",
           "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ٱ": "ا", "ә": "а", "і": "и", "ї": "и"}


def dense(unit):
    return any(low <= unit <= high for low, high in DENSE)


def folded(point):
    """The unit that a code point becomes."""
    if 0xD800 <= point <= 0xF8FF: return SEPARATOR
    character = chr(point)
    kind = unicodedata.category(character)
    if dense(point) and not 0xF900 <= point <= 0xFAFF: return point if kind[0] in "LMN" else SEPARATOR
    if point in (0x00AD, 0x0640, 0x200C, 0x200D, 0x2060, 0xFEFF): return DROPPED
    if kind[0] == "M": return point if INDIC[0] <= point <= INDIC[1] else DROPPED
    if kind == "Nd": return ord(str(unicodedata.digit(character)))
    if kind[0] not in "LN": return SEPARATOR
    if kind == "No": return SEPARATOR
    base = unicodedata.normalize("NFKD", character.lower())[0]
    base = SPECIAL.get(base, base)
    return ord(base) if ord(base) < 0x10000 and ord(base) > 1 else SEPARATOR


def tables():
    units = array.array("H", (folded(point) for point in range(0x10000)))
    capitals = bytearray(8192)
    for point in range(0x10000):
        if unicodedata.category(chr(point)) in ("Lu", "Lt"): capitals[point >> 3] |= 1 << (point & 7)
    return units, bytes(capitals)


def finish(state):
    """The finaliser of splitmix64."""
    state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    state = (state ^ (state >> 27)) * 0x94D049BB133111EB & MASK
    return state ^ (state >> 31)


def hash_units(units):
    """FNV-1a over 16-bit units, finished."""
    state = 0xCBF29CE484222325
    for unit in units: state = (state ^ unit) * 0x100000001B3 & MASK
    return finish(state)


def stem(units):
    """The first letters of a word, without a final s of a short Latin word."""
    if all(0x30 <= unit <= 0x39 for unit in units): return units
    if 4 <= len(units) <= STEM_LETTERS and units[-1] == ord("s"): return units[:-1]
    return units[:STEM_LETTERS]


def pieces(word, folding):
    """The runs of letters in a word of the list, as tuples of units."""
    run = []
    for character in word:
        unit = folding[ord(character)] if ord(character) < 0x10000 else SEPARATOR
        if unit == DROPPED: continue
        if unit == SEPARATOR:
            if run: yield tuple(run)
            run = []
        else: run.append(unit)
    if run: yield tuple(run)


def frequencies(language, folding):
    import wordfreq
    total = collections.Counter()
    starts, ends = collections.Counter(), collections.Counter()
    words = wordfreq.get_frequency_dict(language, "large" if language in ("zh", "ja") else "small")
    for word, frequency in sorted(words.items(), key=lambda item: (-item[1], item[0])):
        for run in pieces(word, folding):
            if dense(run[0]):
                for left, right in zip(run, run[1:]): total[(left, right)] += frequency
                starts[run[0]] += frequency; ends[run[-1]] += frequency
            elif len(run) > 1 and not all(0x30 <= unit <= 0x39 for unit in run): total[stem(run)] += frequency
    # Pairs across a word boundary: words follow each other nearly independently.
    for left, ending in ends.most_common(700):
        for right, starting in starts.most_common(700):
            if ending * starting >= 1e-6: total[(left, right)] += ending * starting
    return total


def level(frequency):
    return max(0, min(31, round((math.log10(frequency) + 6) * 6) + 1))


def build_rarity(folding):
    import wordfreq
    best = {}
    for language in sorted(wordfreq.available_languages("small")):
        ranked = sorted(frequencies(language, folding).items(), key=lambda item: (-item[1], item[0]))
        for units, frequency in ranked[: WORDS_PER_LANGUAGE]:
            value = level(frequency)
            if value > best.get(units, 0): best[units] = value
    cells = array.array("H", bytes(2 * CELLS))
    order = sorted(best.items(), key=lambda item: (-item[1], item[0]))[: STEM_LIMIT]
    for units, value in order:
        digest = hash_units(units)
        cell = (digest >> 11 & 0x7FF or 1) << 5 | value
        place = digest >> 45
        while cells[place]:
            if cells[place] >> 5 == cell >> 5: break
            place = (place + 1) % CELLS
        else: cells[place] = cell
    print(f"{len(best)} stems, {len(order)} kept", file=sys.stderr)
    return cells


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parents[2] / "Sources/CRarityTable")
    out = parser.parse_args().out
    folding, capitals = tables()
    rarity = build_rarity(folding)
    if sys.byteorder == "big": folding.byteswap(); rarity.byteswap()
    (out / "folding.bin").write_bytes(folding.tobytes() + capitals)
    (out / "rarity.bin").write_bytes(rarity.tobytes())


if __name__ == "__main__":
    main()
