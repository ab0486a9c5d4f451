/** Finds the accesses of a loop whose addresses are linear, and which of them share a pointer. */

import type { Element, LoopExpr, LoopStmt } from "../../loop/ir.ts";
import { elementBytes } from "../../loop/ir.ts";
import {
  bodiesOf,
  countSets,
  expressionsOf,
  forEachExpr,
  forEachStmt,
  mapOperands,
  mapStmt,
} from "../../loop/walk.ts";
import type { Linear, LoopFacts } from "./linear-address.ts";
import { linearOf, plusConstant, scaled, shapeOf, sumOf } from "./linear-address.ts";

export interface Place {
  readonly base: LoopExpr;
  readonly index: LoopExpr;
  readonly offset: number;
}

/** An access with its address in bytes. */
export interface Access {
  readonly address: Linear;
  readonly size: number;
  /** It does not run in every round, so that its address need not be one. */
  readonly conditional: boolean;
}

/** Accesses whose addresses follow `first`'s by constants that are multiples of their size. */
export interface Group {
  readonly first: Access;
  readonly members: readonly Access[];
}

type For = LoopStmt & { readonly s: "for" };

/** Meets the accesses of `body` in one order, and puts what `visit` gives in their place. */
export function mapAccesses(
  body: readonly LoopStmt[],
  visit: (place: Place, element: Element, conditional: boolean) => Place,
  afterSet: (name: string, value: LoopExpr) => void = () => {},
  conditional = false,
): readonly LoopStmt[] {
  const expr = (e: LoopExpr): LoopExpr => {
    const inner = mapOperands(e, expr);
    return inner.k === "load" && e.k === "load"
      ? { ...inner, ...visit(inner, e.element, conditional) }
      : inner;
  };
  return body.map((s) => {
    const isNested = bodiesOf(s).length > 0;
    const mapped = mapStmt(s, {
      expr,
      body: (inner) => mapAccesses(inner, visit, undefined, isNested || conditional),
    });
    if (s.s === "set") afterSet(s.name, s.value);
    if (mapped.s !== "store") return mapped;
    return { ...mapped, ...visit(mapped, mapped.element, conditional) };
  });
}

/** The accesses in the order of `mapAccesses`; `undefined` where the address is not linear. */
export function accessesOf(loop: For): readonly (Access | undefined)[] {
  const sets = countSets(loop.body);
  const known = new Map<string, Linear>();
  const facts: LoopFacts = {
    variable: loop.name,
    changed: new Set(sets.keys()),
    globalsChange: changesGlobals(loop.body),
    known,
  };
  const accesses: (Access | undefined)[] = [];
  mapAccesses(
    loop.body,
    (place, element, conditional) => {
      const [base, index] = [linearOf(place.base, facts), linearOf(place.index, facts)];
      const size = elementBytes[element];
      const inBytes = index && scaled(plusConstant(index, place.offset), size);
      accesses.push(base && inBytes && { address: sumOf(base, inBytes), size, conditional });
      return place;
    },
    (name, value) => {
      const isLinear = sets.get(name) === 1 && value.type === "i32";
      const form = isLinear ? linearOf(value, facts) : undefined;
      if (form) known.set(name, form);
    },
  );
  return accesses;
}

function changesGlobals(body: readonly LoopStmt[]): boolean {
  let changes = false;
  forEachStmt(body, (s) => {
    changes ||= s.s === "setGlobal" || s.s === "call" || s.s === "callIndirect";
    for (const e of expressionsOf(s))
      forEachExpr(e, ({ k }) => {
        changes ||= k === "call";
      });
  });
  return changes;
}

export function groupsOf(accesses: readonly (Access | undefined)[]): readonly Group[] {
  const alike = new Map<string, Access[]>();
  for (const access of accesses) {
    if (!access) continue;
    const { address, size } = access;
    const key = `${size} ${address.constant & (size - 1)} ${shapeOf(address)}`;
    const list = alike.get(key);
    if (list) list.push(access);
    else alike.set(key, [access]);
  }
  return [...alike.values()].flatMap(split);
}

/**
 * Offsets are added to what must already be an address, so a group begins with one that is accessed
 * in every round. What lies before it, and does not run in every round, has its own pointer.
 */
function split(accesses: readonly Access[]): readonly Group[] {
  const constantsOf = (list: readonly Access[]): number[] => list.map((a) => a.address.constant);
  const least = Math.min(...constantsOf(accesses.filter((a) => !a.conditional)));
  const apart = accesses.filter((a) => a.address.constant < least);
  const together = accesses.filter((a) => a.address.constant >= least);
  const groups = [...new Set(constantsOf(apart))].map((c) =>
    apart.filter((a) => a.address.constant === c),
  );
  return [...groups, together].flatMap((members) => {
    const from = Math.min(...constantsOf(members));
    const first = members.find((a) => a.address.constant === from);
    return first ? [{ first, members }] : [];
  });
}
