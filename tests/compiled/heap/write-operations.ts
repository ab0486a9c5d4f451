/** Single statements of random programs: what is done to texts, records, lists and maps. */

import { keyOf, leavesOf, recordLeaves, type T } from "./program-types.ts";
import type { ProgramWriter } from "./program-writer.ts";
import { any, count, value } from "./write-values.ts";

export function onText(w: ProgramWriter): void {
  const [a, b, i] = [value(w, "str"), value(w, "str"), value(w, "f64")];
  const made = [
    ["str", `texts concat ${a} ${b}`],
    ["str", `texts slice ${a} ${i} ${value(w, "f64")}`],
    ["str", `texts charAt ${a} ${i}`],
    ["bool", `texts equal ${a} ${b}`],
    ["f64", `texts indexOf ${a} ${b} ${i}`],
    ["@Texts", `texts split ${a} ${b} ${w.number(5)}`],
    ["str", `texts toUpperCase ${a}`],
    ["f64", `texts length ${a}`],
    ["str", `list.join ${value(w, "@Texts")} ${a}`],
  ] as const;
  const [type, what] = w.pick(made);
  const name = w.define(type, what);
  // Concatenation in loops must not grow without end.
  if (type === "str" && what.includes("concat"))
    w.define("str", `texts slice ${name} %n ${w.number(6)}`);
}

export function onRecord(w: ProgramWriter): void {
  const record = value(w, "@Rec");
  const leaf = w.choose(3);
  const type = recordLeaves[leaf]!;
  if (w.choose(2) === 0) w.define(type, `field.get ${record} leaf=${leaf}`);
  else w.emit(`field.set ${record} ${value(w, type)} leaf=${leaf}`);
  if (w.choose(4) === 3) {
    w.emit(`field.set ${record} ${w.number(6)} leaf=3`);
    w.emit(`field.set ${record} ${value(w, "@Rec")} leaf=4`);
  }
}

export function onList(w: ProgramWriter): void {
  const type = w.pick(["@Numbers", "@Texts", "@Recs", "@Boxes", "@Flags", "@Any"] as const);
  const list = value(w, type);
  const leaf = leavesOf[type]![0]!;
  const several = type === "@Any";
  const plain = type === "@Numbers" || type === "@Flags" || several;
  switch (w.choose(plain ? 9 : 7)) {
    case 0:
      w.emit(`list.push ${list} ${several ? any(w) : value(w, leaf)}`);
      return;
    case 1:
      first(w, list, leaf, several);
      return;
    case 2:
      if (!several) w.emit(`list.set ${list} ${value(w, "f64")} ${value(w, leaf)} leaf=0`);
      return;
    case 3:
      w.define("f64", `list.length ${list}`);
      return;
    case 4:
      w.emit(`list.remove ${list} ${w.number(w.choose(3))} ${w.number(w.choose(3))}`);
      return;
    case 5:
      w.define(type, `list.slice ${list} ${w.number(w.choose(2))} ${w.number(1 + w.choose(4))}`);
      return;
    case 6:
      w.emit(`list.reverse ${list}`);
      return;
    case 7:
      w.emit(`list.resize ${list} ${w.number(w.choose(4))}`);
      return;
    default:
      w.emit(`list.insert ${list} ${w.number(w.choose(3))} ${w.number(1)}`);
  }
}

/** The first element, where there is one. */
function first(w: ProgramWriter, list: string, leaf: T, several: boolean): void {
  const zero = w.number(0);
  if (leaf === "f64" || leaf === "bool") {
    w.define(leaf, `list.get ${list} ${zero} leaf=0`);
    if (several) w.emit(`list.set ${list} ${zero} ${zero} leaf=0`);
    return;
  }
  const other = value(w, leaf);
  const length = w.define("f64", `list.length ${list}`);
  const has = w.define("bool", `scalar lt ${zero} ${length}`);
  choice(w, has, leaf, () => w.define(leaf, `list.get ${list} ${zero} leaf=0`), other);
}

/** What `read` gives where `has` is true, else another value. */
function choice(w: ProgramWriter, has: string, type: T, read: () => string, other: string): void {
  const name = w.name();
  w.emit(`${name} = if ${has} : ${type} {`);
  w.region(() => w.emit(`yield ${read()}`));
  w.emit("} else {");
  w.region(() => w.emit(`yield ${other}`));
  w.emit("}");
  w.know(name, type);
}

export function onMap(w: ProgramWriter): void {
  const type = w.pick(["@Index", "@Counts", "@Owners"] as const);
  const map = value(w, type);
  const key = value(w, keyOf[type]!);
  const leaf = leavesOf[type]![0]!;
  switch (w.choose(6)) {
    case 0:
    case 1:
      w.emit(`map.put ${map} ${key} ${type === "@Counts" ? count(w) : value(w, leaf)}`);
      return;
    case 2: {
      const other = value(w, leaf);
      const has = w.define("bool", `map.has ${map} ${key}`);
      choice(w, has, leaf, () => w.define(leaf, `map.get ${map} ${key} leaf=0`), other);
      return;
    }
    case 3:
      w.define("bool", `map.remove ${map} ${key}`);
      return;
    case 4:
      w.define("f64", `map.size ${map}`);
      return;
    default:
      w.emit(`map.clear ${map}`);
  }
}
