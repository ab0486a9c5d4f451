/** Makes shapes for what a host hands over: from the declared types of an entry's parameters. */

import { boolType, f64Type, strType } from "../../graph/ir.ts";
import { isDType, tensorType } from "../../ops/types.ts";
import type { ParameterType } from "../parameter-types.ts";
import type { HeapShapes, OpenCell } from "./shapes.ts";

export class DeclaredCells {
  readonly #heap: HeapShapes;
  readonly #site: string;
  #count = 0;

  /** `site` names the parameter: its lists have the same shapes in every walk. */
  constructor(heap: HeapShapes, site: string) {
    this.#heap = heap;
    this.#site = site;
  }

  /** Makes `cell` able to hold what `type` says; false if the heap has no place for it. */
  fill(cell: OpenCell, type: ParameterType): boolean {
    const heap = this.#heap;
    const site = `${this.#site} ${this.#count++}`;
    switch (type.kind) {
      case "number":
        return heap.add(cell, f64Type);
      case "boolean":
        return heap.add(cell, boolType);
      case "string":
        return heap.add(cell, strType);
      case "undefined":
        return heap.add(cell, { kind: "undefined" });
      case "null":
        return heap.add(cell, { kind: "null" });
      case "union":
        return type.options.every((option) => this.fill(cell, option));
      case "list": {
        const shape = heap.at(site, "list");
        return this.fill(shape.element, type.element) && heap.add(cell, { kind: "shape", shape });
      }
      case "set":
      case "map": {
        const shape = heap.at(site, "map");
        shape.isSet ||= type.kind === "set";
        const key = this.fill(shape.key, type.key) && shape.key.options.size === 1;
        const value = type.kind === "set" || this.fill(shape.element, type.value);
        return key && value && heap.add(cell, { kind: "shape", shape });
      }
      case "record": {
        const shape = heap.at(site, "record");
        for (const field of type.fields) {
          const place = heap.field(shape, field.name);
          if (field.optional) heap.add(place, { kind: "undefined" });
          if (!this.fill(place, field.type)) return false;
        }
        return heap.add(cell, { kind: "shape", shape });
      }
      case "tensor": {
        const sizes = type.sizes.filter((size) => typeof size === "number");
        const { dtype } = type;
        if (sizes.length < type.sizes.length || !isDType(dtype)) return false;
        return heap.add(cell, heap.boxOf(tensorType(dtype, sizes)));
      }
      default:
        return false;
    }
  }
}
