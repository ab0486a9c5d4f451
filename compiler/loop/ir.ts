/**
 * Loop IR: functions of loops, scalars, four-lane vectors and memory accesses by element. What
 * lowerings produce and loop passes improve; compiler/wasm turns it into a module as it stands.
 */

/**
 * A bool is an i32, 0 or 1; a vector of bools is a v4i32 mask, each lane 0 or −1. Lanes of 64 bits are twice as wide
 * as WebAssembly's vectors allow: what a lowering writes as `v4f64` or `v4i64`, the pass split-doubles makes two values
 * of, of type `v2f64` or `v2i64`. A mask of these is a v4i32, too: two lanes of it for each of theirs.
 */
export type LoopType = ScalarLoopType | VectorType;
export type ScalarLoopType = "i32" | "i64" | "f32" | "f64";
export type VectorType = WideType | "v4f32" | "v4i32" | "v2f64" | "v2i64";
export type WideType = "v4f64" | "v4i64";

export type FourLanes = WideType | "v4f32" | "v4i32";

/** How an element lies in memory. */
export type Element = "f32" | "f64" | "i32" | "i64" | "u8" | "i8" | "u16";

export const elementBytes: Readonly<Record<Element, number>> = {
  f32: 4,
  f64: 8,
  i32: 4,
  i64: 8,
  u8: 1,
  i8: 1,
  /** A unit of a text; scalars only. */
  u16: 2,
};

/**
 * Operations on values of one type, `type` being the type of the operands unless said. On floats
 * `min`/`max` propagate NaN and order −0 below +0, `pmin(a, b)` is `b < a ? b : a`, `pmax(a, b)` is
 * `a < b ? b : a`. On vectors, `and`/`or`/`xor`/`not` are bitwise, so they serve masks too. Counts of
 * shifts count modulo the width. operation-types.ts lists the types that each operation takes.
 */
export type UnaryOp =
  | "neg"
  | "abs"
  | "sqrt"
  | "floor"
  | "ceil"
  | "trunc"
  | "nearest"
  /** i32: 0 ⇒ 1, other ⇒ 0. Vectors: all bits inverted. */
  | "not"
  | "clz";

export type BinaryOp =
  | "add"
  | "sub"
  | "mul"
  /**
   * Integers: truncating, and the caller has excluded zero divisors and overflow. `div` and `rem` of
   * vectors exist for completeness: wasm has them only lane by lane.
   */
  | "div"
  | "rem"
  | "min"
  | "max"
  | "pmin"
  | "pmax"
  | "and"
  | "or"
  | "xor"
  /** The count has the type of `a`; for vectors also an i32, which is one count for all lanes. */
  | "shl"
  | "shrS"
  | "shrU"
  | "copysign";

/** Result: i32 for scalars, v4i32 mask for vectors. `divU`, `ltU` … are not here: sizes are positive. */
export type CompareOp = "eq" | "ne" | "lt" | "le" | "gt" | "ge" | "ltU";

export type LoopExpr =
  /** A vector constant has the value in all lanes. */
  | {
      readonly k: "const";
      readonly type: LoopType;
      readonly value: number | bigint;
    }
  | { readonly k: "local"; readonly type: LoopType; readonly name: string }
  /** An i32 global of the module. */
  | { readonly k: "global"; readonly type: "i32"; readonly name: string }
  /** The address of a data object. */
  | { readonly k: "address"; readonly type: "i32"; readonly name: string }
  | {
      readonly k: "unary";
      readonly type: LoopType;
      readonly op: UnaryOp;
      readonly a: LoopExpr;
    }
  | {
      readonly k: "binary";
      readonly type: LoopType;
      readonly op: BinaryOp;
      readonly a: LoopExpr;
      readonly b: LoopExpr;
    }
  | {
      readonly k: "compare";
      readonly type: "i32" | "v4i32";
      readonly op: CompareOp;
      readonly a: LoopExpr;
      readonly b: LoopExpr;
    }
  /** `c` is an i32, or a mask where `type` is a vector. Both sides are computed. */
  | {
      readonly k: "select";
      readonly type: LoopType;
      readonly c: LoopExpr;
      readonly a: LoopExpr;
      readonly b: LoopExpr;
    }
  /**
   * Conversion of value: float to integer truncates and saturates, NaN gives 0. Between two lanes and four, the first
   * two are converted, and the others are 0.
   */
  | { readonly k: "convert"; readonly type: LoopType; readonly a: LoopExpr }
  /** The same bits as another type of the same width. */
  | { readonly k: "bits"; readonly type: LoopType; readonly a: LoopExpr }
  /** All lanes from one scalar (a bool scalar gives a mask by `maskOf`). */
  | {
      readonly k: "splat";
      readonly type: VectorType;
      readonly a: LoopExpr;
    }
  | {
      readonly k: "lane";
      readonly type: ScalarLoopType;
      readonly a: LoopExpr;
      readonly lane: number;
    }
  /** Lanes of `a` (0–3) and `b` (4–7) in a new order. */
  | {
      readonly k: "shuffle";
      readonly type: FourLanes;
      readonly a: LoopExpr;
      readonly b: LoopExpr;
      readonly lanes: readonly [number, number, number, number];
    }
  /**
   * The element at `base + (index + offset) × size`. A vector type loads neighbours, or one in
   * all lanes (`splat`). u8 and i8 widen to i32, four of them to v4i32. `base + index × size`
   * must itself be an address: a negative index may not rely on `offset` to come back from below 0.
   */
  | {
      readonly k: "load";
      readonly type: LoopType;
      readonly element: Element;
      readonly base: LoopExpr;
      readonly index: LoopExpr;
      readonly offset: number;
      readonly splat: boolean;
    }
  | {
      readonly k: "call";
      readonly type: LoopType;
      readonly callee: string;
      readonly args: readonly LoopExpr[];
    }
  | { readonly k: "memorySize"; readonly type: "i32" }
  /** Grows memory by `pages` of 64 KiB; −1 when refused. */
  | {
      readonly k: "memoryGrow";
      readonly type: "i32";
      readonly pages: LoopExpr;
    };

export type LoopStmt =
  /** Gives a local its value; the first one met declares its type. */
  | { readonly s: "set"; readonly name: string; readonly value: LoopExpr }
  | { readonly s: "setGlobal"; readonly name: string; readonly value: LoopExpr }
  /** A v4i32 into u8 or i8 stores each lane's low byte, four bytes. */
  | {
      readonly s: "store";
      readonly element: Element;
      readonly base: LoopExpr;
      readonly index: LoopExpr;
      readonly offset: number;
      readonly value: LoopExpr;
    }
  /**
   * `for (name = from; name < to; name += step)`, `step` a positive constant. `to` is computed once.
   * `atLeastOnce`: the range is known not to be empty.
   */
  | {
      readonly s: "for";
      readonly name: string;
      readonly from: LoopExpr;
      readonly to: LoopExpr;
      readonly step: number;
      readonly atLeastOnce: boolean;
      readonly body: readonly LoopStmt[];
    }
  | {
      readonly s: "if";
      readonly c: LoopExpr;
      readonly whenTrue: readonly LoopStmt[];
      readonly whenFalse: readonly LoopStmt[];
    }
  /** Runs the case with the number `value`, from 0; nothing where there is none. */
  | {
      readonly s: "switch";
      readonly value: LoopExpr;
      readonly cases: readonly (readonly LoopStmt[])[];
    }
  /** Repeats until a `break` to its label; `block` runs once. */
  | {
      readonly s: "loop" | "block";
      readonly label: string;
      readonly body: readonly LoopStmt[];
    }
  /** `break` leaves the labelled loop or block, `continue` begins the loop's next round. */
  | { readonly s: "break" | "continue"; readonly label: string }
  | {
      readonly s: "call";
      readonly callee: string;
      readonly args: readonly LoopExpr[];
    }
  /** Calls the function with number `target` in the table, with parameters of these types. */
  | {
      readonly s: "callIndirect";
      readonly target: LoopExpr;
      readonly params: readonly LoopType[];
      readonly args: readonly LoopExpr[];
    }
  | {
      readonly s: "copyBytes";
      readonly to: LoopExpr;
      readonly from: LoopExpr;
      readonly bytes: LoopExpr;
    }
  | {
      readonly s: "fillBytes";
      readonly to: LoopExpr;
      readonly value: LoopExpr;
      readonly bytes: LoopExpr;
    }
  | { readonly s: "return"; readonly value: LoopExpr | undefined }
  | { readonly s: "trap" };

export interface LoopParam {
  readonly name: string;
  readonly type: LoopType;
}

export interface LoopFunc {
  readonly name: string;
  /** The name under which the host sees it. */
  readonly exported: string | undefined;
  readonly params: readonly LoopParam[];
  readonly result: LoopType | undefined;
  readonly body: readonly LoopStmt[];
}

/** Static memory: constants with their bytes, or zeroed space. */
export interface DataObject {
  readonly name: string;
  readonly bytes: Uint8Array | undefined;
  readonly size: number;
}

export interface LoopGlobal {
  readonly name: string;
  readonly initial: number;
}

/** What calls need to know of a function: those of a library are not in the module. */
export interface Callee {
  readonly params: readonly { readonly type: LoopType }[];
  readonly result: LoopType | undefined;
}

/**
 * What a module uses of a library: a WebAssembly module that is copied into its own, as far as it is
 * used. The library's function `alloc` is `heap.alloc` in calls, its global `heap.…` likewise.
 */
export interface Links {
  readonly functions: ReadonlyMap<string, Callee>;
  /** Globals of type i32. */
  readonly globals: ReadonlySet<string>;
  /** What the host sees of these functions and globals, by the exported name. */
  readonly exports: ReadonlyMap<string, string>;
}

export interface LoopModule {
  readonly funcs: readonly LoopFunc[];
  /** Laid out in this order from `dataStart`, each at a multiple of 64. */
  readonly data: readonly DataObject[];
  readonly globals: readonly LoopGlobal[];
  /** Functions that `callIndirect` may call, by number. */
  readonly table: readonly string[];
  /** Absent where the module is whole in itself. */
  readonly links?: Links | undefined;
  /** Functions that the host gives: `a.b` in calls is `b` of the import module `a`. */
  readonly imports?: ReadonlyMap<string, Callee> | undefined;
}

/** Addresses below this are never used, so that 0 is not an object. */
export const dataStart = 64;
export const dataAlign = 64;

/** Where each data object lies, and the first free address after them. */
export function placeData(data: readonly DataObject[]): {
  readonly addresses: ReadonlyMap<string, number>;
  readonly end: number;
} {
  const addresses = new Map<string, number>();
  let end = dataStart;
  for (const object of data) {
    addresses.set(object.name, end);
    end += Math.ceil(object.size / dataAlign) * dataAlign;
  }
  return { addresses, end };
}
