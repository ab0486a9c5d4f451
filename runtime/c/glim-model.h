/* A model as the runtime's own files see it. */

#ifndef GLIM_MODEL_H
#define GLIM_MODEL_H

#include "glim-json.h"
#include "glim-module.h"

/** What is not told to hosts of an entry. */
typedef struct {
  /** The names of its sizes, in the order of `prepare`. */
  size_t size_count;
  const char **sizes;
  /** What a parameter is where it is left out; NULL if it must not be. */
  const glim_json **defaults;
} glim_entry_detail;

typedef struct {
  const char *name;
  glim_leaf leaf;
  bool has_address;
  u32 address;
} glim_state_cell;

struct glim_model {
  const glim_module *module;
  void *instance;
  bool is_started;
  size_t stack;
  glim_arena arena;
  const glim_json *about;
  const char *signature;
  size_t entry_count, state_count;
  glim_entry *entries;
  glim_entry_detail *details;
  glim_state_cell *state;
  char error[1024];
};

/** Keeps the text of an error, as printf makes it, and gives `code`. */
int glim_refuse(glim_model *model, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** Reads the signature: entries and state. Gives 0 or the number of an error. */
int glim_read_signature(glim_model *model, const char *text, size_t bytes);

/** Writes the weights into the memory of a new instance. Gives 0 or the number of an error. */
int glim_put_weights(glim_model *model, const glim_options *options);

/** How many bytes an element has; a value's are bytes. */
size_t glim_element_bytes(glim_type type);

/** `bytes` bytes of the model's memory from `at`, or NULL where they are not all inside. */
u8 *glim_place(const glim_model *model, u32 at, u64 bytes);

#endif
