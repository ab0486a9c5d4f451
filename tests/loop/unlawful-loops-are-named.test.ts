// A pass that breaks a law must be told so by name, not by a wrong number or binaryen's abort.

import { expect, test } from "vitest";
import type { LoopExpr, LoopModule, LoopStmt } from "#glim/compiler/loop/ir.js";
import { parseLoop } from "#glim/compiler/loop/text.js";
import { verifyLoop } from "#glim/compiler/loop/verify.js";

/** One function whose body this is, among things it may name. */
const inFunc = (body: string): LoopModule =>
  parseLoop(`
    data @d size 8
    global $g = 0
    table @nothing
    func @g (%x: i32, %y: f32) -> f64 { return 0:f64 }
    func @nothing () {}
    func @f (%i: i32, %x: f32, %v: v4f32, %m: v4i32, %n: i64) -> i32 { ${body} }
  `);
const i32: LoopExpr = { k: "const", type: "i32", value: 1 };
const local = (name: string): LoopExpr => ({ k: "local", type: "i32", name });

/** The same with a statement that has no text. */
const withStmt = (s: LoopStmt): LoopModule => {
  const module = inFunc("trap");
  return {
    ...module,
    funcs: module.funcs.map((f) => (f.name === "f" ? { ...f, body: [s, { s: "trap" }] } : f)),
  };
};

const texts: readonly [string, string][] = [
  // Values.
  ["%a has no value on some path in `%b = %a`", "if %i { %a = 1 } %b = %a trap"],
  ["%a has no value on some path in `%b = %a`", "for %k = 0 to %i { %a = 1 } %b = %a trap"],
  ["%a has no value on some path in `return %a`", "block l { if %i { break l } %a = 1 } return %a"],
  [
    "%a has no value on some path in `return %a`",
    "loop l { if %i { break l } %a = 1 break l } return %a",
  ],
  ["%k has no value on some path in `return %k`", "for %k = 0 to 4 { } return %k"],
  ["%x is f32, not i32 in `%x = 1`", "%x = 1 trap"],
  ["%a is i32, not f32 in `%a = %x`", "%a = 1 %a = %x trap"],
  ["the end is reached without a return of i32", "if %i { return 1 }"],
  ["the end is reached without a return of i32", "block l { if %i { break l } return 1 }"],
  // Types of operands.
  ["add: expected i32, found f32 in `%a = %i + %x`", "%a = %i + %x trap"],
  ["not does not take f32", "%a = not(%x) trap"],
  ["and does not take f32", "%a = %x & %x trap"],
  ["shl: expected i64, found i32", "%a = %n << %i trap"],
  ["eq: expected f32, found i32", "%a = %x == %i trap"],
  ["ltU does not take f32", "%a = ltU(%x, %x) trap"],
  ["the condition: expected v4i32, found i32", "%a = select(%i, %v, %v) trap"],
  ["select: expected f32, found i32", "%a = select(%i, %x, %i) trap"],
  ["convert does not take i64 to v4f32", "%a = convert.v4f32(%n) trap"],
  ["bits does not take f32 to i64", "%a = bits.i64(%x) trap"],
  ["splat: expected i32, found v4f32", "%a = splat(%v) trap"],
  ["there is no lane 2", "%a = lane(splat2(%n), 2) trap"],
  ["lane: expected v4i32, found i32", "%a = lane(%i, 0) trap"],
  ["there is no lane 4", "%a = lane(%v, 4) trap"],
  ["shuffle: expected v4f32, found v4i32", "%a = shuffle(%v, %m, [0, 1, 2, 3]) trap"],
  ["there is no lane 8", "%a = shuffle(%v, %v, [0, 1, 2, 8]) trap"],
  ["memory.grow: expected i32, found f32", "%a = memory.grow(%x) trap"],
  // Accesses.
  ["the base: expected i32, found f32", "%a = load.f32 %x[0] trap"],
  ["the index: expected i32, found f32", "%a = load.f32 %i[%x] trap"],
  ["no v4i32 is loaded from u16", "%a = load4.u16 %i[0] trap"],
  ["no v4f64 is stored into f32", "store.f32 %i[0] = load4.f64 %i[0] trap"],
  ["no f32 is stored into u8", "store.u8 %i[0] = %x trap"],
  ["the index: expected i32, found f32", "store.f32 %i[%x] = %x trap"],
  ["expected i32, found f32", "fillBytes(%i, %x, %i) trap"],
  ["expected i32, found i64", "copyBytes(%i, %i, %n) trap"],
  // Names.
  ["there is no global $h", "return $h"],
  ["there is no global $h", "$h = 1 trap"],
  ["expected i32, found f32", "$g = %x trap"],
  ["there is no data object @e", "return @e"],
  ["there is no function @h", "call @h() trap"],
  ["@g takes 2 arguments, not 1", "call @g(1) trap"],
  ["argument 2 of @g: expected f32, found i32", "call @g(1, 2) trap"],
  ["@g gives f64, not i32", "return call.i32 @g(1, %x)"],
  ["@nothing gives nothing, not i32", "return call.i32 @nothing()"],
  ["expected i32, found f32", "call table[%x] () () trap"],
  ["the function in the table takes 1 arguments, not 0", "call table[0] (i32) () trap"],
  [
    "argument 1 of the function in the table: expected f32, found i32",
    "call table[0] (f32) (1) trap",
  ],
  // Control.
  ["nothing around has the label l", "break l"],
  ["nothing around has the label l", "block l { break l } continue l"],
  ["l is no loop", "block l { continue l } trap"],
  ["l is the label of something around already", "loop l { block l { break l } }"],
  ["expected i32, found f32 in `if %x {`", "if %x { } trap"],
  ["expected i32, found i64", "for %k = %n to 4 { } trap"],
  ["expected i32, found i64", "for %k = 0 to %n { } trap"],
  ["the step 0 is not positive", "for %k = 0 to 4 step 0 { } trap"],
  ["the range is empty", "for %k = 4 to 4 nonempty { } trap"],
  ["%k is the variable of a loop", "for %k = 0 to 4 { %k = 1 } trap"],
  ["%i is another local already", "for %i = 0 to 4 { } trap"],
  ["%k is another local already", "for %k = 0 to 4 { for %k = 0 to 4 { } } trap"],
  ["expected i32, found f32 in `return %x`", "return %x"],
  ["the function gives i32 in `return`", "return"],
];

test("no function takes or gives lanes that are two vectors", () => {
  const module = parseLoop(`
    table @f
    func @f (%x: v4f64) -> v4i64 { return bits.v4i64(%x) }
    func @g (%x: v2f64) { call table[0] (v4f64) (load4.f64 0[0]) }
  `);
  expect(verifyLoop(module)).toEqual([
    "@f: %x: no function takes a v4f64",
    "@f: no function gives a v4i64",
    "@g: no function takes a v4f64 in `call table[0] (v4f64) (load4.f64 (0)[0])`",
  ]);
});

test.each(texts)("%s: %s", (message, body) => {
  const found = verifyLoop(inFunc(body));
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(`@f: ${message}`);
});

test.each([
  ["%k is used by loops that follow each other", "for %k = 0 to 4 { } for %k = 0 to 4 { } trap"],
  ["a value from both branches", "if %i { %a = 1 } else { %a = 2 } return %a"],
  ["a value from a loop that runs", "for %k = 0 to 4 { %a = 1 } return %a"],
  ["a value from a loop said to run", "for %k = 0 to %i nonempty { %a = 1 } return %a"],
  ["a value from every break", "loop l { %a = 1 if %i { break l } } return %a"],
  ["a branch that does not come back", "if %i { %a = 1 } else { return 2 } return %a"],
  ["an endless loop instead of a return", "loop l { }"],
  ["a local that only code which never runs leaves without a value", "return 1 %b = 2 return %b"],
])("%s is lawful", (_, body) => {
  expect(verifyLoop(inFunc(body))).toEqual([]);
});

const constant = (type: LoopExpr["type"], value: number | bigint): LoopStmt => ({
  s: "set",
  name: "c",
  value: { k: "const", type, value },
});

test.each<[string, LoopStmt]>([
  ["number 0.5 is no i32", constant("i32", 0.5)],
  ["number 2147483648 is no i32", constant("i32", 2 ** 31)],
  ["number 0 is no i32", constant("i32", -0)],
  ["number NaN is no v4i32", constant("v4i32", Number.NaN)],
  ["number 1 is no i64", constant("i64", 1)],
  ["bigint 1 is no f32", constant("f32", 1n)],
  ["bigint 9223372036854775808 is no i64", constant("i64", 2n ** 63n)],
  ["%nowhere has no value", { s: "set", name: "a", value: local("nowhere") }],
  ["%x is f32, not i32", { s: "set", name: "a", value: local("x") }],
  [
    "the result of lt: expected i32, found v4i32",
    { s: "set", name: "a", value: { k: "compare", type: "v4i32", op: "lt", a: i32, b: i32 } },
  ],
  [
    "only a vector is loaded by splat",
    {
      s: "set",
      name: "a",
      value: {
        k: "load",
        type: "i32",
        element: "i32",
        base: i32,
        index: i32,
        offset: 0,
        splat: true,
      },
    },
  ],
  [
    "the offset 0.5 is no i32",
    { s: "store", element: "i32", base: i32, index: i32, offset: 0.5, value: i32 },
  ],
  [
    "the step 1.5 is not positive",
    { s: "for", name: "k", from: i32, to: i32, step: 1.5, atLeastOnce: false, body: [] },
  ],
])("%s", (message, s) => {
  const found = verifyLoop(withStmt(s));
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(`@f: ${message}`);
});

test("a function without a result returns nothing", () => {
  const module = parseLoop("func @f () { return 1 }");
  expect(verifyLoop(module)).toEqual(["@f: the function gives nothing in `return 1`"]);
});

test("an empty table holds nothing to call", () => {
  const module = parseLoop("func @f () { call table[0] () () }");
  expect(verifyLoop(module)).toEqual(["@f: the table is empty in `call table[0] () ()`"]);
});

test("names and sizes of a module", () => {
  const nothing: LoopModule = { funcs: [], data: [], globals: [], table: [] };
  const f = parseLoop("func @f () {}").funcs[0]!;
  const data = { name: "d", bytes: undefined, size: 4 };
  const cases: readonly [Partial<LoopModule>, string][] = [
    [{ funcs: [f, f] }, "two functions are named f"],
    [{ funcs: [{ ...f, exported: "memory" }] }, "two exports are named memory"],
    [
      {
        funcs: [
          { ...f, exported: "e" },
          { ...f, name: "g", exported: "e" },
        ],
      },
      "two exports are named e",
    ],
    [{ data: [data, data] }, "two data objects are named d"],
    [{ data: [{ ...data, bytes: new Uint8Array(5) }] }, "@d: 5 bytes in a size of 4"],
    [{ data: [{ ...data, size: -1 }] }, "@d: the size -1 is no length"],
    [{ globals: [{ name: "g", initial: 0.5 }] }, "$g: 0.5 is no i32"],
    [
      {
        globals: [
          { name: "g", initial: 0 },
          { name: "g", initial: 0 },
        ],
      },
      "two globals are named g",
    ],
    [{ table: ["f"] }, "table: there is no function @f"],
    [
      {
        funcs: [
          {
            ...f,
            params: [
              { name: "a", type: "i32" },
              { name: "a", type: "i32" },
            ],
          },
        ],
      },
      "@f: two parameters are named %a",
    ],
  ];
  for (const [part, message] of cases)
    expect(verifyLoop({ ...nothing, ...part })).toEqual([message]);
});
