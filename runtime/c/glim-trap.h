/* Where translated code is entered: what traps in it comes back as a number. */

#ifndef GLIM_TRAP_H
#define GLIM_TRAP_H

#include "glim-wasm.h"

/**
 * Calls `body(context)`. Of the machine's stack it may take `stack` bytes. Gives why it trapped,
 * if it did.
 */
glim_trap_kind glim_guard(void (*body)(void *context), void *context, size_t stack);

/** The most bytes that memories which this thread allocates from now on may have. */
extern _Thread_local u64 glim_memory_limit;

/** As a message says it. */
const char *glim_trap_text(glim_trap_kind kind);

#endif
