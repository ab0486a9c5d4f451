/** Finds captured objects that meet objects of the run: from the next walk on they lie on the heap, too. */

import type { Environment } from "../environment.ts";
import type { HeapShapes } from "./shapes.ts";

/** What is demanded of the heap for a captured object that is to lie there wherever it is used. */
export const meetingSite = (heap: HeapShapes, identity: object): string =>
  `meeting ${heap.numberOf(identity)}`;

/** Whether the heap can hold a captured object: plain data, or an instance of a class of the program that holds such. */
export function mayLieOnHeap(environment: Environment, object: object): boolean {
  const seen = new Set<object>();
  const may = (value: unknown): boolean => {
    const captured = environment.describe(value);
    if (captured.kind === "list" || captured.kind === "object") {
      if (seen.has(captured.identity)) return true;
      seen.add(captured.identity);
    }
    switch (captured.kind) {
      case "primitive":
      case "tensor":
      case "map":
      case "unknown":
        return true;
      case "list":
        return captured.identity.every(may);
      case "object": {
        const { identity, className } = captured;
        if (className !== "Object" && environment.classOf(identity) === undefined) return false;
        return environment.keys(identity).every((key) => {
          const member = environment.member(identity, key);
          return member?.kind === "value" && may(member.value);
        });
      }
      default:
        return false;
    }
  };
  return may(object);
}
