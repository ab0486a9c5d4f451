// The library takes PyTorch's names, so it must mean what PyTorch means by them: its own samples decide.
import { readFileSync } from "node:fs";
import * as glim from "glim";
import { describe, expect, it } from "vitest";
import { shared } from "../shared-material.ts";

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
interface Stored {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly at: readonly [offset: number, bytes: number];
}
interface Case {
  readonly op: string;
  readonly args: readonly Json[];
  readonly kwargs: { readonly [key: string]: Json };
  readonly out: readonly Stored[];
}

const folder = "conformance/torch-opinfo";
const cases: readonly Case[] = shared(`${folder}.json`)
  ? JSON.parse(readFileSync(shared(`${folder}.json`)!, "utf8")).cases
  : [];
const bytes = shared(`${folder}.bin`) ? readFileSync(shared(`${folder}.bin`)!) : Buffer.of();

const floatsOf = ({ at: [offset, length] }: Stored): Float32Array =>
  new Float32Array(new Uint8Array(bytes.subarray(offset, offset + length)).buffer);

const isTensor = (a: Json): a is { readonly t: Json } =>
  typeof a === "object" && a !== null && "t" in a;

/** Arguments with tensors for what stands for them; undefined for Python's None. */
function argument(a: Json): unknown {
  if (isTensor(a)) {
    const stored = a.t as unknown as Stored;
    return glim.tensor(floatsOf(stored), stored.shape);
  }
  return Array.isArray(a) ? a.map(argument) : (a ?? undefined);
}

type Call = (args: readonly never[], kwargs: Case["kwargs"]) => glim.Tensor;

/** How each of PyTorch's functions is written here; `takes` says which samples have a counterpart. */
interface Counterpart {
  readonly call: Call;
  /** How large the terms are that are added up; else what counts is the result itself. */
  readonly terms?: Call;
  readonly takes?: (c: Case) => boolean;
  readonly count: number;
}

const rankOf = (c: Case): number => {
  const [first] = c.args;
  return isTensor(first!) ? (first.t as unknown as Stored).shape.length : -1;
};

function matmul([x, y]: readonly glim.Tensor[]): glim.Tensor {
  return glim.matmul(x!, y!);
}

function linear([x, w, b]: readonly glim.Tensor[]): glim.Tensor {
  return glim.linear(x!, w!, b);
}

const abs = (x: glim.Tensor): glim.Tensor => x.abs();

const counterparts: Readonly<Record<string, Counterpart>> = {
  matmul: { call: matmul, terms: (args) => matmul(args.map(abs)), count: 7 },
  "nn.functional.linear": { call: linear, terms: (args) => linear(args.map(abs)), count: 9 },
  "nn.functional.relu": { call: ([x]) => glim.relu(x!), count: 1 },
  square: { call: ([x]) => glim.square(x!), count: 1 },
  flatten: {
    call: ([x], { start_dim, end_dim }) => glim.flatten(x!, start_dim as never, end_dim as never),
    count: 4,
  },
  squeeze: { call: ([x, dim]) => glim.squeeze(x!, dim), count: 4 },
  unsqueeze: { call: ([x, dim]) => glim.unsqueeze(x!, dim!), count: 4 },
  transpose: { call: ([x, a, b]) => glim.transpose(x!, a!, b!), count: 4 },
  stack: { call: ([xs, dim]) => glim.stack<"f32">(xs!, dim), count: 6 },
  cat: { call: ([xs], { dim }) => glim.cat<"f32">(xs!, dim as never), count: 3 },
  log_softmax: {
    call: ([x, dim]) => glim.logSoftmax(x!, dim!),
    // A tensor of rank 0 has no axes here; f64 is not there yet.
    takes: (c) => rankOf(c) > 0 && c.kwargs.dtype === undefined,
    count: 2,
  },
  "nn.functional.max_pool2d": {
    call: ([x], { kernel_size, stride, padding }) =>
      glim.maxPool2d(x!, kernel_size as never, {
        stride: (stride ?? kernel_size) as never,
        padding: padding as never,
      }),
    takes: (c) => c.kwargs.ceil_mode === false,
    count: 4,
  },
};

const unit = 2 ** -24;
/** The longest sum of products in the samples. */
const mostTerms = 10;

/**
 * How far a result may be from the float64 reference. A sum of K products is off by at most about
 * K · 2⁻²⁴ · Σ|aₖ·bₖ|, however small the sum itself; a value by itself by a few units in the last place.
 */
function allowed(
  mine: Counterpart,
  args: readonly never[],
  c: Case,
  wanted: Float32Array,
): number[] {
  const terms = mine.terms?.(args, c.kwargs).toTypedArray();
  return Array.from(wanted, (w, i) =>
    terms ? (mostTerms + 1) * unit * terms[i]! : 16 * unit * (1 + Math.abs(w)),
  );
}

describe.skipIf(cases.length === 0).each(Object.entries(counterparts))("%s", (name, mine) => {
  const own = cases.filter((c) => c.op === name && (mine.takes?.(c) ?? true));

  it(`has ${mine.count} samples`, () => expect(own.length).toBe(mine.count));

  it.each(own.map((c, i) => [i, c] as const))("sample %i", (_i, c) => {
    const args = c.args.map(argument) as never[];
    const found = mine.call(args, c.kwargs);
    expect(found.shape).toEqual(c.out[0]!.shape);
    const wanted = floatsOf(c.out[0]!);
    const elements = found.toTypedArray();
    const bounds = allowed(mine, args, c, wanted);
    wanted.forEach((w, i) => expect(Math.abs(elements[i]! - w)).toBeLessThanOrEqual(bounds[i]!));
  });
});
