/**
 * Calls models in native programs as a host in JavaScript calls them: `bindModel` on exports that hand all calls to the
 * program, which therefore are made twice, once to know what to ask and once with the answers.
 */

import { evaluateDim, parseDim } from "#glim/compiler/ops/dim.js";
import { bytesOf } from "#glim/compiler/ops/types.js";
import type { EntrySignature, ModuleSignature } from "#glim/compiler/package/signature.js";
import { bindModel, type Exports } from "#glim/runtime/bind.js";
import { type Answer, type CalledModel, callModels, type Given, type Got } from "./native.ts";

/** What a call came to: what it gave, or the message of its failure. */
export interface Outcome {
  readonly value?: unknown;
  readonly failure?: string;
}

export type Call = readonly [entry: string, args: readonly unknown[]];

export function outcomeOf(run: () => unknown): Outcome {
  try {
    return { value: run() };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

export interface NativeModel extends Pick<CalledModel, "module" | "data"> {
  readonly signature: ModuleSignature;
  readonly calls: readonly Call[];
}

/** What the program gives for the calls of each model; each model is an instance of its own. */
export function callNatively(
  program: string,
  models: readonly NativeModel[],
): readonly (readonly Outcome[])[] {
  const asked = models.map(({ signature, module, data, calls }) => {
    const found: [string, readonly Given[]][] = [];
    const memory = new FakeMemory();
    const model = bind(signature, memory, (entry, given) => {
      found.push([entry, given]);
      return { code: 1, text: "asked" };
    });
    // What the face refuses is not asked, the second time neither.
    for (const [entry, args] of calls) outcomeOf(() => model[entry]!(...args));
    return { module, data, calls: found };
  });
  const answers = callModels(program, asked);
  return models.map(({ signature, calls }, i) => {
    let next = 0;
    const model = bind(signature, new FakeMemory(), () => answers[i]![next++]!);
    return calls.map(([entry, args]) => outcomeOf(() => model[entry]!(...args)));
  });
}

/** Where what crosses the border lies: enough for one call. */
class FakeMemory {
  readonly buffer = new ArrayBuffer(1 << 24);
  /** Lengths of what lies here, by the addresses. */
  readonly lengths = new Map<number, number>();
  #end = 64;

  clear(): void {
    this.#end = 64;
    this.lengths.clear();
  }

  room(bytes: number): number {
    const at = this.#end;
    this.#end = Math.ceil((at + bytes) / 16) * 16 + 16;
    if (this.#end > this.buffer.byteLength) throw new Error("a call needs more than there is");
    this.lengths.set(at, bytes);
    return at;
  }

  put(bytes: Uint8Array): number {
    const at = this.room(bytes.length);
    new Uint8Array(this.buffer).set(bytes, at);
    return at;
  }

  take(at: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.buffer).slice(at, at + (this.lengths.get(at) ?? 0));
  }
}

type Ask = (entry: string, given: readonly Given[]) => Answer;

function bind(signature: ModuleSignature, memory: FakeMemory, ask: Ask) {
  let message = "";
  const exports: Record<string, unknown> = {
    memory,
    glim_room: (bytes: number) => memory.room(bytes),
    glim_error: () => memory.put(new TextEncoder().encode(`${message}\0`)),
  };
  for (const entry of signature.entries) {
    const { name, params } = entry;
    let sizes: ReadonlyMap<string, number> = new Map();
    let places: number[] = [];
    let results: readonly Got[] = [];
    exports[`${name}_prepare`] = (...given: readonly number[]) => {
      memory.clear();
      sizes = new Map(entry.sizes.map((size, i) => [size.name, given[i]!]));
      places = params.map((p) => (p.shape ? memory.room(bytesIn(p, sizes)) : 0));
      return 0;
    };
    exports[`${name}_in`] = (i: number) => places[i];
    exports[name] = (...scalars: readonly number[]) => {
      const answer = ask(name, givenOf(entry, memory, sizes, places, scalars));
      if (!("code" in answer)) {
        results = answer;
        return 0;
      }
      message = answer.text;
      return 1;
    };
    exports[`${name}_out`] = (i: number) => descriptorOf(results[i]!, memory);
  }
  // The sites are in the messages.
  return bindModel({ ...signature, state: [], sites: [] } as never, exports as Exports);
}

type Param = EntrySignature["params"][number];

const shapeOf = ({ shape = [] }: Param, sizes: ReadonlyMap<string, number>): readonly number[] =>
  shape.map((d) => (typeof d === "number" ? d : evaluateDim(parseDim(d), sizes)));

function bytesIn(param: Param, sizes: ReadonlyMap<string, number>): number {
  const { dtype } = param;
  if (dtype === "value" || dtype === "boolean") return 0;
  return shapeOf(param, sizes).reduce((n, d) => n * d, bytesOf[dtype]);
}

const arrays = {
  f32: Float32Array,
  f64: Float64Array,
  i32: Int32Array,
  u8: Uint8Array,
  i8: Int8Array,
  bool: Uint8Array,
} as const;

/** What the program is given, in the order of the parameters. */
function givenOf(
  { params }: EntrySignature,
  memory: FakeMemory,
  sizes: ReadonlyMap<string, number>,
  places: readonly number[],
  scalars: readonly number[],
): readonly Given[] {
  const rest = [...scalars];
  return params.map((param, i): Given => {
    const { dtype } = param;
    if (param.shape && dtype !== "value" && dtype !== "boolean") {
      const data = new arrays[dtype](memory.take(places[i]!).buffer);
      return { data, shape: shapeOf(param, sizes), ...(dtype === "u8" ? { kind: "u8" } : {}) };
    }
    const scalar = rest.shift()!;
    if (dtype === "value") return { data: memory.take(scalar), shape: [], kind: "value" };
    return dtype === "boolean" ? scalar !== 0 : scalar;
  });
}

/** As of compiled modules: the address of the elements, the dtype, the rank, the sizes. */
function descriptorOf({ data, shape, number, kind }: Got, memory: FakeMemory): number {
  const elements =
    kind === "number" ? Float64Array.of(number) : kind === "boolean" ? Uint8Array.of(number) : data;
  const at = memory.put(new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength));
  const words = new Int32Array(11);
  words.set([at, 0, shape.length, ...shape]);
  return memory.put(new Uint8Array(words.buffer));
}
