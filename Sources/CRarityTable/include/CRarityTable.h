#ifndef C_RARITY_TABLE_H
#define C_RARITY_TABLE_H

// The two tables that Benchmarks/grouping/build-tables.py writes; that script says what they hold.

#include <stdint.h>

enum {
  FOLDING_UNIT_COUNT = 65536,
  FOLDING_CAPITAL_BYTE_COUNT = 8192,
  RARITY_CELL_COUNT = 1 << 19,
};

extern const uint8_t folding_table[2 * FOLDING_UNIT_COUNT + FOLDING_CAPITAL_BYTE_COUNT];
extern const uint8_t rarity_table[2 * RARITY_CELL_COUNT];

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

#endif
