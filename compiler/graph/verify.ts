/**
 * The laws of Graph IR. A broken one is a bug in Glim: passes may rely on all of them and must keep
 * them all.
 *
 * - A name is defined once, and used only after it in its region or in regions inside.
 * - A terminator ends each region and stands nowhere else.
 * - Values that meet (at a `yield`, `break`, `continue`, `return`, `call`) have equal types and layouts;
 *   what functions take and give, and state, is row-major.
 * - An operator's result is what its record's type rule says, up to sizes that the rule demands equal.
 * - A kernel sees its parameters only, and holds operators and one `yield`.
 * - An entry mentions sizes of its parameters and those that are bound, once, by a `bind` before, in the
 *   same region or one around. Neither the heap nor state has a bound one. In an entry's results a size that parameters do
 *   not tell stands for any.
 * - Labels are used once in a function. Constants, state cells and callees exist.
 */

import { isDataOf } from "./data-text.ts";
import {
  type Constant,
  type Func,
  type Module,
  makerOf,
  type ResultShape,
  type StateCell,
} from "./ir.ts";
import { isRowMajor, storageSize } from "./layout.ts";
import { nameValues } from "./print.ts";
import { printPlacedType, printType } from "./type.ts";
import { AttrKinds } from "./verify-attrs.ts";
import { verifyHeapTypes } from "./verify-heap.ts";
import { RegionVerifier } from "./verify-region.ts";
import { verifyBoundSizes, verifyLastingSizes } from "./verify-sizes.ts";

/** Every broken law, in words; empty for a lawful module. */
export function verifyGraph(m: Module): readonly string[] {
  const errors: string[] = [];
  for (const [key, c] of m.constants) verifyConstant(key, c, errors);
  for (const [key, s] of m.state) verifyState(m, key, s, errors);
  errors.push(...verifyHeapTypes(m));
  verifySizes(m, errors);
  verifyLastingSizes(m, (message) => errors.push(message));
  const names = new Set<string>();
  const kinds = new AttrKinds();
  for (const f of m.funcs) {
    if (names.has(f.name)) errors.push(`@${f.name}: two functions have this name`);
    names.add(f.name);
    verifyFunc(m, f, kinds, errors);
  }
  return errors;
}

function verifyConstant(key: string, c: Constant, errors: string[]): void {
  const fail = (message: string): void => {
    errors.push(`const @${key}: ${message}`);
  };
  if (key !== c.name) fail(`is filed under another name than its own, ${c.name}`);
  const length = storageSize(c.layout, c.type.shape);
  if (typeof length !== "number") fail(`its size is not known: ${printType(c.type)}`);
  else if (length !== c.data.length) {
    const type = printPlacedType(c.type, c.layout);
    fail(`has ${c.data.length} elements, where ${type} has ${length}`);
  }
  if (!isDataOf(c.data, c.type.dtype)) {
    fail(`its data is a ${c.data.constructor.name}, its type ${printType(c.type)}`);
  }
}

function verifyState(m: Module, key: string, s: StateCell, errors: string[]): void {
  const fail = (message: string): void => {
    errors.push(`state @${key}: ${message}`);
  };
  if (key !== s.name) fail(`is filed under another name than its own, ${s.name}`);
  const { type, initial } = s;
  if (type.kind === "f64" && typeof initial !== "number") fail("starts with what is not a number");
  if (type.kind === "bool" && typeof initial !== "boolean") fail("starts with what is not a bool");
  if (type.kind === "str") fail("a text is state as a part of an object only");
  if (type.kind === "ref") verifyMaker(m, s, fail);
  if (type.kind !== "tensor") return;
  if (typeof initial !== "object" || "maker" in initial) {
    fail("starts with what is not a tensor");
    return;
  }
  const length = storageSize(undefined, type.shape);
  if (length !== initial.length || !isDataOf(initial, type.dtype)) {
    const found = initial.constructor.name;
    fail(`starts with ${initial.length} elements of a ${found}: ${printType(type)}`);
  }
}

function verifyMaker(m: Module, s: StateCell, fail: (message: string) => void): void {
  const maker = m.funcs.find((f) => f.name === makerOf(s));
  if (maker === undefined) fail("no function makes it");
  else if (maker.params.length > 0) fail(`@${maker.name}, which makes it, has parameters`);
  else if (maker.results.map(printType).join() !== printType(s.type)) {
    fail(`@${maker.name} makes ${maker.results.map(printType)}, not ${printType(s.type)}`);
  }
}

function verifySizes(m: Module, errors: string[]): void {
  const seen = new Set<string>();
  for (const { name, min, max } of m.sizes) {
    if (seen.has(name)) errors.push(`size ${name}: is given twice`);
    seen.add(name);
    if (!Number.isInteger(min) || min < 0 || !(min <= max)) {
      errors.push(`size ${name}: ${min}..${max} is not a range of sizes`);
    }
  }
}

function verifyFunc(m: Module, f: Func, kinds: AttrKinds, errors: string[]): void {
  const names = new Set<string>();
  const fail = (message: string): void => {
    errors.push(`@${f.name}: ${message}`);
  };
  for (const p of f.params) {
    if (names.has(p.name)) fail(`two parameters are called ${p.name}`);
    names.add(p.name);
    if (!isRowMajor(p.value.layout)) fail(`parameter ${p.name} is not row-major`);
  }
  if (f.body.params.length > 0) fail("its body has parameters of its own");
  const leaves = leavesOf(f.shape);
  if (leaves.length !== f.results.length || leaves.some((leaf, i) => leaf !== i)) {
    fail(`the leaves of its shape are [${leaves.join(", ")}], its results ${f.results.length}`);
  }
  verifyBoundSizes(m, f, fail);
  new RegionVerifier(m, f, nameValues(f), kinds, fail).run();
}

function leavesOf(shape: ResultShape): readonly number[] {
  switch (shape.kind) {
    case "void":
      return [];
    case "leaf":
      return [shape.result];
    case "union":
      return [shape.result, ...shape.options.flatMap(([, option]) => leavesOf(option))];
    case "list":
      return shape.items.flatMap(leavesOf);
    case "record":
      return shape.fields.flatMap(([, field]) => leavesOf(field));
  }
}
