// Recursion is how trees are walked: every call needs its own values and tensors, a failure inside must come
// out of all callers, and calls that never end must fail in good time and leave the module usable.

import { expect, it } from "vitest";
import { type LoadedGraph, loadGraph } from "./load-graph.ts";

const program = `module recursion
type @Numbers = list f64
type @Tree = record {value: f64, left: null|@Tree, right: null|@Tree}
type @Row = box f32[N]

func @fibonacci(%n: f64) -> f64 {
  %one = number 1 : f64
  %two = number 2 : f64
  %small = scalar lt %n %two : bool
  if %small {
    return %n
  } else {
    yield
  }
  %a = scalar sub %n %one : f64
  %b = scalar sub %n %two : f64
  %x = call @fibonacci %a : f64
  %y = call @fibonacci %b : f64
  %sum = scalar add %x %y : f64
  return %sum
}

entry func @fib(%n: f64) -> f64 {
  %r = call @fibonacci %n : f64
  return %r
}

func @build(%depth: f64, %count: f64) -> (@Tree, f64) as [0, 1] {
  %zero = number 0 : f64
  %one = number 1 : f64
  %here = number 6 : f64
  %next = scalar add %count %one : f64
  %leaf = scalar le %depth %zero : bool
  if %leaf {
    %none = empty : @Tree
    %single = new %count %one %none %one %none : @Tree
    return %single %next
  } else {
    yield
  }
  %less = scalar sub %depth %one : f64
  %left, %c = call @build %less %next : @Tree, f64
  %right, %d = call @build %less %c : @Tree, f64
  %made = new %count %here %left %here %right : @Tree
  return %made %d
}

func @text(%tree: @Tree, %before: str) -> str {
  %value = field.get %tree leaf=0 : f64
  %number = texts ofNumber %value : str
  %with = texts concat %before %number : str
  %one = number 1 : f64
  %tag = field.get %tree leaf=1 : f64
  %end = scalar eq %tag %one : bool
  if %end {
    return %with
  } else {
    yield
  }
  %left = field.get %tree leaf=2 : @Tree
  %right = field.get %tree leaf=4 : @Tree
  %l = call @text %left %with : str
  %r = call @text %right %l : str
  return %r
}

entry func @tree(%depth: f64) -> (@Tree, str) as [0, 1] {
  %zero = number 0 : f64
  %empty = text "" : str
  %tree, %count = call @build %depth %zero : @Tree, f64
  %text = call @text %tree %empty : str
  return %tree %text
}

entry func @walk(%tree: @Tree) -> str {
  %empty = text "" : str
  %text = call @text %tree %empty : str
  return %text
}

func @powers(%row: @Row, %n: f64) -> @Row {
  %zero = number 0 : f64
  %one = number 1 : f64
  %x = unbox %row : f32[N]
  %square = mul %x %x : f32[N]
  %done = scalar le %n %zero : bool
  if %done {
    %last = box %square : @Row
    return %last
  } else {
    yield
  }
  %less = scalar sub %n %one : f64
  %half = add %x %square : f32[N]
  %in = box %half : @Row
  %deep = call @powers %in %less : @Row
  %got = unbox %deep : f32[N]
  %sum = sub %got %square : f32[N]
  %out = box %sum : @Row
  return %out
}

entry func @tensors(%x: f32[N], %n: f64) -> f32[N] {
  %row = box %x : @Row
  %out = call @powers %row %n : @Row
  %y = unbox %out : f32[N]
  return %y
}

func @down(%n: f64, %limit: f64, %list: @Numbers) {
  %one = number 1 : f64
  list.push %list %n
  %fine = scalar lt %n %limit : bool
  check "reached the limit" %fine
  %next = scalar add %n %one : f64
  call @down %next %limit %list
  return
}

entry func @fall(%limit: f64) {
  %zero = number 0 : f64
  %list = new : @Numbers
  call @down %zero %limit %list
  return
}

func @even(%n: f64) -> bool {
  %zero = number 0 : f64
  %one = number 1 : f64
  %end = scalar eq %n %zero : bool
  if %end {
    return %end
  } else {
    yield
  }
  %less = scalar sub %n %one : f64
  %odd = call @odd %less : bool
  return %odd
}

func @odd(%n: f64) -> bool {
  %zero = number 0 : f64
  %one = number 1 : f64
  %end = scalar eq %n %zero : bool
  if %end {
    %no = boolean false : bool
    return %no
  } else {
    yield
  }
  %less = scalar sub %n %one : f64
  %even = call @even %less : bool
  return %even
}

entry func @isEven(%n: f64) -> bool {
  %r = call @even %n : bool
  return %r
}
`;

let loaded: Promise<LoadedGraph> | undefined;
const load = (): Promise<LoadedGraph> => {
  loaded ??= loadGraph(program);
  return loaded;
};

interface Tree {
  readonly value: number;
  readonly left: Tree | null;
  readonly right: Tree | null;
}

function build(depth: number, count: { n: number }): Tree {
  const value = count.n++;
  if (depth <= 0) return { value, left: null, right: null };
  return { value, left: build(depth - 1, count), right: build(depth - 1, count) };
}

const textOf = (t: Tree | null): string =>
  t === null ? "" : `${t.value}${textOf(t.left)}${textOf(t.right)}`;

it("with numbers", async () => {
  const { model } = await load();
  expect(model.fib!(20)).toBe(6765);
  expect(model.isEven!(1000)).toBe(true);
  expect(model.isEven!(999)).toBe(false);
});

it("with objects and texts, and several results", async () => {
  const { model } = await load();
  const tree = build(5, { n: 0 });
  expect(model.tree!(5)).toEqual([tree, textOf(tree)]);
  expect(model.walk!(tree)).toBe(textOf(tree));
});

it("with tensors of its own in each call", async () => {
  const { model, used } = await load();
  const powers = (x: number, n: number): number => {
    const square = Math.fround(x * x);
    if (n <= 0) return square;
    return Math.fround(powers(Math.fround(x + square), n - 1) - square);
  };
  const x = Float32Array.of(0.5, -0.25, 1, 0.125, 2);
  for (const n of [0, 1, 3]) {
    expect(model.tensors!(x, n)).toEqual({ data: x.map((v) => powers(v, n)), shape: [5] });
    expect(used()).toBe(0);
  }
});

it("and fails through all callers", async () => {
  const { model } = await load();
  expect(() => model.fall!(100)).toThrow("reached the limit");
  expect(() => model.fall!(0)).toThrow("reached the limit");
  expect(model.fib!(10)).toBe(55);
});

it("until calls nest too deeply", async () => {
  const { model } = await load();
  expect(() => model.fall!(Number.POSITIVE_INFINITY)).toThrow("calls nest too deeply");
  expect(model.isEven!(5000)).toBe(true);
  expect(() => model.isEven!(-1)).toThrow("calls nest too deeply");
  expect(model.fib!(10)).toBe(55);
});

it("and deep trees are refused at the border, not by a crash", async () => {
  const { model } = await load();
  let tree: Tree = { value: 0, left: null, right: null };
  for (let i = 0; i < 20_000; i++) tree = { value: i, left: tree, right: null };
  expect(() => model.walk!(tree)).toThrow(/too deep|deep in itself/);
  expect(model.fib!(10)).toBe(55);
});
