/** Writes docs/pytorch.md, which finds Glim's names by PyTorch's. */

import type { Op } from "../../compiler/ops/op.ts";
import { ops } from "../../compiler/ops/registry.ts";
import * as glim from "../../stdlib/index.ts";
import { functional, otherwise, ownFunctions, renamed } from "./pytorch-names.ts";

const head = `# From PyTorch

Names are PyTorch's in camel case, \`dim\` and \`keepDim\` as there; what has a tensor as first operand is a
method, too. This page is written from what the package exports by \`npm run docs\`.
[operators.md](operators.md) says more of operators, the doc comments in your editor of the rest.

PyTorch's own test samples are run against this table: \`tests/conformance\`.
`;

interface Row {
  readonly torch: string;
  readonly glim: readonly string[];
}

/** The text of docs/pytorch.md. */
export function pytorchPage(): string {
  const rows = [...operatorRows(), ...functionRows()];
  return [
    head,
    "## Written otherwise\n",
    "| PyTorch | Glim | |\n| --- | --- | --- |",
    ...otherwise.map((o) => `| \`${o.torch}\` | \`${o.glim}\` | ${o.note} |`),
    "\n## Functions and methods\n",
    table(rows),
    "\n## Linear algebra\n",
    table(members("linalg", glim.linalg, "torch.linalg")),
    "\n## Fourier transforms\n",
    table(members("fft", glim.fft, "torch.fft")),
    "\n## Layers\n",
    table(members("nn", glim.nn, "nn")),
    "\n## Initial values\n",
    table(members("nn.init", glim.nn.init, "nn.init", "_")),
    "\n## Training\n",
    table(members("optim", glim.optim, "optim")),
    "",
  ].join("\n");
}

function table(rows: readonly Row[]): string {
  const sorted = rows.toSorted((a, b) => compare(a.torch, b.torch));
  const lines = sorted.map(
    (r) => `| \`${r.torch}\` | ${r.glim.map((g) => `\`${g}\``).join(", ")} |`,
  );
  return ["| PyTorch | Glim |", "| --- | --- |", ...lines].join("\n");
}

/** By the last part of the name, as people look for it. */
function compare(a: string, b: string): number {
  const [x = "", y = ""] = [a, b].map((name) => name.split(".").at(-1)?.toLowerCase());
  if (x === y) return a < b ? -1 : 1;
  return x < y ? -1 : 1;
}

const operatorRows = (): readonly Row[] =>
  ops
    .filter((op) => op.exposed !== "internal" && op.torch !== "none")
    .map((op) => ({
      torch: op.torch.includes(".") ? op.torch : `torch.${op.torch}`,
      glim: formsOf(op),
    }));

const formsOf = ({ name, exposed }: Op): readonly string[] => [
  ...(exposed === "function" ? [] : [`x.${name}`]),
  ...(exposed === "method" ? [] : [name]),
];

/** The functions of the library; those that are methods, too, say so. */
function functionRows(): readonly Row[] {
  const exposed = ops.filter((op) => op.exposed !== "internal" && op.torch !== "none");
  const operators = new Set(exposed.map((op) => op.name));
  const sample: object = glim.tensor([1]);
  return Object.entries(glim)
    .filter(([name, f]) => typeof f === "function" && !operators.has(name))
    .filter(([name]) => !ownFunctions.includes(name))
    .map(([name]) => ({
      torch: renamed[name] ?? `${functional.has(name) ? "nn.functional" : "torch"}.${snake(name)}`,
      glim: typeof Reflect.get(sample, name) === "function" ? [`x.${name}`, name] : [name],
    }));
}

/** `end` is what PyTorch's names end in beside Glim's. */
const members = (namespace: string, of: object, torch: string, end = ""): readonly Row[] =>
  Object.entries(of)
    .filter(([, value]) => typeof value === "function")
    .filter(([name]) => !ownFunctions.includes(`${namespace}.${name}`))
    .map(([name]) => ({
      torch:
        renamed[`${namespace}.${name}`] ??
        `${torch}.${/^[A-Z]/.test(name) ? name : snake(name)}${end}`,
      glim: [`${namespace}.${name}`],
    }));

const snake = (name: string): string =>
  name.replace(/([a-z0-9])([A-Z])/g, (_, a: string, b: string) => `${a}_${b}`).toLowerCase();
