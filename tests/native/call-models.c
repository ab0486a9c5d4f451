/*
 * Calls entries of models, for tests: reads models and their calls from the standard input, and writes to the
 * standard output what they give. A model is its number in MODULES, the length of what `options.data` is, that, and
 * a count of calls, all of one instance. A call is the length of the entry's name, that, a count and so many arrays;
 * its answer is an error's number, then a text and its length, or 0, a count and so many arrays.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

enum { most = 64 };

static bool read_bytes(void *to, size_t bytes) { return fread(to, 1, bytes, stdin) == bytes; }

static void write_word(uint32_t word) { fwrite(&word, sizeof word, 1, stdout); }

/** As they lie in the streams: type, rank, eight sizes, the number, the bytes and how many. */
static bool read_array(glim_array *array) {
  uint32_t words[10], bytes;
  if (!read_bytes(words, sizeof words) || !read_bytes(&array->number, 8) || !read_bytes(&bytes, 4))
    return false;
  array->type = words[0];
  array->rank = words[1];
  memcpy(array->shape, words + 2, sizeof array->shape);
  array->bytes = bytes;
  void *data = malloc((size_t)bytes + 1);
  array->data = data;
  return data != NULL && read_bytes(data, bytes);
}

static void write_array(const glim_array *array) {
  write_word(array->type);
  write_word(array->rank);
  fwrite(array->shape, sizeof array->shape, 1, stdout);
  fwrite(&array->number, 8, 1, stdout);
  write_word((uint32_t)array->bytes);
  fwrite(array->data, 1, array->bytes, stdout);
}

static void answer(glim_model *model, const char *name, glim_array *arguments, uint32_t count) {
  glim_array results[most];
  size_t given = 0;
  for (size_t i = 0; i < glim_entry_count(model); i++) {
    const glim_entry *entry = glim_entry_at(model, i);
    if (strcmp(entry->name, name) == 0) given = entry->result_count;
  }
  int code = glim_run(model, name, arguments, count, results, given);
  write_word((uint32_t)code);
  if (code != 0) {
    const char *text = glim_error(model);
    write_word((uint32_t)strlen(text));
    fputs(text, stdout);
    return;
  }
  write_word((uint32_t)given);
  for (size_t i = 0; i < given; i++) write_array(&results[i]);
}

static const glim_module *const modules[] = {MODULES};

/** What follows its own length in the input; has a zero byte behind it. */
static char *read_block(uint32_t *length) {
  if (!read_bytes(length, 4)) return NULL;
  char *block = malloc((size_t)*length + 1);
  if (block == NULL || !read_bytes(block, *length)) return free(block), NULL;
  block[*length] = 0;
  return block;
}

static bool answer_call(glim_model *model) {
  glim_array arguments[most];
  uint32_t length, count;
  char *name = read_block(&length);
  bool is_read = name != NULL && read_bytes(&count, 4) && count <= most;
  for (uint32_t i = 0; is_read && i < count; i++) is_read = read_array(&arguments[i]);
  if (!is_read) return false;
  answer(model, name, arguments, count);
  for (uint32_t i = 0; i < count; i++) free((void *)arguments[i].data);
  free(name);
  return true;
}

static bool answer_calls(uint32_t module) {
  /* Enough for objects as deep in each other as other hosts take. */
  glim_options options = {.stack = 6 << 20};
  uint32_t length, calls;
  char *data = read_block(&length);
  if (data == NULL || !read_bytes(&calls, 4) || module >= sizeof modules / sizeof *modules)
    return false;
  if (length > 0) options.data = data;
  options.data_bytes = length;
  glim_model *model = glim_open(modules[module], &options);
  if (model == NULL) fprintf(stderr, "%s\n", glim_error(NULL));
  bool is_good = model != NULL;
  for (; is_good && calls > 0; calls--) is_good = answer_call(model);
  glim_close(model);
  free(data);
  return is_good;
}

int main(void) {
  uint32_t module;
  while (read_bytes(&module, sizeof module)) {
    if (!answer_calls(module)) return 1;
  }
  return 0;
}
