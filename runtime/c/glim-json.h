/* A reader of JSON, for signatures and the headers of weights. What it reads may be hostile. */

#ifndef GLIM_JSON_H
#define GLIM_JSON_H

#include <stddef.h>

/** Memory that is given back all at once. */
typedef struct {
  struct glim_chunk *last;
} glim_arena;

/** Zeros, or NULL where there is no memory. */
void *glim_take(glim_arena *arena, size_t bytes);
void glim_free_arena(glim_arena *arena);

typedef enum {
  GLIM_JSON_NULL,
  GLIM_JSON_BOOL,
  GLIM_JSON_NUMBER,
  GLIM_JSON_TEXT,
  GLIM_JSON_LIST,
  GLIM_JSON_RECORD
} glim_json_kind;

typedef struct glim_json glim_json;
struct glim_json {
  glim_json_kind kind;
  /** Of a number; of a boolean 0 or 1; of a list or a record, how many members it has. */
  double number;
  /** UTF-8, ended by a zero byte. Empty where this is no text. */
  const char *text;
  /** Of a member of a record. */
  const char *key;
  const glim_json *first, *next;
};

/** NULL if the text is not JSON, nests more than 100 deep, or there is no memory for it. */
const glim_json *glim_parse(glim_arena *arena, const char *text, size_t length);

/** The member of a record; NULL if there is none, or `json` is no record. */
const glim_json *glim_member(const glim_json *json, const char *key);

/** Members; NULL-safe, as the others here. */
const glim_json *glim_first(const glim_json *json);
size_t glim_count(const glim_json *json);

/** The text of a member, or "". */
const char *glim_text_of(const glim_json *json, const char *key);

/** The number as a whole one from 0 to `most`, or `most` + 1 if it is none. */
size_t glim_whole(const glim_json *json, size_t most);

#endif
