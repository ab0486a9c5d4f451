/*
 * Opens packages that may be damaged or hostile, for tests, and calls each of their entries. Each
 * package is on the standard input after its length. Prints how many were refused, stopped in a
 * call, and ran.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "glim-interpreter.h"

enum { each_size = 2, most_bytes = 1 << 20 };

/** A text of three units, as values lie. */
static const unsigned char text[] = {0, 0, 0, 0, 0, 0, 8, 64, 'y', 0, 'o', 0, 'u', 0, 0, 0};

/** Something of the type that the parameter has; its named sizes are all 2. */
static glim_array argument_for(const glim_leaf *leaf, void *room) {
  static const float one = 1;
  uint32_t shape[GLIM_MAX_RANK];
  size_t elements = 1;
  if (leaf->type == GLIM_NUMBER) return glim_number(2);
  if (leaf->type == GLIM_BOOLEAN) return glim_boolean(true);
  if (leaf->type == GLIM_VALUE) return glim_value(text, sizeof text);
  for (uint32_t i = 0; i < leaf->rank; i++) {
    char *end;
    unsigned long size = strtoul(leaf->sizes[i], &end, 10);
    shape[i] = *end == 0 ? (uint32_t)size : each_size;
    elements *= shape[i] < most_bytes ? shape[i] : most_bytes;
    if (elements > most_bytes / 4) elements = shape[i] = 0;
  }
  if (leaf->type == GLIM_F32)
    for (size_t i = 0; i < elements; i++) memcpy((char *)room + 4 * i, &one, 4);
  return glim_tensor(leaf->type, room, leaf->rank, shape);
}

/** Reads every byte of a result. */
static unsigned sum_of(const glim_array *result) {
  unsigned sum = 0;
  for (size_t i = 0; i < result->bytes; i++) sum += ((const unsigned char *)result->data)[i];
  return sum;
}

/** Whether the call came to its end. */
static bool call_entry(glim_model *model, const glim_entry *entry) {
  static unsigned sum;
  enum { most = 16 };
  glim_array arguments[most], results[most];
  void *rooms[most] = {NULL};
  size_t count = entry->parameter_count < most ? entry->parameter_count : most;
  size_t given = entry->result_count < most ? entry->result_count : most;
  for (size_t i = 0; i < count; i++) {
    rooms[i] = calloc(most_bytes, 1);
    arguments[i] = argument_for(&entry->parameters[i], rooms[i]);
  }
  bool is_good = glim_run(model, entry->name, arguments, count, results, given) == 0;
  for (size_t i = 0; is_good && i < given; i++) sum += sum_of(&results[i]);
  for (size_t i = 0; i < count; i++) free(rooms[i]);
  return is_good;
}

int main(void) {
  unsigned refused = 0, stopped = 0, ran = 0;
  uint32_t length;
  while (fread(&length, 1, 4, stdin) == 4) {
    /* Of its own, so that a sanitizer knows where it ends. */
    void *bytes = malloc(length);
    if (bytes == NULL || fread(bytes, 1, length, stdin) != length) return 2;
    glim_options options = {.data = bytes, .data_bytes = length};
    options.memory = 1 << 26;
    options.fuel = 20000;
    glim_model *model = glim_open(&glim_interpreter, &options);
    free(bytes);
    if (model == NULL) {
      refused++;
      continue;
    }
    bool is_good = true;
    for (size_t i = 0; i < glim_entry_count(model); i++)
      is_good = call_entry(model, glim_entry_at(model, i)) && is_good;
    if (is_good) ran++;
    else stopped++;
    glim_close(model);
  }
  printf("{\"refused\":%u,\"stopped\":%u,\"ran\":%u}\n", refused, stopped, ran);
  return 0;
}
