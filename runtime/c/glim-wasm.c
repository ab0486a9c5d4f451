/* Traps, memories and tables of translated code. */

#include "glim-trap.h"

#include <setjmp.h>
#include <stdlib.h>

_Thread_local uintptr_t glim_stack_end;
_Thread_local u64 glim_memory_limit;

/** What the innermost call of glim_guard comes back to. */
static _Thread_local struct frame {
  jmp_buf back;
  volatile glim_trap_kind kind;
} *current;

void glim_trap(glim_trap_kind kind) {
  if (current == NULL) abort(); /* The runtime called translated code outside of glim_guard. */
  current->kind = kind;
  longjmp(current->back, 1);
}

glim_trap_kind glim_guard(void (*body)(void *context), void *context, size_t stack) {
  struct frame frame, *const outer = current;
  const uintptr_t outer_end = glim_stack_end;
  uintptr_t here = (uintptr_t)__builtin_frame_address(0);
  frame.kind = GLIM_TRAP_NONE;
  glim_stack_end = here > stack ? here - stack : 0;
  current = &frame;
  if (setjmp(frame.back) == 0) body(context);
  current = outer;
  glim_stack_end = outer_end;
  return frame.kind;
}

const char *glim_trap_text(glim_trap_kind kind) {
  switch (kind) {
    case GLIM_TRAP_UNREACHABLE: return "the program stopped without a reason";
    case GLIM_TRAP_OOB: return "an access outside of the memory";
    case GLIM_TRAP_DIV_BY_ZERO: return "a division by zero";
    case GLIM_TRAP_INT_OVERFLOW: return "a quotient that is no 32-bit number";
    case GLIM_TRAP_CALL_INDIRECT: return "a call of what is no such function";
    case GLIM_TRAP_EXHAUSTION: return "calls nest too deeply";
    case GLIM_TRAP_NO_MEMORY: return "out of memory";
    case GLIM_TRAP_NONE: break;
  }
  return "";
}

void wasm_rt_allocate_memory(wasm_rt_memory_t *memory, u64 pages, u64 max_pages, bool is64,
                             u32 page_size) {
  u64 granted = glim_memory_limit == 0 ? max_pages : glim_memory_limit / GLIM_PAGE;
  *memory = (wasm_rt_memory_t){NULL, NULL, 0, 0};
  if (is64 || page_size != GLIM_PAGE) glim_trap(GLIM_TRAP_UNREACHABLE);
  memory->max_pages = (u32)(granted < max_pages ? granted : max_pages);
  if (wasm_rt_grow_memory(memory, pages) == UINT32_MAX) glim_trap(GLIM_TRAP_NO_MEMORY);
}

u32 wasm_rt_grow_memory(wasm_rt_memory_t *memory, u64 pages) {
  u32 before = memory->pages;
  if (pages == 0) return before;
  if (pages > memory->max_pages - before) return UINT32_MAX;
  size_t old = (size_t)before * GLIM_PAGE, size = old + (size_t)pages * GLIM_PAGE;
  /* New pages are zero: calloc knows when the system's already are. */
  u8 *data = before == 0 ? calloc(size, 1) : realloc(memory->data, size);
  if (data == NULL) return UINT32_MAX;
  if (before != 0) memset(data + old, 0, size - old);
  *memory = (wasm_rt_memory_t){data, data + size, before + (u32)pages, memory->max_pages};
  return before;
}

void wasm_rt_free_memory(wasm_rt_memory_t *memory) {
  free(memory->data);
  *memory = (wasm_rt_memory_t){NULL, NULL, 0, 0};
}

void wasm_rt_allocate_funcref_table(wasm_rt_funcref_table_t *table, u32 size, u32 max_size) {
  (void)max_size;
  *table = (wasm_rt_funcref_table_t){calloc(size, sizeof *table->data), size};
  if (table->data == NULL) glim_trap(GLIM_TRAP_NO_MEMORY);
}

void wasm_rt_free_funcref_table(wasm_rt_funcref_table_t *table) {
  free(table->data);
  *table = (wasm_rt_funcref_table_t){NULL, 0};
}
