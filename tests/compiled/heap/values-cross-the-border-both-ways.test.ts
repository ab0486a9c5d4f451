// What a host gives is what the program sees, and what the program gives is what the host gets, for every
// kind of value; what does not fit is named by its place before anything is written.

import { describe, expect, it } from "vitest";
import { type LoadedGraph, loadGraph } from "./load-graph.ts";

const echo = `module echo
type @Point = record {x: f64, y: f64}
type @Numbers = list f64
type @Flags = list bool
type @Texts = list str
type @Points = list @Point
type @Rows = list @Numbers
type @Row = box f32[3]
type @Marks = box bool[2]
type @Counts = box i32[N]
type @RowList = list @Row
type @Ages = map str -> f64
type @Names = map f64 -> undefined|str
type @Seen = map str -> undefined
type @Switches = map bool -> @Texts
type @Loose = list undefined|null|bool|f64|str|@Numbers|@Point|@Ages|@Row
type @Nothing = list undefined
type @Empty = list never
type @Tree = record {name: str, children: @Trees, up: null|@Tree}
type @Trees = list @Tree
type @Mixed = record {counts: @Counts, marks: undefined|@Marks, odd name: bool}

entry func @text(%a: str) -> str {
  return %a
}
entry func @numbers(%a: @Numbers) -> @Numbers {
  return %a
}
entry func @flags(%a: @Flags) -> @Flags {
  return %a
}
entry func @texts(%a: @Texts) -> @Texts {
  return %a
}
entry func @point(%a: @Point) -> @Point {
  return %a
}
entry func @points(%a: @Points) -> @Points {
  return %a
}
entry func @rows(%a: @Rows) -> @Rows {
  return %a
}
entry func @box(%a: @Row) -> @Row {
  return %a
}
entry func @rowList(%a: @RowList) -> @RowList {
  return %a
}
entry func @ages(%a: @Ages) -> @Ages {
  return %a
}
entry func @names(%a: @Names) -> @Names {
  return %a
}
entry func @seen(%a: @Seen) -> @Seen {
  return %a
}
entry func @switches(%a: @Switches) -> @Switches {
  return %a
}
entry func @loose(%a: @Loose) -> @Loose {
  return %a
}
entry func @nothing(%a: @Nothing) -> @Nothing {
  return %a
}
entry func @empty(%a: @Empty) -> @Empty {
  return %a
}
entry func @tree(%a: @Tree) -> @Tree {
  return %a
}
entry func @mixed(%a: @Mixed, %x: i32[N]) -> @Mixed {
  return %a
}
entry func @several(%a: str, %x: f32[2], %n: f64, %b: @Texts) -> (@Texts, f32[2], str, f64) as {texts: 0, x: 1, inner: [2, 3]} {
  return %b %x %a %n
}
entry func @either(%tag: f64, %a: str, %x: f32[2]) -> (f64, str, f32[2]) as union 0 (0: void, 1: void, 4: 1, 8: [2]) {
  return %tag %a %x
}
`.replaceAll("odd name", '"odd name"');

let loaded: LoadedGraph | undefined;
const call = async (name: string, ...args: readonly unknown[]): Promise<unknown> => {
  loaded ??= await loadGraph(echo);
  return loaded.model[name]!(...args);
};

const f32 = (...values: readonly number[]) => Float32Array.from(values);
const row = (...values: readonly number[]) => ({ data: f32(...values), shape: [values.length] });
const leaf = (name: string) => ({ name, children: [], up: null });

const whole: readonly (readonly [entry: string, ...values: readonly unknown[]])[] = [
  ["text", "", "a", "hällo", "日本語", "😀 and \ud800 alone", "\0"],
  ["numbers", [], [1], [0, -0, NaN, Infinity, -Infinity, 5e-324, 2 ** 53, 0.1]],
  ["flags", [], [true], [false, true, true]],
  ["texts", [], [""], ["a", "", "ccc"]],
  ["point", { x: 1, y: -0 }],
  [
    "points",
    [],
    [
      { x: 1, y: 2 },
      { x: 3, y: 4 },
    ],
  ],
  ["rows", [[], [1], [2, 3]]],
  ["box", row(1, 2, 3)],
  ["rowList", [], [row(1, 2, 3), row(4, 5, 6)]],
  [
    "ages",
    new Map(),
    new Map([
      ["a", 1],
      ["", NaN],
    ]),
  ], // prettier
  [
    "names",
    new Map<number, unknown>([
      [1, "one"],
      [NaN, undefined],
      [0, ""],
    ]),
  ],
  ["seen", new Set(), new Set(["a", "b", ""])],
  [
    "switches",
    new Map([
      [true, ["on"]],
      [false, []],
    ]),
  ],
  [
    "loose",
    [
      undefined,
      null,
      true,
      false,
      1,
      "a",
      [1, 2],
      { x: 1, y: 2 },
      new Map([["k", 1]]),
      row(1, 2, 3),
    ],
  ],
  ["nothing", [undefined, undefined]],
  ["empty", []],
  ["tree", leaf("a"), { name: "a", children: [leaf("b"), leaf("c")], up: leaf("d") }],
];

describe.each(whole.map(([entry, ...values]) => ({ entry, values })))("$entry", (given) => {
  it.each(given.values.map((v, i) => ({ i, v })))("value $i comes back", async ({ v }) => {
    expect(await call(given.entry, v)).toEqual(v);
    // Again, so that what a call leaves does not matter to the next one.
    expect(await call(given.entry, v)).toEqual(v);
  });
});

describe("what else is taken", () => {
  it("typed arrays for lists of numbers and for tensors", async () => {
    expect(await call("numbers", Float64Array.of(1, 2))).toEqual([1, 2]);
    expect(await call("numbers", Uint8Array.of(1, 2))).toEqual([1, 2]);
    expect(await call("box", f32(1, 2, 3))).toEqual(row(1, 2, 3));
    expect(await call("loose", [f32(1, 2, 3), Float64Array.of(1)])).toEqual([row(1, 2, 3), [1]]);
  });

  it("a long text", async () => {
    const text = "long é".repeat(100_000);
    expect(await call("text", text)).toBe(text);
  });

  it("objects that lie deep in each other", async () => {
    interface Node {
      readonly name: string;
      readonly children: readonly Node[];
      readonly up: Node | null;
    }
    let deep: Node = leaf("0");
    for (let i = 1; i < 9000; i++) deep = { name: String(i), children: [], up: deep };
    let at = (await call("tree", deep)) as Node | null;
    for (let i = 8999; i >= 0; i--, at = at!.up) expect(at!.name).toBe(String(i));
    expect(at).toBe(null);
  });

  it("several values beside tensors and numbers", async () => {
    expect(await call("several", "a", f32(1, 2), 3, ["b"])).toEqual({
      texts: ["b"],
      x: row(1, 2),
      inner: ["a", 3],
    });
  });

  it("sizes that tensors inside share with a parameter", async () => {
    const counts = { data: Int32Array.of(1, 2), shape: [2] };
    const marks = { data: Uint8Array.of(1, 0), shape: [2] };
    const x = Int32Array.of(5, 6);
    const mixed = { counts, marks, "odd name": true };
    expect(await call("mixed", mixed, x)).toEqual(mixed);
    expect(await call("mixed", { counts, "odd name": false }, x)).toEqual({
      counts,
      marks: undefined,
      "odd name": false,
    });
  });

  it("a result of one of several kinds", async () => {
    expect(await call("either", 0, "a", f32(1, 2))).toBe(undefined);
    expect(await call("either", 1, "a", f32(1, 2))).toBe(null);
    expect(await call("either", 4, "a", f32(1, 2))).toBe("a");
    expect(await call("either", 8, "a", f32(1, 2))).toEqual([row(1, 2)]);
  });
});

describe("what is refused", () => {
  const cyclic: Record<string, unknown> = { name: "a", children: [] };
  cyclic.up = cyclic;
  it.each([
    ["text", 5, "a: expected String, found Number"],
    ["text", undefined, "a: expected String, found Undefined"],
    ["numbers", "12", "a: expected Array, found String"],
    ["numbers", [1, "2"], "a[1]: expected Number, found String"],
    ["numbers", new BigInt64Array(1), "a[0]: expected Number, found BigInt"],
    ["flags", [0], "a[0]: expected Boolean, found Number"],
    ["texts", { length: 1 }, "a: expected Array, found Object"],
    [
      "points",
      [
        { x: 1, y: 2 },
        { x: 1, z: 2 },
      ],
      "a[1].y: expected Number, found Undefined",
    ],
    ["points", [null], "a[0]: expected Object, found Null"],
    ["rows", [[1], [true]], "a[1][0]: expected Number, found Boolean"],
    ["box", [1, 2, 3], "a: expected Float32Array, found Array"],
    ["rowList", [row(1, 2)], "a[0]: 2 elements of shape [2] do not fit f32[3]"],
    ["rowList", [Int32Array.of(1, 2, 3)], "a[0]: expected Float32Array, found Int32Array"],
    ["ages", { a: 1 }, "a: expected Map, found Object"],
    ["ages", new Set(["a"]), "a: expected Map, found Set"],
    ["ages", new Map([["k", "1"]]), 'a.get("k"): expected Number, found String'],
    ["ages", new Map([[1, 1]]), "a.get(1): expected String, found Number"],
    ["seen", new Map([["a", 1]]), "a: expected Set, found Map"],
    ["loose", [() => 1], "expected Undefined or Null or Boolean or Number or String or Array"],
    ["empty", [1], "a[0]: expected nothing, found Number"],
    ["tree", { name: "a", children: [leaf("b"), 1], up: null }, "a.children[1]: expected Object"],
    ["tree", cyclic, "objects in objects, too deep"],
  ])("%s(%o)", async (entry, value, message) => {
    await expect(call(entry, value)).rejects.toThrow(message);
    await expect(call(entry, value)).rejects.toMatchObject({ name: "GlimError" });
    expect(await call("text", "still usable")).toBe("still usable");
  });
});
