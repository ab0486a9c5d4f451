/** Finds the state that is given what depends on the variables and read again, and has gradients flow through it. */

import type { Region, Type, Value } from "../../../graph/ir.ts";
import { forEachNode } from "../../../graph/walk.ts";
import type { TensorType } from "../../../ops/types.ts";
import type { Activity } from "./activity.ts";
import type { CalledFunctions } from "./called-functions.ts";
import { type Held, StateCarrier, stateOf } from "./carry-state.ts";

export interface FollowedState {
  readonly plain: Region;
  readonly calls: CalledFunctions;
  readonly activity: Activity;
}

/** How what is differentiated is looked at. */
export interface Look {
  readonly plain: Region;
  /** The cells that it is differentiated for and that it writes, with what they hold at first. */
  readonly changed: Held;
  /** What other state holds at first. */
  begin(name: string): Value;
  boxOf(tensor: TensorType): Type;
  callsIn(): CalledFunctions;
  activityIn(whole: Region, calls: CalledFunctions): Activity;
}

export function followState(look: Look): FollowedState {
  const { changed, begin, activityIn } = look;
  const initial = new Map(changed);
  for (;;) {
    const carried = carry(look, initial);
    const whole = together([carried.plain, ...carried.calls.all.map((f) => f.region)]);
    const activity = activityIn(whole, carried.calls);
    const more = activeStates(whole, activity).filter((name) => !initial.has(name));
    if (more.length === 0) return { ...carried, activity };
    // What flows through one cell may reach others.
    for (const name of more) initial.set(name, begin(name));
  }
}

function carry(
  { plain, callsIn, boxOf }: Look,
  initial: Held,
): { readonly plain: Region; readonly calls: CalledFunctions } {
  const calls = callsIn();
  if (initial.size === 0) return { plain, calls };
  const areTouched = calls.all.some((f) => touches(f.region, initial));
  const carrier = new StateCarrier(
    initial,
    (node) => areTouched && calls.of(node) !== undefined,
    boxOf,
  );
  const region = carrier.region(plain);
  if (areTouched) {
    calls.replace((called) => {
      const { region: body, given } = carrier.body(called.region);
      return { ...called, region: body, params: [...called.params, ...given] };
    });
  }
  return { plain: region, calls };
}

function touches(region: Region, cells: Held): boolean {
  let found = false;
  forEachNode(region, (node) => {
    if (node.op === "state.get" || node.op === "state.set") found ||= cells.has(stateOf(node));
  });
  return found;
}

/** State that is given what depends on the variables, and read. */
function activeStates(region: Region, activity: Activity): readonly string[] {
  const read = new Set<string>();
  const written = new Set<string>();
  forEachNode(region, (node) => {
    if (node.op === "state.get") read.add(stateOf(node));
    if (node.op !== "state.set") return;
    const [given] = node.operands;
    if (given!.type.kind === "tensor" && activity.has(given!)) written.add(stateOf(node));
  });
  return [...written].filter((name) => read.has(name));
}

/** One region of several, for what is no matter of places. */
export const together = (regions: readonly Region[]): Region => ({
  params: [],
  nodes: regions.flatMap((r) => r.nodes),
});
