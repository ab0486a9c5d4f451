/*
 * Calls one entry of a model, for tests: `call-entry ENTRY [DATA]` reads calls from the standard
 * input and writes to the standard output what they give. DATA is the file that `options.data` is.
 * A call is a count and so many arrays; its answer is an error's number, then a text and its
 * length, or 0, a count and so many arrays.
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
  void *data = malloc(bytes + 1);
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

static bool read_file(const char *name, glim_options *options) {
  FILE *file = fopen(name, "rb");
  if (file == NULL || fseek(file, 0, SEEK_END) != 0) return false;
  options->data_bytes = (size_t)ftell(file);
  rewind(file);
  void *data = malloc(options->data_bytes);
  options->data = data;
  bool is_read = data != NULL && fread(data, 1, options->data_bytes, file) == options->data_bytes;
  fclose(file);
  return is_read;
}

int main(int argc, char **argv) {
  glim_options options = {0};
  if (argc > 2 && !read_file(argv[2], &options)) return 2;
  glim_model *model = glim_open(&MODULE, &options);
  if (model == NULL) {
    fprintf(stderr, "%s\n", glim_error(NULL));
    return 1;
  }
  uint32_t count;
  while (read_bytes(&count, sizeof count) && count <= most) {
    glim_array arguments[most];
    for (uint32_t i = 0; i < count; i++) {
      if (!read_array(&arguments[i])) return 2;
    }
    answer(model, argv[1], arguments, count);
    for (uint32_t i = 0; i < count; i++) free((void *)arguments[i].data);
  }
  glim_close(model);
  free((void *)options.data);
  return 0;
}
