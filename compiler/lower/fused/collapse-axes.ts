/** Merges the reduced axes of a nest where every access runs through two of them as through one. */

import type { Dim } from "../../ops/dim.ts";
import { equalDim, mulDim } from "../../ops/dim.ts";
import type { PulledArg } from "./pull.ts";

/**
 * `extents` are all axes, the first `kept` of which stay as they are. Returns the extents of the merged
 * reduced axes, and the arguments with their forms over kept and merged axes.
 */
export function collapseAxes(
  kept: number,
  extents: readonly Dim[],
  args: readonly PulledArg[],
): { readonly reduced: readonly Dim[]; readonly args: readonly PulledArg[] } {
  const forms = args.flatMap((a) => (a.kind === "memory" ? [a.form] : []));
  const pinned = new Set(
    args.flatMap((a) => (a.kind === "position" ? a.at.terms.map((t) => t.axis) : [])),
  );
  const groups: { lead: number; extent: Dim }[] = [];
  for (let axis = kept; axis < extents.length; axis++) {
    const extent = extents[axis]!;
    if (extent === 1 && !pinned.has(axis)) continue;
    const last = groups.at(-1);
    const merges =
      last !== undefined &&
      !pinned.has(axis) &&
      !pinned.has(last.lead) &&
      forms.every((f) => equalDim(f.by[last.lead]!, mulDim(f.by[axis]!, extent)));
    if (merges) groups[groups.length - 1] = { lead: axis, extent: mulDim(last.extent, extent) };
    else groups.push({ lead: axis, extent });
  }
  if (groups.length === 0) groups.push({ lead: -1, extent: 1 });
  const order = [...Array.from({ length: kept }, (_, i) => i), ...groups.map((g) => g.lead)];
  const moved = args.map((a): PulledArg => {
    if (a.kind === "memory") {
      return { ...a, form: { by: order.map((i) => a.form.by[i] ?? 0), offset: a.form.offset } };
    }
    if (a.kind === "anchor") return a;
    const terms = a.at.terms.flatMap((t) =>
      order.includes(t.axis) ? [{ axis: order.indexOf(t.axis), by: t.by }] : [],
    );
    return { kind: "position", at: { terms, offset: a.at.offset } };
  });
  return { reduced: groups.map((g) => g.extent), args: moved };
}
