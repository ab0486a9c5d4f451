/** Random lists and records of tensors, which gradients must follow. */

import type { HeapType } from "#glim/compiler/graph/heap-types.js";
import { f64Type, refType, type Type, type Value } from "#glim/compiler/graph/ir.js";
import { symbol } from "#glim/compiler/ops/dim.js";
import type { Attrs } from "#glim/compiler/ops/op.js";
import { tensorType } from "#glim/compiler/ops/types.js";

const tensor = tensorType("f32", [2, 3]);
const box = refType("held");
const list = refType("list");
const pair = refType("pair");

export const containerTypes: ReadonlyMap<string, HeapType> = new Map<string, HeapType>([
  [box.kind === "ref" ? box.name : "", { kind: "box", tensor }],
  ["list", { kind: "list", element: [box] }],
  [
    "pair",
    {
      kind: "record",
      fields: [
        ["a", [box]],
        ["b", [box]],
      ],
    },
  ],
]);

/** What containers need of the generator around. */
export interface ContainerScope {
  emit(
    op: string,
    operands: readonly Value[],
    attrs?: Attrs,
    types?: readonly Type[],
  ): readonly Value[];
  /** A visible value of a type, or a new one. */
  some(type: Type): Value;
  below(n: number): number;
  /** A size that nothing has yet. */
  bound(): string;
}

const boxed = (s: ContainerScope): Value => s.emit("box", [s.some(tensor)], {}, [box])[0]!;

/** A list of one or two tensors, or a record of two; the same tensor may be in both places. */
export function freshContainer(s: ContainerScope, name: string): Value {
  if (name === "held") return boxed(s);
  const first = boxed(s);
  const others = name === "pair" || s.below(2) === 1 ? [boxed(s)] : [];
  return s.emit("new", [first, ...others], {}, [refType(name)])[0]!;
}

/** One statement that makes, changes or reads a container. Lists are never empty. */
export function useContainer(s: ContainerScope): void {
  switch (s.below(8)) {
    case 0:
      freshContainer(s, "list");
      return;
    case 1:
      s.emit("list.push", [s.some(list), boxed(s)]);
      return;
    case 2:
    case 3: {
      const held = s.emit("list.get", [...place(s)], { leaf: 0 }, [box]);
      s.emit("unbox", held, {}, [tensor]);
      return;
    }
    case 4:
      s.emit("list.set", [...place(s), boxed(s)], { leaf: 0 });
      return;
    case 5: {
      const all = s.some(list);
      const length = s.emit("list.length", [all], {}, [f64Type]);
      const name = s.bound();
      s.emit("bind", length, { name, message: "it is no size" });
      const stacked = tensorType("f32", [symbol(name), 2, 3]);
      const rows = s.emit("list.stack", [all], {}, [stacked]);
      s.emit("sum", rows, { axes: [0], keepDim: false, lanes: 1 }, [tensor]);
      return;
    }
    case 6: {
      const held = s.emit("field.get", [s.some(pair)], { leaf: s.below(2) }, [box]);
      s.emit("unbox", held, {}, [tensor]);
      return;
    }
    default:
      s.emit("field.set", [s.some(pair), boxed(s)], { leaf: s.below(2) });
  }
}

/** A list, and the place of its first or last element. */
function place(s: ContainerScope): readonly Value[] {
  const all = s.some(list);
  if (s.below(2) === 0) return [all, s.emit("number", [], { value: 0 }, [f64Type])[0]!];
  const [length] = s.emit("list.length", [all], {}, [f64Type]);
  const [one] = s.emit("number", [], { value: 1 }, [f64Type]);
  return [all, s.emit("scalar", [length!, one!], { fn: "sub" }, [f64Type])[0]!];
}
