// What finding copies costs at least: words, five-word shingles, MinHash, bands, in plain C.
//
//   floor FILE [permutations|bins]      texts, one a line
//
// `permutations` takes the least of 128 multiply-add hashes of each shingle, `bins` hashes each
// shingle once and keeps the least value of each of 128 bins. 16 bands of 8 values lead to the newest
// text with the same band. No rarity, no clusters, ASCII letters only. Prints a line of JSON.

#define _POSIX_C_SOURCE 200809L
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { VALUES = 128, BANDS = 16, ROWS = VALUES / BANDS, SHINGLE = 5, SLOTS = 1 << 24 };

typedef union {
  // Of a shingle's hash the permutations keep 32 bits, so that the processor takes several at once.
  uint32_t least[VALUES];
  uint64_t bins[VALUES];
} Signature;

static uint32_t multipliers[VALUES], addends[VALUES];
static struct {
  uint32_t key, text;
} *slots;

static uint64_t mix(uint64_t x) {
  x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9;
  x = (x ^ x >> 27) * 0x94D049BB133111EB;
  return x ^ x >> 31;
}

static void permute(Signature *signature, uint64_t shingle) {
  uint32_t low = (uint32_t)shingle;
  for (int i = 0; i < VALUES; i++) {
    uint32_t value = multipliers[i] * low + addends[i];
    signature->least[i] = value < signature->least[i] ? value : signature->least[i];
  }
}

static void bin(Signature *signature, uint64_t shingle) {
  uint64_t *value = &signature->bins[shingle >> 57];
  if (shingle < *value) *value = shingle;
}

// An empty bin borrows from the next full one.
static void fill(Signature *signature) {
  for (int i = 0; i < VALUES; i++)
    for (int step = 1; step < VALUES && signature->bins[i] == UINT64_MAX; step++) {
      uint64_t donor = signature->bins[(i + step) % VALUES];
      if (donor != UINT64_MAX) signature->bins[i] = donor + step;
    }
}

static void sign(Signature *signature, const char *text, const char *end, int isBinned) {
  uint64_t words[SHINGLE] = {0}, word = 0xCBF29CE484222325, rolling = 0;
  uint64_t base = 0x9E3779B97F4A7C15, leaving = base * base * base * base * base;
  int count = 0, letters = 0;
  memset(signature, 0xFF, sizeof *signature);
  for (; text <= end; text++) {
    unsigned char c = text < end ? (unsigned char)*text : ' ';
    if (isalnum(c) || c >= 0x80) {
      word = (word ^ (c | 0x20)) * 0x100000001B3;
      letters++;
      continue;
    }
    if (!letters) continue;
    word = mix(word);
    uint64_t *oldest = &words[count % SHINGLE];
    rolling = rolling * base + word - *oldest * leaving;
    *oldest = word;
    if (++count >= SHINGLE) (isBinned ? bin : permute)(signature, mix(rolling));
    word = 0xCBF29CE484222325;
    letters = 0;
  }
  if (isBinned) fill(signature);
}

static uint64_t value(const Signature *signature, int place, int isBinned) {
  return isBinned ? signature->bins[place] : signature->least[place];
}

// The texts found in any band, which then leads here.
static int place(const Signature *signature, uint32_t text, int isBinned) {
  int found = 0;
  for (uint64_t band = 0; band < BANDS; band++) {
    uint64_t key = band;
    for (int row = 0; row < ROWS; row++)
      key = key * 0x9E3779B97F4A7C15 + value(signature, band * ROWS + row, isBinned);
    key = mix(key);
    uint32_t tag = (uint32_t)(key >> 32) | 1, slot = (uint32_t)key & (SLOTS - 1);
    while (slots[slot].key && slots[slot].key != tag) slot = (slot + 1) & (SLOTS - 1);
    found += slots[slot].key != 0;
    slots[slot].key = tag;
    slots[slot].text = text;
  }
  return found;
}

static double seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

int main(int count, char **arguments) {
  FILE *file = count > 1 ? fopen(arguments[1], "r") : NULL;
  if (!file) {
    fprintf(stderr, "usage: floor FILE [permutations|bins]\n");
    return 64;
  }
  int isBinned = count > 2 && !strcmp(arguments[2], "bins");
  slots = calloc(SLOTS, sizeof *slots);
  for (int i = 0; i < VALUES; i++) {
    multipliers[i] = mix(2 * i + 1) | 1;
    addends[i] = mix(2 * i + 2);
  }
  char *line = NULL;
  size_t room = 0;
  long length, found = 0;
  uint32_t texts = 0;
  double spent = 0;
  while ((length = getline(&line, &room, file)) >= 0) {
    double start = seconds();
    Signature signature;
    sign(&signature, line, line + length, isBinned);
    found += place(&signature, texts++, isBinned) > 0;
    spent += seconds() - start;
  }
  printf("{\"texts\":%u,\"seconds\":%.4f,\"found\":%ld}\n", texts, spent, found);
}
