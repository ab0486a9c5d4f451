// Passes rely on the laws without checking them: what breaks one must be found where it is made.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Module, Node, Value } from "#glim/compiler/graph/ir.js";
import { f64Type, makeNode, value } from "#glim/compiler/graph/ir.js";
import { parseGraph } from "#glim/compiler/graph/text.js";
import { verifyGraph } from "#glim/compiler/graph/verify.js";
import { graphModules } from "./generate-graph.ts";

test("the generator's modules are lawful", () => {
  fc.assert(
    fc.property(graphModules(), (m) => {
      expect(verifyGraph(m)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

/** The laws that a text breaks; the text is the inside of a function unless it has one of its own. */
const broken = (text: string): readonly string[] =>
  verifyGraph(
    parseGraph(
      text.includes("func ")
        ? text
        : `size B 1..4
const @w : f32[2,3] = all 1
state @n : f64 = 0
func @g(%a: f32[2,3], %b: bool) -> f64 {
  %z = number 0 : f64
  return %z
}
func @f(%x: f32[2,3], %y: f32[B,3], %k: f64, %c: bool) -> f64 {
${text}
  return %k
}`,
    ),
  );

describe("each law", () => {
  const cases: readonly (readonly [string, string])[] = [
    // Operators.
    ["%0 = add %x %x : f32[2,3]", ""],
    ["%0 = add %x %x : f32[3,2]", "@f: %0 = add: gives f32[3,2], where f32[2,3] is due"],
    ["%0 = add %x %y : f32[B,3]", ""],
    ["%0 = add %x %y : f32[2,3]", ""],
    ["%0 = add %x : f32[2,3]", "@f: %0 = add: takes 2 operands, not 1"],
    ["%0 = add %x %k : f32[2,3]", "@f: %0 = add: takes tensors only"],
    ["%0 = add %x %x extra=1 : f32[2,3]", "@f: %0 = add: has no attribute extra"],
    ["%0 = permute %x : f32[3,2]", "@f: %0 = permute: attribute dims is missing"],
    [
      '%0 = permute %x dims=["1",0] : f32[3,2]',
      "@f: %0 = permute: attribute dims[] is a text, not a number",
    ],
    [
      "%0 = permute %x dims=[0,0] : f32[3,2]",
      "@f: %0 = permute: permute: [0,0] does not name each axis of f32[2,3] once",
    ],
    ["%0 = frobnicate %x : f32[2,3]", "@f: %0 = frobnicate: is no operator"],
    // Core operations.
    ["%0 = const @v : f32[2,3]", "@f: %0 = const: there is no constant @v"],
    ["%0 = const @w : f32[3,2]", "@f: %0 = const: the constant is f32[2,3]"],
    ["%0 = splat %k : f32[1]", "@f: %0 = splat: gives a tensor of rank 0, not f32[1]"],
    ["%0 = splat %k : bool[]", "@f: %0 = splat: makes no bool of a number"],
    ["%0 = number true : f64", "@f: %0 = number: attribute value is not a double"],
    ['%0 = number "-0" : f64', ""],
    ['%0 = number "7" : f64', "@f: %0 = number: attribute value is not a double"],
    ["%0 = boolean true : f64", "@f: %0 = boolean: gives (f64), where (bool) is due"],
    ["%0 = item %x : f64", "@f: %0 = item: f32[2,3] has not exactly one element"],
    ["%0 = scalar add %k %c : f64", "@f: %0 = scalar: takes (f64, bool), where (f64, f64) is due"],
    ["%0 = scalar atan3 %k : f64", "@f: %0 = scalar: there is no scalar function atan3"],
    ["%0 = layout %x : f32[2,3]{1,0}", ""],
    ["%0 = layout %x : f32[2,3]{0,1^6}\n%1 = join %0 %0 axis=1 : f32[2,6]", ""],
    [
      "%0 = join %x %x axis=1 : f32[2,6]",
      "@f: %0 = join: joins (f32[2,3], f32[2,3]) to (f32[2,6])",
    ],
    ["%0 = layout %x : f32[3,2]{1,0}", "@f: %0 = layout: changes the type f32[2,3] to f32[3,2]"],
    ["%0 = state.get @m : f64", "@f: %0 = state.get: there is no state @m"],
    ["state.set @n %c", "@f: state.set: takes (bool), where (f64) is due"],
    ['check "m" %k', "@f: check: takes (f64), where (bool) is due"],
    ["checkEqual left=B right=2", "@f: checkEqual: attribute message is missing"],
    ['checkEqual left=B message="m" right=true', "@f: checkEqual: attribute right is not a dim"],
    ["%0 = call @h %x : f64", "@f: %0 = call: there is no function @h"],
    [
      "%0 = call @g %x %k : f64",
      "@f: %0 = call: passes (f32[2,3], f64), where (f32[2,3], bool) is due",
    ],
    ["%0 = call @g %x %c : bool", "@f: %0 = call: gives (bool), where @g gives (f64)"],
    // Control flow.
    [
      "%0 = if %k : f64 {\n yield %k\n} else {\n yield %k\n}",
      "@f: %0 = if: takes (f64), where (bool) is due",
    ],
    ["%0 = if %c : f64 {\n yield %k\n} else {\n return %k\n}", ""],
    [
      "%0 = if %c : f64 {\n yield %k\n} else {\n yield %c\n}",
      "@f: yield: gives (bool), where (f64) is due",
    ],
    ["if %c {\n yield\n}", "@f: if: has 1 regions"],
    [
      "if %c {\n %0 = number 1 : f64\n yield\n} else {\n %1 = scalar neg %0 : f64\n yield\n}",
      "@f: %1 = scalar: %0 is not defined here",
    ],
    ["if %c {\n %0 = number 1 : f64\n} else {\n yield\n}", "@f: if: ends without a terminator"],
    ['if %c {\n yield\n throw "m"\n} else {\n yield\n}', "@f: if: goes on after yield"],
    ["if %c {\n} else {\n yield\n}", "@f: if: is empty"],
    [
      "%0 = loop L (%i = %k : f64) : f64 {\n break L %c\n}",
      "@f: break: gives (bool), where (f64) is due",
    ],
    ["loop L (%i = %k : f64) {\n continue L\n}", "@f: continue: gives (), where (f64) is due"],
    ["loop L () {\n break M\n}", "@f: break: no loop around it has the label M"],
    ["loop L () {\n yield\n}", "@f: yield: has nothing around it to give values to"],
    [
      "loop L () {\n loop L () {\n break L\n }\n break L\n}",
      "@f: loop: two loops have the label L",
    ],
    ["loop L (%i = %k : bool) {\n break L\n}", "@f: loop: takes (f64), where (bool) is due"],
    // Kernels.
    ["%0 = kernel (%a = %x : f32[2,3]) : f32[2,3] {\n %1 = add %a %a : f32[2,3]\n yield %1\n}", ""],
    [
      "%0 = kernel (%a = %x : f32[2,3]) : f32[2,3] {\n %1 = add %a %x : f32[2,3]\n yield %1\n}",
      "@f: %1 = add: %x is not defined here",
    ],
    [
      "%0 = kernel (%a = %x : f32[2,3]) : f32[2,3] {\n %1 = const @w : f32[2,3]\n yield %1\n}",
      "@f: %1 = const: is not an operator, inside a kernel",
    ],
    // Layouts meet too.
    [
      "%0 = if %c : f32[2,3] {\n %1 = layout %x : f32[2,3]{1,0}\n yield %1\n} else {\n yield %x\n}",
      "@f: yield: gives (f32[2,3]{1,0}), where (f32[2,3]) is due",
    ],
    // Functions.
    ["func @f() -> f64 {\n return\n}", "@f: return: gives (), where the function gives (f64)"],
    ["func @f() {\n return\n}\nfunc @f() {\n return\n}", "@f: two functions have this name"],
    [
      "func @f(%x: f64) -> f64 as [0, 0] {\n return %x\n}",
      "@f: the leaves of its shape are [0, 0], its results 1",
    ],
    [
      "entry func @f(%x: f32[]) -> f32[B] {\n %0 = expand %x shape=[B] : f32[B]\n return %0\n}",
      "@f: expand: the size B is not known here",
    ],
    ['bind n %k message="m"\n  %0 = size n : f64', ""],
    ['bind n %c message="m"', "@f: bind: takes (bool), where (f64) is due"],
    ['%0 = size n : f64\n  bind n %k message="m"', "@f: size: the size n is not known here"],
    [
      'if %c {\n bind n %k message="m"\n yield\n} else {\n yield\n}\n  %0 = size n : f64',
      "@f: size: the size n is not known here",
    ],
    ['bind n %k message="m"\n  bind n %k message="m"', "@f: bind: the size n is bound twice"],
    ['bind B %k message="m"', "@f: bind: a parameter has the size B"],
    [
      'type @box = box f32[n]\nfunc @f(%k: f64) {\n bind n %k message="m"\n return\n}',
      "type @box: f32[n] has the size n of one place",
    ],
    [
      "entry func @e() {\n return\n}\nfunc @f() {\n call @e\n return\n}",
      "@f: call: @e is an entry, which is not called from inside",
    ],
    ["func @f(%x: f32[2,3]{1,0}) {\n return\n}", "@f: parameter x is not row-major"],
    // What functions refer to.
    [
      "const @w : f32[3] = [1, 2] func @f() {\n return\n}",
      "const @w: has 2 elements, where f32[3] has 3",
    ],
    [
      "state @s : f32[3] = [1, 2] func @f() {\n return\n}",
      "state @s: starts with 2 elements of a Float32Array: f32[3]",
    ],
    ["size B 4..1 func @f() {\n return\n}", "size B: 4..1 is not a range of sizes"],
  ];
  test.each(cases)("%j", (text, message) => {
    expect(broken(text)).toEqual(message === "" ? [] : [message]);
  });
});

/** A function of one number, whose body is `nodes` and then a return. */
function moduleOf(nodes: (x: Value) => readonly Node[]): Module {
  const x = value(f64Type, "x");
  const body = { params: [], nodes: [...nodes(x), makeNode("return", [], {}, [])] };
  const f = {
    name: "f",
    entry: false,
    doc: "",
    results: [],
    shape: { kind: "void" },
    span: undefined,
  } as const;
  const funcs = [{ ...f, params: [{ name: "x", value: x }], body }];
  return { name: "m", funcs, constants: new Map(), state: new Map(), heap: new Map(), sizes: [] };
}

test("a value is used after its definition only, and defined once", () => {
  const a = value(f64Type, "a");
  const b = value(f64Type, "b");
  const negate = (from: Value, to: Value): Node => makeNode("scalar", [from], { fn: "neg" }, [to]);
  expect(verifyGraph(moduleOf((x) => [negate(x, a), negate(a, b)]))).toEqual([]);
  expect(verifyGraph(moduleOf((x) => [negate(a, b), negate(x, a)]))).toEqual([
    "@f: %b = scalar: %a is not defined here",
  ]);
  expect(verifyGraph(moduleOf((x) => [negate(x, a), negate(x, a)]))).toEqual([
    "@f: %a = scalar: %a is defined twice",
  ]);
  expect(verifyGraph(moduleOf(() => [negate(value(f64Type), a)]))).toEqual([
    "@f: %a = scalar: a value from elsewhere is not defined here",
  ]);
});
