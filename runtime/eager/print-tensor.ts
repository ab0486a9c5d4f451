/** Prints a tensor's elements as PyTorch does, in JavaScript's words (`true`, `f32`). */

import { type DType, isInteger } from "../../compiler/ops/types.ts";

/** Tensors of more elements are cut to the first and last three along each axis. */
const mostShown = 1000;
const edge = 3;
const lineWidth = 80;
const digits = 4;
const prefix = "tensor(";

export function printTensor(
  dtype: DType,
  shape: readonly number[],
  data: ArrayLike<number>,
): string {
  const notes: string[] = [];
  if (data.length === 0 && shape.length !== 1) notes.push(`shape=[${shape.join(", ")}]`);
  if (dtype !== "f32" && dtype !== "bool") notes.push(`dtype=${dtype}`);
  return addNotes(data.length === 0 ? "[]" : printElements(dtype, shape, data), notes);
}

/** What follows the elements goes on a line of its own where the last one is full. */
function addNotes(elements: string, notes: readonly string[]): string {
  let text = prefix + elements;
  let width = elements.length - elements.lastIndexOf("\n") + 1;
  for (const note of notes) {
    const isFull = width + note.length + 2 > lineWidth;
    text += isFull ? `,\n${" ".repeat(prefix.length)}${note}` : `, ${note}`;
    width = isFull ? prefix.length + note.length : width + note.length + 2;
  }
  return `${text})`;
}

/** How one element is printed, and how wide all of them are. */
interface Format {
  readonly print: (x: number) => string;
  readonly width: number;
}

function printElements(dtype: DType, shape: readonly number[], data: ArrayLike<number>): string {
  const isCut = data.length > mostShown;
  const shown: number[] = [];
  collectShown(shape, 0, 0, isCut, data, shown);
  const format = formatOf(dtype, shown);
  return printAxis({ shape, data, isCut, format }, 0, 0);
}

/** The positions along an axis that are shown. */
function shownPositions(size: number, isCut: boolean): number[] {
  const all = Array.from({ length: isCut && size > 2 * edge ? 2 * edge : size }, (_, i) => i);
  return all.map((i) => (all.length < size && i >= edge ? size - 2 * edge + i : i));
}

const stepOf = (shape: readonly number[], axis: number): number =>
  shape.slice(axis + 1).reduce((n, d) => n * d, 1);

function collectShown(
  shape: readonly number[],
  axis: number,
  at: number,
  isCut: boolean,
  data: ArrayLike<number>,
  into: number[],
): void {
  if (axis === shape.length) {
    into.push(data[at]!);
    return;
  }
  const step = stepOf(shape, axis);
  for (const i of shownPositions(shape[axis]!, isCut)) {
    collectShown(shape, axis + 1, at + i * step, isCut, data, into);
  }
}

/** One form for all: whole numbers, four decimals, or powers of ten where those would mislead. */
function formatOf(dtype: DType, shown: readonly number[]): Format {
  if (dtype === "bool") return widest((x) => (x ? "true" : "false"), shown);
  if (isInteger(dtype)) return widest(String, shown);
  const finite = shown.filter((x) => Number.isFinite(x) && x !== 0);
  const greatest = finite.reduce((m, x) => Math.max(m, Math.abs(x)), 0);
  const least = finite.reduce((m, x) => Math.min(m, Math.abs(x)), Infinity);
  const isWhole = finite.every(Number.isInteger);
  const isWide = finite.length > 0 && (greatest / least > 1000 || greatest > 1e8);
  if (isWide || least < 1e-4) return widest(words(printPower), finite);
  return widest(words(isWhole ? (x) => `${x.toFixed(0)}.` : (x) => x.toFixed(digits)), finite);
}

const widest = (print: (x: number) => string, all: readonly number[]): Format => ({
  print,
  width: all.reduce((w, x) => Math.max(w, print(x).length), 0),
});

const words =
  (print: (x: number) => string) =>
  (x: number): string => {
    if (Number.isNaN(x)) return "nan";
    if (!Number.isFinite(x)) return x > 0 ? "inf" : "-inf";
    return Object.is(x, -0) ? `-${print(0)}` : print(x);
  };

/** `1.0000e-05`: exponents have two digits at least. */
const printPower = (x: number): string => x.toExponential(digits).replace(/e([+-])(\d)$/, "e$10$2");

interface Printed {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
  readonly isCut: boolean;
  readonly format: Format;
}

function printAxis(t: Printed, axis: number, at: number): string {
  const { shape, format } = t;
  if (axis === shape.length) return format.print(t.data[at]!).padStart(format.width);
  const step = stepOf(shape, axis);
  const positions = shownPositions(shape[axis]!, t.isCut);
  const parts = positions.map((i) => printAxis(t, axis + 1, at + i * step));
  const isLast = axis === shape.length - 1;
  if (parts.length < shape[axis]!) parts.splice(edge, 0, isLast ? " ..." : "...");
  const indent = " ".repeat(prefix.length + axis + 1);
  if (isLast) return `[${breakLines(parts, format.width, indent)}]`;
  return `[${parts.join(`,${"\n".repeat(shape.length - 1 - axis)}${indent}`)}]`;
}

/** As many elements on each line as fit. */
function breakLines(parts: readonly string[], width: number, indent: string): string {
  const each = width + 2;
  const perLine = Math.max(1, Math.floor((lineWidth - indent.length + 1) / each));
  const lines: string[] = [];
  for (let i = 0; i < parts.length; i += perLine) {
    lines.push(parts.slice(i, i + perLine).join(", "));
  }
  return lines.join(`,\n${indent}`);
}
