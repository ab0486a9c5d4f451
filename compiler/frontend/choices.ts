/** Uses functions and captured objects of which only a run knows which one is meant: each on a path of its own. */

import type ts from "typescript";
import { usable } from "./conflicts.ts";
import type { Context } from "./context.ts";
import { isTag } from "./heap/narrow.ts";
import { lowerIf } from "./paths.ts";
import { type AbstractValue, type Choice, failed } from "./values.ts";

/** What `use` gives for the option that is meant. */
export function choose(
  cx: Context,
  { tag, options }: Choice,
  node: ts.Node,
  use: (option: AbstractValue) => AbstractValue,
): AbstractValue {
  const arrive = (option: AbstractValue) => {
    const value = use(option);
    return cx.dead ? undefined : value;
  };
  const from = (code: number): AbstractValue | undefined =>
    code === options.length - 1
      ? arrive(options[code]!)
      : lowerIf(
          cx,
          isTag(cx, tag, code, node),
          node,
          () => arrive(options[code]!),
          () => from(code + 1),
        );
  const result = from(0);
  if (result === undefined) cx.die();
  return result === undefined ? failed : usable(cx, result, "the result", node);
}
