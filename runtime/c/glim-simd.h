/*
 * The vector instructions of WebAssembly that Glim's modules have, in the vectors of gcc and
 * clang: no header of any machine, and nothing to install. The names are those that wasm2c calls.
 * Part of glim-wasm.h.
 */

#ifndef GLIM_SIMD_H
#define GLIM_SIMD_H

typedef u8 glim_u8x16 __attribute__((vector_size(16)));
typedef s8 glim_s8x16 __attribute__((vector_size(16)));
typedef u16 glim_u16x8 __attribute__((vector_size(16)));
typedef s16 glim_s16x8 __attribute__((vector_size(16)));
typedef s32 glim_s32x4 __attribute__((vector_size(16)));
typedef u64 glim_u64x2 __attribute__((vector_size(16)));
typedef s64 glim_s64x2 __attribute__((vector_size(16)));
typedef f32 glim_f32x4 __attribute__((vector_size(16)));
typedef f64 glim_f64x2 __attribute__((vector_size(16)));

#define GLIM_F(x) ((glim_f32x4)(x))
#define GLIM_S(x) ((glim_s32x4)(x))
#define GLIM_D(x) ((glim_f64x2)(x))
#define GLIM_L(x) ((glim_u64x2)(x))
#define GLIM_SL(x) ((glim_s64x2)(x))

/* What needs no name of its own type: casts between vectors keep the bits. */

#define simde_wasm_i64x2_make(a, b) ((v128)(glim_u64x2){(a), (b)})
#define simde_wasm_i8x16_const(...) ((v128)(glim_u8x16){__VA_ARGS__})
#define v128_const simde_wasm_i8x16_const

#define simde_wasm_v128_and(a, b) ((a) & (b))
#define simde_wasm_v128_or(a, b) ((a) | (b))
#define simde_wasm_v128_xor(a, b) ((a) ^ (b))
#define simde_wasm_v128_not(a) (~(a))
#define simde_wasm_v128_andnot(a, b) ((a) & ~(b))

static inline v128 simde_wasm_v128_bitselect(v128 a, v128 b, v128 mask) {
  return (a & mask) | (b & ~mask);
}

/* Four floats. */

#define GLIM_BINARY(name, view, op) \
  static inline v128 name(v128 a, v128 b) { return (v128)(view(a) op view(b)); }

GLIM_BINARY(simde_wasm_f32x4_add, GLIM_F, +)
GLIM_BINARY(simde_wasm_f32x4_sub, GLIM_F, -)
GLIM_BINARY(simde_wasm_f32x4_mul, GLIM_F, *)
GLIM_BINARY(simde_wasm_f32x4_div, GLIM_F, /)
GLIM_BINARY(simde_wasm_f32x4_eq, GLIM_F, ==)
GLIM_BINARY(simde_wasm_f32x4_ne, GLIM_F, !=)
GLIM_BINARY(simde_wasm_f32x4_lt, GLIM_F, <)
GLIM_BINARY(simde_wasm_f32x4_le, GLIM_F, <=)
GLIM_BINARY(simde_wasm_f32x4_gt, GLIM_F, >)
GLIM_BINARY(simde_wasm_f32x4_ge, GLIM_F, >=)

#define simde_wasm_f32x4_splat(x) ((v128)(glim_f32x4){(x), (x), (x), (x)})

static inline v128 simde_wasm_f32x4_abs(v128 a) { return a & 0x7fffffffu; }
static inline v128 simde_wasm_f32x4_neg(v128 a) { return a ^ 0x80000000u; }

/** The second only where it is less: so −0, +0 and NaN are the first's. */
static inline v128 simde_wasm_f32x4_pmin(v128 a, v128 b) {
  return simde_wasm_v128_bitselect(b, a, (v128)(GLIM_F(b) < GLIM_F(a)));
}
static inline v128 simde_wasm_f32x4_pmax(v128 a, v128 b) {
  return simde_wasm_v128_bitselect(b, a, (v128)(GLIM_F(a) < GLIM_F(b)));
}

/** `chosen`, but NaN where either operand is. */
static inline v128 glim_nan_or(v128 a, v128 b, v128 chosen) {
  v128 known = (v128)((GLIM_F(a) == GLIM_F(a)) & (GLIM_F(b) == GLIM_F(b)));
  return simde_wasm_v128_bitselect(chosen, (v128)(GLIM_F(a) + GLIM_F(b)), known);
}

/* Equal operands differ in the sign of a zero at most: `or` keeps a −0, `and` a +0. */
static inline v128 simde_wasm_f32x4_min(v128 a, v128 b) {
  v128 either = simde_wasm_v128_bitselect(a | b, b, (v128)(GLIM_F(a) == GLIM_F(b)));
  return glim_nan_or(a, b, simde_wasm_v128_bitselect(a, either, (v128)(GLIM_F(a) < GLIM_F(b))));
}
static inline v128 simde_wasm_f32x4_max(v128 a, v128 b) {
  v128 either = simde_wasm_v128_bitselect(a & b, b, (v128)(GLIM_F(a) == GLIM_F(b)));
  return glim_nan_or(a, b, simde_wasm_v128_bitselect(a, either, (v128)(GLIM_F(a) > GLIM_F(b))));
}

/* Compilers make one instruction of four of these, where the machine has it. */
#define GLIM_EACH(name, function)                                            \
  static inline v128 name(v128 a) {                                          \
    glim_f32x4 x = GLIM_F(a);                                                \
    return (v128)(glim_f32x4){function(x[0]), function(x[1]), function(x[2]), function(x[3])}; \
  }

GLIM_EACH(simde_wasm_f32x4_sqrt, __builtin_sqrtf)
GLIM_EACH(simde_wasm_f32x4_floor, __builtin_floorf)
GLIM_EACH(simde_wasm_f32x4_ceil, __builtin_ceilf)
GLIM_EACH(simde_wasm_f32x4_trunc, __builtin_truncf)
GLIM_EACH(simde_wasm_f32x4_nearest, __builtin_nearbyintf)

static inline v128 simde_wasm_f32x4_convert_i32x4(v128 a) {
  return (v128)__builtin_convertvector(GLIM_S(a), glim_f32x4);
}

/* A conversion of what does not fit is undefined: those lanes convert a zero. */
static inline v128 simde_wasm_i32x4_trunc_sat_f32x4(v128 a) {
  v128 high = (v128)(GLIM_F(a) >= 2147483648.0f);
  v128 fits = (v128)(GLIM_F(a) >= -2147483648.0f) & ~high;
  v128 low = (v128)(GLIM_F(a) < -2147483648.0f);
  v128 whole = (v128)__builtin_convertvector(GLIM_F(a & fits), glim_s32x4);
  return whole | (high & 0x7fffffffu) | (low & 0x80000000u);
}

/* Four whole numbers: sums, differences and products are those of unsigned ones, which may wrap. */

#define GLIM_U(x) (x)

GLIM_BINARY(simde_wasm_i32x4_add, GLIM_U, +)
GLIM_BINARY(simde_wasm_i32x4_sub, GLIM_U, -)
GLIM_BINARY(simde_wasm_i32x4_mul, GLIM_U, *)
GLIM_BINARY(simde_wasm_i32x4_eq, GLIM_U, ==)
GLIM_BINARY(simde_wasm_i32x4_ne, GLIM_U, !=)
GLIM_BINARY(simde_wasm_i32x4_lt, GLIM_S, <)
GLIM_BINARY(simde_wasm_i32x4_le, GLIM_S, <=)
GLIM_BINARY(simde_wasm_i32x4_gt, GLIM_S, >)
GLIM_BINARY(simde_wasm_i32x4_ge, GLIM_S, >=)
GLIM_BINARY(simde_wasm_u32x4_lt, GLIM_U, <)

#define simde_wasm_i32x4_splat(x) ((v128){(u32)(x), (u32)(x), (u32)(x), (u32)(x)})

static inline v128 simde_wasm_i32x4_neg(v128 a) { return -a; }
static inline v128 simde_wasm_i32x4_abs(v128 a) {
  return simde_wasm_v128_bitselect(-a, a, (v128)(GLIM_S(a) < 0));
}
static inline v128 simde_wasm_i32x4_min(v128 a, v128 b) {
  return simde_wasm_v128_bitselect(a, b, (v128)(GLIM_S(a) < GLIM_S(b)));
}
static inline v128 simde_wasm_i32x4_max(v128 a, v128 b) {
  return simde_wasm_v128_bitselect(a, b, (v128)(GLIM_S(a) > GLIM_S(b)));
}
static inline v128 simde_wasm_i32x4_shl(v128 a, u32 n) { return a << (n & 31); }
static inline v128 simde_wasm_i32x4_shr(v128 a, u32 n) {
  return (v128)(GLIM_S(a) >> (s32)(n & 31));
}
static inline v128 simde_wasm_u32x4_shr(v128 a, u32 n) { return a >> (n & 31); }

/* Two doubles. */

GLIM_BINARY(simde_wasm_f64x2_add, GLIM_D, +)
GLIM_BINARY(simde_wasm_f64x2_sub, GLIM_D, -)
GLIM_BINARY(simde_wasm_f64x2_mul, GLIM_D, *)
GLIM_BINARY(simde_wasm_f64x2_div, GLIM_D, /)
GLIM_BINARY(simde_wasm_f64x2_eq, GLIM_D, ==)
GLIM_BINARY(simde_wasm_f64x2_ne, GLIM_D, !=)
GLIM_BINARY(simde_wasm_f64x2_lt, GLIM_D, <)
GLIM_BINARY(simde_wasm_f64x2_le, GLIM_D, <=)
GLIM_BINARY(simde_wasm_f64x2_gt, GLIM_D, >)
GLIM_BINARY(simde_wasm_f64x2_ge, GLIM_D, >=)

#define simde_wasm_f64x2_splat(x) ((v128)(glim_f64x2){(x), (x)})

static inline v128 simde_wasm_f64x2_abs(v128 a) {
  return (v128)(GLIM_L(a) & 0x7fffffffffffffffu);
}
static inline v128 simde_wasm_f64x2_neg(v128 a) {
  return (v128)(GLIM_L(a) ^ 0x8000000000000000u);
}

static inline v128 simde_wasm_f64x2_pmin(v128 a, v128 b) {
  return simde_wasm_v128_bitselect(b, a, (v128)(GLIM_D(b) < GLIM_D(a)));
}
static inline v128 simde_wasm_f64x2_pmax(v128 a, v128 b) {
  return simde_wasm_v128_bitselect(b, a, (v128)(GLIM_D(a) < GLIM_D(b)));
}

static inline v128 glim_nan_or_f64(v128 a, v128 b, v128 chosen) {
  v128 known = (v128)((GLIM_D(a) == GLIM_D(a)) & (GLIM_D(b) == GLIM_D(b)));
  return simde_wasm_v128_bitselect(chosen, (v128)(GLIM_D(a) + GLIM_D(b)), known);
}
static inline v128 simde_wasm_f64x2_min(v128 a, v128 b) {
  v128 either = simde_wasm_v128_bitselect(a | b, b, (v128)(GLIM_D(a) == GLIM_D(b)));
  v128 chosen = simde_wasm_v128_bitselect(a, either, (v128)(GLIM_D(a) < GLIM_D(b)));
  return glim_nan_or_f64(a, b, chosen);
}
static inline v128 simde_wasm_f64x2_max(v128 a, v128 b) {
  v128 either = simde_wasm_v128_bitselect(a & b, b, (v128)(GLIM_D(a) == GLIM_D(b)));
  v128 chosen = simde_wasm_v128_bitselect(a, either, (v128)(GLIM_D(a) > GLIM_D(b)));
  return glim_nan_or_f64(a, b, chosen);
}

#define GLIM_BOTH(name, function)                                     \
  static inline v128 name(v128 a) {                                   \
    glim_f64x2 x = GLIM_D(a);                                         \
    return (v128)(glim_f64x2){function(x[0]), function(x[1])};        \
  }

GLIM_BOTH(simde_wasm_f64x2_sqrt, __builtin_sqrt)
GLIM_BOTH(simde_wasm_f64x2_floor, __builtin_floor)
GLIM_BOTH(simde_wasm_f64x2_ceil, __builtin_ceil)
GLIM_BOTH(simde_wasm_f64x2_trunc, __builtin_trunc)
GLIM_BOTH(simde_wasm_f64x2_nearest, __builtin_nearbyint)

static inline v128 v128_f64x2_convert_low_i32x4(v128 a) {
  return (v128)(glim_f64x2){(f64)GLIM_S(a)[0], (f64)GLIM_S(a)[1]};
}
static inline v128 v128_f64x2_promote_low_f32x4(v128 a) {
  return (v128)(glim_f64x2){(f64)GLIM_F(a)[0], (f64)GLIM_F(a)[1]};
}
static inline v128 v128_f32x4_demote_f64x2_zero(v128 a) {
  return (v128)(glim_f32x4){(f32)GLIM_D(a)[0], (f32)GLIM_D(a)[1], 0, 0};
}
static inline v128 v128_i32x4_trunc_sat_f64x2_zero(v128 a) {
  return (v128){I32_TRUNC_SAT_S_F64(GLIM_D(a)[0]), I32_TRUNC_SAT_S_F64(GLIM_D(a)[1]), 0, 0};
}

/* Two whole numbers. */

GLIM_BINARY(simde_wasm_i64x2_add, GLIM_L, +)
GLIM_BINARY(simde_wasm_i64x2_sub, GLIM_L, -)
GLIM_BINARY(simde_wasm_i64x2_mul, GLIM_L, *)
GLIM_BINARY(simde_wasm_i64x2_eq, GLIM_L, ==)
GLIM_BINARY(simde_wasm_i64x2_ne, GLIM_L, !=)
GLIM_BINARY(simde_wasm_i64x2_lt, GLIM_SL, <)
GLIM_BINARY(simde_wasm_i64x2_le, GLIM_SL, <=)
GLIM_BINARY(simde_wasm_i64x2_gt, GLIM_SL, >)
GLIM_BINARY(simde_wasm_i64x2_ge, GLIM_SL, >=)

#define simde_wasm_i64x2_splat(x) ((v128)(glim_u64x2){(u64)(x), (u64)(x)})

static inline v128 simde_wasm_i64x2_neg(v128 a) { return (v128)-GLIM_L(a); }
static inline v128 simde_wasm_i64x2_abs(v128 a) {
  return simde_wasm_v128_bitselect((v128)-GLIM_L(a), a, (v128)(GLIM_SL(a) < 0));
}
static inline v128 simde_wasm_i64x2_shl(v128 a, u32 n) { return (v128)(GLIM_L(a) << (n & 63)); }
static inline v128 simde_wasm_i64x2_shr(v128 a, u32 n) {
  return (v128)(GLIM_SL(a) >> (s64)(n & 63));
}
static inline v128 simde_wasm_u64x2_shr(v128 a, u32 n) { return (v128)(GLIM_L(a) >> (n & 63)); }

/* Lanes. */

#define v128_f32x4_extract_lane(a, lane) (GLIM_F(a)[lane])
#define v128_i32x4_extract_lane(a, lane) ((a)[lane])
#define v128_f64x2_extract_lane(a, lane) (GLIM_D(a)[lane])
#define v128_i64x2_extract_lane(a, lane) (GLIM_L(a)[lane])

static inline v128 v128_f32x4_replace_lane(v128 a, int lane, f32 x) {
  glim_f32x4 to = GLIM_F(a);
  to[lane] = x;
  return (v128)to;
}
static inline v128 v128_i32x4_replace_lane(v128 a, int lane, u32 x) {
  a[lane] = x;
  return a;
}
static inline v128 v128_f64x2_replace_lane(v128 a, int lane, f64 x) {
  glim_f64x2 to = GLIM_D(a);
  to[lane] = x;
  return (v128)to;
}
static inline v128 v128_i64x2_replace_lane(v128 a, int lane, u64 x) {
  glim_u64x2 to = GLIM_L(a);
  to[lane] = x;
  return (v128)to;
}

#if defined(__clang__)
#define v128_i8x16_shuffle(a, b, ...) \
  ((v128)__builtin_shufflevector((glim_u8x16)(a), (glim_u8x16)(b), __VA_ARGS__))
#else
#define v128_i8x16_shuffle(a, b, ...) \
  ((v128)__builtin_shuffle((glim_u8x16)(a), (glim_u8x16)(b), (glim_u8x16){__VA_ARGS__}))
#endif

static inline v128 v128_u16x8_extend_low_u8x16(v128 a) {
  return v128_i8x16_shuffle(a, (v128){0}, 0, 16, 1, 16, 2, 16, 3, 16, 4, 16, 5, 16, 6, 16, 7, 16);
}
static inline v128 v128_u32x4_extend_low_u16x8(v128 a) {
  return v128_i8x16_shuffle(a, (v128){0}, 0, 1, 16, 16, 2, 3, 16, 16, 4, 5, 16, 16, 6, 7, 16, 16);
}

/* Signed: to the upper half, and down again with the sign. */
static inline v128 v128_i16x8_extend_low_i8x16(v128 a) {
  v128 up = v128_i8x16_shuffle(a, (v128){0}, 16, 0, 16, 1, 16, 2, 16, 3, 16, 4, 16, 5, 16, 6, 16, 7);
  return (v128)((glim_s16x8)up >> 8);
}
static inline v128 v128_i32x4_extend_low_i16x8(v128 a) {
  v128 up = v128_i8x16_shuffle(a, (v128){0}, 16, 16, 0, 1, 16, 16, 2, 3, 16, 16, 4, 5, 16, 16, 6, 7);
  return (v128)((glim_s32x4)up >> 16);
}

/* Parts of vectors in memory. */

static inline v128 v128_load32_splat(const wasm_rt_memory_t *memory, u64 at) {
  return simde_wasm_i32x4_splat(i32_load_default32(memory, at));
}
static inline v128 v128_load64_splat(const wasm_rt_memory_t *memory, u64 at) {
  return simde_wasm_i64x2_splat(i64_load_default32(memory, at));
}
static inline v128 v128_load32_zero(const wasm_rt_memory_t *memory, u64 at) {
  return (v128){i32_load_default32(memory, at), 0, 0, 0};
}
static inline v128 v128_load64_zero(const wasm_rt_memory_t *memory, u64 at) {
  return (v128)(glim_u64x2){i64_load_default32(memory, at), 0};
}

#define GLIM_STORE_LANE(lane)                                                               \
  static inline void v128_store32_lane##lane(wasm_rt_memory_t *memory, u64 at,  \
                                                         v128 a) {                          \
    i32_store_default32(memory, at, a[lane]);                                               \
  }                                                                                         \
  static inline v128 v128_load32_lane##lane(const wasm_rt_memory_t *memory,     \
                                                        u64 at, v128 a) {                   \
    return v128_i32x4_replace_lane(a, lane, i32_load_default32(memory, at));                \
  }

GLIM_STORE_LANE(0)
GLIM_STORE_LANE(1)
GLIM_STORE_LANE(2)
GLIM_STORE_LANE(3)

#endif
