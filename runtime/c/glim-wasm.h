/*
 * What C that wasm2c wrote is made of: numbers, a memory whose every access is checked, calls,
 * traps. It takes the place of wasm2c's own prelude, with the same names; vectors are in glim-
 * simd.h.
 */

#ifndef GLIM_WASM_H
#define GLIM_WASM_H

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__FAST_MATH__) || __FLT_EVAL_METHOD__ != 0
#error "other bits would result: compile without -ffast-math, for a target that rounds each result"
#endif
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the memory of WebAssembly is little-endian, and so must be the target"
#endif

typedef uint8_t u8;
typedef int8_t s8;
typedef uint16_t u16;
typedef int16_t s16;
typedef uint32_t u32;
typedef int32_t s32;
typedef uint64_t u64;
typedef int64_t s64;
typedef float f32;
typedef double f64;
typedef u32 v128 __attribute__((vector_size(16)));

#define GLIM_UNLIKELY(x) __builtin_expect(!!(x), 0)

/* Traps. */

typedef enum {
  GLIM_TRAP_NONE,
  GLIM_TRAP_UNREACHABLE,
  GLIM_TRAP_OOB,
  GLIM_TRAP_DIV_BY_ZERO,
  GLIM_TRAP_INT_OVERFLOW,
  GLIM_TRAP_CALL_INDIRECT,
  GLIM_TRAP_EXHAUSTION,
  GLIM_TRAP_NO_MEMORY
} glim_trap_kind;

/** Ends the call of translated code that this thread is in; see glim-trap.h. */
_Noreturn void glim_trap(glim_trap_kind kind);

#define TRAP(kind) (glim_trap(GLIM_TRAP_##kind), 0)
#define UNREACHABLE glim_trap(GLIM_TRAP_UNREACHABLE)

/** The lowest address of the machine's stack that this thread's call may use. */
extern _Thread_local uintptr_t glim_stack_end;

#define FUNC_PROLOGUE                                                              \
  if (GLIM_UNLIKELY((uintptr_t)__builtin_frame_address(0) < glim_stack_end))       \
  glim_trap(GLIM_TRAP_EXHAUSTION)
#define FUNC_EPILOGUE

/* Memory. */

/**
 * All that memory is read and written as. Accesses are through this one type, so compilers know
 * that what is stored there changes neither of the pointers below, and keep these in registers.
 */
typedef union __attribute__((packed, aligned(1))) {
  u8 u8;
  s8 s8;
  u16 u16;
  s16 s16;
  u32 u32;
  s32 s32;
  u64 u64;
  s64 s64;
  f32 f32;
  f64 f64;
  v128 v128;
} glim_cell;

typedef struct {
  u8 *data;
  /** Where it ends: a pointer, because a number could be taken for one of the cells. */
  u8 *end;
  u32 pages, max_pages;
} wasm_rt_memory_t;

#define GLIM_PAGE 65536u

/** Gives `memory` its first pages, or traps. */
void wasm_rt_allocate_memory(wasm_rt_memory_t *memory, u64 pages, u64 max_pages, bool is64,
                             u32 page_size);
/** The number of pages before, or −1 where there is no room for more. */
u32 wasm_rt_grow_memory(wasm_rt_memory_t *memory, u64 pages);
void wasm_rt_free_memory(wasm_rt_memory_t *memory);

static inline bool wasm_rt_is_initialized(void) { return true; }

/** Where `length` bytes from `at` lie. */
static inline u8 *glim_at(const wasm_rt_memory_t *memory, u64 at, u64 length) {
  u64 size = (u64)(memory->end - memory->data);
  if (GLIM_UNLIKELY(length > size || at > size - length)) glim_trap(GLIM_TRAP_OOB);
  return memory->data + at;
}

/** The cell of `length` bytes at `at`, the sum of two 32-bit numbers: their sum cannot wrap. */
static inline glim_cell *glim_cell_at(const wasm_rt_memory_t *memory, u64 at, u64 length) {
  if (GLIM_UNLIKELY(at + length > (u64)(memory->end - memory->data))) glim_trap(GLIM_TRAP_OOB);
  return (glim_cell *)(memory->data + at);
}

#define GLIM_LOAD(name, type, result)                                                  \
  static inline result name##_default32(const wasm_rt_memory_t *memory, u64 at) {      \
    return (result)glim_cell_at(memory, at, sizeof(type))->type;                       \
  }
#define GLIM_STORE(name, type, given)                                                  \
  static inline void name##_default32(wasm_rt_memory_t *memory, u64 at, given value) { \
    glim_cell_at(memory, at, sizeof(type))->type = (type)value;                        \
  }

GLIM_LOAD(i32_load, u32, u32)
GLIM_LOAD(i64_load, u64, u64)
GLIM_LOAD(f32_load, f32, f32)
GLIM_LOAD(f64_load, f64, f64)
GLIM_LOAD(i32_load8_s, s8, s32)
GLIM_LOAD(i64_load8_s, s8, s64)
GLIM_LOAD(i32_load8_u, u8, u32)
GLIM_LOAD(i64_load8_u, u8, u64)
GLIM_LOAD(i32_load16_s, s16, s32)
GLIM_LOAD(i64_load16_s, s16, s64)
GLIM_LOAD(i32_load16_u, u16, u32)
GLIM_LOAD(i64_load16_u, u16, u64)
GLIM_LOAD(i64_load32_s, s32, s64)
GLIM_LOAD(i64_load32_u, u32, u64)
GLIM_LOAD(v128_load, v128, v128)
GLIM_STORE(i32_store, u32, u32)
GLIM_STORE(i64_store, u64, u64)
GLIM_STORE(f32_store, f32, f32)
GLIM_STORE(f64_store, f64, f64)
GLIM_STORE(i32_store8, u8, u32)
GLIM_STORE(i32_store16, u16, u32)
GLIM_STORE(i64_store8, u8, u64)
GLIM_STORE(i64_store16, u16, u64)
GLIM_STORE(i64_store32, u32, u64)
GLIM_STORE(v128_store, v128, v128)

#define LOAD_DATA(memory, at, from, length) \
  memcpy(glim_at(&(memory), at, length), from, length)

static inline void memory_fill(wasm_rt_memory_t *memory, u64 at, u32 value, u64 length) {
  memset(glim_at(memory, at, length), (int)(value & 255), length);
}

static inline void memory_copy(wasm_rt_memory_t *to, const wasm_rt_memory_t *from, u64 at,
                               u64 from_at, u64 length) {
  u8 *target = glim_at(to, at, length);
  memmove(target, glim_at(from, from_at, length), length);
}

/* Tables of functions, and calls through them. */

typedef const char *wasm_rt_func_type_t;
typedef void (*wasm_rt_function_ptr_t)(void);

/** Of tail calls, which are not used. */
typedef struct {
  void *none;
} wasm_rt_tailcallee_t;

typedef struct {
  wasm_rt_func_type_t func_type;
  wasm_rt_function_ptr_t func;
  void *module_instance;
} wasm_rt_funcref_t;

typedef struct {
  wasm_rt_funcref_t *data;
  u32 size;
} wasm_rt_funcref_table_t;

typedef enum { RefFunc, RefNull, GlobalGet } glim_element_kind;

typedef struct {
  glim_element_kind kind;
  wasm_rt_func_type_t type;
  wasm_rt_function_ptr_t func;
  wasm_rt_tailcallee_t tailcallee;
  size_t module_offset;
} wasm_elem_segment_expr_t;

enum { WASM_RT_I32, WASM_RT_I64, WASM_RT_F32, WASM_RT_F64, WASM_RT_V128 };

/** Makes a table of nulls, or traps. */
void wasm_rt_allocate_funcref_table(wasm_rt_funcref_table_t *table, u32 size, u32 max_size);
void wasm_rt_free_funcref_table(wasm_rt_funcref_table_t *table);

/** Elements are functions of the module itself. */
static inline void funcref_table_init(wasm_rt_funcref_table_t *table,
                                      const wasm_elem_segment_expr_t *elements, u32 length, u64 at,
                                      u32 from, u32 count, void *instance) {
  if ((u64)from + count > length || at + count > table->size) glim_trap(GLIM_TRAP_OOB);
  for (u32 i = 0; i < count; i++) {
    const wasm_elem_segment_expr_t *element = &elements[from + i];
    table->data[at + i] = (wasm_rt_funcref_t){element->type, element->func,
                                              (char *)instance + element->module_offset};
  }
}

#define FUNC_TYPE_T(name) static const char *const name
#define FUNC_TYPE_EXTERN_T(name) const char *const name
#define FUNC_TYPE_DECL_EXTERN_T(name) extern const char *const name

/** Types are hashes of 32 bytes. */
static inline bool glim_has_type(wasm_rt_func_type_t type, wasm_rt_func_type_t due) {
  return type == due || (type != NULL && memcmp(type, due, 32) == 0);
}

#define CALL_INDIRECT(table, function, type, x, ...)                                          \
  ((GLIM_UNLIKELY((x) >= (table).size || !(table).data[x].func ||                             \
                  !glim_has_type((table).data[x].func_type, type))                            \
        ? glim_trap(GLIM_TRAP_CALL_INDIRECT)                                                  \
        : (void)0),                                                                           \
   ((function)(table).data[x].func)(__VA_ARGS__))

/* Whole numbers. */

#define I32_CLZ(x) ((x) ? (u32)__builtin_clz(x) : 32u)
#define I64_CLZ(x) ((x) ? (u64)__builtin_clzll(x) : 64u)
#define I32_CTZ(x) ((x) ? (u32)__builtin_ctz(x) : 32u)
#define I64_CTZ(x) ((x) ? (u64)__builtin_ctzll(x) : 64u)
#define I32_POPCNT(x) ((u32)__builtin_popcount(x))
#define I64_POPCNT(x) ((u64)__builtin_popcountll(x))

#define GLIM_DIVISIONS(name, unsigned_type, signed_type, least)                            \
  static inline unsigned_type name##_DIV_S(unsigned_type a, unsigned_type b) {             \
    if (GLIM_UNLIKELY(b == 0)) glim_trap(GLIM_TRAP_DIV_BY_ZERO);                           \
    if (GLIM_UNLIKELY((signed_type)a == least && (signed_type)b == -1))                    \
      glim_trap(GLIM_TRAP_INT_OVERFLOW);                                                   \
    return (unsigned_type)((signed_type)a / (signed_type)b);                               \
  }                                                                                        \
  static inline unsigned_type name##_REM_S(unsigned_type a, unsigned_type b) {             \
    if (GLIM_UNLIKELY(b == 0)) glim_trap(GLIM_TRAP_DIV_BY_ZERO);                           \
    if ((signed_type)b == -1) return 0;                                                    \
    return (unsigned_type)((signed_type)a % (signed_type)b);                               \
  }

GLIM_DIVISIONS(I32, u32, s32, INT32_MIN)
GLIM_DIVISIONS(I64, u64, s64, INT64_MIN)

#define DIV_U(a, b) (GLIM_UNLIKELY((b) == 0) ? TRAP(DIV_BY_ZERO) : (a) / (b))
#define REM_U(a, b) (GLIM_UNLIKELY((b) == 0) ? TRAP(DIV_BY_ZERO) : (a) % (b))

static inline u32 I32_ROTL(u32 x, u32 n) { return x << (n & 31) | x >> (-n & 31); }
static inline u32 I32_ROTR(u32 x, u32 n) { return x >> (n & 31) | x << (-n & 31); }
static inline u64 I64_ROTL(u64 x, u64 n) { return x << (n & 63) | x >> (-n & 63); }
static inline u64 I64_ROTR(u64 x, u64 n) { return x >> (n & 63) | x << (-n & 63); }

/* Floating point. The payload of a NaN is no part of the numeric contract. */

#define GLIM_REINTERPRET(name, from, to)     \
  static inline to name(from x) {            \
    to bits;                                 \
    memcpy(&bits, &x, sizeof bits);          \
    return bits;                             \
  }

GLIM_REINTERPRET(f32_reinterpret_i32, u32, f32)
GLIM_REINTERPRET(i32_reinterpret_f32, f32, u32)
GLIM_REINTERPRET(f64_reinterpret_i64, u64, f64)
GLIM_REINTERPRET(i64_reinterpret_f64, f64, u64)

/** Of equal operands min takes a −0, max a +0; either gives NaN if there is one. */
#define FMIN(a, b)                          \
  ((a) != (a) || (b) != (b) ? (a) + (b)     \
   : (a) == (b) ? (signbit(a) ? (a) : (b))  \
                : ((a) < (b) ? (a) : (b)))
#define FMAX(a, b)                          \
  ((a) != (a) || (b) != (b) ? (a) + (b)     \
   : (a) == (b) ? (signbit(a) ? (b) : (a))  \
                : ((a) > (b) ? (a) : (b)))

#define wasm_quiet(x) (x)
#define wasm_quietf(x) (x)
#define wasm_floor floor
#define wasm_floorf floorf
#define wasm_ceil ceil
#define wasm_ceilf ceilf
#define wasm_trunc trunc
#define wasm_truncf truncf
#define wasm_nearbyint nearbyint
#define wasm_nearbyintf nearbyintf
#define wasm_fabs fabs
#define wasm_fabsf fabsf
#define wasm_sqrt sqrt
#define wasm_sqrtf sqrtf

/**
 * To whole numbers, the nearest there is; NaN gives 0. `low` and `high` are the first that do not
 * fit.
 */
#define GLIM_SATURATE(x, type, low, least, high, greatest) \
  ((x) != (x) ? 0 : (x) <= (low) ? (type)(least) : (x) >= (high) ? (type)(greatest) : (type)(x))

static inline u32 I32_TRUNC_SAT_S_F64(f64 x) {
  return (u32)GLIM_SATURATE(x, s32, -2147483649.0, INT32_MIN, 2147483648.0, INT32_MAX);
}
static inline u32 I32_TRUNC_SAT_U_F64(f64 x) {
  return GLIM_SATURATE(x, u32, -1.0, 0, 4294967296.0, UINT32_MAX);
}
static inline u64 I64_TRUNC_SAT_S_F64(f64 x) {
  return (u64)GLIM_SATURATE(x, s64, -0x1p63, INT64_MIN, 0x1p63, INT64_MAX);
}
static inline u64 I64_TRUNC_SAT_U_F64(f64 x) {
  return GLIM_SATURATE(x, u64, -1.0, 0, 0x1p64, UINT64_MAX);
}

/* All that an f32 holds, an f64 does, too. */
#define I32_TRUNC_SAT_S_F32(x) I32_TRUNC_SAT_S_F64((f64)(x))
#define I32_TRUNC_SAT_U_F32(x) I32_TRUNC_SAT_U_F64((f64)(x))
#define I64_TRUNC_SAT_S_F32(x) I64_TRUNC_SAT_S_F64((f64)(x))
#define I64_TRUNC_SAT_U_F32(x) I64_TRUNC_SAT_U_F64((f64)(x))

/**
 * Whether code of this translation unit, where it runs now, computes what the numeric contract
 * says: nothing is contracted to a fused multiply-add, subnormal numbers are kept, results are
 * rounded to the nearest.
 */
static inline bool glim_keeps_bits(void) {
  volatile f32 a = 1.000244140625f, b = -1.00048828125f;
  f32 fused = a * a + b;
  volatile f32 least = 0x1p-126f, half = 0.5f, one = 1.0f, tiny = 0x1.8p-24f;
  f32 subnormal = least * half;
  f32 rounded = one + tiny;
  return fused == 0 && i32_reinterpret_f32(subnormal) == 0x400000 && rounded == 0x1.000002p0f;
}

#include "glim-simd.h"

#endif
