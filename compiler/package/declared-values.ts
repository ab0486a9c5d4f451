/** The types that texts, lists, records and maps have in `model.d.ts`. */

import type { DType } from "../ops/types.ts";
import type { CellType, ValueType } from "./value-types.ts";

/** Arguments may be read only, and typed arrays where numbers are due. */
type Use = "argument" | "result";

/** What codes without a value mean. */
export const nothings: readonly string[] = ["undefined", "null"];

const arrayNames: Readonly<Record<DType, string>> = {
  f32: "Float32Array",
  f64: "Float64Array",
  i32: "Int32Array",
  u8: "Uint8Array",
  i8: "Int8Array",
  bool: "Uint8Array",
};

export function valueType(type: ValueType, use: Use): string {
  if (typeof type === "string") return { f64: "number", bool: "boolean", str: "string" }[type];
  if ("ref" in type) return typeName(type.ref, use);
  if ("cell" in type) return cellType(type.cell, use);
  if ("list" in type) return listType(type.list, use);
  if ("record" in type) {
    const fields = type.record.map(([name, cell]) => fieldType(name, cell, use));
    return fields.length === 0 ? "Record<string, never>" : `{ ${fields.join("; ")} }`;
  }
  if ("map" in type) {
    const [key, value] = type.map;
    const kind = use === "argument" ? "Readonly" : "";
    const isSet = value.every(([, t]) => t === undefined);
    const of = valueType(key, use);
    return isSet ? `${kind}Set<${of}>` : `${kind}Map<${of}, ${cellType(value, use)}>`;
  }
  const shape = type.shape.map((d) => (typeof d === "number" ? d : "number")).join(", ");
  const array = arrayNames[type.tensor];
  return use === "argument"
    ? `Input<${array}, readonly [${shape}]>`
    : `NdArray<${array}<ArrayBuffer>, readonly [${shape}]>`;
}

/** What may be undefined may be left out of an argument. */
function fieldType(name: string, cell: CellType, use: Use): string {
  const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
  const mayLack = use === "argument" && cell.some(([code]) => code === 0);
  return `readonly ${key}${mayLack ? "?" : ""}: ${cellType(cell, use)}`;
}

function listType(element: CellType, use: Use): string {
  const of = cellType(element, use);
  const list = /^\w+$/.test(of) ? `${of}[]` : `(${of})[]`;
  if (use === "result") return list;
  return of === "number" ? `readonly number[] | Float64Array` : `readonly ${list}`;
}

/** What a place may hold; nothing comes last, as people write it. */
function cellType(cell: CellType, use: Use): string {
  const types = cell.flatMap(([, type]) => (type ? [valueType(type, use)] : []));
  const absent = cell.flatMap(([code, type]) => (type ? [] : [nothings[code]]));
  return [...types, ...absent].join(" | ") || "never";
}

/** Whether a value of this type may be undefined, and so be left out. */
export const mayBeMissing = (type: ValueType | undefined): boolean =>
  typeof type === "object" && "cell" in type && type.cell.some(([code]) => code === 0);

/** A declared name for one of the module's own. */
const typeName = (name: string, use: Use): string =>
  `${name.replace(/^[^A-Za-z_$]|[^\w$]/g, "_")}${use === "argument" ? "Input" : ""}`;

/** Declarations of the types that contain themselves. */
export function valueTypes(types: Readonly<Record<string, ValueType>> = {}): string {
  const uses = ["result", "argument"] as const;
  return Object.entries(types)
    .flatMap(([name, type]) =>
      uses.map((use) => `\n\nexport type ${typeName(name, use)} = ${valueType(type, use)};`),
    )
    .join("");
}
