/* Opens models and runs their entries. */

#include "glim.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "glim-model.h"
#include "glim-trap.h"

enum { default_stack = 512 * 1024 };

/** Why the last glim_open of this thread gave nothing. */
static _Thread_local char open_error[sizeof((glim_model *)0)->error];

int glim_refuse(glim_model *model, int code, const char *format, ...) {
  va_list given;
  va_start(given, format);
  vsnprintf(model->error, sizeof model->error, format, given);
  va_end(given);
  return code;
}

const char *glim_error(const glim_model *model) {
  return model == NULL ? open_error : model->error;
}

size_t glim_element_bytes(glim_type type) {
  if (type == GLIM_NUMBER || type == GLIM_F64) return 8;
  return type == GLIM_F32 || type == GLIM_I32 ? 4 : 1;
}

u8 *glim_place(const glim_model *model, u32 at, u64 bytes) {
  const wasm_rt_memory_t *memory = model->module->memory(model->instance);
  u64 size = (u64)(memory->end - memory->data);
  return bytes <= size && at <= size - bytes ? memory->data + at : NULL;
}

/* Arguments. */

glim_array glim_tensor(glim_type type, const void *data, uint32_t rank, const uint32_t *shape) {
  glim_array array = {type, rank, {0}, data, glim_element_bytes(type), 0};
  for (uint32_t i = 0; i < rank && i < GLIM_MAX_RANK; i++) {
    array.shape[i] = shape[i];
    bool fits = shape[i] == 0 || array.bytes <= SIZE_MAX / shape[i];
    array.bytes = fits ? array.bytes * shape[i] : SIZE_MAX;
  }
  return array;
}

glim_array glim_number(double number) { return (glim_array){GLIM_NUMBER, 0, {0}, NULL, 0, number}; }

glim_array glim_boolean(bool value) { return (glim_array){GLIM_BOOLEAN, 0, {0}, NULL, 0, value}; }

glim_array glim_value(const void *data, size_t bytes) {
  return (glim_array){GLIM_VALUE, 0, {0}, data, bytes, 0};
}

/* Opening. */

static void instantiate(void *context) {
  glim_model *model = context;
  model->module->instantiate(model->instance);
}

static int start(glim_model *model, const glim_options *options) {
  const glim_module *module = model->module;
  if (!module->keeps_bits()) {
    return glim_refuse(model, GLIM_OTHER_MODULE,
                       "results would have other bits: compile all of the program without "
                       "-ffast-math, and the model with -ffp-contract=off");
  }
  glim_memory_limit = options->memory;
  model->is_started = true;
  glim_trap_kind trap = glim_guard(instantiate, model, model->stack);
  if (trap != GLIM_TRAP_NONE)
    return glim_refuse(model, GLIM_OUT_OF_MEMORY, "%s", glim_trap_text(trap));
  if (module->start != NULL) return module->start(model, options);
  int code = glim_read_signature(model, module->signature, module->signature_bytes);
  return code != 0 ? code : glim_put_weights(model, options);
}

glim_model *glim_open(const glim_module *module, const glim_options *options) {
  static const glim_options none;
  const glim_options *given = options == NULL ? &none : options;
  glim_model *model = calloc(1, sizeof *model);
  void *instance = calloc(1, module->instance_bytes);
  if (model == NULL || instance == NULL) {
    free(model);
    free(instance);
    snprintf(open_error, sizeof open_error, "out of memory");
    return NULL;
  }
  model->module = module;
  model->instance = instance;
  model->stack = given->stack == 0 ? default_stack : given->stack;
  if (start(model, given) == 0) return model;
  snprintf(open_error, sizeof open_error, "%s", model->error);
  glim_close(model);
  return NULL;
}

void glim_close(glim_model *model) {
  if (model == NULL) return;
  if (model->is_started) model->module->free(model->instance);
  glim_free_arena(&model->arena);
  free(model->instance);
  free(model);
}

/* The signature. */

size_t glim_entry_count(const glim_model *model) { return model->entry_count; }

const glim_entry *glim_entry_at(const glim_model *model, size_t number) {
  return number < model->entry_count ? &model->entries[number] : NULL;
}

const char *glim_signature(const glim_model *model) { return model->signature; }
