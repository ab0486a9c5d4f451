/* What the runtime knows of a module: generated code gives it, and the interpreter does. */

#ifndef GLIM_MODULE_H
#define GLIM_MODULE_H

#include "glim-wasm.h"
#include "glim.h"

/** An argument that is no tensor: parameter number `parameter` has this number, or this word. */
typedef struct {
  u32 parameter;
  bool is_number;
  f64 number;
  u32 word;
} glim_scalar;

/** Calls of translated code may trap: they are made inside of glim_guard. */
struct glim_module {
  const char *name;
  size_t instance_bytes;
  void (*instantiate)(void *instance);
  void (*free)(void *instance);
  wasm_rt_memory_t *(*memory)(void *instance);
  /** As docs/artefact.md has them, with the entry's number in the signature. */
  u32 (*prepare)(void *instance, u32 entry, const u32 *sizes);
  u32 (*in)(void *instance, u32 entry, u32 i);
  u32 (*run)(void *instance, u32 entry, const glim_scalar *scalars, u32 count);
  u32 (*out)(void *instance, u32 entry, u32 i);
  u32 (*error)(void *instance, u32 id);
  /** NULL where the module has none. */
  u32 (*failure)(void *instance);
  u32 (*room)(void *instance, u32 bytes);
  /** Where state number `i` lies, 0 on the heap; NULL where the signature says it. */
  u32 (*state)(void *instance, u32 i);
  bool (*keeps_bits)(void);
  /**
   * What is to be done with a new instance; NULL where there is nothing. Gives 0 or the number of
   * an error.
   */
  int (*start)(glim_model *model, const glim_options *options);
  const char *signature;
  size_t signature_bytes;
  /** The file of weights, where the program contains it. */
  const unsigned char *weights, *weights_end;
};

#endif
