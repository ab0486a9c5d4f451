// Loops, branches and accesses are what kernels are made of: off by one here is wrong everywhere.

import { describe, expect, test } from "vitest";
import type { Access } from "#glim/compiler/loop/build.js";
import {
  binary,
  call,
  compare,
  constant,
  convert,
  FuncBuilder,
  i32,
  load,
  loadVector,
  local,
  plus,
  splat,
  times,
} from "#glim/compiler/loop/build.js";
import type { Element, LoopExpr, LoopFunc, LoopStmt } from "#glim/compiler/loop/ir.js";
import { instantiate, moduleOf } from "./instantiate.ts";

const func = (name: string, body: readonly LoopStmt[], rest: Partial<LoopFunc> = {}): LoopFunc => ({
  name,
  exported: name,
  params: [],
  result: undefined,
  body,
  ...rest,
});
const param = (name: string): { name: string; type: "i32" } => ({ name, type: "i32" });
const v = (name: string): LoopExpr => local(name, "i32");
const set = (name: string, value: LoopExpr): LoopStmt => ({ s: "set", name, value });
const ret = (value: LoopExpr | undefined): LoopStmt => ({ s: "return", value });
const bump = (name: string, by: LoopExpr): LoopStmt => set(name, plus(v(name), by));

describe("switch", () => {
  const choose = func(
    "choose",
    [
      set("found", i32(-1)),
      {
        s: "switch",
        value: v("n"),
        cases: [[set("found", i32(10))], [], [bump("found", i32(5)), ret(v("found"))]],
      },
      ret(plus(v("found"), 100)),
    ],
    { params: [param("n")], result: "i32" },
  );

  test.each([
    [0, 110],
    [1, 99],
    [2, 4],
    [3, 99],
    [-1, 99],
  ])("case %i gives %i", async (n, due) => {
    const w = await instantiate(moduleOf([choose]));
    expect(w.call("choose", n)).toBe(due);
  });
});

describe("for", () => {
  /** Sums 1 + i over the range: tells empty from one round at 0. */
  const sum = (
    name: string,
    from: LoopExpr,
    to: LoopExpr,
    step: number,
    atLeastOnce: boolean,
  ): LoopFunc =>
    func(
      name,
      [
        set("sum", i32(0)),
        {
          s: "for",
          name: "i",
          from,
          to,
          step,
          atLeastOnce,
          body: [bump("sum", plus(v("i"), 1))],
        },
        ret(v("sum")),
      ],
      { params: [param("a"), param("b")], result: "i32" },
    );
  const expected = (from: number, to: number, step: number): number => {
    let sum = 0;
    for (let i = from; i < to; i += step) sum += i + 1;
    return sum;
  };

  test("runs for the values of its range, also when it is empty", async () => {
    const w = await instantiate(
      moduleOf([
        sum("by 1", v("a"), v("b"), 1, false),
        sum("by 3", v("a"), v("b"), 3, false),
        sum("end computed", v("a"), binary("mul", v("b"), i32(2)), 1, false),
        sum("not empty", v("a"), v("b"), 2, true),
        sum("known", i32(2), i32(9), 3, true),
        sum("known empty", i32(9), i32(9), 3, false),
      ]),
    );
    for (const [a, b] of [
      [0, 5],
      [0, 0],
      [3, 2],
      [-4, 4],
      [7, 8],
    ] as const) {
      expect(w.call("by 1", a, b)).toBe(expected(a, b, 1));
      expect(w.call("by 3", a, b)).toBe(expected(a, b, 3));
      expect(w.call("end computed", a, b)).toBe(expected(a, b * 2, 1));
      if (a < b) expect(w.call("not empty", a, b)).toBe(expected(a, b, 2));
    }
    expect(w.call("known", 0, 0)).toBe(expected(2, 9, 3));
    expect(w.call("known empty", 0, 0)).toBe(0);
  });

  test("computes its end once, before the first round", async () => {
    const changing = func(
      "changing",
      [
        set("n", v("a")),
        set("rounds", i32(0)),
        {
          s: "for",
          name: "i",
          from: i32(0),
          to: v("n"),
          step: 1,
          atLeastOnce: false,
          body: [set("n", i32(0)), bump("rounds", i32(1))],
        },
        ret(v("rounds")),
      ],
      { params: [param("a")], result: "i32" },
    );
    const w = await instantiate(moduleOf([changing]));
    expect(w.call("changing", 6)).toBe(6);
  });

  test("nests, each loop with its own end", async () => {
    const b = new FuncBuilder();
    const n = b.param("n", "i32");
    const count = b.let("count", i32(0));
    b.for("i", 0, plus(n, 1), 1, (i) =>
      b.for("j", i, times(n, 2), 1, (j) =>
        b.for("k", j, plus(times(n, 2), 1), 2, () => b.set(count, plus(count, 1))),
      ),
    );
    b.emit(ret(count));
    const w = await instantiate(moduleOf([b.finish("f", { exported: "f", result: "i32" })]));
    let expected = 0;
    for (let i = 0; i < 6; i++)
      for (let j = i; j < 10; j++) for (let k = j; k < 11; k += 2) expected++;
    expect(w.call("f", 5)).toBe(expected);
  });
});

test("break and continue go to their own label through inner ones", async () => {
  // The first x ≥ 0 with x² + y² = n for some 0 ≤ y ≤ x, counting the pairs tried.
  const squares = plus(times(v("x"), v("x")), times(v("y"), v("y")));
  const search = func(
    "search",
    [
      set("x", i32(-1)),
      set("tried", i32(0)),
      {
        s: "block",
        label: "found",
        body: [
          {
            s: "loop",
            label: "xs",
            body: [
              bump("x", i32(1)),
              set("y", i32(0)),
              {
                s: "loop",
                label: "ys",
                body: [
                  {
                    s: "if",
                    c: compare("gt", v("y"), v("x")),
                    whenTrue: [{ s: "continue", label: "xs" }],
                    whenFalse: [],
                  },
                  bump("tried", i32(1)),
                  {
                    s: "if",
                    c: compare("eq", squares, v("n")),
                    whenTrue: [{ s: "break", label: "found" }],
                    whenFalse: [bump("y", i32(1))],
                  },
                ],
              },
            ],
          },
        ],
      },
      ret(plus(times(v("x"), 1000), v("tried"))),
    ],
    { params: [param("n")], result: "i32" },
  );
  const w = await instantiate(moduleOf([search]));
  expect(w.call("search", 25)).toBe(4 * 1000 + 10 + 4);
});

test("a loop that tests at its bottom goes round while it says continue", async () => {
  const w = await instantiate(
    moduleOf([
      func(
        "f",
        [
          set("rounds", i32(0)),
          {
            s: "loop",
            label: "l",
            body: [
              bump("rounds", i32(1)),
              {
                s: "if",
                c: compare("lt", v("rounds"), v("n")),
                whenTrue: [{ s: "continue", label: "l" }],
                whenFalse: [],
              },
              { s: "break", label: "l" },
            ],
          },
          ret(v("rounds")),
        ],
        { params: [param("n")], result: "i32" },
      ),
    ]),
  );
  expect([0, 1, 2, 9].map((n) => w.call("f", n))).toEqual([1, 1, 2, 9]);
});

test("a return leaves from inside loops, and a trap traps", async () => {
  const w = await instantiate(
    moduleOf(
      [
        func(
          "f",
          [
            {
              s: "for",
              name: "i",
              from: i32(0),
              to: i32(10),
              step: 1,
              atLeastOnce: true,
              body: [
                {
                  s: "if",
                  c: compare("eq", v("i"), v("n")),
                  whenTrue: [ret(times(v("i"), 7))],
                  whenFalse: [],
                },
              ],
            },
            {
              s: "if",
              c: compare("lt", v("n"), i32(0)),
              whenTrue: [],
              whenFalse: [ret(i32(100))],
            },
            { s: "trap" },
          ],
          { params: [param("n")], result: "i32" },
        ),
        func("early", [
          { s: "setGlobal", name: "g", value: i32(1) },
          ret(undefined),
          { s: "setGlobal", name: "g", value: i32(2) },
        ]),
        func("g", [ret({ k: "global", type: "i32", name: "g" })], { result: "i32" }),
      ],
      { globals: [{ name: "g", initial: -7 }] },
    ),
  );
  expect(w.call("f", 4)).toBe(28);
  expect(w.call("f", 10)).toBe(100);
  expect(() => w.call("f", -1)).toThrow(WebAssembly.RuntimeError);
  expect(w.call("g")).toBe(-7);
  w.call("early");
  expect(w.call("g")).toBe(1);
});

describe("accesses", () => {
  const elements = {
    f32: Float32Array,
    f64: Float64Array,
    i32: Int32Array,
    i64: BigInt64Array,
    u8: Uint8Array,
    i8: Int8Array,
    u16: Uint16Array,
  } as const;

  test.each(Object.keys(elements) as Element[])("%s by base, index and offset", async (element) => {
    const at = (index: LoopExpr): Access => ({ element, base: v("base"), index });
    const copy = (name: string, from: LoopExpr, to: LoopExpr): LoopFunc => {
      const b = new FuncBuilder();
      b.param("base", "i32");
      b.param("i", "i32");
      b.store(at(to), load(at(from)));
      return b.finish(name, { exported: name });
    };
    const w = await instantiate(
      moduleOf([
        copy("plain", v("i"), plus(v("i"), 1)),
        copy("constant", i32(3), i32(9)),
        copy("behind", plus(v("i"), -2), plus(v("i"), 2)),
        copy("negative", i32(-2), i32(-1)),
        copy("scaled", times(v("i"), 3), plus(times(v("i"), 4), 1)),
      ]),
    );
    const view = new elements[element](w.memory.buffer, 1024);
    const big = element === "i64";
    view.forEach((_, i) => {
      view[i] = (big ? BigInt(i + 200) : i + 200) as never;
    });
    const stored = (x: number): number => {
      if (element === "u8") return x & 255;
      return element === "i8" ? (x << 24) >> 24 : x;
    };
    const same = (to: number, from: number): void =>
      expect(Number(view[to])).toBe(stored(from + 200));
    w.call("plain", 1024, 20);
    same(21, 20);
    w.call("constant", 1024, 0);
    same(9, 3);
    w.call("behind", 1024, 30);
    same(32, 28);
    w.call("negative", 1024 + 40 * view.BYTES_PER_ELEMENT, 0);
    same(39, 38);
    w.call("scaled", 1024, 17);
    same(69, 51);
  });

  test("four bytes widen without sign and narrow to their low byte", async () => {
    const b = new FuncBuilder();
    const [from, to] = [b.param("from", "i32"), b.param("to", "i32")];
    const access = (base: LoopExpr): Access => ({ element: "u8", base, index: i32(1) });
    b.store(access(to), binary("add", loadVector(access(from)), constant("v4i32", 100)));
    const c = new FuncBuilder();
    const [from2, to2] = [c.param("from", "i32"), c.param("to", "i32")];
    const ints = { element: "i32", base: to2, index: i32(0) } as const;
    c.store(ints, loadVector(access(from2)));
    c.store({ ...ints, index: i32(4) }, loadVector(access(from2), true));
    const w = await instantiate(
      moduleOf([b.finish("bytes", { exported: "bytes" }), c.finish("wide", { exported: "wide" })]),
    );
    const bytes = new Uint8Array(w.memory.buffer);
    bytes.set([9, 0, 155, 200, 255, 9], 100);
    bytes.fill(77, 200, 210);
    w.call("bytes", 100, 200);
    expect([...bytes.subarray(200, 206)]).toEqual([77, 100, 255, 44, 99, 77]);
    w.call("wide", 100, 256);
    expect([...new Int32Array(w.memory.buffer, 256, 8)]).toEqual([0, 155, 200, 255, 0, 0, 0, 0]);
  });

  test("four neighbours, or one in all lanes, at any element", async () => {
    const b = new FuncBuilder();
    const i = b.param("i", "i32");
    const a = { element: "f32", base: i32(1024) } as const;
    const sum = binary(
      "add",
      loadVector({ ...a, index: plus(i, 3) }),
      loadVector({ ...a, index: plus(i, 1) }, true),
    );
    b.store({ element: "f32", base: i32(2048), index: i32(5) }, sum);
    b.store(
      { element: "i32", base: i32(2048), index: i32(9) },
      loadVector({ element: "i32", base: i32(4096), index: i }, true),
    );
    const w = await instantiate(moduleOf([b.finish("f", { exported: "f" })]));
    const floats = new Float32Array(w.memory.buffer);
    for (let n = 0; n < 32; n++) floats[256 + n] = n;
    new Int32Array(w.memory.buffer)[1024 + 7] = -5;
    w.call("f", 7);
    expect([...floats.subarray(517, 521)]).toEqual([18, 19, 20, 21]);
    expect([...new Int32Array(w.memory.buffer, 2084, 4)]).toEqual([-5, -5, -5, -5]);
  });
});

test("bytes are copied, also where the ranges overlap, and filled", async () => {
  const w = await instantiate(
    moduleOf([
      func("copy", [{ s: "copyBytes", to: i32(202), from: i32(200), bytes: i32(5) }]),
      func("fill", [{ s: "fillBytes", to: i32(300), value: i32(0x1ff), bytes: i32(3) }]),
    ]),
  );
  const bytes = new Uint8Array(w.memory.buffer);
  bytes.set([1, 2, 3, 4, 5, 6, 7, 8], 200);
  w.call("copy");
  expect([...bytes.subarray(200, 208)]).toEqual([1, 2, 1, 2, 3, 4, 5, 8]);
  w.call("fill");
  expect([...bytes.subarray(299, 304)]).toEqual([0, 255, 255, 255, 0]);
});

test("calls pass arguments of every type, and a result not wanted is dropped", async () => {
  const types = ["i32", "i64", "f32", "f64"] as const;
  const sum = types
    .map((type, i) => convert(local(`p${i}`, type), "f64"))
    .reduce((a, b) => binary("add", a, b));
  const mix = func(
    "mix",
    [
      {
        s: "setGlobal",
        name: "calls",
        value: plus({ k: "global", type: "i32", name: "calls" }, 1),
      },
      ret(sum),
    ],
    {
      params: types.map((type, i) => ({ name: `p${i}`, type })),
      result: "f64",
    },
  );
  const args = [i32(1), constant("i64", 2n), constant("f32", 0.5), constant("f64", 0.25)];
  const vectors = func(
    "twice",
    [
      {
        s: "store",
        element: "f32",
        base: i32(512),
        index: i32(0),
        offset: 0,
        value: binary("add", local("x", "v4f32"), local("x", "v4f32")),
      },
    ],
    { exported: undefined, params: [{ name: "x", type: "v4f32" }] },
  );
  const caller = func(
    "caller",
    [
      { s: "call", callee: "mix", args },
      { s: "call", callee: "twice", args: [splat(constant("f32", 1.5))] },
      ret(call("f64", "mix", args)),
    ],
    { result: "f64" },
  );
  const calls = func("calls", [ret({ k: "global", type: "i32", name: "calls" })], {
    result: "i32",
  });
  const module = moduleOf([caller, calls, mix, vectors], {
    globals: [{ name: "calls", initial: 0 }],
  });
  const w = await instantiate(module);
  expect(w.call("caller")).toBe(3.75);
  expect(w.call("calls")).toBe(2);
  expect([...new Float32Array(w.memory.buffer, 512, 4)]).toEqual([3, 3, 3, 3]);
  expect(() => w.call("twice", 0)).toThrow("no export");
});
