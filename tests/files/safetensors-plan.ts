/** Random safetensors files in which the meaning is damaged, not the bytes; with a verdict. */

import fc from "fast-check";
import { dtypeSize, fileDTypes } from "#glim/runtime/files/raw-tensor.js";
import { safetensorsBytes } from "./tensor-file-material.ts";

const size = fc.oneof(
  { weight: 60, arbitrary: fc.integer({ min: 1, max: 3 }) },
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.constantFrom(-1, 0.5, 1e300, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 53 - 1) },
);

/** Mostly sound shapes. */
export const shapes: fc.Arbitrary<readonly number[]> = fc.oneof(
  { weight: 20, arbitrary: fc.array(size, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.shuffledSubarray([0, 2 ** 32, 2 ** 32], { minLength: 2 }) },
  { weight: 1, arbitrary: fc.array(fc.constantFrom(0, 1), { minLength: 60, maxLength: 70 }) },
);

export const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

const step = fc.constantFrom(-8, -4, -1, 1, 4, 8, 1e9, 2 ** 53);
const fault = fc.oneof(
  fc.record({ kind: fc.constantFrom("begin", "end", "both"), entry: fc.nat(), step }),
  // The border between a tensor and the next; a tensor, all after it, and the end of the data.
  fc.record({ kind: fc.constantFrom("border", "slide"), entry: fc.nat(), step }),
  fc.record({ kind: fc.constantFrom("prefix", "data"), step }),
  fc.record({ kind: fc.constantFrom("lose", "add", "repeat", "copy"), entry: fc.nat() }),
  fc.record({ kind: fc.constant("value"), json: fc.json() }),
  fc.record({ kind: fc.constant("surrogate") }),
);

export const plans = fc.record({
  tensors: fc.array(fc.record({ dtype: fc.constantFrom(...fileDTypes), shape: shapes }), {
    maxLength: 5,
  }),
  unknownDType: fc.oneof(
    { weight: 20, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constantFrom("F8_E4M3", "f32", "", "C64") },
  ),
  metadata: fc.option(fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 })),
  faults: fc.array(fault, { maxLength: 2 }),
  padding: fc.nat(9),
});

type ValueOf<A> = A extends fc.Arbitrary<infer T> ? T : never;
type Plan = ValueOf<typeof plans>;
type Fault = ValueOf<typeof fault>;

interface Entry {
  readonly key: string;
  readonly fields: [string, unknown][];
  readonly offsets: [number, number];
}

interface Draft {
  readonly entries: Entry[];
  /** Pieces of JSON after the entries. */
  readonly extra: string[];
  prefixError: number;
  dataLength: number;
}

const print = (e: Entry): string =>
  `${e.key}:{${e.fields.map(([k, v]) => `"${k}":${JSON.stringify(v)}`).join(",")}}`;

/** Changes the draft; true if no file with this fault, and no other, may be accepted. */
function apply(f: Fault, draft: Draft): boolean {
  const { entries, extra } = draft;
  if ("json" in f) return extra.push(`"x":${f.json}`) > 0;
  if (f.kind === "surrogate") {
    return extra.push('"\\ud800":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}') > 0;
  }
  if (f.kind === "prefix" && "step" in f) draft.prefixError = f.step;
  if (f.kind === "data" && "step" in f) {
    draft.dataLength = Math.min(Math.max(draft.dataLength + f.step, 0), 1e5);
  }
  if (!("entry" in f) || entries.length === 0) return false;
  const at = f.entry % entries.length;
  const { fields, offsets } = entries[at]!;
  if ("step" in f && f.kind === "slide") {
    for (const later of entries.slice(at)) {
      later.offsets[0] += f.step;
      later.offsets[1] += f.step;
    }
    draft.dataLength = Math.min(Math.max(draft.dataLength + f.step, 0), 1e5);
    return true;
  }
  if ("step" in f) {
    if (f.kind !== "end" && f.kind !== "border") offsets[0] += f.step;
    if (f.kind !== "begin") offsets[1] += f.step;
    const next = entries[at + 1];
    if (f.kind === "border" && next) next.offsets[0] += f.step;
    return false;
  }
  if (f.kind === "lose") fields.splice(1);
  if (f.kind === "add") fields.push(["strides", [1]]);
  if (f.kind === "repeat") fields.push(fields[0] ?? ["dtype", "F32"]);
  if (f.kind === "copy") extra.push(print(entries[at]!));
  return true;
}

function isSound({ tensors, unknownDType }: Plan): boolean {
  const isSize = (n: number) => Number.isSafeInteger(n) && n >= 0;
  if (unknownDType !== null && tensors.length > 0) return false;
  return tensors.every(({ dtype, shape }) => {
    const bytes = shape.reduce((a, b) => a * (b || 1), dtypeSize(dtype));
    return shape.length <= 64 && shape.every(isSize) && isSize(bytes);
  });
}

/** The file, and what must become of it where that is plain. */
export function build(plan: Plan): { file: Uint8Array; verdict?: "accept" | "refuse" } {
  let at = 0;
  const entries = plan.tensors.map(({ dtype, shape }, i): Entry => {
    const offsets: [number, number] = [at, at + product(shape) * dtypeSize(dtype)];
    at = offsets[1];
    const name = (i === 0 ? plan.unknownDType : null) ?? dtype.toUpperCase();
    const fields: [string, unknown][] = Object.entries({ dtype: name, shape });
    return {
      key: JSON.stringify(`t${i}`),
      offsets,
      fields: [...fields, ["data_offsets", offsets]],
    };
  });
  const fits = at >= 0 && at < 1e5;
  const extra = plan.metadata ? [`"__metadata__":${JSON.stringify(plan.metadata)}`] : [];
  const draft: Draft = { entries, extra, prefixError: 0, dataLength: fits ? Math.ceil(at) : 64 };
  const areFatal = plan.faults.map((f) => apply(f, draft));
  const header = `{${[...entries.map(print), ...extra].join(",")}}${" ".repeat(plan.padding)}`;
  const length = new TextEncoder().encode(header).length + draft.prefixError;
  const file = safetensorsBytes(header, draft.dataLength, Math.max(0, length));
  // Two faults may undo each other.
  if (areFatal.length === 1 && areFatal[0]) return { file, verdict: "refuse" };
  if (areFatal.length > 0) return { file };
  return { file, verdict: isSound(plan) && fits ? "accept" : "refuse" };
}
