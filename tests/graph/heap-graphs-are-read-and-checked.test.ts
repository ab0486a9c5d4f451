// Programs with texts, lists, records and maps are graphs too: their text must say everything, and their laws hold.

import { describe, expect, it } from "vitest";
import { parseGraph, printGraph } from "#glim/compiler/graph/text.js";
import { verifyGraph } from "#glim/compiler/graph/verify.js";

const beams = `module beams
type @Beam = record {text: str, score: f64, next: null|@Beam, mark: undefined|bool|f64}
type @Beams = list @Beam
type @Index = map str -> @Beam
type @Row = box f32[3]
type @Rows = list @Row
type @Texts = list str

entry func @run(%word: str, %x: f32[3]) -> (str, f64, bool) as [0, union 1 (0: void, 3: 2)] {
  %0 = text "a\\n" : str
  %1 = texts concat %0 %word : str
  %2 = number 0 : f64
  %3 = empty : @Beam
  %4 = number 1 : f64
  %5 = boolean false : bool
  %6 = new %1 %2 %2 %3 %2 %5 %2 : @Beam
  %7 = new : @Beams
  list.push %7 %6
  %8 = list.get %7 %2 leaf=0 : @Beam
  %9 = same %6 %8 : bool
  %10 = field.get %8 leaf=1 : f64
  field.set %8 %10 leaf=1
  %11 = new : @Index
  map.put %11 %1 %8
  %12 = map.has %11 %1 : bool
  %13 = map.get %11 %word leaf=0 : @Beam
  %14 = box %x : @Row
  %15 = new %14 %14 : @Rows
  %16 = list.get %15 %4 leaf=0 : @Row
  %17 = unbox %16 : f32[3]
  %18 = texts split %word %0 %4 : @Texts
  %19 = list.join %18 %0 : str
  return %19 %10 %9
}
`;

/** The module with one line replaced. */
const changed = (from: string, to: string): readonly string[] => {
  expect(beams).toContain(from);
  return verifyGraph(parseGraph(beams.replace(from, to)));
};

describe("a graph with a heap", () => {
  it("is lawful, and prints as it was read", () => {
    const module = parseGraph(beams);
    expect(verifyGraph(module)).toEqual([]);
    expect(printGraph(module)).toBe(beams);
  });

  it.each([
    ["a cell out of order", "undefined|bool|f64", "undefined|f64|bool", "out of order"],
    ["a type that is not there", "list @Beam", "list @Bean", "there is no @Bean"],
    ["a leaf that is not there", "%8 leaf=1 : f64", "%8 leaf=9 : f64", "no such leaf"],
    ["an element of another type", "list.push %7 %6", "list.push %7 %2", "(@Beams, @Beam) is due"],
    ["a key of another type", "map.has %11 %1", "map.has %11 %2", "(@Index, str) is due"],
    ["half a record", "%3 %2 %5 %2 : @Beam", "%3 %2 %5 : @Beam", "is due"],
    ["a box of another shape", "box f32[3]", "box f32[4]", "the box holds f32[4]"],
    [
      "a function that is not there",
      "texts concat",
      "texts concatenate",
      "no function concatenate",
    ],
  ])("is refused with %s", (_, from, to, message) => {
    expect(changed(from, to).join("\n")).toContain(message);
  });
});

const open = `module open
type @Rows = box f32[_,3]

entry func @f(%x: f32[B,3], %flag: bool) -> f32[n1,3] {
  %y = if %flag : @Rows {
    %y_1 = cat %x %x axis=0 : f32[2*B,3]
    %0 = box %y_1 : @Rows
    yield %0
  } else {
    %1 = box %x : @Rows
    yield %1
  }
  %2 = box.size %y axis=0 : f64
  bind n1 %2 message="a size"
  %y_2 = unbox %y : f32[n1,3]
  return %y_2
}
`;

describe("a box that says a size by itself", () => {
  const errors = (from: string, to: string): string => {
    expect(open).toContain(from);
    return verifyGraph(parseGraph(open.replace(from, to))).join("\n");
  };

  it("is lawful, and prints as it was read", () => {
    expect(errors("module open", "module open")).toBe("");
    expect(printGraph(parseGraph(open))).toBe(open);
  });

  it.each([
    ["another rank", "box f32[_,3]", "box f32[_]", "the box holds f32[_]"],
    ["another known size", "box f32[_,3]", "box f32[_,4]", "the box holds f32[_,4]"],
    ["an axis that the type knows", "axis=0 : f64", "axis=1 : f64", "that the box's type says"],
    ["a size of one place", "box f32[_,3]", "box f32[n1,3]", "has the size n1 of one place"],
    [
      "a size that nothing binds",
      "unbox %y : f32[n1,3]",
      "unbox %y : f32[n2,3]",
      "the size n2 is not known here",
    ],
  ])("is refused with %s", (_, from, to, message) => {
    expect(errors(from, to)).toContain(message);
  });
});
