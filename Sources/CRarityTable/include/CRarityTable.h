#ifndef C_RARITY_TABLE_H
#define C_RARITY_TABLE_H

// The tables that Benchmarks/grouping/build-tables.py, build-meanings.py and build-dates.py write; the scripts
// say what they hold.

#include <stdint.h>

enum {
  FOLDING_UNIT_COUNT = 65536,
  FOLDING_CAPITAL_BYTE_COUNT = 8192,
  RARITY_CELL_COUNT = 1 << 19,
  MEANING_RUN_CELL_COUNT = 512,
  MEANING_PART_COUNT = 8,
  MEANING_PART_LENGTH = 8,
  COUNTRY_CELL_COUNT = 1 << 14,
  DATE_CELL_COUNT = 1 << 11,
};

extern const uint8_t folding_table[2 * FOLDING_UNIT_COUNT + FOLDING_CAPITAL_BYTE_COUNT];
extern const uint8_t rarity_table[2 * RARITY_CELL_COUNT];
extern const uint8_t meaning_table[];
extern const uint8_t country_table[3 * COUNTRY_CELL_COUNT];
extern const uint8_t date_table[4 * DATE_CELL_COUNT];

/// The little-endian number at `bytes`: one load, which two bytes and a shift do not become.
static inline uint16_t table_number(const uint8_t *bytes) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  uint16_t number;
  __builtin_memcpy(&number, bytes, sizeof number);
  return number;
#else
  return (uint16_t)(bytes[0] | bytes[1] << 8);
#endif
}

/// What a code point of the Basic Multilingual Plane becomes inside a word: 0 separates words, 1 is
/// dropped, anything else is the folded letter.
static inline uint16_t folding_unit(uint16_t point) {
  return table_number(folding_table + 2 * point);
}

/// The same for an ASCII character, which stays one.
static inline uint8_t folding_plain(uint8_t character) {
  return folding_table[2 * character];
}

/// Whether a code point of the Basic Multilingual Plane is a capital letter.
static inline int folding_is_capital(uint16_t point) {
  return folding_table[2 * FOLDING_UNIT_COUNT + (point >> 3)] >> (point & 7) & 1;
}

/// The cell at `place`, taken modulo the size of the table: fingerprint << 5 | level, 0 where empty.
static inline uint16_t rarity_cell(uint32_t place) {
  place &= RARITY_CELL_COUNT - 1;
  return table_number(rarity_table + 2 * place);
}

/// Begins to bring the memory at `place` into the caches; any address will do.
static inline void memory_prefetch(const void *place) {
  __builtin_prefetch(place);
}

/// Begins to bring the cell at `place` into the caches.
static inline void rarity_prefetch(uint32_t place) {
  memory_prefetch(rarity_table + 2 * (place & (RARITY_CELL_COUNT - 1)));
}

/// How many stems before that of a cell of the rarity table have a meaning; -1 for a stem that has none.
static inline int32_t meaning_number(uint32_t cell) {
  cell &= RARITY_CELL_COUNT - 1;
  if (!(meaning_table[cell >> 3] >> (cell & 7) & 1)) return -1;
  uint32_t run = cell / MEANING_RUN_CELL_COUNT;
  const uint8_t *before = meaning_table + RARITY_CELL_COUNT / 8 + 4 * run;
  int32_t number = table_number(before) | table_number(before + 2) << 16;
  for (uint32_t byte = run * (MEANING_RUN_CELL_COUNT / 8); byte < cell >> 3; byte++)
    number += __builtin_popcount(meaning_table[byte]);
  return number + __builtin_popcount(meaning_table[cell >> 3] & ((1u << (cell & 7)) - 1));
}

/// One of the 64 numbers of a meaning; `number` as `meaning_number` gives it, not -1.
static inline int8_t meaning_component(int32_t number, int32_t component) {
  enum { BOOK_SIZE = 256 * MEANING_PART_LENGTH };
  const uint8_t *books =
      meaning_table + RARITY_CELL_COUNT / 8 + 4 * (RARITY_CELL_COUNT / MEANING_RUN_CELL_COUNT);
  const uint8_t *codes = books + MEANING_PART_COUNT * BOOK_SIZE;
  int32_t part = component / MEANING_PART_LENGTH;
  uint32_t entry = codes[number * MEANING_PART_COUNT + part];
  return (int8_t)books[part * BOOK_SIZE + entry * MEANING_PART_LENGTH + component % MEANING_PART_LENGTH];
}

/// The cell at `place`, taken modulo the size of the table: a country's number << 16 | fingerprint, 0
/// where empty.
static inline uint32_t country_cell(uint32_t place) {
  const uint8_t *cell = country_table + 3 * (place & (COUNTRY_CELL_COUNT - 1));
  return table_number(cell) | (uint32_t)cell[2] << 16;
}

/// The cell at `place`, taken modulo the size of the table: fingerprint << 19 | what the word names, 0
/// where empty.
static inline uint32_t date_cell(uint32_t place) {
  const uint8_t *cell = date_table + 4 * (place & (DATE_CELL_COUNT - 1));
  return table_number(cell) | (uint32_t)table_number(cell + 2) << 16;
}

#endif
