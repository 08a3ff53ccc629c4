#include "CRarityTable.h"

// C23's #embed, which clang takes in every mode: the tables become read-only pages of the executable,
// so that it needs no resource bundle and starts without building anything.
#pragma clang diagnostic ignored "-Wc23-extensions"

const uint8_t folding_table[2 * FOLDING_UNIT_COUNT + FOLDING_CAPITAL_BYTE_COUNT] = {
#embed "folding.bin"
};

const uint8_t rarity_table[2 * RARITY_CELL_COUNT] = {
#embed "rarity.bin"
};

const uint8_t meaning_table[] = {
#embed "meaning.bin"
};

const uint8_t country_table[3 * COUNTRY_CELL_COUNT] = {
#embed "countries.bin"
};

const uint8_t date_table[4 * DATE_CELL_COUNT] = {
#embed "dates.bin"
};
