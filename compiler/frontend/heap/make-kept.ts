/**
 * Makes the functions behind what an instance keeps on the heap: the one that makes it at the start, and
 * for each place that the program writes, one that gives its value to hosts and one that takes it.
 */

import { isHidden, leavesOfCell } from "../../graph/heap-types.ts";
import type { Func, Node, Param, Region, Type } from "../../graph/ir.ts";
import { forEachNode } from "../../graph/walk.ts";
import { getterName, setterName } from "../../package/signature.ts";
import { Block } from "../block.ts";
import { Context, type Unit } from "../context.ts";
import type { AbstractValue } from "../values.ts";
import { newRecord } from "./allocate.ts";
import { capturedSite } from "./copy-captured.ts";
import type { KeptPlace } from "./kept-places.ts";
import { keptRecord, keptShape } from "./kept-state.ts";
import { latest, type OpenCell, type Shape } from "./shapes.ts";

export const makerName = "glim.start";

/** The function that makes the record of all that is kept; undefined where that is nothing. */
export function makeStart(unit: Unit): Func | undefined {
  const places = placesOf(unit);
  const [first] = places;
  if (first === undefined) return undefined;
  const cx = new Context(unit, first.frame, new Block());
  cx.isStart = true;
  const values = new Map(
    places.map((place) => {
      cx.frame = place.frame;
      return [place.name, initialOf(cx, place)] as const;
    }),
  );
  const record = newRecord(cx, "kept", values, first.node);
  if (record.kind !== "dynamic") return undefined;
  cx.emit("return", [record.value], {}, [], first.node);
  return funcOf(cx, makerName, false, [], [record.value.type]);
}

const placesOf = ({ heap, kept }: Unit): readonly KeptPlace[] =>
  [...keptShape(heap).fields.keys()].flatMap((name) => kept.named(name) ?? []);

/** What a place holds at first. An object that cannot be made is no longer kept, and nothing is reported here. */
function initialOf(cx: Context, place: KeptPlace): AbstractValue {
  const { diagnostics, kept } = cx.unit;
  const reported = diagnostics.length;
  const value = place.initial(cx);
  const wrong = diagnostics.slice(reported).find((d) => d.demands === undefined);
  if (wrong !== undefined && kept.refuse(place, wrong)) diagnostics.splice(reported);
  return value;
}

/** What the bodies of functions write, of all that lies on the heap. */
const writes: ReadonlySet<string> = new Set([
  ...["field.set", "list.set", "list.push", "list.resize", "list.insert", "list.remove"],
  ...["list.reverse", "map.remove", "map.put", "map.clear"],
]);

function writtenShapes(unit: Unit, bodies: readonly Region[]): ReadonlySet<Shape> {
  const written = new Set<Shape>();
  const note = (node: Node): void => {
    const type = node.operands[0]?.type;
    const shape = type?.kind === "ref" ? unit.heap.named(type.name) : undefined;
    if (writes.has(node.op) && shape !== undefined) written.add(shape);
  };
  for (const body of bodies) forEachNode(body, note);
  return written;
}

/**
 * Finds captured objects of which functions only have copies, and that may be written under another name:
 * from the next walk on they are kept.
 */
export function keepWrittenCopies(unit: Unit, bodies: readonly Region[]): void {
  const { kept, heap } = unit;
  const written = writtenShapes(unit, bodies);
  for (const [identity, place] of kept.copied) {
    if (kept.refusal(identity) !== undefined || kept.writtenObject(identity) !== undefined)
      continue;
    const kind = Array.isArray(identity) ? "list" : "record";
    const shape = heap.at(capturedSite(unit, identity), kind);
    if (!written.has(shape)) continue;
    kept.addObject(identity, place);
    kept.noteWritten(identity);
  }
}

/** Leaves open what sizes have names in what is kept: another call may give these other numbers. */
export function openKeptSizes({ heap }: Unit): void {
  for (const cell of keptShape(heap).fields.values()) {
    heap.openNamed(cell);
    forEachShape(cell, (shape) => {
      for (const inner of [shape.element, ...shape.fields.values()]) heap.openNamed(inner);
    });
  }
}

/** The entries that hosts read and write state with. */
export function accessors(unit: Unit, bodies: readonly Region[]): readonly Func[] {
  const record = keptShape(unit.heap);
  const written = writtenShapes(unit, bodies);
  const found: Func[] = [];
  for (const place of placesOf(unit)) {
    const cell = unit.heap.field(record, place.name);
    if (!isState(unit, place, cell, written)) continue;
    found.push(getter(unit, place, cell));
    if (mayBeGiven(cell)) found.push(setter(unit, place, cell));
  }
  return found;
}

/** A field that is written, or an object with something in it that is. */
function isState(
  unit: Unit,
  place: KeptPlace,
  cell: OpenCell,
  written: ReadonlySet<Shape>,
): boolean {
  if (unit.kept.isField(place)) return true;
  let found = false;
  forEachShape(cell, (shape) => {
    found ||= written.has(shape);
  });
  return found;
}

/** Private fields are none of the host's, so it cannot make objects that have them. */
function mayBeGiven(cell: OpenCell): boolean {
  let may = true;
  forEachShape(cell, (shape) => {
    may &&= ![...shape.fields.keys()].some(isHidden);
  });
  return may;
}

function forEachShape(
  cell: OpenCell,
  visit: (shape: Shape) => void,
  seen: Set<Shape> = new Set(),
): void {
  for (const option of cell.options.values()) {
    const shape = option.kind === "shape" ? latest(option.shape) : undefined;
    if (shape === undefined || seen.has(shape)) continue;
    seen.add(shape);
    visit(shape);
    for (const inner of [shape.element, shape.key, ...shape.fields.values()]) {
      forEachShape(inner, visit, seen);
    }
  }
}

/** A record of one field without a name stands for what is in it, one of several kinds of value. */
function wrapper(unit: Unit, { name }: KeptPlace, cell: OpenCell): Shape {
  const shape = unit.heap.at(`kept value ${name}`, "record");
  const field = unit.heap.field(shape, "");
  unit.heap.follow(field, cell);
  return shape;
}

function getter(unit: Unit, place: KeptPlace, cell: OpenCell): Func {
  const cx = new Context(unit, place.frame, new Block());
  const record = keptRecord(cx, place.node).value;
  const type = unit.heap.refTo(wrapper(unit, place, cell));
  const start = firstLeaf(unit, place);
  const leaves = typesOf(unit, cell).map((leafType, i) =>
    cx.emitOne("field.get", [record], { leaf: start + i }, leafType, place.node),
  );
  const value = cx.emitOne("new", leaves, {}, type, place.node);
  cx.emit("return", [value], {}, [], place.node);
  return funcOf(cx, getterName(place.name), true, [], [type]);
}

function setter(unit: Unit, place: KeptPlace, cell: OpenCell): Func {
  const cx = new Context(unit, place.frame, new Block());
  const type = unit.heap.refTo(wrapper(unit, place, cell));
  const value = unit.definitions.define(type, cx.block, "value");
  const record = keptRecord(cx, place.node).value;
  const start = firstLeaf(unit, place);
  typesOf(unit, cell).forEach((leafType, i) => {
    const leaf = cx.emitOne("field.get", [value], { leaf: i }, leafType, place.node);
    cx.emit("field.set", [record, leaf], { leaf: start + i }, [], place.node);
  });
  cx.emit("return", [], {}, [], place.node);
  return funcOf(cx, setterName(place.name), true, [{ name: "value", value }], []);
}

const typesOf = (unit: Unit, cell: OpenCell): readonly Type[] =>
  leavesOfCell(unit.heap.closed(cell));

/** Where the leaves of a place begin in the record. */
function firstLeaf(unit: Unit, { name }: KeptPlace): number {
  let at = 0;
  for (const [field, cell] of keptShape(unit.heap).fields) {
    if (field === name) return at;
    at += typesOf(unit, cell).length;
  }
  throw new Error(`${name} is not kept`);
}

const funcOf = (
  cx: Context,
  name: string,
  entry: boolean,
  params: readonly Param[],
  results: readonly Type[],
): Func => ({
  name,
  entry,
  doc: "",
  params,
  results,
  shape: results.length === 0 ? { kind: "void" } : { kind: "leaf", result: 0 },
  body: cx.block.region(),
  span: undefined,
});
