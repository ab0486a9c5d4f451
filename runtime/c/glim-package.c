/* Runs packages in the interpreter, which was translated as compiled modules are. */

#include <string.h>

#include "glim-interpreter.h"
#include "glim-model.h"
#include "glim-trap.h"

/* Its functions; w2c_interpreter is an instance. docs/interpreter.md says what each is for. */
#include "glim-interpreter-code.h"

typedef struct {
  /** The number of its function in the program, and how many sizes it asks for. */
  u32 function, size_count;
} entry_place;

typedef struct {
  w2c_interpreter wasm;
  entry_place *entries;
} interpreter;

#define WASM(instance) (&((interpreter *)(instance))->wasm)

static void instantiate(void *instance) { wasm2c_interpreter_instantiate(WASM(instance)); }
static void release(void *instance) { wasm2c_interpreter_free(WASM(instance)); }
static wasm_rt_memory_t *memory(void *instance) { return w2c_interpreter_memory(WASM(instance)); }

static u32 prepare(void *instance, u32 entry, const u32 *sizes) {
  const entry_place *place = &((interpreter *)instance)->entries[entry];
  for (u32 i = 0; i < place->size_count; i++)
    w2c_interpreter_glim_size(WASM(instance), place->function, i, sizes[i]);
  return w2c_interpreter_glim_prepare(WASM(instance), place->function);
}

static u32 in(void *instance, u32 entry, u32 i) {
  (void)entry;
  return w2c_interpreter_glim_in(WASM(instance), i);
}

static u32 run(void *instance, u32 entry, const glim_scalar *scalars, u32 count) {
  (void)entry;
  for (u32 i = 0; i < count; i++) {
    u32 at = w2c_interpreter_glim_arg(WASM(instance), scalars[i].parameter);
    if (scalars[i].is_number)
      f64_store_default32(memory(instance), at, scalars[i].number);
    else
      i32_store_default32(memory(instance), at, scalars[i].word);
  }
  return w2c_interpreter_glim_run(WASM(instance));
}

static u32 out(void *instance, u32 entry, u32 i) {
  (void)entry;
  return w2c_interpreter_glim_out(WASM(instance), i);
}

static u32 error(void *instance, u32 id) { return w2c_interpreter_glim_error(WASM(instance), id); }
static u32 failure(void *instance) { return w2c_interpreter_glim_failure(WASM(instance)); }
static u32 room(void *instance, u32 bytes) {
  return w2c_interpreter_glim_room(WASM(instance), bytes);
}
static u32 state(void *instance, u32 i) { return w2c_interpreter_glim_state(WASM(instance), i); }

/* Loading. */

static const char *refusal_text(u32 number) {
  static const char *const texts[] = {
      "there is no memory for it",
      "it is not the start of a package",
      "it has another version of the format",
      "a table is cut off",
      "the header is not the one that the program was made for",
      "a table has what cannot be",
      "it needs a kernel that this interpreter does not have",
      "an operation is not lawful",
      "it needs an operation that this interpreter was made without",
  };
  return texts[number < sizeof texts / sizeof *texts ? number : 0];
}

typedef struct {
  glim_model *model;
  const glim_options *options;
  u32 refusal;
} loading;

static void load(void *context) {
  loading *l = context;
  void *instance = l->model->instance;
  u32 bytes = (u32)l->options->data_bytes;
  u32 at = w2c_interpreter_glim_package(WASM(instance), bytes);
  memcpy(glim_at(memory(instance), at, bytes), l->options->data, bytes);
  w2c_interpreter_glim_load(WASM(instance), bytes);
  if (l->options->fuel != 0) w2c_interpreter_glim_fuel(WASM(instance), (f64)l->options->fuel);
}

static void ask_refusal(void *context) {
  loading *l = context;
  l->refusal = w2c_interpreter_glim_refusal(WASM(l->model->instance));
}

/** Where the entries of the signature are in the program; a trap where one is not. */
static void find_entries(void *context) {
  loading *l = context;
  const glim_model *model = l->model;
  interpreter *instance = model->instance;
  for (size_t i = 0; i < model->entry_count; i++) {
    const char *name = model->entries[i].name;
    u32 bytes = (u32)strlen(name);
    u32 at = w2c_interpreter_glim_name(WASM(instance), bytes);
    memcpy(glim_at(memory(instance), at, bytes), name, bytes);
    u32 function = w2c_interpreter_glim_find(WASM(instance), at, bytes);
    if (function == UINT32_MAX) glim_trap(GLIM_TRAP_UNREACHABLE);
    instance->entries[i] = (entry_place){function, (u32)model->details[i].size_count};
  }
}

/** The signature is the first section of the program, which begins the data: docs/format.md. */
static bool find_signature(const glim_options *options, const char **text, size_t *length) {
  enum { head_words = 8, section_words = 2 };
  const unsigned char *bytes = options->data;
  u64 size = options->data_bytes, header;
  u32 section[section_words];
  if (size < 8) return false;
  memcpy(&header, bytes, 8);
  if (header > size - 8 || size - 8 - header < 4 * (head_words + section_words)) return false;
  const unsigned char *program = bytes + 8 + header;
  u64 rest = size - 8 - header;
  memcpy(section, program + 4 * head_words, sizeof section);
  if (section[0] > rest || section[1] > rest - section[0]) return false;
  *text = (const char *)program + section[0];
  *length = section[1];
  return true;
}

static int refuse(glim_model *model, const char *why) {
  return glim_refuse(model, GLIM_DAMAGED_PACKAGE, "the interpreter refuses the package: %s", why);
}

static int start(glim_model *model, const glim_options *options) {
  loading l = {model, options, 0};
  interpreter *instance = model->instance;
  const char *text;
  size_t length;
  bool is_some = options->data != NULL && options->data_bytes <= UINT32_MAX;
  if (!is_some || !find_signature(options, &text, &length))
    return refuse(model, refusal_text(1));
  if (glim_guard(load, &l, model->stack) != GLIM_TRAP_NONE) {
    glim_guard(ask_refusal, &l, model->stack);
    return refuse(model, refusal_text(l.refusal));
  }
  int code = glim_read_signature(model, text, length);
  if (code != 0) return code;
  instance->entries = glim_take(&model->arena, (model->entry_count + 1) * sizeof(entry_place));
  if (instance->entries == NULL) return glim_refuse(model, GLIM_OUT_OF_MEMORY, "out of memory");
  if (glim_guard(find_entries, &l, model->stack) != GLIM_TRAP_NONE)
    return refuse(model, "the program lacks an entry that it names");
  return 0;
}

const glim_module glim_interpreter = {
    .name = "the interpreter",
    .instance_bytes = sizeof(interpreter),
    .instantiate = instantiate,
    .free = release,
    .memory = memory,
    .prepare = prepare,
    .in = in,
    .run = run,
    .out = out,
    .error = error,
    .failure = failure,
    .room = room,
    .state = state,
    .keeps_bits = glim_keeps_bits,
    .start = start,
};
