// One wrong instruction in a table of two hundred would give wrong numbers in some model, silently.

import { beforeAll, describe, expect, test } from "vitest";
import {
  binary,
  bits,
  compare,
  constant,
  convert,
  lane,
  load,
  loadVector,
  local,
  select,
  shuffle,
  splat,
  unary,
} from "#glim/compiler/loop/build.js";
import type {
  BinaryOp,
  CompareOp,
  LoopExpr,
  LoopFunc,
  LoopType,
  UnaryOp,
  VectorType,
} from "#glim/compiler/loop/ir.js";
import {
  binaryTypes,
  compareTypes,
  conversions,
  isVector,
  lanesOf,
  reinterpretations,
  unaryTypes,
} from "#glim/compiler/loop/operation-types.js";
import type { Running, Value } from "./instantiate.ts";
import { expressionFunc, instantiate, moduleOf } from "./instantiate.ts";
import {
  asType,
  binaryOracle,
  compareOracle,
  convertOracle,
  edges,
  scalarOf,
  unaryOracle,
} from "./oracle.ts";

const keys = <K extends string>(record: Readonly<Record<K, unknown>>): K[] =>
  Object.keys(record) as K[];

/** Vectors lie in memory at 64, 96 and 128, the result at 160. */
const placeOf = (i: number): number => 64 + 32 * i;
const resultAt = 160;

function loaded(type: VectorType, at: number): LoopExpr {
  const e = loadVector({
    element: scalarOf(type),
    base: constant("i32", at),
    index: constant("i32", 0),
  });
  return e.k === "load" ? { ...e, type } : e;
}

/** Applies `of` to scalars in parameters, or to vectors in memory. */
function applied(
  name: string,
  types: readonly LoopType[],
  of: (...operands: LoopExpr[]) => LoopExpr,
): LoopFunc {
  const operands = types.map((type, i) =>
    isVector(type) ? loaded(type, placeOf(i)) : local(`p${i}`, type),
  );
  const value = of(...operands);
  if (!isVector(value.type)) return expressionFunc(name, types, value);
  return {
    name,
    exported: name,
    params: types.map((type, i) => ({ name: `p${i}`, type: isVector(type) ? "i32" : type })),
    result: undefined,
    body: [
      {
        s: "store",
        element: scalarOf(value.type),
        base: constant("i32", resultAt),
        index: constant("i32", 0),
        offset: 0,
        value,
      },
    ],
  };
}

/** What the function made by `applied` gives for these scalars, in every lane the same. */
function run(
  wasm: Running,
  name: string,
  types: readonly LoopType[],
  result: LoopType,
  args: readonly Value[],
): Value {
  types.forEach((type, i) => {
    if (!isVector(type)) return;
    const lanes = lanesIn(wasm, type, placeOf(i));
    const { count } = lanesOf[type];
    // A different value in one lane shows operations that mix lanes.
    for (let lane = 0; lane < count; lane++)
      lanes.set(lane, lane === different(count) ? asType(scalarOf(type), 1) : args[i]!);
  });
  const scalars = args.map((x, i) => (isVector(types[i]!) ? 0 : x));
  const value = wasm.call(name, ...scalars);
  if (!isVector(result)) return value!;
  const lanes = lanesIn(wasm, result, resultAt);
  const count = Math.min(...[...types, result].map((type) => countOf(type) ?? 4));
  if (count === 4) for (const lane of [1, 3]) expect(lanes.get(lane)).toBe(lanes.get(0));
  return lanes.get(0)!;
}

const different = (count: number): number => (count === 4 ? 2 : 1);

/** The lanes of a vector in memory. */
function lanesIn(
  wasm: Running,
  type: LoopType,
  at: number,
): { get(lane: number): Value; set(lane: number, x: Value): void } {
  const { buffer } = wasm.memory;
  const scalar = scalarOf(type);
  if (scalar === "i64") {
    const view = new BigInt64Array(buffer, at);
    return {
      get: (lane) => view[lane]!,
      set: (lane, x) => {
        view[lane] = BigInt(x);
      },
    };
  }
  const view = new { f32: Float32Array, i32: Int32Array, f64: Float64Array }[scalar](buffer, at);
  return {
    get: (lane) => view[lane]!,
    set: (lane, x) => {
      view[lane] = Number(x);
    },
  };
}

const pairs = (values: readonly Value[]): [Value, Value][] =>
  values.flatMap((x) => values.map((y): [Value, Value] => [x, y]));

const unaryCases = keys<UnaryOp>(unaryTypes).flatMap((op) =>
  unaryTypes[op].map((type) => ({ op, type, name: `${op} ${type}` })),
);
const binaryCases = keys<BinaryOp>(binaryTypes).flatMap((op) =>
  binaryTypes[op].map((type) => ({ op, type, name: `${op} ${type}` })),
);
const vectors = keys<VectorType>(lanesOf);
const fours = vectors.filter((type) => lanesOf[type].count === 4);
const countOf = (type: LoopType): number | undefined =>
  isVector(type) ? lanesOf[type].count : undefined;
const shifts = (["shl", "shrS", "shrU"] as const).flatMap((op) =>
  vectors
    .filter((type) => binaryTypes[op].includes(type))
    .map((type) => ({ op, type, name: `${op} ${type}` })),
);
const compareCases = keys<CompareOp>(compareTypes).flatMap((op) =>
  compareTypes[op].map((type) => ({ op, type, name: `${op} ${type}` })),
);

let wasm: Running;
beforeAll(async () => {
  wasm = await instantiate(
    moduleOf([
      ...unaryCases.map(({ op, type, name }) => applied(name, [type], (a) => unary(op, a))),
      ...binaryCases.map(({ op, type, name }) =>
        applied(name, [type, type], (a, b) => binary(op, a, b)),
      ),
      ...binaryCases.map(({ op, type, name }) =>
        // Operands that are not locals, so that those used twice need temporaries, nested.
        applied(`nested ${name}`, [type, type], (a, b) =>
          binary(op, binary(op, a, binary(op, a, b)), binary(op, b, a)),
        ),
      ),
      ...shifts.flatMap(({ op, type, name }) => [
        applied(`${name} by one count`, [type, "i32"], (a, b) => binary(op, a, b)),
        applied(`${name} by 35`, [type], (a) => binary(op, a, constant(type, 35))),
      ]),
      ...compareCases.map(({ op, type, name }) =>
        applied(name, [type, type], (a, b) => compare(op, a, b)),
      ),
      ...conversions.map(([from, to]) =>
        applied(`convert ${from} ${to}`, [from], (a) => convert(a, to)),
      ),
      ...reinterpretations.map(([from, to]) =>
        applied(`bits ${from} ${to}`, [from], (a) => bits(a, to)),
      ),
      ...(["i32", "i64", "f32", "f64"] as const).map((type) =>
        applied(`select ${type}`, ["i32", type, type], select),
      ),
      ...vectors.map((type) => applied(`select ${type}`, ["v4i32", type, type], select)),
      ...fours.map((type) => applied(`splat ${type}`, [scalarOf(type)], splat)),
    ]),
  );
});

test.each(unaryCases)("$name", ({ op, type, name }) => {
  for (const x of edges[scalarOf(type)])
    expect(run(wasm, name, [type], type, [x]), `${x}`).toBe(unaryOracle(op, type, x));
});

test.each(binaryCases)("$name", ({ op, type, name }) => {
  const scalar = scalarOf(type);
  const divides = (op === "div" || op === "rem") && (scalar === "i32" || scalar === "i64");
  const least = -(2n ** (scalar === "i32" ? 31n : 63n));
  for (const [x, y] of pairs(edges[scalar])) {
    if (divides && (BigInt(y) === 0n || (BigInt(x) === least && BigInt(y) === -1n))) continue;
    const got = run(wasm, name, [type, type], type, [x, y]);
    expect(got, `${x}, ${y}`).toBe(binaryOracle(op, scalar, x, y));
  }
});

test.each(binaryCases.filter(({ op }) => op !== "div" && op !== "rem"))(
  "$name of $name",
  ({ op, type, name }) => {
    const scalar = scalarOf(type);
    const of = (x: Value, y: Value): Value => binaryOracle(op, scalar, x, y);
    for (const [x, y] of pairs(edges[scalar].slice(0, 12))) {
      const got = run(wasm, `nested ${name}`, [type, type], type, [x, y]);
      expect(got, `${x}, ${y}`).toBe(of(of(x, of(x, y)), of(y, x)));
    }
  },
);

test.each(shifts)("$name of all lanes by one count", ({ op, type, name }) => {
  const scalar = scalarOf(type);
  for (const x of edges[scalar]) {
    for (const y of edges.i32) {
      const got = run(wasm, `${name} by one count`, [type, "i32"], type, [x, y]);
      expect(got, `${x}, ${y}`).toBe(binaryOracle(op, scalar, x, asType(scalar, y)));
    }
    const got = run(wasm, `${name} by 35`, [type], type, [x]);
    expect(got, `${x}`).toBe(binaryOracle(op, scalar, x, asType(scalar, 35)));
  }
});

test.each(compareCases)("$name", ({ op, type, name }) => {
  const result = isVector(type) ? "v4i32" : "i32";
  for (const [x, y] of pairs(edges[scalarOf(type)])) {
    const holds = compareOracle(op, x, y);
    const got = run(wasm, name, [type, type], result, [x, y]);
    expect(got, `${x}, ${y}`).toBe(holds ? (isVector(type) ? -1 : 1) : 0);
  }
});

test.each(conversions)("convert %s to %s", (from, to) => {
  for (const x of edges[scalarOf(from)]) {
    const got = run(wasm, `convert ${from} ${to}`, [from], to, [x]);
    expect(got, `${x}`).toBe(convertOracle(scalarOf(from), scalarOf(to), x));
  }
});

/** Two lanes as four are told by what comparisons and shuffles make of them. */
const sameCount = reinterpretations.filter(([from, to]) => countOf(from) === countOf(to));

test.each(sameCount)("the bits of %s as %s", (from, to) => {
  const view = new DataView(new ArrayBuffer(8));
  const put = {
    i32: (x: Value) => view.setInt32(0, Number(x)),
    f32: (x: Value) => view.setFloat32(0, Number(x)),
    i64: (x: Value) => view.setBigInt64(0, BigInt(x)),
    f64: (x: Value) => view.setFloat64(0, Number(x)),
  };
  const get = {
    i32: () => view.getInt32(0),
    f32: () => view.getFloat32(0),
    i64: () => view.getBigInt64(0),
    f64: () => view.getFloat64(0),
  };
  for (const x of edges[scalarOf(from)]) {
    put[scalarOf(from)](x);
    expect(run(wasm, `bits ${from} ${to}`, [from], to, [x])).toBe(get[scalarOf(to)]());
  }
});

describe("select", () => {
  test.each(["i32", "i64", "f32", "f64"] as const)("of %s", (type) => {
    const [x, y] = [edges[type][3]!, edges[type][7]!];
    const types = ["i32", type, type] as const;
    expect(run(wasm, `select ${type}`, types, type, [1, x, y])).toBe(x);
    expect(run(wasm, `select ${type}`, types, type, [-5, x, y])).toBe(x);
    expect(run(wasm, `select ${type}`, types, type, [0, x, y])).toBe(y);
  });
  test.each(vectors)("of %s", (type) => {
    const types = ["v4i32", type, type] as const;
    const [x, y] = [5, 7].map((n) => asType(scalarOf(type), n));
    expect(run(wasm, `select ${type}`, types, type, [-1, x!, y!])).toBe(x);
    expect(run(wasm, `select ${type}`, types, type, [0, x!, y!])).toBe(y);
  });
});

test.each(fours)("a splat fills all lanes of %s", (type) => {
  const [x] = edges[scalarOf(type)].slice(4);
  run(wasm, `splat ${type}`, [scalarOf(type)], type, [x!]);
  const lanes = lanesIn(wasm, type, resultAt);
  expect([0, 1, 2, 3].map((lane) => lanes.get(lane))).toEqual([x, x, x, x]);
});

test("a lane is taken, and lanes are shuffled, by position", async () => {
  const at = { base: constant("i32", 64), index: constant("i32", 0) } as const;
  const a = loadVector({ element: "f32", ...at });
  const b = loadVector({ element: "f32", ...at, base: constant("i32", 80) });
  const ints = loadVector({ element: "i32", ...at, base: constant("i32", 80) });
  const shuffle = (lanes: readonly [number, number, number, number]): LoopExpr => ({
    k: "shuffle",
    type: "v4f32",
    a,
    b,
    lanes,
  });
  const w = await instantiate(
    moduleOf([
      ...[0, 1, 2, 3].map((n) => expressionFunc(`lane ${n}`, [], lane(a, n))),
      ...[0, 1, 2, 3].map((n) => expressionFunc(`int lane ${n}`, [], lane(ints, n))),
      ...[0, 1, 2, 3].map((n) =>
        expressionFunc(`shuffled ${n}`, [], lane(shuffle([7, 0, 4, 3]), n)),
      ),
      expressionFunc("first", [], load({ element: "f32", ...at })),
    ]),
  );
  new Float32Array(w.memory.buffer).set([10, 11, 12, 13, 14, 15, 16, 17], 16);
  expect([0, 1, 2, 3].map((n) => w.call(`lane ${n}`))).toEqual([10, 11, 12, 13]);
  expect([0, 1, 2, 3].map((n) => w.call(`shuffled ${n}`))).toEqual([17, 10, 14, 13]);
  expect(w.call("first")).toBe(10);
  new Int32Array(w.memory.buffer).set([-1, 2, -3, 4], 20);
  expect([0, 1, 2, 3].map((n) => w.call(`int lane ${n}`))).toEqual([-1, 2, -3, 4]);
});

test("lanes of 64 bits are taken and shuffled across both halves", async () => {
  const at = (base: number): LoopExpr =>
    loadVector({ element: "f64", base: constant("i32", base), index: constant("i32", 0) });
  const orders = [
    [7, 0, 4, 3],
    [2, 6, 3, 7],
    [1, 1, 5, 2],
  ] as const;
  const w = await instantiate(
    moduleOf(
      orders.flatMap((lanes, i) =>
        [0, 1, 2, 3].map((n) =>
          expressionFunc(`${i} ${n}`, [], lane(shuffle(at(64), at(96), lanes), n)),
        ),
      ),
    ),
  );
  new Float64Array(w.memory.buffer).set([10, 11, 12, 13, 14, 15, 16, 17], 8);
  for (const [i, lanes] of orders.entries())
    expect([0, 1, 2, 3].map((n) => w.call(`${i} ${n}`))).toEqual(lanes.map((l) => 10 + l));
});

test("constants have their exact bits", async () => {
  const values: readonly [LoopType, Value][] = [
    ...edges.f32.map((v): [LoopType, Value] => ["f32", v]),
    ...edges.f64.map((v): [LoopType, Value] => ["f64", v]),
    ...edges.i32.map((v): [LoopType, Value] => ["i32", v]),
    ...edges.i64.map((v): [LoopType, Value] => ["i64", v]),
  ];
  const w = await instantiate(
    moduleOf([
      ...values.map(([type, v], i) => expressionFunc(`c${i}`, [], constant(type, v))),
      ...values
        .slice(0, edges.f32.length)
        .map(([, v], i) =>
          expressionFunc(`bits${i}`, [], lane(bits(constant("v4f32", v), "v4i32"), 3)),
        ),
      ...(["v4f64", "v2f64"] as const).flatMap((type) =>
        edges.f64.map((v, i) => expressionFunc(`${type} ${i}`, [], lane(constant(type, v), 1))),
      ),
      ...(["v4i64", "v2i64"] as const).flatMap((type) =>
        edges.i64.map((v, i) =>
          expressionFunc(`${type} ${i}`, [], lane(constant(type, BigInt(v)), 1)),
        ),
      ),
      expressionFunc("ints", [], lane(constant("v4i32", -2), 1)),
      expressionFunc("nan", [], bits(constant("f32", Number.NaN), "i32")),
    ]),
  );
  for (const [i, [, v]] of values.entries()) expect(w.call(`c${i}`)).toBe(v);
  for (const type of ["v4f64", "v2f64", "v4i64", "v2i64"] as const)
    for (const [i, v] of edges[scalarOf(type)].entries()) expect(w.call(`${type} ${i}`)).toBe(v);
  const view = new DataView(new ArrayBuffer(4));
  edges.f32.forEach((v, i) => {
    view.setFloat32(0, Number(v));
    expect(w.call(`bits${i}`)).toBe(view.getInt32(0));
  });
  expect(w.call("ints")).toBe(-2);
  expect(w.call("nan")).toBe(0x7fc00000);
});
