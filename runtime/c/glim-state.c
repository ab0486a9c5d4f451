/*
 * What a model keeps between calls, as far as it lies at an address: tensors, numbers and
 * booleans.
 */

#include <string.h>

#include "glim-model.h"
#include "glim-trap.h"

/** A cell whose address is asked of the module. */
typedef struct {
  const glim_model *model;
  glim_state_cell *cell;
} question;

static void ask_address(void *context) {
  question *q = context;
  u32 number = (u32)(q->cell - q->model->state);
  q->cell->address = q->model->module->state(q->model->instance, number);
  q->cell->has_address = q->cell->address != 0;
}

/** Where the cell lies; NULL if that is at no address. */
static u8 *place_of(glim_model *model, glim_state_cell *cell, size_t bytes) {
  question q = {model, cell};
  if (!cell->has_address && model->module->state != NULL) glim_guard(ask_address, &q, model->stack);
  return cell->has_address ? glim_place(model, cell->address, bytes) : NULL;
}

/**
 * The cell `name`, and where its bytes lie; NULL, with the error kept in `code`, where there is
 * none.
 */
static const glim_state_cell *find_cell(glim_model *model, const char *name, glim_array *now,
                                        u8 **place, int *code) {
  *code = GLIM_NO_SUCH_NAME;
  model->error[0] = 0;
  for (size_t i = 0; i < model->state_count; i++) {
    glim_state_cell *cell = &model->state[i];
    if (strcmp(cell->name, name) != 0) continue;
    u32 shape[GLIM_MAX_RANK] = {0};
    for (u32 k = 0; k < cell->leaf.rank; k++) {
      for (const char *digit = cell->leaf.sizes[k]; *digit; digit++)
        shape[k] = shape[k] * 10 + (u32)(*digit - '0');
    }
    *now = glim_tensor(cell->leaf.type, NULL, cell->leaf.rank, shape);
    *place = place_of(model, cell, now->bytes);
    if (*place != NULL) return cell;
    *code = glim_refuse(model, GLIM_NO_SUCH_NAME, "%s is no tensor, number or boolean", name);
    return NULL;
  }
  *code = glim_refuse(model, GLIM_NO_SUCH_NAME, "there is no state %s", name);
  return NULL;
}

int glim_get_state(glim_model *model, const char *name, glim_array *value) {
  u8 *place;
  int code;
  const glim_state_cell *cell = find_cell(model, name, value, &place, &code);
  if (cell == NULL) return code;
  value->data = place;
  if (value->type == GLIM_NUMBER) memcpy(&value->number, place, sizeof value->number);
  if (value->type == GLIM_BOOLEAN) value->number = *place;
  return 0;
}

int glim_set_state(glim_model *model, const char *name, const glim_array *value) {
  u8 *place;
  int code;
  glim_array now;
  const glim_state_cell *cell = find_cell(model, name, &now, &place, &code);
  if (cell == NULL) return code;
  bool is_same = value->type == now.type && value->rank == now.rank;
  for (u32 i = 0; is_same && i < now.rank; i++) is_same = value->shape[i] == now.shape[i];
  bool is_tensor = now.type <= GLIM_BOOL;
  bool has_bytes = value->data != NULL && value->bytes == now.bytes;
  if (!is_same || (is_tensor && now.bytes > 0 && !has_bytes))
    return glim_refuse(model, GLIM_ARGUMENT, "%s has another type or shape", name);
  if (is_tensor && now.bytes > 0) memcpy(place, value->data, now.bytes);
  for (size_t i = 0; now.type == GLIM_BOOL && i < now.bytes; i++) place[i] = place[i] != 0;
  if (now.type == GLIM_NUMBER) memcpy(place, &value->number, sizeof value->number);
  if (now.type == GLIM_BOOLEAN) *place = value->number != 0;
  return 0;
}
