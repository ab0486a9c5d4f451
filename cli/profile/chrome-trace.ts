/** One run as a trace that Chrome, Edge and Perfetto open. */

import type { KernelDescription } from "../../compiler/package/describe-kernels.ts";
import { nameOf, spellPlace } from "./print-profile.ts";
import type { TimedRun } from "./time-kernels.ts";

interface TraceEvent {
  readonly name: string;
  /** A complete event: it has a start and a duration, in microseconds. */
  readonly ph: "X";
  readonly ts: number;
  readonly dur: number;
  readonly pid: number;
  readonly tid: number;
  readonly args: Readonly<Record<string, unknown>>;
}

export function chromeTrace(
  entry: string,
  kernels: readonly KernelDescription[],
  { milliseconds, calls }: TimedRun,
): { readonly traceEvents: readonly TraceEvent[] } {
  const event = (
    name: string,
    start: number,
    end: number,
    args: TraceEvent["args"],
  ): TraceEvent => ({
    name,
    ph: "X",
    ts: 1000 * start,
    dur: 1000 * (end - start),
    pid: 1,
    tid: 1,
    args,
  });
  const inner = calls.map(({ kernel, start, end }) => {
    const about = kernels[kernel]!;
    const { operands, result, loops } = about;
    const args = { place: spellPlace(about.place), operands, result, loops };
    return event(nameOf(about), start, end, args);
  });
  return { traceEvents: [event(entry, 0, milliseconds, {}), ...inner] };
}
