/** Writes docs/operators.md from the operators' records. */

import { GraphRule } from "../../compiler/graph/infer.ts";
import { parseTypeText } from "../../compiler/graph/parse-type.ts";
import type { Lowering } from "../../compiler/ops/lowering.ts";
import type { Argument, Op, OperandSpec, ParameterSpec, Sample } from "../../compiler/ops/op.ts";
import { ops } from "../../compiler/ops/registry.ts";
import { printTensorType, type TensorType } from "../../compiler/ops/types.ts";

const head = `# The operators

Each entry is written from the operator's own record (\`compiler/ops\`) by \`npm run docs\`. What is made of
operators (softmax, layers, losses, linear algebra) is TypeScript in \`stdlib/\`; [pytorch.md](pytorch.md)
finds both by PyTorch's names.

Dtypes are f32, f64, i32, u8, i8 and bool. Tensors of different dtypes are promoted (f64 over f32 over i32 over u8 and i8 over bool), and a
number takes the dtype of the tensor beside it. Shapes broadcast as in PyTorch, except that a named
size is never repeated. The bits of every result are fixed ([numerics](numerics.md)).
`;

/** The largest errors of functions in ULP, as the table of f32 functions in docs/functions.md has them. */
export function measuredErrors(functionsPage: string): ReadonlyMap<string, string> {
  const [table = ""] = functionsPage.split("## f64");
  return new Map(
    [...table.matchAll(/^\| `(\w+)` \| ([\d.]+) \|/gm)].map(([, name = "", ulp = ""]) => [
      name,
      ulp,
    ]),
  );
}

/** The text of docs/operators.md; `functionsPage` is that of docs/functions.md. */
export function operatorsPage(functionsPage: string): string {
  const errors = measuredErrors(functionsPage);
  const shown = ops.filter((op) => op.exposed !== "internal");
  const internal = ops.filter((op) => op.exposed === "internal");
  return [
    head,
    ...shown.map((op) => entry(op, errors)),
    "# Internal operators\n\nGradients and the library are made of these; programs cannot call them.\n",
    ...internal.map((op) => entry(op, errors)),
  ].join("\n");
}

function entry(op: Op, errors: ReadonlyMap<string, string>): string {
  const rows = [
    ...op.operands.map((o) => `| \`${o.name}\` | ${dtypeOf(o)}${o.doc} |`),
    ...[...op.parameters, ...op.options].map(
      (p) => `| \`${p.name}\` | \`${typeOf(p)}\`. ${p.doc} |`,
    ),
    `| shapes | ${shapesOf(op).join("<br>")} |`,
    `| gradient | ${op.gradient === "none" ? "no" : "yes"} |`,
    `| error | ${errors.has(op.name) ? measured(errors.get(op.name)!) : errorOf(op)} |`,
    `| PyTorch | ${op.torch === "none" ? "none" : `\`${op.torch}\``} |`,
  ];
  const forms = op.exposed === "internal" ? "" : `\n${signatures(op).join("<br>\n")}\n`;
  const notes = op.notes === "" ? "" : `\n${op.notes}\n`;
  const table = ["| | |", "| --- | --- |", ...rows.map((row) => row.replace(/\s+/g, " "))];
  return `## ${op.name}\n${forms}\n${op.summary}\n${notes}\n${table.join("\n")}\n`;
}

const escaped = (text: string): string => text.replaceAll("|", "\\|");
const typeOf = ({ type }: ParameterSpec): string => escaped(type);
const measured = (ulp: string): string => `at most ${ulp} ULP ([measured](functions.md))`;

const dtypes: Readonly<Record<OperandSpec["dtype"], string>> = {
  same: "promoted with the other operands",
  float: "promoted; integers and bools become f32",
  number: "promoted; bools become i32",
  sum: "promoted; bools, u8 and i8 become i32",
  any: "",
  bool: "bool",
  i32: "i32",
  f32: "f32",
};
const dtypeOf = ({ dtype }: OperandSpec): string =>
  dtypes[dtype] === "" ? "" : `${dtypes[dtype]}. `;

/** `x.name(y, dim?, { keepDim? })`, and the same as a function. */
function signatures(op: Op): readonly string[] {
  const optional = (p: ParameterSpec): string => (p.optional ? `${p.name}?` : p.name);
  const names = op.operands.map((o) => o.name);
  const parameters = op.parameters.map(optional);
  const operands = op.variadic ? [`[…${names.join(", ")}]`] : names;
  const after = op.variadic ? 1 : op.parametersAfter;
  const all = [...operands.slice(0, after), ...parameters, ...operands.slice(after)];
  const members = op.options.map(optional).join(", ");
  if (op.options.length > 0) all.push(`{ ${members} }?`);
  const [first = "", ...rest] = all;
  const forms: string[] = [];
  if (op.exposed !== "function") forms.push(`\`${first}.${op.name}(${rest.join(", ")})\``);
  if (op.exposed !== "method") forms.push(`\`${op.name}(${all.join(", ")})\``);
  return forms;
}

/** Calls of the record's samples with the types that they give. */
const shapesOf = (op: Op): readonly string[] =>
  op.samples.slice(0, 3).map((sample) => {
    const { operands, result } = typesOf(op, sample);
    const given = Object.entries(sample.args).map(([k, v]) => `${k} ${argument(v)}`);
    const call = [...operands.map(printTensorType), ...given].join(", ");
    return `\`${escaped(`${call} → ${printTensorType(result)}`)}\``;
  });

function typesOf(op: Op, { operands: texts, args }: Sample) {
  const operands = texts.map(tensorOf);
  const rule = new GraphRule();
  const attrs = op.bind(args, operands, rule);
  return { operands, attrs, result: op.type(operands, attrs, rule) };
}

function tensorOf(text: string): TensorType {
  const type = parseTypeText(text);
  if (type.kind !== "tensor") throw new Error(`${text} is no tensor's type`);
  return type;
}

function argument(v: Argument): string {
  if (Array.isArray(v)) return `[${v.map(argument).join(", ")}]`;
  return v === undefined || v === null ? "null" : String(v);
}

/** What is known of the error from how the operator is computed. */
function errorOf(op: Op): string {
  const sample = op.samples[0];
  if (sample === undefined) throw new Error(`${op.name} has no sample`);
  const { operands, attrs, result } = typesOf(op, sample);
  const lowering = op.lower(operands, attrs, result);
  const isExact = "combine" in lowering && exact.includes(lowering.combine);
  return isExact || result.dtype === "bool" ? "none" : errors[lowering.kind];
}

/** Ways of combining elements that choose one of them, or a position. */
const exact = ["max", "min", "argmax", "argmin", "set"];

const errors: Readonly<Record<Lowering["kind"], string>> = {
  map: "each step rounded once",
  reduce: "each step rounded once, in the order of [rule 4](numerics.md#4-reductions)",
  contract: "each step rounded once, in the order of [rule 3](numerics.md#3-contractions)",
  window: "each step rounded once, in ascending order",
  scan: "each step rounded once, in ascending order",
  scatter: "each step rounded once, in ascending order",
  move: "none",
  index: "none",
  sort: "none",
};
