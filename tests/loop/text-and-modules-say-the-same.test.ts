// Dumps and pass fixtures are text: what is printed must be the module, all of it.

import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { LoopModule } from "#glim/compiler/loop/ir.js";
import { parseLoop, printLoop } from "#glim/compiler/loop/text.js";
import { verifyLoop } from "#glim/compiler/loop/verify.js";
import { lawfulModule, shrinkFor } from "./lawful-module.ts";

const folder = new URL("../fixtures/loop/", import.meta.url);

test.each(readdirSync(folder))("%s is lawful and prints as it is written", (name) => {
  const text = readFileSync(new URL(name, folder), "utf8");
  const module = parseLoop(text);
  expect(verifyLoop(module)).toEqual([]);
  expect(printLoop(module)).toBe(text);
  expect(parseLoop(printLoop(module))).toStrictEqual(module);
});

test("random lawful modules are read back as they were", () => {
  fc.assert(
    fc.property(lawfulModule, (module: LoopModule) => {
      expect(verifyLoop(module)).toEqual([]);
      expect(parseLoop(printLoop(module))).toStrictEqual(module);
    }),
    { numRuns: 400, ...shrinkFor },
  );
});

test("long data can be left out of what is printed", () => {
  const data = [{ name: "w", bytes: new Uint8Array(100), size: 100 }];
  const text = printLoop({ funcs: [], data, globals: [], table: [] }, { maxDataBytes: 64 });
  expect(text).toBe("data @w size 100 = …\n");
  expect(() => parseLoop(text)).toThrow("line 1: the bytes were left out");
});

test("comments and spacing do not matter", () => {
  const text = "// a\nfunc @f(%a:i32)->i32{ // b\n%b=%a -1 return %b-1}";
  expect(printLoop(parseLoop(text))).toBe(
    "func @f (%a: i32) -> i32 {\n  %b = %a - 1\n  return %b - 1\n}\n",
  );
});

describe("what is not Loop IR is refused with its line", () => {
  test.each([
    ["func @f () {\n  %a = %b\n}", "line 2: expected a local that has a value, not b"],
    ["func @f () {\n  %a = foo(1)\n}", "line 2: no operation foo"],
    ["func @f () {\n  %a = load.f16 %a[0]\n}", "line 2: f16 is no element"],
    ["func @f () {\n  jump\n}", "line 2: no statement begins with jump"],
    ["func @f () {\n\n  %a = 1:u8\n}", "line 3: u8 is no type"],
    ["func @f () {\n  %a = select(1, 2)\n}", "line 2: select has other operands"],
    ["func @f () {\n  %a = lane(1:v4i32, %b)\n}", "line 2: expected a number"],
    ["func @f () {", "line 1: expected a statement, not end of text"],
    ['data @d size 4 = "0g"', "line 1: the bytes are not hexadecimal"],
    ["func @f () { ? }", 'line 1: unexpected "? }"'],
    ["function", "line 1: expected func, not function"],
  ])("%s", (text, message) => {
    expect(() => parseLoop(text)).toThrow(message);
  });
});
