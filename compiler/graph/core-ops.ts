/**
 * The operations of Graph IR that are not operators: their attributes, their regions, how they are
 * written. What they mean is said at `Node` in ir.ts.
 */

/** `double`: a number, or "NaN", "Infinity", "-Infinity", "-0" as text. */
export type AttrKind = "text" | "texts" | "boolean" | "double" | "dim" | "count";

export interface LeadingAttribute {
  readonly name: string;
  /** `@name`, a bare name, or a value as after `key=`. */
  readonly as: "symbol" | "word" | "value";
}

export interface CoreOp {
  readonly attrs: Readonly<Record<string, AttrKind>>;
  /** The attribute that is written first, without its key: `const @w`, `scalar add %a %b`. */
  readonly leading: LeadingAttribute | undefined;
  readonly regions: 0 | 1 | 2;
  /** The region takes parameters, written `(%param = %operand : type, …)`. */
  readonly bindsOperands: boolean;
  /** The results depend on operands and attributes alone, and nothing else happens. */
  readonly pure: boolean;
}

const base: CoreOp = {
  attrs: {},
  leading: undefined,
  regions: 0,
  bindsOperands: false,
  pure: false,
};

/** An operation with one attribute, which is written first. */
const led = (name: string, as: LeadingAttribute["as"], kind: AttrKind = "text"): CoreOp => ({
  ...base,
  attrs: { [name]: kind },
  leading: { name, as },
});

const pure = (op: CoreOp): CoreOp => ({ ...op, pure: true });

/** The leaf of a cell that is read or written. */
const ofLeaf: CoreOp = { ...base, attrs: { leaf: "count" } };

const sizesCheck: CoreOp = { ...base, attrs: { left: "dim", right: "dim", message: "text" } };

const ops: ReadonlyMap<string, CoreOp> = new Map<string, CoreOp>([
  ["const", pure(led("name", "symbol"))],
  ["splat", pure(base)],
  ["number", pure(led("value", "value", "double"))],
  ["boolean", pure(led("value", "value", "boolean"))],
  ["size", pure(led("dim", "value", "dim"))],
  ["bind", { ...led("name", "word"), attrs: { name: "text", message: "text" } }],
  ["item", pure(base)],
  ["scalar", pure(led("fn", "word"))],
  ["layout", pure(base)],
  ["join", pure({ ...base, attrs: { axis: "count" } })],
  ["text", pure(led("value", "value"))],
  ["texts", pure(led("fn", "word"))],
  ["empty", pure(base)],
  ["same", pure(base)],
  ["box", pure(base)],
  ["unbox", pure(base)],
  ["box.size", pure({ ...base, attrs: { axis: "count" } })],
  ["new", base],
  ["field.get", ofLeaf],
  ["field.set", ofLeaf],
  ["list.get", ofLeaf],
  ["list.set", ofLeaf],
  ...["length", "push", "resize", "insert", "remove", "slice", "reverse", "join"].map(
    (name) => [`list.${name}`, base] as const,
  ),
  ...["ofTensor", "toTensor", "stack"].map((name) => [`list.${name}`, base] as const),
  ["map.get", ofLeaf],
  ["map.valueAt", ofLeaf],
  ...["size", "has", "remove", "put", "clear", "next", "keyAt", "hold", "release"].map(
    (name) => [`map.${name}`, base] as const,
  ),
  ["kernel", { ...pure(base), regions: 1, bindsOperands: true }],
  ["if", { ...base, regions: 2 }],
  ["loop", { ...led("label", "word"), regions: 1, bindsOperands: true }],
  ["grad", { ...base, attrs: { cells: "texts" }, regions: 1, bindsOperands: true }],
  ["checkpoint", { ...base, regions: 1 }],
  ["barrier", base],
  ["vmap", { ...base, attrs: { results: "count" }, regions: 1, bindsOperands: true }],
  ["customGrad", { ...base, regions: 1, bindsOperands: true }],
  ["call", led("callee", "symbol")],
  ["state.get", led("name", "symbol")],
  ["state.set", led("name", "symbol")],
  ["check", led("message", "value")],
  ["checkEqual", sizesCheck],
  ["checkAtMost", sizesCheck],
  ["yield", base],
  ["continue", led("label", "word")],
  ["break", led("label", "word")],
  ["return", base],
  ["throw", led("message", "value")],
]);

/** The core operation of that name; undefined for operators and for names that are neither. */
export const coreOp = (name: string): CoreOp | undefined => ops.get(name);
