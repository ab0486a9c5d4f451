/*
 * Runs models that Glim compiled, without a JavaScript engine.
 *
 *   glim_model *model = glim_open(&lenet_module, NULL);
 *   glim_array image = glim_tensor(GLIM_F32, pixels, 2, (uint32_t[]){1, 784});
 *   glim_array scores;
 *   if (glim_run(model, "logits", &image, 1, &scores, 1)) puts(glim_error(model));
 *   const float *ten = scores.data;
 *   glim_close(model);
 *
 * What can go wrong is told by a number, the code of docs/errors.md without its letters, or 0;
 * glim_error has the text. A model stays usable after an error. One model must not be used by two
 * threads at once; several models may be.
 */

#ifndef GLIM_H
#define GLIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A compiled model, as NAME.h declares it, or the interpreter with a package. */
typedef struct glim_module glim_module;

/** A model with its weights, memory and state: an instance of a module. */
typedef struct glim_model glim_model;

enum {
  /** An argument is not what the entry takes. */
  GLIM_ARGUMENT = 3002,
  /** There is no entry, or no state, of this name. */
  GLIM_NO_SUCH_NAME = 3004,
  /** The program failed: an assertion, a throw, an index outside. */
  GLIM_FAILED = 5000,
  /** More memory is needed than there is, or than was granted. */
  GLIM_OUT_OF_MEMORY = 5001,
  /** No module of this version, or not its weights. */
  GLIM_OTHER_MODULE = 6003,
  /** A package that is damaged, or of another version. */
  GLIM_DAMAGED_PACKAGE = 6007
};

typedef enum {
  /** Elements of tensors: float, double, int32_t, uint8_t, int8_t, and bytes that are 0 or 1. */
  GLIM_F32,
  GLIM_F64,
  GLIM_I32,
  GLIM_U8,
  GLIM_I8,
  GLIM_BOOL,
  /** By themselves: a double, and a boolean. */
  GLIM_NUMBER,
  GLIM_BOOLEAN,
  /** Texts, lists, records, maps: bytes as docs/artefact.md has them. */
  GLIM_VALUE
} glim_type;

enum { GLIM_MAX_RANK = 8 };

/** What a call takes or gives. */
typedef struct {
  glim_type type;
  uint32_t rank;
  uint32_t shape[GLIM_MAX_RANK];
  /**
   * Row-major elements, or the bytes of a value. Those of results stay until the model is used
   * again.
   */
  const void *data;
  /** How many bytes they are. */
  size_t bytes;
  /** The number; of a boolean, 0 or 1. */
  double number;
} glim_array;

/** A tensor: `data` has as many elements as the `rank` sizes of `shape` say. */
glim_array glim_tensor(glim_type type, const void *data, uint32_t rank, const uint32_t *shape);
glim_array glim_number(double number);
glim_array glim_boolean(bool value);
glim_array glim_value(const void *data, size_t bytes);

/**
 * A text, as a value. Its bytes are the caller's, to be given to free(); NULL where there was no
 * memory.
 */
glim_array glim_text(const char *utf8);
/** The text that a value is, the caller's as above; NULL if it is none, or there is no memory. */
char *glim_utf8(const glim_array *text);

typedef struct {
  /** The most memory that the model may have, in bytes; 0: as much as it asks for, up to 4 GiB. */
  uint64_t memory;
  /** The most of the machine's stack that a call may take, in bytes; 0: 512 KiB. */
  size_t stack;
  /** How many steps each call of a package may take; 0: as many as it wants. */
  uint64_t fuel;
  /**
   * What a module needs and does not contain: the file NAME.safetensors; for the interpreter, a
   * package.
   */
  const void *data;
  size_t data_bytes;
} glim_options;

/**
 * A new instance. NULL where there can be none: then glim_error(NULL) tells why. `options` may be
 * NULL.
 */
glim_model *glim_open(const glim_module *module, const glim_options *options);
void glim_close(glim_model *model);

/**
 * Runs an entry. Arguments that are left out at the end have their defaults. Results are in the
 * order of glim_entry's; `count` may be less than all. Gives 0, or the number of an error.
 */
int glim_run(glim_model *model, const char *entry, const glim_array *arguments,
             size_t argument_count, glim_array *results, size_t result_count);

/**
 * The last error: what failed, and in brackets the file, line and column of the TypeScript source
 * that asked for it. Empty if nothing failed.
 */
const char *glim_error(const glim_model *model);

/** What the model keeps between calls: tensors, numbers and booleans. */
int glim_get_state(glim_model *model, const char *name, glim_array *value);
int glim_set_state(glim_model *model, const char *name, const glim_array *value);

/* The signature. */

/** A parameter or a result. */
typedef struct {
  /**
   * As in the source: `images`, `options.k`; of results, the fields that lead to it, or nothing.
   */
  const char *name;
  glim_type type;
  uint32_t rank;
  /** A number, a name, or an expression over names. */
  const char *sizes[GLIM_MAX_RANK];
} glim_leaf;

typedef struct {
  const char *name;
  const char *doc;
  size_t parameter_count;
  const glim_leaf *parameters;
  size_t result_count;
  const glim_leaf *results;
} glim_entry;

size_t glim_entry_count(const glim_model *model);
/** The first has the number 0. */
const glim_entry *glim_entry_at(const glim_model *model, size_t number);

/** All that is known of it, as JSON: docs/artefact.md says how. */
const char *glim_signature(const glim_model *model);

#ifdef __cplusplus
}
#endif

#endif
