#!/usr/bin/env python3
"""Build what Sources/CRarityTable embeds of dates. Needs what build-tables.py needs, and: pip install babel

  build-dates.py [--out Sources/CRarityTable]        some seconds

dates.bin    Words that name a month or a day of the week, in 43 languages, from the Unicode CLDR (Unicode licence): 2^11 cells of
             4 bytes, an open hash table with linear probing: 13 bits of the stem's hash, never 0, above 19 bits, one for each
             month and, above these, one for each day of the week from Sunday on. A word may name several: listopad is
             October in Croatian, November in Polish.

Names of several words and those of scripts without spaces are left out, and so are words of under three letters.
"""
import argparse, importlib.util, pathlib, struct, sys

HERE = pathlib.Path(__file__).parent
spec = importlib.util.spec_from_file_location("build_tables", HERE / "build-tables.py")
tables = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tables)

CELLS = 1 << 11
LANGUAGES = ("en es tr fr ar de ru it pt nl pl ja ko zh uk cs sv da nb fi el he fa hu ro bg hr sr sk sl lt lv et vi id ms ca hi bn th ur mk is").split()
MONTHS = 12


def names():
    """A name, and the place of its bit."""
    from babel import Locale
    for locale in map(Locale, LANGUAGES):
        for widths in (locale.months["format"], locale.months["stand-alone"]):
            for width in ("wide", "abbreviated"):
                for month, name in widths[width].items(): yield name, month - 1
        for widths in (locale.days["format"], locale.days["stand-alone"]):
            # Babel counts from Monday.
            for day, name in widths["wide"].items(): yield name, MONTHS + (day + 1) % 7


def words(folding):
    found = {}
    for name, bit in names():
        runs = [run for run in tables.pieces(name.lower(), folding) if len(run) > 2]
        # "segunda-feira" is said without its second half.
        if not runs or len(runs) > 1 and "-" not in name or not all(chr(unit).isalpha() and not tables.dense(unit) for unit in runs[0]): continue
        stem = tables.stem(runs[0])
        found[stem] = found.get(stem, 0) | 1 << bit
    return found


def write(path, found):
    cells = [0] * CELLS
    for stem, bits in sorted(found.items()):
        digest = tables.hash_units(stem)
        place = digest >> 53
        while cells[place]: place = (place + 1) % CELLS
        cells[place] = (digest & 0x1FFF or 1) << 19 | bits
    path.write_bytes(struct.pack(f"<{CELLS}I", *cells))
    print(f"{len(found)} words", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, default=HERE.parents[1] / "Sources/CRarityTable")
    out = parser.parse_args().out
    folding, _ = tables.tables()
    write(out / "dates.bin", words(folding))


if __name__ == "__main__":
    main()
