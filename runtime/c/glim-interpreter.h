/*
 * The interpreter: a module that runs packages, the files that `glim compile --emit glim` writes.
 *
 *   glim_options options = {.data = bytes, .data_bytes = length, .memory = 64 << 20};
 *   glim_model *model = glim_open(&glim_interpreter, &options);
 *
 * Packages may come from strangers: what is none is refused, and what runs too long or wants too
 * much is stopped.
 */

#ifndef GLIM_INTERPRETER_H
#define GLIM_INTERPRETER_H

#include "glim.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const glim_module glim_interpreter;

#ifdef __cplusplus
}
#endif

#endif
