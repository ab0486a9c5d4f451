#include "glim-json.h"

#include <locale.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct glim_chunk {
  struct glim_chunk *before;
  size_t used, size;
  /* Followed by `size` bytes. */
};

enum { chunk_bytes = 16384, deepest = 100 };

void *glim_take(glim_arena *arena, size_t bytes) {
  struct glim_chunk *chunk = arena->last;
  if (bytes > SIZE_MAX / 2) return NULL;
  bytes = (bytes + 15) & ~(size_t)15;
  if (chunk == NULL || bytes > chunk->size - chunk->used) {
    size_t size = bytes > chunk_bytes ? bytes : chunk_bytes;
    chunk = calloc(1, sizeof *chunk + 8 + size);
    if (chunk == NULL) return NULL;
    *chunk = (struct glim_chunk){arena->last, 0, size};
    arena->last = chunk;
  }
  char *at = (char *)(chunk + 1) + (16 - sizeof *chunk % 16) % 16 + chunk->used;
  chunk->used += bytes;
  return at;
}

void glim_free_arena(glim_arena *arena) {
  while (arena->last != NULL) {
    struct glim_chunk *before = arena->last->before;
    free(arena->last);
    arena->last = before;
  }
}

typedef struct {
  glim_arena *arena;
  const char *at, *end;
  int depth;
} reader;

static glim_json *read_value(reader *r);

static void skip_space(reader *r) {
  while (r->at < r->end && strchr(" \t\r\n", *r->at) && *r->at != 0) r->at++;
}

/** Whether `c` came next; it is passed. */
static bool pass(reader *r, char c) {
  skip_space(r);
  if (r->at == r->end || *r->at != c) return false;
  r->at++;
  return true;
}

static bool pass_word(reader *r, const char *word) {
  size_t length = strlen(word);
  if ((size_t)(r->end - r->at) < length || memcmp(r->at, word, length) != 0) return false;
  r->at += length;
  return true;
}

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/** Four hex digits, or −1. */
static int32_t read_unit(reader *r) {
  int32_t unit = 0;
  if (r->end - r->at < 4) return -1;
  for (int i = 0; i < 4; i++) {
    int digit = hex_digit(*r->at++);
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

static char *put_utf8(char *to, uint32_t c) {
  if (c < 0x80) {
    *to++ = (char)c;
  } else if (c < 0x800) {
    *to++ = (char)(0xc0 | c >> 6);
    *to++ = (char)(0x80 | (c & 63));
  } else if (c < 0x10000) {
    *to++ = (char)(0xe0 | c >> 12);
    *to++ = (char)(0x80 | (c >> 6 & 63));
    *to++ = (char)(0x80 | (c & 63));
  } else {
    *to++ = (char)(0xf0 | c >> 18);
    *to++ = (char)(0x80 | (c >> 12 & 63));
    *to++ = (char)(0x80 | (c >> 6 & 63));
    *to++ = (char)(0x80 | (c & 63));
  }
  return to;
}

/** What follows a backslash, written to `to`; NULL if it is nothing lawful. */
static char *read_escape(reader *r, char *to) {
  static const char names[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
  char c = r->at < r->end ? *r->at++ : 0;
  if (c != 'u') {
    const char *name = c == 0 ? NULL : strchr(names, c);
    if (name == NULL) return NULL;
    *to++ = meant[name - names];
    return to;
  }
  int32_t unit = read_unit(r);
  if (unit <= 0) return NULL;
  if (unit >= 0xd800 && unit < 0xdc00 && pass_word(r, "\\u")) {
    int32_t low = read_unit(r);
    if (low < 0xdc00 || low >= 0xe000) return NULL;
    return put_utf8(to, 0x10000u + ((uint32_t)(unit - 0xd800) << 10) + (uint32_t)(low - 0xdc00));
  }
  return put_utf8(to, (uint32_t)unit);
}

/** A text, after its opening quote. Escapes are longer than what they stand for. */
static const char *read_text(reader *r) {
  const char *close = r->at;
  while (close < r->end && *close != '"') close += *close == '\\' ? 2 : 1;
  if (close >= r->end) return NULL;
  char *text = glim_take(r->arena, (size_t)(close - r->at) + 1), *to = text;
  while (to != NULL && r->at < close) {
    char c = *r->at++;
    if (c == 0) return NULL;
    if (c == '\\') to = read_escape(r, to);
    else *to++ = c;
  }
  if (to == NULL || r->at != close) return NULL;
  *to = 0;
  r->at++;
  return text;
}

static bool is_in_number(char c) { return c != 0 && strchr("+-.0123456789eE", c) != NULL; }

/** strtod reads the decimal point of the locale, and JSON has a point. */
static bool read_number(reader *r, double *number) {
  char copy[64];
  size_t length = 0;
  bool is_whole = true;
  double whole = 0;
  for (; r->at < r->end && length < sizeof copy - 8 && is_in_number(*r->at); r->at++) {
    if (*r->at == '.') {
      const char *point = localeconv()->decimal_point;
      size_t bytes = strlen(point);
      if (bytes > 4) return false;
      memcpy(copy + length, point, bytes);
      length += bytes;
    } else {
      copy[length++] = *r->at;
    }
    is_whole = is_whole && *r->at >= '0' && *r->at <= '9';
    whole = whole * 10 + (*r->at - '0');
  }
  char *end;
  copy[length] = 0;
  *number = is_whole && length < 16 ? whole : strtod(copy, &end);
  return length > 0 && ((is_whole && length < 16) || *end == 0);
}

/** Members up to `close`, after the opening bracket. */
static bool read_members(reader *r, glim_json *json, char close) {
  const glim_json **place = &json->first;
  if (pass(r, close)) return true;
  do {
    const char *key = NULL;
    if (json->kind == GLIM_JSON_RECORD) {
      key = pass(r, '"') ? read_text(r) : NULL;
      if (key == NULL || !pass(r, ':')) return false;
    }
    glim_json *member = read_value(r);
    if (member == NULL) return false;
    member->key = key;
    *place = member;
    place = &member->next;
    json->number++;
  } while (pass(r, ','));
  return pass(r, close);
}

static bool read_into(reader *r, glim_json *json) {
  if (pass(r, '{')) {
    json->kind = GLIM_JSON_RECORD;
    return read_members(r, json, '}');
  }
  if (pass(r, '[')) {
    json->kind = GLIM_JSON_LIST;
    return read_members(r, json, ']');
  }
  if (pass(r, '"')) {
    json->kind = GLIM_JSON_TEXT;
    json->text = read_text(r);
    return json->text != NULL;
  }
  if (pass_word(r, "null")) return true;
  bool is_true = pass_word(r, "true");
  if (is_true || pass_word(r, "false")) {
    json->kind = GLIM_JSON_BOOL;
    json->number = is_true;
    return true;
  }
  json->kind = GLIM_JSON_NUMBER;
  return read_number(r, &json->number);
}

static glim_json *read_value(reader *r) {
  glim_json *json = glim_take(r->arena, sizeof *json);
  if (json == NULL || r->depth == deepest) return NULL;
  json->text = "";
  r->depth++;
  bool is_lawful = read_into(r, json);
  r->depth--;
  return is_lawful ? json : NULL;
}

const glim_json *glim_parse(glim_arena *arena, const char *text, size_t length) {
  reader r = {arena, text, text + length, 0};
  glim_json *json = read_value(&r);
  skip_space(&r);
  return r.at == r.end ? json : NULL;
}

const glim_json *glim_member(const glim_json *json, const char *key) {
  if (json == NULL || json->kind != GLIM_JSON_RECORD) return NULL;
  for (const glim_json *member = json->first; member != NULL; member = member->next) {
    if (strcmp(member->key, key) == 0) return member;
  }
  return NULL;
}

const glim_json *glim_first(const glim_json *json) { return json == NULL ? NULL : json->first; }

size_t glim_count(const glim_json *json) {
  if (json == NULL || (json->kind != GLIM_JSON_LIST && json->kind != GLIM_JSON_RECORD)) return 0;
  return (size_t)json->number;
}

const char *glim_text_of(const glim_json *json, const char *key) {
  const glim_json *member = glim_member(json, key);
  return member == NULL ? "" : member->text;
}

size_t glim_whole(const glim_json *json, size_t most) {
  bool is_number = json != NULL && json->kind == GLIM_JSON_NUMBER;
  if (!is_number || !(json->number >= 0 && json->number <= (double)most)) return most + 1;
  size_t whole = (size_t)json->number;
  return (double)whole == json->number ? whole : most + 1;
}
