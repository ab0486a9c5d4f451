/**
 * Checks that a signature is one, and that it says of the program what the program is: hosts write and read
 * memory by it.
 */

import * as format from "../../compiler/ops/program-format.ts";
import type { EntrySignature } from "../bind.ts";
import type { ProgramCell, ProgramType, ProgramTypes } from "./program-types.ts";
import type { PackageSignature } from "./read-package.ts";

type Fields = Readonly<Record<string, unknown>>;

const isFields = (v: unknown): v is Fields =>
  typeof v === "object" && v !== null && !Array.isArray(v);
const isList = (v: unknown): v is readonly unknown[] => Array.isArray(v);
const isText = (v: unknown): v is string => typeof v === "string";
const isCount = (v: unknown): v is number => Number.isInteger(v) && Number(v) >= 0;

const dtypes = ["f32", "i32", "bool", "f64", undefined, "u8", "i8"];
const deepest = 200;

export class SignatureCheck {
  readonly #program: ProgramTypes;
  #named: Fields = {};
  /** Pairs of a named type and a heap type that were compared, or are being compared. */
  readonly #seen = new Set<string>();

  constructor(program: ProgramTypes) {
    this.#program = program;
  }

  /** Whether `v` is a signature of the program. */
  isSignature(v: unknown): v is PackageSignature {
    if (!isFields(v) || v.version !== 1 || !isText(v.compiler)) return false;
    const { entries, state, sites, types = {} } = v;
    if (!isList(entries) || !isList(state) || !isList(sites) || !isFields(types)) return false;
    this.#named = types;
    return entries.every((e) => this.#isEntry(e)) && this.#isState(state) && sites.every(isSite);
  }

  #isEntry(v: unknown): v is EntrySignature {
    if (!isFields(v) || !isText(v.name) || !isText(v.doc)) return false;
    const func = this.#program.functions.get(v.name);
    const { params, sizes, results, result, unions = [] } = v;
    if (!func?.isEntry || !isList(params) || !isList(sizes) || !isList(results)) return false;
    if (params.length !== func.params.length || results.length !== func.results.length)
      return false;
    return (
      sizes.length === func.symbols.length &&
      sizes.every((size) => isFields(size) && isText(size.name)) &&
      params.every(
        (p, i) =>
          this.#isLeaf(p, func.params[i]!, func.shapes[i]!.length) &&
          isFields(p) &&
          isText(p.name) &&
          isPath(p.path),
      ) &&
      results.every((r, i) => this.#isLeaf(r, func.results[i]!, undefined)) &&
      isUnions(unions, func.results) &&
      isStructure(result, results.length, unions, 0)
    );
  }

  /** `rank` is undefined where a descriptor tells it. */
  #isLeaf(v: unknown, { kind, detail }: ProgramType, rank: number | undefined): boolean {
    if (!isFields(v)) return false;
    const { dtype, shape, type } = v;
    if (kind === format.kindTensor) {
      const isShape = isList(shape) && shape.every((d) => isCount(d) || isText(d));
      return (
        isText(dtype) &&
        dtype === dtypes[detail] &&
        isShape &&
        (rank ?? shape.length) === shape.length
      );
    }
    if (shape !== undefined) return false;
    if (kind === format.kindNumber) return dtype === "f64" && type === undefined;
    if (kind === format.kindBool) return dtype === "boolean" && type === undefined;
    return dtype === "value" && this.#isWhole(type, { kind, detail });
  }

  /** A record of one field without a name stands for what is in it. */
  #isWhole(v: unknown, type: ProgramType): boolean {
    if (!isFields(v) || !("cell" in v)) return this.#isType(v, type, 0);
    if (type.kind !== format.kindRef) return false;
    const { kind, cells } = this.#program.object(type.detail);
    return kind === format.objectRecord && cells.length === 1 && this.#isCell(v.cell, cells[0]!, 0);
  }

  #isType(v: unknown, type: ProgramType, depth: number): boolean {
    if (depth > deepest) return false;
    if (type.kind === format.kindNumber) return v === "f64";
    if (type.kind === format.kindBool) return v === "bool";
    if (type.kind === format.kindText) return v === "str";
    if (type.kind !== format.kindRef || !isFields(v)) return false;
    if (isText(v.ref)) {
      const pair = `${type.detail} ${v.ref}`;
      if (this.#seen.has(pair)) return true;
      this.#seen.add(pair);
      const named = Object.hasOwn(this.#named, v.ref) ? this.#named[v.ref] : undefined;
      // A name for a name could lead to itself.
      return isFields(named) && !("ref" in named) && this.#isType(named, type, depth + 1);
    }
    return this.#isObject(v, type.detail, depth + 1);
  }

  #isObject(v: Fields, detail: number, depth: number): boolean {
    const { kind, cells, type, sizes } = this.#program.object(detail);
    switch (kind) {
      case format.objectList:
        return this.#isCell(v.list, cells[0]!, depth);
      case format.objectRecord: {
        const shown = cells.filter((cell) => !cell.isHidden);
        return (
          isList(v.record) &&
          v.record.length === shown.length &&
          v.record.every(
            (f, i) => isList(f) && isText(f[0]) && this.#isCell(f[1], shown[i]!, depth),
          )
        );
      }
      case format.objectMap:
        return (
          isList(v.map) &&
          this.#isType(v.map[0], type!, depth) &&
          this.#isCell(v.map[1], cells[0]!, depth)
        );
      default:
        return (
          isText(v.tensor) &&
          v.tensor === dtypes[type!.detail] &&
          isList(v.shape) &&
          v.shape.length === sizes.length &&
          v.shape.every((d) => isCount(d) || isText(d))
        );
    }
  }

  #isCell(v: unknown, { options }: ProgramCell, depth: number): boolean {
    if (!isList(v) || v.length !== options.length) return false;
    return v.every((o, i) => {
      const { code, type } = options[i]!;
      if (!isList(o) || o[0] !== code) return false;
      return type ? this.#isType(o[1], type, depth) : o[1] === undefined;
    });
  }

  /** First what lies in place, in the order of the program, then what has entries of its own. */
  #isState(state: readonly unknown[]): boolean {
    const cells = this.#program.state();
    return state.every((v, i) => {
      if (!isFields(v) || !isText(v.name)) return false;
      if (v.get !== undefined) {
        return this.#isEntry(v.get) && (v.set === undefined || this.#isEntry(v.set));
      }
      const cell = cells[i];
      if (!cell || cell.type.kind === format.kindRef) return false;
      if (!this.#isLeaf(v, cell.type, undefined)) return false;
      const { shape = [] } = v;
      return (
        isList(shape) &&
        shape.length === cell.shape.length &&
        shape.every((d, axis) => d === cell.shape[axis])
      );
    });
  }
}

const isPath = (v: unknown): boolean =>
  isList(v) && isCount(v[0]) && v.every((key, i) => (i === 0 ? isCount(key) : isText(key)));

const isSite = (v: unknown): boolean =>
  v === null || (isList(v) && isText(v[0]) && isCount(v[1]) && isCount(v[2]));

function isUnions(v: unknown, results: readonly ProgramType[]): v is readonly Union[] {
  return (
    isList(v) &&
    v.every(
      (u) =>
        isList(u) &&
        isCount(u[0]) &&
        results[u[0]]?.kind === format.kindNumber &&
        isList(u[1]) &&
        u[1].every((option) => isList(option) && isCount(option[0])),
    )
  );
}

type Union = readonly [tag: number, options: readonly (readonly [code: number, held: unknown])[]];

/** Numbers of results, or −1 − the number of a union, whose options may not lead back to it. */
function isStructure(
  v: unknown,
  results: number,
  unions: readonly Union[],
  depth: number,
): boolean {
  if (v === null) return true;
  if (depth > deepest) return false;
  const inside = (part: unknown): boolean => isStructure(part, results, unions, depth + 1);
  if (typeof v !== "number") return Object.values(Object(v)).every(inside) && typeof v === "object";
  if (isCount(v)) return v < results;
  const union = Number.isInteger(v) ? unions[-1 - v] : undefined;
  return union?.[1].every(([, held]) => inside(held)) ?? false;
}
