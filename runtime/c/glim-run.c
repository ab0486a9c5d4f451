/* Runs entries: checks and writes what the host gives, calls, reads what comes back. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "glim-model.h"
#include "glim-trap.h"

/** A call that is being made. */
typedef struct {
  glim_model *model;
  const glim_entry *entry;
  const glim_entry_detail *detail;
  u32 number;
  const glim_array *arguments;
  u32 *sizes;
  glim_scalar *scalars;
  /** The number of the failure that the module tells, or of what it traps for. */
  u32 failure;
  /** In which result the call ended that read it. */
  u32 result;
  glim_array *results;
  size_t result_count;
} call;

static const char *const type_names[] = {"f32",  "f64",      "i32",       "u8",     "i8",
                                         "bool", "a number", "a boolean", "a value"};

/* What an array or a leaf is, for messages: f32[B, 784]. */
enum { shown_bytes = 160 };

static void show(char *to, glim_type type, u32 rank, const char *const *names, const u32 *shape) {
  const char *name = type <= GLIM_VALUE ? type_names[type] : "nothing that there is";
  size_t used = (size_t)snprintf(to, shown_bytes, "%s", name);
  if (type > GLIM_BOOL) return;
  if (rank == 0) snprintf(to + used, shown_bytes - used, "[]");
  for (u32 i = 0; i < rank && i < GLIM_MAX_RANK && used < shown_bytes; i++) {
    const char *before = i == 0 ? "[" : ", ", *after = i + 1 == rank ? "]" : "";
    char number[12];
    if (names == NULL) snprintf(number, sizeof number, "%u", shape[i]);
    const char *size = names == NULL ? number : names[i];
    used += (size_t)snprintf(to + used, shown_bytes - used, "%s%s%s", before, size, after);
  }
}

static int refuse_argument(const call *c, const glim_leaf *due, const glim_array *found) {
  char wanted[shown_bytes], given[shown_bytes];
  show(wanted, due->type, due->rank, due->sizes, NULL);
  show(given, found->type, found->rank, NULL, found->shape);
  return glim_refuse(c->model, GLIM_ARGUMENT, "%s: expected %s, found %s", due->name, wanted,
                     given);
}

/**
 * What sizes are called, and which values they have; a size that is an expression counts as a
 * name.
 */
typedef struct {
  const char *name;
  u32 value;
} binding;

/** Whether the size `name` can be `value`, as far as is known; then it is. */
static bool bind(binding *known, size_t *count, const char *name, u32 value) {
  if (name[0] >= '0' && name[0] <= '9') {
    char *end;
    unsigned long number = strtoul(name, &end, 10);
    if (*end == 0) return number == value;
  }
  for (size_t i = 0; i < *count; i++) {
    if (strcmp(known[i].name, name) == 0) return known[i].value == value;
  }
  known[(*count)++] = (binding){name, value};
  return true;
}

static bool fits(const glim_leaf *due, const glim_array *found, binding *known, size_t *count) {
  if (found->type != due->type || found->rank != due->rank) return false;
  if (due->type > GLIM_BOOL) return due->type != GLIM_VALUE || found->data != NULL;
  u64 bytes = glim_element_bytes(due->type);
  for (u32 i = 0; i < due->rank; i++) {
    if (!bind(known, count, due->sizes[i], found->shape[i])) return false;
    if (found->shape[i] != 0 && bytes > UINT64_MAX / found->shape[i]) return false;
    bytes *= found->shape[i];
  }
  return bytes == found->bytes && (bytes == 0 || found->data != NULL);
}

/** What a parameter is that was left out. */
static glim_array default_of(const glim_leaf *leaf, const glim_json *value) {
  bool is_plain = value->kind == GLIM_JSON_NUMBER || value->kind == GLIM_JSON_BOOL;
  return (glim_array){is_plain ? leaf->type : GLIM_VALUE, 0, {0}, NULL, 0, value->number};
}

/**
 * All arguments, checked, with their defaults; and the named sizes. `room` has a place for each.
 */
static int take_arguments(call *c, const glim_array *given, size_t count, glim_array *room,
                          binding *known) {
  const glim_entry *entry = c->entry;
  size_t known_count = 0;
  if (count > entry->parameter_count) {
    return glim_refuse(c->model, GLIM_ARGUMENT, "%s: expected at most %zu arguments, found %zu",
                       entry->name, entry->parameter_count, count);
  }
  for (size_t i = 0; i < entry->parameter_count; i++) {
    const glim_leaf *due = &entry->parameters[i];
    const glim_json *otherwise = c->detail->defaults[i];
    if (i >= count && otherwise == NULL)
      return glim_refuse(c->model, GLIM_ARGUMENT, "%s: %s is missing", entry->name, due->name);
    room[i] = i < count ? given[i] : default_of(due, otherwise);
    if (!fits(due, &room[i], known, &known_count)) return refuse_argument(c, due, &room[i]);
  }
  for (size_t i = 0; i < c->detail->size_count; i++) {
    u32 *size = &c->sizes[i];
    for (size_t k = 0; k < known_count; k++) {
      if (strcmp(known[k].name, c->detail->sizes[i]) == 0) *size = known[k].value;
    }
  }
  c->arguments = room;
  return 0;
}

/** Copies `bytes` bytes into memory; booleans become 0 or 1. */
static void write_array(const call *c, u32 at, const glim_array *array) {
  u8 *to = glim_place(c->model, at, array->bytes);
  if (to == NULL) glim_trap(GLIM_TRAP_OOB);
  if (array->bytes > 0) memcpy(to, array->data, array->bytes);
  for (size_t i = 0; array->type == GLIM_BOOL && i < array->bytes; i++) to[i] = to[i] != 0;
}

static u32 room_for(const call *c, const glim_array *value) {
  const glim_module *module = c->model->module;
  if (module->room == NULL || value->bytes > INT32_MAX) glim_trap(GLIM_TRAP_NO_MEMORY);
  u32 at = module->room(c->model->instance, (u32)value->bytes);
  write_array(c, at, value);
  return at;
}

static void make_call(void *context) {
  call *c = context;
  const glim_module *module = c->model->module;
  void *instance = c->model->instance;
  c->failure = module->prepare(instance, c->number, c->sizes);
  if (c->failure != 0) return;
  size_t scalars = 0;
  for (u32 i = 0; i < c->entry->parameter_count; i++) {
    const glim_array *argument = &c->arguments[i];
    if (argument->type <= GLIM_BOOL) {
      write_array(c, module->in(instance, c->number, i), argument);
      continue;
    }
    bool is_value = argument->type == GLIM_VALUE;
    c->scalars[scalars++] = (glim_scalar){i, argument->type == GLIM_NUMBER, argument->number,
                                          is_value ? room_for(c, argument) : argument->number != 0};
  }
  c->failure = module->run(instance, c->number, c->scalars, (u32)scalars);
}

/** The words of a descriptor, as docs/artefact.md has them. */
enum { word_at, word_dtype, word_rank, word_sizes, descriptor_words = 11 };

/**
 * A value's bytes are as many as its type says, which only hosts know: all that follow it in
 * memory may be its. One that is not there has no address.
 */
static u64 bytes_from(const call *c, u32 at) {
  const wasm_rt_memory_t *memory = c->model->module->memory(c->model->instance);
  u64 size = (u64)(memory->end - memory->data);
  return at != 0 && at < size ? size - at : 0;
}

static void read_results(void *context) {
  call *c = context;
  for (; c->result < c->result_count; c->result++) {
    const glim_leaf *leaf = &c->entry->results[c->result];
    u32 words[descriptor_words];
    u32 at = c->model->module->out(c->model->instance, c->number, c->result);
    const u8 *place = glim_place(c->model, at, sizeof words);
    if (place == NULL) glim_trap(GLIM_TRAP_OOB);
    memcpy(words, place, sizeof words);
    u32 rank = leaf->type <= GLIM_BOOL ? words[word_rank] : 0;
    if (rank > GLIM_MAX_RANK) glim_trap(GLIM_TRAP_OOB);
    glim_array *to = &c->results[c->result];
    *to = glim_tensor(leaf->type, NULL, rank, words + word_sizes);
    if (leaf->type == GLIM_VALUE) to->bytes = (size_t)bytes_from(c, words[word_at]);
    const u8 *data = glim_place(c->model, words[word_at], to->bytes);
    if (data == NULL) glim_trap(GLIM_TRAP_OOB);
    to->data = data;
    if (leaf->type == GLIM_NUMBER) memcpy(&to->number, data, sizeof to->number);
    if (leaf->type == GLIM_BOOLEAN) to->number = *data;
  }
}

static void ask_failure(void *context) {
  call *c = context;
  c->failure = c->model->module->failure(c->model->instance);
}

static void copy_message(void *context) {
  call *c = context;
  u32 at = c->model->module->error(c->model->instance, c->failure);
  u64 most = bytes_from(c, at);
  char *to = c->model->error;
  size_t room = sizeof c->model->error - 1, i = 0;
  const u8 *text = at == 0 ? NULL : glim_place(c->model, at, 0);
  for (; text != NULL && i < room && i < most && text[i] != 0; i++) to[i] = (char)text[i];
  to[i] = 0;
  if (i == 0) glim_refuse(c->model, 0, "the program failed");
}

/** Adds the place in the source, as error messages of JavaScript hosts have it. */
static void add_place(call *c) {
  const glim_json *site = glim_first(glim_member(c->model->about, "sites"));
  for (u32 i = 1; site != NULL && i < c->failure; i++) site = site->next;
  if (glim_count(site) != 3) return;
  const glim_json *file = site->first;
  char *error = c->model->error;
  size_t used = strlen(error);
  snprintf(error + used, sizeof c->model->error - used, " (%s:%zu:%zu)", file->text,
           glim_whole(file->next, INT32_MAX), glim_whole(file->next->next, INT32_MAX));
}

/** Tells why the call ended early. */
static int explain(call *c, glim_trap_kind trap) {
  glim_model *model = c->model;
  if (trap != GLIM_TRAP_NONE) {
    c->failure = 0;
    if (model->module->failure != NULL) glim_guard(ask_failure, c, model->stack);
  }
  if (c->failure == 0)
    glim_refuse(model, 0, "%s", glim_trap_text(trap));
  else
    glim_guard(copy_message, c, model->stack);
  if (c->failure != 0) add_place(c);
  return trap == GLIM_TRAP_NO_MEMORY ? GLIM_OUT_OF_MEMORY : GLIM_FAILED;
}

/** Everything is zero that `bytes` are taken for. */
static int run(call *c, const glim_array *arguments, size_t argument_count) {
  const glim_entry *entry = c->entry;
  size_t params = entry->parameter_count + 1;
  glim_arena room = {NULL};
  glim_array *taken = glim_take(&room, params * sizeof *taken);
  binding *known = glim_take(&room, params * GLIM_MAX_RANK * sizeof *known);
  c->sizes = glim_take(&room, (c->detail->size_count + 1) * sizeof *c->sizes);
  c->scalars = glim_take(&room, params * sizeof *c->scalars);
  int code = taken && known && c->sizes && c->scalars
                 ? take_arguments(c, arguments, argument_count, taken, known)
                 : glim_refuse(c->model, GLIM_OUT_OF_MEMORY, "out of memory");
  if (code == 0) {
    glim_trap_kind trap = glim_guard(make_call, c, c->model->stack);
    if (trap == GLIM_TRAP_NONE && c->failure == 0)
      trap = glim_guard(read_results, c, c->model->stack);
    if (trap != GLIM_TRAP_NONE || c->failure != 0) code = explain(c, trap);
  }
  glim_free_arena(&room);
  return code;
}

int glim_run(glim_model *model, const char *entry, const glim_array *arguments,
             size_t argument_count, glim_array *results, size_t result_count) {
  model->error[0] = 0;
  for (u32 i = 0; i < model->entry_count; i++) {
    const glim_entry *found = &model->entries[i];
    if (strcmp(found->name, entry) != 0) continue;
    call c = {.model = model, .entry = found, .detail = &model->details[i], .number = i};
    c.results = results;
    c.result_count = result_count < found->result_count ? result_count : found->result_count;
    return run(&c, arguments, argument_count);
  }
  return glim_refuse(model, GLIM_NO_SUCH_NAME, "there is no entry %s", entry);
}
