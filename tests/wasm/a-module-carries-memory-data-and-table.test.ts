// Hosts without JavaScript rely on the memory's size, what lies in it, and on there being no imports.

import { describe, expect, test } from "vitest";
import { address, FuncBuilder, i32, load, local, plus } from "#glim/compiler/loop/build.js";
import { dataStart, type LoopExpr, type LoopFunc } from "#glim/compiler/loop/ir.js";
import { EmitError, emitModule } from "#glim/compiler/wasm/emit-module.js";
import { expressionFunc, instantiate, moduleOf } from "./instantiate.ts";

const read = (name: string, element: "f32" | "u8", object: string): LoopFunc =>
  expressionFunc(
    name,
    ["i32"],
    load({ element, base: address(object), index: local("p0", "i32") }),
  );

test("data objects lie at multiples of 64, with their bytes", async () => {
  const weights = Float32Array.from({ length: 20 }, (_, i) => i / 4);
  const data = [
    { name: "w", bytes: new Uint8Array(weights.buffer), size: 80 },
    { name: "space", bytes: undefined, size: 100 },
    { name: "tail", bytes: Uint8Array.of(0, 5, 0, 0), size: 4 },
    { name: "zeros", bytes: new Uint8Array(8), size: 8 },
  ];
  const where = data.map(({ name }) => expressionFunc(`at ${name}`, [], address(name)));
  const w = await instantiate(
    moduleOf([read("w", "f32", "w"), read("tail", "u8", "tail"), ...where], { data }),
  );
  for (let i = 0; i < 20; i++) expect(w.call("w", i)).toBe(i / 4);
  expect([0, 1, 2, 3].map((i) => w.call("tail", i))).toEqual([0, 5, 0, 0]);
  expect(data.map(({ name }) => w.call(`at ${name}`))).toEqual([64, 192, 320, 384]);
  expect(dataStart).toBe(64);
});

test("large data is written without going through binaryen", async () => {
  const bytes = new Uint8Array(40_000_000).fill(1);
  bytes[39_999_999] = 7;
  const w = await instantiate(
    moduleOf([read("at", "u8", "big")], { data: [{ name: "big", bytes, size: bytes.length }] }),
  );
  expect(w.call("at", 39_999_999)).toBe(7);
  expect(w.bytes.length).toBeLessThan(40_000_200);
});

describe("memory", () => {
  const grow = (): LoopFunc[] => [
    expressionFunc("grow", ["i32"], { k: "memoryGrow", type: "i32", pages: local("p0", "i32") }),
    expressionFunc("size", [], { k: "memorySize", type: "i32" }),
  ];
  const data = [{ name: "a", bytes: undefined, size: 65536 - 64 }];

  test("has pages for the data and the bytes asked for", async () => {
    const exact = await instantiate(moduleOf(grow(), { data }));
    expect(exact.memory.buffer.byteLength).toBe(65536);
    const more = await instantiate(moduleOf(grow(), { data }), { extraBytes: 1 });
    expect(more.memory.buffer.byteLength).toBe(2 * 65536);
  });

  test("grows to the most pages allowed, and then says −1", async () => {
    const w = await instantiate(moduleOf(grow()), { maxPages: 3 });
    expect(w.call("size")).toBe(1);
    expect(w.call("grow", 2)).toBe(1);
    expect(w.call("size")).toBe(3);
    expect(w.memory.buffer.byteLength).toBe(3 * 65536);
    expect(w.call("grow", 1)).toBe(-1);
  });

  test("without a limit declares none", async () => {
    const w = await instantiate(moduleOf(grow()));
    expect(w.call("grow", 100)).toBe(1);
    expect(w.call("size")).toBe(101);
  });

  test("needing more than is allowed is refused", async () => {
    const bytes = emitModule(moduleOf(grow(), { data }), { extraBytes: 200000, maxPages: 2 });
    await expect(bytes).rejects.toThrow("memory of 5 pages, but at most 2 allowed");
  });
});

test("callIndirect calls by number in the table", async () => {
  const setter = (name: string, by: number): LoopFunc => {
    const b = new FuncBuilder();
    const x = b.param("x", "i32");
    b.param("unused", "f32");
    b.emit({ s: "setGlobal", name: "g", value: plus(x, by) });
    return b.finish(name);
  };
  const b = new FuncBuilder();
  const which = b.param("which", "i32");
  b.emit({
    s: "callIndirect",
    target: which,
    params: ["i32", "f32"],
    args: [i32(1000), { k: "const", type: "f32", value: 0 }],
  });
  const w = await instantiate(
    moduleOf(
      [
        setter("one", 1),
        b.finish("call", { exported: "call" }),
        setter("two", 2),
        expressionFunc("g", [], { k: "global", type: "i32", name: "g" }),
      ],
      { table: ["two", "one", "g"], globals: [{ name: "g", initial: 0 }] },
    ),
  );
  w.call("call", 0);
  expect(w.call("g")).toBe(1002);
  w.call("call", 1);
  expect(w.call("g")).toBe(1001);
  expect(() => w.call("call", 2)).toThrow(WebAssembly.RuntimeError);
  expect(() => w.call("call", 3)).toThrow(WebAssembly.RuntimeError);
});

describe("sections", () => {
  const funcs = [expressionFunc("a function", ["i32"], local("p0", "i32"))];

  test("custom ones are carried as given; there are no imports", async () => {
    const custom = [
      { name: "glim", bytes: Uint8Array.from({ length: 300 }, (_, i) => i & 255) },
      { name: "empty", bytes: new Uint8Array(0) },
    ];
    for (const names of [false, true]) {
      const module = moduleOf(funcs, { data: [{ name: "d", bytes: Uint8Array.of(1), size: 1 }] });
      const bytes = await emitModule(module, { customSections: custom, names });
      const compiled = await WebAssembly.compile(bytes);
      for (const { name, bytes } of custom) {
        const [section] = WebAssembly.Module.customSections(compiled, name);
        expect(new Uint8Array(section!)).toEqual(bytes);
      }
      expect(WebAssembly.Module.imports(compiled)).toEqual([]);
      expect(WebAssembly.Module.customSections(compiled, "name")).toHaveLength(names ? 1 : 0);
      expect(WebAssembly.Module.customSections(compiled, "target_features")).toEqual([]);
    }
  });

  test("the same module gives the same bytes, whatever was emitted before", async () => {
    const first = await emitModule(moduleOf(funcs));
    await emitModule(moduleOf(funcs), { names: true });
    expect(await emitModule(moduleOf(funcs))).toEqual(first);
  });
});

describe("unlawful Loop IR is a short error", () => {
  const wrong: readonly [string, LoopExpr][] = [
    ["local %nowhere has no value", local("nowhere", "i32")],
    ["no data object @nowhere", address("nowhere")],
    ["no sqrt of i32", { k: "unary", type: "i32", op: "sqrt", a: i32(1) }],
    ["no function @nowhere", { k: "call", type: "i32", callee: "nowhere", args: [] }],
    [
      "invalid module",
      { k: "binary", type: "i32", op: "add", a: i32(1), b: { k: "const", type: "f32", value: 1 } },
    ],
    ["no global @nowhere", { k: "global", type: "i32", name: "nowhere" }],
  ];
  test.each(wrong)("%s", async (message, value) => {
    const failed = await emitModule(moduleOf([expressionFunc("f", [], value)])).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failed).toBeInstanceOf(EmitError);
    const text = failed instanceof EmitError ? failed.message : "";
    expect(text).toContain(message);
    expect(text.length).toBeLessThan(400);
    expect(text).not.toContain("\n");
    // Binaryen still works.
    await emitModule(moduleOf([expressionFunc("f", [], i32(1))]));
  });
});
