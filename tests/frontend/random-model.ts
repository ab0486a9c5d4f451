/** Writes random models: state and tensors, classes, plain functions, and entries that use all of it. */

import { type Names, Tape } from "./random-expressions.ts";
import { nothing, ProgramWriter } from "./random-program.ts";

const start: Names = {
  ...nothing,
  numbers: ["a", "b", "cell.v", "meter.total"],
  free: ["a", "b", "cell.v", "meter.total"],
  booleans: ["flag", "cell.on"],
  functions: ["meter.bump"],
};

/** The same with state that lies on the heap. */
const keeping: Names = {
  ...start,
  lists: ["store.list"],
  texts: ["store.text"],
  maps: ["store.map"],
  tables: ["store.table", "rows"],
  options: ["store.option"],
};

/** What programs with tensors know beside. */
const withTensors = (names: Names): Names => ({
  ...names,
  vectors: ["out", "bias", ...(names.texts.length > 0 ? ["held.v"] : [])],
  matrices: ["weight"],
});

/** State that all functions read and write, and a method that does both. */
const head = `// @ts-nocheck
import { cat, full, script, stack, type Tensor, tensor, where } from "glim";
const cell = { v: 1, on: false };
class Meter {
  total = 2;
  #calls = 0;
  get calls(): number { return this.#calls; }
  bump(x: number): number {
    this.#calls++;
    if (x > this.total) return this.calls;
    this.total = (this.total + x) % 1000;
    return this.total;
  }
}
const meter = new Meter();
const store: {
  list: number[];
  text: string;
  map: Map<string, number>;
  table: { x: number; on: boolean }[];
  option: { x: number; on: boolean } | undefined;
} = {
  list: [1, 2],
  text: "kept",
  map: new Map([["k", 1]]),
  table: [{ x: 1, on: true }],
  option: undefined,
};
const rows = [{ x: 3, on: false }, store.table[0]!];
const mix = (t: number, x: number): number => (t * 31 + (Number.isFinite(x) ? x : 7)) % 1000003;
const placeIn = (x: number, length: number): number =>
  Number.isFinite(x) ? Math.abs(Math.trunc(x)) % length : 0;
`;

/** Behind the classes: tensors that are constant or state, and what reads tensors. */
const tensorHead = `const weight = tensor([[0.5, -1, 2], [1.5, 0, -0.25]]);
const bias = tensor([1, -0.5, 3]);
const held: { v: Tensor } = { v: tensor([2, 0.5, -1]) };
const mixed = (t: number, x: Tensor): number => {
  for (const z of x.toList()) t = mix(t, z);
  return t;
};
const taken = (x: Tensor, least: number): Tensor => x.at(x.gt(least));
const front = (x: Tensor, count: number): Tensor => x.at(\`:\${Math.min(count, x.shape[0]!)}\`);
const rest = (x: Tensor, first: number): Tensor => x.at(\`\${Math.min(first, x.shape[0]!)}:\`);
`;

/** What a model is written from: a tape for each of its parts. */
export interface Tapes {
  readonly classes: readonly (readonly number[])[];
  readonly helpers: readonly (readonly number[])[];
  readonly entries: readonly (readonly number[])[];
}

/** The text of a model: helpers are plain functions, each can call those before it. */
export function randomModel({ classes, helpers, entries }: Tapes): string {
  const texts: string[] = [head];
  const kind = entries[0]?.[0] ?? 0;
  // One in three keeps texts, lists and maps between calls; one in two has tensors.
  let names = kind % 3 === 0 ? keeping : start;
  if (kind % 2 === 1) {
    names = withTensors(names);
    texts.push(tensorHead);
  }
  const writer = (tape: readonly number[]): ProgramWriter =>
    new ProgramWriter(new Tape(tape), names);
  for (const [i, tape] of classes.entries()) {
    texts.push(writer(tape).definition(`K${i}`));
    names = { ...names, classes: [...names.classes, `K${i}`] };
  }
  if (classes.length > 0) {
    // Instances that calls change.
    const last = names.classes.at(-1);
    texts.push(`const own: K0 = new ${last}(2);\nconst family: K0[] = [new K0(1), own];\n`);
    names = { ...names, objects: ["own"], families: ["family"] };
  }
  for (const [i, tape] of helpers.entries()) {
    if (names.vectors.length > 0 && tape.length % 2 === 0) {
      const known = { ...names, vectors: [...names.vectors, "v"] };
      texts.push(new ProgramWriter(new Tape(tape), known).blend(`h${i}`));
      names = { ...names, blends: [...names.blends, `h${i}`] };
    } else {
      texts.push(writer(tape).helper(`h${i}`));
      names = { ...names, functions: [...names.functions, `h${i}`] };
    }
  }
  for (const [i, tape] of entries.entries()) texts.push(writer(tape).entry(`f${i}`));
  return texts.join("\n");
}
