/* Texts as values: UTF-16 units in words of eight bytes, after their number. */

#include <stdlib.h>
#include <string.h>

#include "glim.h"

enum { replacement = 0xfffd };

/**
 * The code point at `*at`, which moves behind it; what is no UTF-8 is one replacement for each
 * byte.
 */
static uint32_t next_point(const unsigned char **at) {
  static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
  const unsigned char *from = (*at)++;
  if (*from < 0x80) return *from;
  if (*from < 0xc2 || *from > 0xf4) return replacement;
  int more = *from < 0xe0 ? 1 : *from < 0xf0 ? 2 : 3;
  uint32_t point = *from & (0x3fu >> more);
  for (int i = 1; i <= more; i++) {
    if ((from[i] & 0xc0) != 0x80) return replacement;
    point = point << 6 | (from[i] & 0x3f);
  }
  bool is_surrogate = point >= 0xd800 && point < 0xe000;
  if (point < least[more] || point > 0x10ffff || is_surrogate) return replacement;
  *at = from + more + 1;
  return point;
}

glim_array glim_text(const char *utf8) {
  size_t most = strlen(utf8), count = 0;
  uint16_t *units = calloc(1, 8 + (2 * most + 7) / 8 * 8);
  if (units == NULL) return glim_value(NULL, 0);
  for (const unsigned char *at = (const unsigned char *)utf8; *at != 0;) {
    uint32_t point = next_point(&at);
    if (point >= 0x10000) {
      units[4 + count++] = (uint16_t)(0xd800 + ((point - 0x10000) >> 10));
      point = 0xdc00 + (point & 0x3ff);
    }
    units[4 + count++] = (uint16_t)point;
  }
  double length = (double)count;
  memcpy(units, &length, sizeof length);
  return glim_value(units, 8 + (2 * count + 7) / 8 * 8);
}

static char *put_point(char *to, uint32_t point) {
  int more = point < 0x80 ? 0 : point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  static const unsigned char first[] = {0, 0xc0, 0xe0, 0xf0};
  *to++ = (char)(first[more] | point >> (6 * more));
  while (more-- > 0) *to++ = (char)(0x80 | (point >> (6 * more) & 0x3f));
  return to;
}

char *glim_utf8(const glim_array *text) {
  double length;
  if (text->type != GLIM_VALUE || text->bytes < sizeof length) return NULL;
  memcpy(&length, text->data, sizeof length);
  size_t most = (text->bytes - sizeof length) / 2;
  if (!(length >= 0 && length <= (double)most)) return NULL;
  size_t count = (size_t)length;
  const unsigned char *units = (const unsigned char *)text->data + sizeof length;
  char *utf8 = malloc(3 * count + 1), *to = utf8;
  for (size_t i = 0; utf8 != NULL && i < count; i++) {
    uint32_t point = units[2 * i] | (uint32_t)units[2 * i + 1] << 8;
    uint32_t low = i + 1 < count ? units[2 * i + 2] | (uint32_t)units[2 * i + 3] << 8 : 0;
    if (point >= 0xd800 && point < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
      point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
      i++;
    } else if (point >= 0xd800 && point < 0xe000) {
      point = replacement;
    }
    to = put_point(to, point);
  }
  if (utf8 != NULL) *to = 0;
  return utf8;
}
