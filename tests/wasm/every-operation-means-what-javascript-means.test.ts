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
} from "#glim/compiler/loop/ir.js";
import {
  binaryTypes,
  compareTypes,
  conversions,
  isVector,
  reinterpretations,
  unaryTypes,
} from "#glim/compiler/loop/operation-types.js";
import type { Running, Value } from "./instantiate.ts";
import { expressionFunc, instantiate, moduleOf } from "./instantiate.ts";
import {
  binaryOracle,
  compareOracle,
  convertOracle,
  edges,
  scalarOf,
  unaryOracle,
} from "./oracle.ts";

const keys = <K extends string>(record: Readonly<Record<K, unknown>>): K[] =>
  Object.keys(record) as K[];

/** Applies `of` to scalars in parameters, or to vectors in memory at 64, 80 and 96, result at 112. */
function applied(
  name: string,
  types: readonly LoopType[],
  of: (...operands: LoopExpr[]) => LoopExpr,
): LoopFunc {
  const operands = types.map((type, i) =>
    isVector(type)
      ? loadVector({
          element: type === "v4f32" ? "f32" : "i32",
          base: constant("i32", 64 + 16 * i),
          index: constant("i32", 0),
        })
      : local(`p${i}`, type),
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
        element: value.type === "v4f32" ? "f32" : "i32",
        base: constant("i32", 112),
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
  const floats = new Float32Array(wasm.memory.buffer);
  const ints = new Int32Array(wasm.memory.buffer);
  types.forEach((type, i) => {
    // A different value in lane 2 shows operations that mix lanes.
    const at = (64 + 16 * i) / 4;
    const view = type === "v4f32" ? floats : ints;
    if (isVector(type)) view.fill(Number(args[i]), at, at + 4).fill(1, at + 2, at + 3);
  });
  const scalars = args.map((x, i) => (isVector(types[i]!) ? 0 : x));
  const value = wasm.call(name, ...scalars);
  if (!isVector(result)) return value!;
  const lanes = [...(result === "v4f32" ? floats : ints).subarray(28, 32)];
  expect(lanes[1]).toBe(lanes[0]);
  expect(lanes[3]).toBe(lanes[0]);
  return lanes[0]!;
}

const pairs = (values: readonly Value[]): [Value, Value][] =>
  values.flatMap((x) => values.map((y): [Value, Value] => [x, y]));

const unaryCases = keys<UnaryOp>(unaryTypes).flatMap((op) =>
  unaryTypes[op].map((type) => ({ op, type, name: `${op} ${type}` })),
);
const binaryCases = keys<BinaryOp>(binaryTypes).flatMap((op) =>
  binaryTypes[op].map((type) => ({ op, type, name: `${op} ${type}` })),
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
      ...(["shl", "shrS", "shrU"] as const).map((op) =>
        applied(`${op} by one count`, ["v4i32", "i32"], (a, b) => binary(op, a, b)),
      ),
      ...(["shl", "shrS", "shrU"] as const).map((op) =>
        applied(`${op} by 35`, ["v4i32"], (a) => binary(op, a, constant("v4i32", 35))),
      ),
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
      ...(["v4i32", "v4f32"] as const).map((type) =>
        applied(`select ${type}`, ["v4i32", type, type], select),
      ),
      applied("splat f32", ["f32"], splat),
      applied("splat i32", ["i32"], splat),
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

test.each(["shl", "shrS", "shrU"] as const)("%s of all lanes by one count", (op) => {
  for (const [x, y] of pairs(edges.i32)) {
    const got = run(wasm, `${op} by one count`, ["v4i32", "i32"], "v4i32", [x, y]);
    expect(got).toBe(binaryOracle(op, "i32", x, y));
    expect(run(wasm, `${op} by 35`, ["v4i32"], "v4i32", [x])).toEqual(
      binaryOracle(op, "i32", x, 3),
    );
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

test.each(reinterpretations)("the bits of %s as %s", (from, to) => {
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
  test.each(["v4i32", "v4f32"] as const)("of %s", (type) => {
    const types = ["v4i32", type, type] as const;
    expect(run(wasm, `select ${type}`, types, type, [-1, 5, 7])).toBe(5);
    expect(run(wasm, `select ${type}`, types, type, [0, 5, 7])).toBe(7);
  });
});

test("a splat fills all lanes", () => {
  const floats = new Float32Array(wasm.memory.buffer);
  wasm.call("splat f32", 0.25);
  expect([...floats.subarray(28, 32)]).toEqual([0.25, 0.25, 0.25, 0.25]);
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
      expressionFunc("ints", [], lane(constant("v4i32", -2), 1)),
      expressionFunc("nan", [], bits(constant("f32", Number.NaN), "i32")),
    ]),
  );
  for (const [i, [, v]] of values.entries()) expect(w.call(`c${i}`)).toBe(v);
  const view = new DataView(new ArrayBuffer(4));
  edges.f32.forEach((v, i) => {
    view.setFloat32(0, Number(v));
    expect(w.call(`bits${i}`)).toBe(view.getInt32(0));
  });
  expect(w.call("ints")).toBe(-2);
  expect(w.call("nan")).toBe(0x7fc00000);
});
