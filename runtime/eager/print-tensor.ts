/** Prints a tensor's elements as PyTorch does. */

import type { DType } from "../../compiler/ops/types.ts";

/** Tensors of more elements are cut to the first and last three along each axis. */
const threshold = 1000;
const edge = 3;
const lineWidth = 80;

export function printTensor(
  dtype: DType,
  shape: readonly number[],
  data: ArrayLike<number>,
): string {
  const format = formatter(dtype, data);
  const cut = data.length > threshold;
  const text = printAxis(shape, 0, 0, data, format, cut);
  return `tensor(${text}${dtype === "i32" ? ", dtype=i32" : ""})`;
}

/** One width for all elements, four decimals where there are fractions. */
function formatter(dtype: DType, data: ArrayLike<number>): (x: number) => string {
  if (dtype === "bool") return (x) => (x ? " true" : "false");
  const values = Array.from(data).filter(Number.isFinite);
  const size = (x: number): number => Math.abs(x);
  const greatest = values.reduce((m, x) => Math.max(m, size(x)), 0);
  const least = values.reduce((m, x) => (x === 0 ? m : Math.min(m, size(x))), Infinity);
  let one = (x: number): string => String(x);
  if (dtype === "f32") {
    const whole = values.every(Number.isInteger);
    const wide = greatest >= 1e8 || (least < 1e-4 && values.length > 0) || greatest / least > 1000;
    if (whole && greatest < 1e8) one = (x) => (Number.isFinite(x) ? `${x}.` : word(x));
    else if (wide && (greatest >= 1e8 || least < 1e-4)) one = (x) => word(x, x.toExponential(4));
    else one = (x) => word(x, x.toFixed(4));
  }
  const width = Array.from(data).reduce<number>((w, x) => Math.max(w, one(x).length), 0);
  return (x) => one(x).padStart(width);
}

const word = (x: number, finite = String(x)): string =>
  Number.isFinite(x) ? finite : Number.isNaN(x) ? "nan" : x > 0 ? "inf" : "-inf";

function printAxis(
  shape: readonly number[],
  axis: number,
  at: number,
  data: ArrayLike<number>,
  format: (x: number) => string,
  cut: boolean,
): string {
  if (axis === shape.length) return format(data[at]!);
  const size = shape[axis]!;
  const step = shape.slice(axis + 1).reduce((n, d) => n * d, 1);
  const parts: string[] = [];
  for (let i = 0; i < size; i++) {
    if (cut && size > 2 * edge && i === edge) {
      parts.push("...");
      i = size - edge - 1;
      continue;
    }
    parts.push(printAxis(shape, axis + 1, at + i * step, data, format, cut));
  }
  const indent = " ".repeat("tensor(".length + axis + 1);
  if (axis < shape.length - 1) {
    const gap = "\n".repeat(shape.length - 1 - axis);
    return `[${parts.join(`,${gap}${indent}`)}]`;
  }
  return `[${wrap(parts, indent)}]`;
}

/** Elements side by side, in lines of at most 80 characters. */
function wrap(parts: readonly string[], indent: string): string {
  let line = indent.length;
  let text = "";
  parts.forEach((part, i) => {
    const last = i === parts.length - 1;
    if (line + part.length + (last ? 0 : 1) > lineWidth && line > indent.length) {
      text = `${text.trimEnd()}\n${indent}`;
      line = indent.length;
    }
    text += last ? part : `${part}, `;
    line += part.length + 2;
  });
  return text;
}
