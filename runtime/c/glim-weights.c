/* Writes the weights of a module, a safetensors file, into its memory. */

#include <string.h>

#include "glim-model.h"

typedef struct {
  const unsigned char *bytes;
  size_t length;
} file;

/** Where the data begin, after the header, which is parsed; 0 if there is no header. */
static size_t read_header(glim_model *model, file weights, const glim_json **header) {
  u64 bytes;
  if (weights.length < 8) return 0;
  memcpy(&bytes, weights.bytes, 8);
  if (bytes > weights.length - 8) return 0;
  *header = glim_parse(&model->arena, (const char *)weights.bytes + 8, (size_t)bytes);
  return *header == NULL ? 0 : 8 + (size_t)bytes;
}

/** Whether the tensor is in the file and has a place in memory; it is copied there. */
static bool put_tensor(glim_model *model, file weights, size_t start, const glim_json *described,
                       size_t address) {
  const glim_json *from = glim_first(glim_member(described, "data_offsets"));
  size_t most = weights.length - start;
  size_t begin = glim_whole(from, most), end = from ? glim_whole(from->next, most) : 0;
  if (begin > end || end > most || address > UINT32_MAX) return false;
  u8 *to = glim_place(model, (u32)address, end - begin);
  if (to == NULL) return false;
  memcpy(to, weights.bytes + start + begin, end - begin);
  return true;
}

int glim_put_weights(glim_model *model, const glim_options *options) {
  const glim_module *module = model->module;
  const glim_json *external = glim_member(model->about, "external"), *header;
  if (glim_count(glim_member(external, "tensors")) == 0) return 0;
  file weights = {options->data, options->data_bytes};
  if (weights.bytes == NULL && module->weights != NULL)
    weights = (file){module->weights, (size_t)(module->weights_end - module->weights)};
  const char *id = glim_text_of(external, "id");
  bool is_whole = weights.bytes != NULL &&
                  glim_whole(glim_member(external, "bytes"), SIZE_MAX / 2) == weights.length;
  size_t start = is_whole ? read_header(model, weights, &header) : 0;
  if (start == 0 || strcmp(glim_text_of(glim_member(header, "__metadata__"), "glim"), id) != 0) {
    return glim_refuse(model, GLIM_OTHER_MODULE,
                       "the weights are missing, cut off, or another module's");
  }
  const glim_json *tensor = glim_first(glim_member(external, "tensors"));
  for (; tensor != NULL; tensor = tensor->next) {
    const glim_json *name = tensor->first;
    const glim_json *described = name ? glim_member(header, name->text) : NULL;
    size_t address = name ? glim_whole(name->next, UINT32_MAX) : SIZE_MAX;
    if (!put_tensor(model, weights, start, described, address))
      return glim_refuse(model, GLIM_OTHER_MODULE, "the weights are not what the module says");
  }
  return 0;
}
