/** Statements of random programs: operations, branches, loops, and every way out of them. */

import { keyOf, leavesOf, type T, valued } from "./program-types.ts";
import type { Place, ProgramWriter } from "./program-writer.ts";
import { onList, onMap, onRecord, onText } from "./write-operations.ts";
import { make, value } from "./write-values.ts";

export function statements(w: ProgramWriter, most: number): void {
  for (let i = 0; i < most && w.hasMore; i++) statement(w);
}

function statement(w: ProgramWriter): void {
  const deep = w.depth >= 3;
  switch (w.choose(deep ? 8 : 12)) {
    case 0:
      make(w, w.pick(valued));
      return;
    case 1:
    case 2:
      onList(w);
      return;
    case 3:
      onRecord(w);
      return;
    case 4:
    case 5:
      onMap(w);
      return;
    case 6:
      onText(w);
      return;
    case 7:
      w.define("bool", `same ${value(w, "@Rec")} ${value(w, "@Rec")}`);
      return;
    case 8:
    case 9:
      branches(w);
      return;
    case 10:
      loop(w);
      return;
    default:
      entries(w);
  }
}

function branches(w: ProgramWriter): void {
  const condition = value(w, "bool");
  const results = Array.from({ length: w.choose(3) }, () => w.pick(valued));
  const names = results.map(() => w.name());
  const head = names.length === 0 ? "" : `${names.join(", ")} = `;
  const tail = names.length === 0 ? "" : ` : ${results.join(", ")}`;
  w.emit(`${head}if ${condition}${tail} {`);
  branch(w, results);
  w.emit("} else {");
  branch(w, results);
  w.emit("}");
  names.forEach((name, i) => {
    w.know(name, results[i]!);
  });
}

function branch(w: ProgramWriter, results: readonly T[]): void {
  w.region(() => {
    statements(w, 4);
    if (!leave(w)) w.emit(["yield", ...all(w, results)].join(" "));
  });
}

function all(w: ProgramWriter, of: readonly T[]): string[] {
  return of.map((t) => value(w, t));
}

/** Leaves the function or a loop around, now and then. */
function leave(w: ProgramWriter): boolean {
  const kind = w.choose(10);
  const loop = w.loops[w.loops.length - 1 - w.choose(Math.max(1, w.loops.length))];
  if (kind === 9) {
    w.emit(["return", ...all(w, w.results)].join(" "));
    return true;
  }
  if (kind === 8 && loop) {
    w.emit([`break ${loop.label}`, ...all(w, loop.results)].join(" "));
    return true;
  }
  if (kind === 7 && loop) {
    goOn(w, loop);
    return true;
  }
  return false;
}

function goOn(w: ProgramWriter, loop: Place): void {
  const next = w.define("f64", `scalar add ${loop.counter} ${w.number(1)}`);
  w.emit([`continue ${loop.label}`, next, ...all(w, loop.carried)].join(" "));
}

function loop(w: ProgramWriter): void {
  const label = w.label();
  const carried = Array.from({ length: 1 + w.choose(2) }, () => w.pick(valued));
  const results = Array.from({ length: w.choose(3) }, () => w.pick(valued));
  const zero = w.number(0);
  const counter = w.name();
  const params = carried.map((t) => ({ name: w.name(), from: value(w, t), t }));
  const names = results.map(() => w.name());
  const head = names.length === 0 ? "" : `${names.join(", ")} = `;
  const tail = names.length === 0 ? "" : ` : ${results.join(", ")}`;
  const bound = params.map((p) => `, ${p.name} = ${p.from} : ${p.t}`).join("");
  const limit = w.number(2 + w.choose(2));
  w.emit(`${head}loop ${label} (${counter} = ${zero} : f64${bound})${tail} {`);
  w.loops.push({ label, carried, results, counter });
  w.region(() => {
    for (const p of params) w.know(p.name, p.t);
    const more = w.define("bool", `scalar lt ${counter} ${limit}`);
    w.emit(`if ${more} {`);
    w.region(() => {
      statements(w, 5);
      if (!leave(w)) goOn(w, w.loops.at(-1)!);
    });
    w.emit("} else {");
    w.region(() => w.emit([`break ${label}`, ...all(w, results)].join(" ")));
    w.emit("}");
    w.emit(`throw "no end"`);
  });
  w.loops.pop();
  w.emit("");
  names.forEach((name, i) => {
    w.know(name, results[i]!);
  });
  w.lines[w.lines.length - 1] = `${"  ".repeat(w.depth + 1)}}\n`;
}

/** Goes through a map as `for … of` does, while the body may change it. */
function entries(w: ProgramWriter): void {
  const type = w.pick(["@Index", "@Counts", "@Owners"] as const);
  const map = value(w, type);
  const label = w.label();
  const zero = w.number(0);
  const limit = w.number(4);
  const [at, place] = [w.name(), w.name()];
  w.emit(`map.hold ${map}`);
  w.emit(`loop ${label} (${at} = ${zero} : f64) {`);
  w.region(() => {
    w.emit(`${place} = map.next ${map} ${at} : f64`);
    const more = w.define("bool", `scalar le ${zero} ${place}`);
    const few = w.define("bool", `scalar lt ${place} ${limit}`);
    const goes = w.define("bool", `scalar and ${more} ${few}`);
    w.emit(`if ${goes} {`);
    w.region(() => {
      w.define(keyOf[type]!, `map.keyAt ${map} ${place}`);
      w.define(leavesOf[type]![0]!, `map.valueAt ${map} ${place} leaf=0`);
      statements(w, 3);
      const next = w.define("f64", `scalar add ${place} ${w.number(1)}`);
      w.emit(`continue ${label} ${next}`);
    });
    w.emit("} else {");
    w.region(() => w.emit(`break ${label}`));
    w.emit("}");
    w.emit(`throw "no end"`);
  });
  w.emit("}");
  w.emit(`map.release ${map}`);
}
