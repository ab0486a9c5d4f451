// Dumps, fixtures and packages are text: what is printed must be the whole program.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Module, Node, Region, TensorData, Value } from "#glim/compiler/graph/ir.js";
import { isRowMajor } from "#glim/compiler/graph/layout.js";
import { GraphSyntaxError, parseGraph, printGraph } from "#glim/compiler/graph/text.js";
import { verifyGraph } from "#glim/compiler/graph/verify.js";
import { graphModules } from "./generate-graph.ts";

const dataOf = (m: Module): ReadonlyMap<string, TensorData> =>
  new Map([
    ...[...m.constants].map(([k, c]) => [k, c.data] as const),
    ...[...m.state].flatMap(([k, s]) =>
      typeof s.initial === "object" && !("maker" in s.initial) ? [[k, s.initial] as const] : [],
    ),
  ]);

/** All that a module says but spans and names of values: values are numbered as they are defined. */
function structure(m: Module): unknown {
  return m.funcs.map((f) => {
    const numbers = new Map<Value, number>();
    const define = (v: Value): unknown => {
      numbers.set(v, numbers.size);
      return [v.type, isRowMajor(v.layout) ? undefined : v.layout];
    };
    const region = (r: Region): unknown => ({
      params: r.params.map(define),
      nodes: r.nodes.map(node),
    });
    const node = (n: Node): unknown => ({
      op: n.op,
      operands: n.operands.map((v) => numbers.get(v)),
      attrs: n.attrs,
      regions: n.regions.map(region),
      results: n.results.map(define),
    });
    const params = f.params.map((p) => [p.name, define(p.value)]);
    return { ...f, params, body: region(f.body), span: undefined };
  });
}

test("every lawful module survives printing and parsing", () => {
  fc.assert(
    fc.property(graphModules(), (m) => {
      const text = printGraph(m);
      const back = parseGraph(text, dataOf(m));
      expect(structure(back)).toEqual(structure(m));
      expect(back.constants).toEqual(m.constants);
      expect(back.state).toEqual(m.state);
      expect(back.sizes).toEqual(m.sizes);
      expect(printGraph(back)).toBe(text);
    }),
    { numRuns: 200 },
  );
});

const example = `module mnist
size B 1..64
const @fc1.weight : f32[2,3] = [0.1, -0, NaN, 0x7fc00001, 1e+30, -Infinity]
const @big : f32[8,4]{1,0/4,0%4} = all 0.5
const @"odd name" : bool[2] = [0, 1]
state @position : f64 = -0
state @ready : bool = true
state @cache : i32[2] = [1, -2]

doc "Says \\"why\\"."
entry func @classify(%images: f32[B,3], %o.k: f64) -> (f32[B,3], f64) as {probs: 0, "top k": [1]} {
  %w = const @fc1.weight : f32[2,3]
  %0 = number "-0" : f64
  %"1" = size floor((2*B+1)/3)-1 : f64
  %1 = scalar lt %0 %o.k : bool
  %r, %2 = if %1 : f32[B,3]{1,0}, f64 {
    %r_1 = layout %images : f32[B,3]{1,0}
    yield %r_1 %"1"
  } else {
    throw "no \\n luck"
  }
  %3 = loop L0 (%i = %0 : f64, %s = %r : f32[B,3]{1,0}) : f32[B,3] {
    %k = kernel (%a = %s : f32[B,3]{1,0}) : f32[B,3]{1,0} {
      %4 = anything %a deep=[[1,2],[]] flag=true mode="same" shape=[B,2*B+1] : f32[B,3]{1,0}
      yield %4
    }
    checkEqual left=B message="sizes" right=3
    continue L0 %i %k
  }
  %5 = call @"a helper" %3 : f64
  state.set @position %5
  return %3 %5
}

func @"a helper"(%x: f32[B,3]) -> f64 {
  %0 = state.get @position : f64
  return %0
}

func @nothing() as [] {
  return
}
`;

test("text prints as it was read", () => {
  expect(printGraph(parseGraph(example))).toBe(example);
});

test("spaces, comments and order of attributes do not matter", () => {
  const text = `; a comment
module m   ; another

func @f( ; parameters
  %x: f32[2],
  %y: f32[2] ) -> f32[2] {
  %z = op %x   %y b=1 a=[ 1, 2 ] : f32[2] ; the end
  return %z }`;
  expect(printGraph(parseGraph(text))).toBe(`module m

func @f(%x: f32[2], %y: f32[2]) -> f32[2] {
  %z = op %x %y a=[1,2] b=1 : f32[2]
  return %z
}
`);
});

test("data that is left out must be given, and must be the same", () => {
  const data = Float32Array.from({ length: 40 }, (_, i) => i);
  const w = parseGraph(`const @w : f32[40] = all 0`).constants.get("w")!;
  const m: Module = { ...parseGraph(""), constants: new Map([["w", { ...w, data }]]) };
  const text = printGraph(m);
  expect(text).toMatch(/= fnv64:[0-9a-f]{16}\n/);
  expect(parseGraph(text, new Map([["w", data]])).constants.get("w")?.data).toBe(data);
  expect(() => parseGraph(text)).toThrow(/left out/);
  expect(() => parseGraph(text, new Map([["w", data.map((x) => x + 1)]]))).toThrow(/has digest/);
});

test("source places are comments", () => {
  const m = parseGraph("func @f() {\n  return\n}\n");
  const span = { file: "model.ts", start: 3, end: 9 };
  const funcs = m.funcs.map((f) => ({
    ...f,
    body: { ...f.body, nodes: f.body.nodes.map((n) => ({ ...n, span })) },
  }));
  const text = printGraph({ ...m, funcs }, (s) => `${s.file}:${s.start}`);
  expect(text).toContain("  return ; model.ts:3\n");
  expect(printGraph(parseGraph(text))).toBe(printGraph(m));
});

describe("mistakes are shown with their place", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["func @f() {\n  %x = op %y : f64\n}", "2:11: %y is not defined before its use"],
    ["func @f(%x: f64) {\n  %x = number 1 : f64\n}", "2:3: %x is defined twice"],
    ["func @f() {\n  %x = number 1\n}", "2:8: number names 1 results and gives 0 types"],
    ["func @f(%x: f63) {}", "1:13: f63 is not a type"],
    ["func @f(%x: f16[2]) {}", "1:13: f16 is not a dtype"],
    ["func @f(%x: f32[2 2]) {}", "1:19: expected ,, found 2"],
    ["func @f(%x: f32[B*]) {}", "1:17: not a dimension: B*"],
    ["func @f(%x: f32[2]{x}) {}", "1:19: not a layout: {x}"],
    ["func @f() -> (f64, f64) {}", "1:25: several results need `as` and their structure"],
    ["func @f() {\n  return", "2:9: expected an operation, found the end of the text"],
    ["func @f() {\n  return ] \n}", "2:10: expected the end of the line"],
    ["func @f() {\n  check 7 message=1\n}", "2:11: message is given twice"],
    ["const @w : f64 = 1", "1:12: a constant is a tensor, not f64"],
    ["const @w : i32[1] = [1.5]", "1:22: 1.5 is not an i32"],
    ["const @w : bool[1] = [2]", "1:23: a bool is 0 or 1"],
    ["const @w : i32[1] = [1]\nconst @w : i32[1] = [1]", "2:1: @w is defined twice"],
    ["const @w : i32[B] = all 1", "1:21: `all` needs a type of known size"],
    ["what", "1:1: expected module, size, const, state, doc, entry or func"],
    ['module "x', '1:8: expected quoted text, found "x'],
  ];
  test.each(cases)("%j", (text, message) => {
    expect(() => parseGraph(text)).toThrow(GraphSyntaxError);
    expect(() => parseGraph(text)).toThrow(message);
  });
});

test("state on the heap names the function that makes it", () => {
  const text = `module kept
type @record0 = record {n: f64}
state @kept : @record0 = func @make

func @make() -> @record0 {
  %0 = number 3 : f64
  %1 = new %0 : @record0
  return %1
}

entry func @read() -> f64 {
  %kept = state.get @kept : @record0
  %0 = field.get %kept leaf=0 : f64
  return %0
}
`;
  const module = parseGraph(text);
  expect(verifyGraph(module)).toEqual([]);
  expect(printGraph(module)).toBe(text);
  const broken = parseGraph(text.replace("func @make\n", "func @read\n"));
  expect(verifyGraph(broken)).toEqual(["state @kept: @read makes f64, not @record0"]);
});

test("a constant that is reached by several names has all of them", () => {
  const text = `module tied
const @net.table, @net.head : f32[2] = [1, 2]

entry func @read() -> f32[2] {
  %0 = const @net.table : f32[2]
  return %0
}
`;
  const module = parseGraph(text);
  expect(module.constants.get("net.table")?.aliases).toEqual(["net.head"]);
  expect(printGraph(module)).toBe(text);
});
