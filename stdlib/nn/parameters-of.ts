/** Owns the list of a module's parameters, which compiled code knows when it is compiled. */

import { ParameterCell } from "../../runtime/eager/cell.ts";
import { builtinMark, mark } from "../../runtime/eager/marks.ts";
import { asParameter, type Parameter } from "./cells.ts";
import { cellsOf, type HasMembers } from "./registered.ts";

/** Every parameter once, with its first name. */
export function namedParametersOf(module: HasMembers): readonly (readonly [string, Parameter])[] {
  const named = new Map<ParameterCell, string>();
  for (const [name, cell] of cellsOf(module)) {
    if (cell instanceof ParameterCell && !named.has(cell)) named.set(cell, name);
  }
  return [...named].map(([cell, name]) => [name, asParameter(cell)]);
}

/** Every parameter once. */
export function parametersOf(module: HasMembers): Parameter[] {
  return namedParametersOf(module).map(([, parameter]) => parameter);
}

mark(parametersOf, builtinMark, "parametersOf");
