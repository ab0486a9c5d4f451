/* Reads what a module says of itself. */

#include <stdio.h>
#include <string.h>

#include "glim-model.h"

/** The version of signatures that is read. */
enum { signature_version = 1 };

static const struct {
  const char *name;
  glim_type type;
} types[] = {{"f32", GLIM_F32}, {"f64", GLIM_F64},   {"i32", GLIM_I32},         {"u8", GLIM_U8},
             {"i8", GLIM_I8},   {"bool", GLIM_BOOL}, {"boolean", GLIM_BOOLEAN}, {"value", GLIM_VALUE}};

/** The text of a size: names are kept, numbers spelled. */
static const char *read_size(glim_model *model, const glim_json *size) {
  if (size->kind == GLIM_JSON_TEXT) return size->text;
  size_t whole = glim_whole(size, UINT32_MAX);
  char *text = whole > UINT32_MAX ? NULL : glim_take(&model->arena, 11);
  if (text != NULL) snprintf(text, 11, "%u", (unsigned)whole);
  return text;
}

/** Whether `json` is a lawful leaf. */
static bool read_leaf(glim_model *model, const glim_json *json, glim_leaf *leaf) {
  const char *dtype = glim_text_of(json, "dtype");
  const glim_json *shape = glim_member(json, "shape");
  size_t i = 0;
  while (i < sizeof types / sizeof *types && strcmp(types[i].name, dtype) != 0) i++;
  if (i == sizeof types / sizeof *types || glim_count(shape) > GLIM_MAX_RANK) return false;
  leaf->name = glim_text_of(json, "name");
  leaf->type = types[i].type;
  // Without a shape it is a number by itself.
  if (leaf->type == GLIM_F64 && shape == NULL) leaf->type = GLIM_NUMBER;
  if ((leaf->type <= GLIM_BOOL) != (shape != NULL)) return false;
  for (const glim_json *size = glim_first(shape); size != NULL; size = size->next) {
    const char *text = read_size(model, size);
    if (text == NULL) return false;
    leaf->sizes[leaf->rank++] = text;
  }
  return true;
}

/** As many leaves as `list` has; NULL if one is not lawful. */
static glim_leaf *read_leaves(glim_model *model, const glim_json *list) {
  glim_leaf *leaves = glim_take(&model->arena, (glim_count(list) + 1) * sizeof *leaves);
  glim_leaf *leaf = leaves;
  if (leaves == NULL) return NULL;
  for (const glim_json *json = glim_first(list); json != NULL; json = json->next) {
    if (!read_leaf(model, json, leaf++)) return NULL;
  }
  return leaves;
}

/** `path.key`, or what there is of both. */
static const char *join(glim_model *model, const char *path, const char *key) {
  size_t bytes = strlen(path) + strlen(key) + 2;
  char *joined = glim_take(&model->arena, bytes);
  if (joined == NULL) return "";
  snprintf(joined, bytes, "%s%s%s", path, *path ? "." : "", key);
  return joined;
}

/** Names results by where they are in the structure that the entry gives. */
static void name_results(glim_model *model, const glim_json *structure, const char *path,
                         glim_leaf *results, size_t count) {
  if (structure == NULL) return;
  size_t leaf = glim_whole(structure, count);
  if (leaf < count) results[leaf].name = path;
  char index[24];
  size_t i = 0;
  for (const glim_json *part = structure->first; part != NULL; part = part->next) {
    snprintf(index, sizeof index, "%zu", i++);
    name_results(model, part, join(model, path, part->key ? part->key : index), results, count);
  }
}

static bool read_entry(glim_model *model, const glim_json *json, glim_entry *entry,
                       glim_entry_detail *detail) {
  const glim_json *params = glim_member(json, "params"), *results = glim_member(json, "results");
  const glim_json *sizes = glim_member(json, "sizes");
  glim_leaf *given = read_leaves(model, results);
  *entry = (glim_entry){glim_text_of(json, "name"),   glim_text_of(json, "doc"),
                        glim_count(params),           read_leaves(model, params),
                        glim_count(results),          given};
  *detail = (glim_entry_detail){
      glim_count(sizes), glim_take(&model->arena, (glim_count(sizes) + 1) * sizeof(char *)),
      glim_take(&model->arena, (glim_count(params) + 1) * sizeof(glim_json *))};
  if (!entry->parameters || !given || !detail->sizes || !detail->defaults) return false;
  name_results(model, glim_member(json, "result"), "", given, entry->result_count);
  size_t i = 0;
  for (const glim_json *size = glim_first(sizes); size != NULL; size = size->next) {
    detail->sizes[i++] = glim_text_of(size, "name");
  }
  i = 0;
  for (const glim_json *param = glim_first(params); param != NULL; param = param->next) {
    detail->defaults[i++] = glim_member(param, "default");
  }
  return true;
}

static bool read_entries(glim_model *model) {
  const glim_json *list = glim_member(model->about, "entries");
  size_t count = glim_count(list), i = 0;
  model->entries = glim_take(&model->arena, (count + 1) * sizeof *model->entries);
  model->details = glim_take(&model->arena, (count + 1) * sizeof *model->details);
  if (!model->entries || !model->details) return false;
  for (const glim_json *entry = glim_first(list); entry != NULL; entry = entry->next, i++) {
    if (!read_entry(model, entry, &model->entries[i], &model->details[i])) return false;
  }
  model->entry_count = count;
  return true;
}

static bool read_state(glim_model *model) {
  const glim_json *list = glim_member(model->about, "state");
  size_t i = 0;
  model->state = glim_take(&model->arena, (glim_count(list) + 1) * sizeof *model->state);
  if (!model->state) return false;
  for (const glim_json *json = glim_first(list); json != NULL; json = json->next, i++) {
    glim_state_cell *cell = &model->state[i];
    size_t address = glim_whole(glim_member(json, "address"), UINT32_MAX);
    if (!read_leaf(model, json, &cell->leaf)) return false;
    cell->name = cell->leaf.name;
    cell->has_address = address <= UINT32_MAX;
    cell->address = cell->has_address ? (u32)address : 0;
  }
  model->state_count = i;
  return true;
}

int glim_read_signature(glim_model *model, const char *text, size_t bytes) {
  char *copy = glim_take(&model->arena, bytes + 1);
  if (copy == NULL) return glim_refuse(model, GLIM_OUT_OF_MEMORY, "out of memory");
  memcpy(copy, text, bytes);
  model->signature = copy;
  model->about = glim_parse(&model->arena, copy, bytes);
  if (glim_whole(glim_member(model->about, "version"), 1) != signature_version ||
      !read_entries(model) || !read_state(model)) {
    return glim_refuse(model, GLIM_OTHER_MODULE, "not a module of this version of Glim");
  }
  return 0;
}
