/** Values of random programs: ones that there are, or new ones. */

import { anyCodes, leavesOf, type T } from "./program-types.ts";
import type { ProgramWriter } from "./program-writer.ts";

/** A value of the type: one that there is, mostly, else a new one. */
export function value(w: ProgramWriter, type: T): string {
  const known = w.scope.get(type);
  if (known !== undefined && known.length > 0 && w.choose(4) < 3)
    return known[known.length - 1 - w.choose(known.length)]!;
  return make(w, type);
}

export function make(w: ProgramWriter, type: T): string {
  switch (type) {
    case "f64":
      return w.number(w.choose(5));
    case "bool":
      return w.define(type, `boolean ${w.choose(2) === 1}`);
    case "str":
      return text(w);
    case "f32[4]":
      return tensor(w);
    case "@Box":
      return w.define(type, `box ${value(w, "f32[4]")}`);
    case "@Rec":
      return record(w);
    case "@Any":
      return w.define(type, `new ${any(w)}`);
    case "@Counts":
    case "@Index":
    case "@Owners":
      return w.define(type, "new");
    default: {
      const [leaf] = leavesOf[type]!;
      const elements = Array.from({ length: w.choose(4) }, () => value(w, leaf!));
      return w.define(type, ["new", ...elements].join(" "));
    }
  }
}

/** One of the source, which is not counted, or one that is made. */
function text(w: ProgramWriter): string {
  const known = w.define("str", `text "${"ab,c".slice(0, w.choose(5))}"`);
  return w.choose(3) === 2 ? w.define("str", `texts concat ${known} %s`) : known;
}

function tensor(w: ProgramWriter): string {
  const known = w.scope.get("f32[4]");
  const from = known ? w.pick(known) : "%x";
  return w.define("f32[4]", `add ${from} ${w.pick(known ?? ["%x"])}`);
}

function record(w: ProgramWriter): string {
  const [t, n, l] = [value(w, "str"), value(w, "f64"), value(w, "@Numbers")];
  const other = w.scope.get("@Rec");
  const has = other !== undefined && other.length > 0 && w.choose(2) === 1;
  const next = has ? w.pick(other) : w.define("@Rec", "empty");
  if (!has) w.forget("@Rec", next);
  return w.define("@Rec", `new ${t} ${n} ${l} ${w.number(has ? 6 : 1)} ${next}`);
}

/** The leaves of a value of several kinds. */
export function any(w: ProgramWriter): string {
  const at = w.choose(anyCodes.length);
  return leavesOf["@Any"]!.map((type, i) => {
    if (i === 0) return w.number(anyCodes[at]!);
    return i === at ? value(w, type) : nothing(w, type);
  }).join(" ");
}

function nothing(w: ProgramWriter, type: T): string {
  if (type === "f64") return w.number(0);
  if (type === "bool") return w.define(type, "boolean false");
  const name = w.define(type, "empty");
  w.forget(type, name);
  return name;
}

/** The leaves of what @Counts maps to. */
export function count(w: ProgramWriter): string {
  const at = w.choose(3);
  const leaves = [w.number([0, 3, 4][at]!)];
  leaves.push(at === 1 ? value(w, "f64") : w.number(0));
  leaves.push(at === 2 ? value(w, "str") : nothing(w, "str"));
  return leaves.join(" ");
}
