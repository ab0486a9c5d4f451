/** Sums of products in Einstein's notation. */

import { demand, refuse } from "../../runtime/eager/refuse.ts";
import type { AnyTensor, DType } from "../../runtime/eager/tensor-types.ts";
import { whenKnown } from "../../runtime/eager/when-known.ts";
import { diagonal } from "./diagonal.ts";
import { parseEquation } from "./equation.ts";
import { matmul } from "./matmul.ts";

type Letters = readonly string[];

/** A tensor whose axes are named. */
interface Term<D extends DType> {
  readonly x: AnyTensor<D>;
  readonly letters: Letters;
}

/**
 * The sum of products that an equation describes, such as `"bik,bkj->bij"`: letters that the result lacks
 * are summed over, `...` stands for axes that broadcast. Without `->` the result has the letters that
 * appear once, in alphabetical order. Operands are contracted from left to right, over the letters
 * that no later operand and not the result has, in the order of their first appearance.
 */
export function einsum<D extends DType = "f32">(
  equation: string,
  ...operands: readonly AnyTensor<D>[]
): AnyTensor<D> {
  const { inputs, output } = parseEquation(
    equation,
    operands.map((x) => x.rank),
  );
  let done: Term<D> | undefined;
  for (const [i, x] of operands.entries()) {
    const rest = inputs.slice(i + 1);
    const later = rest.reduce((all, letters) => all.concat(letters), output);
    const others = done === undefined ? later : [...later, ...done.letters];
    const term = summed(withoutRepeats({ x, letters: inputs[i]! }), others);
    done = done === undefined ? term : contract(done, term, later);
  }
  return done === undefined
    ? refuse("argument", "einsum: there are no operands")
    : inOrder(done, output);
}

/** Takes the diagonal where a letter names two axes. */
function withoutRepeats<D extends DType>({ x, letters }: Term<D>): Term<D> {
  const second = letters.findIndex((letter, i) => letters.indexOf(letter) < i);
  if (second < 0) return { x, letters };
  const letter = letters[second]!;
  const line = diagonal(x, 0, { dim1: letters.indexOf(letter), dim2: second });
  return withoutRepeats({ x: line, letters: [...letters.filter((l) => l !== letter), letter] });
}

/** Sums over the letters that nothing else has. */
function summed<D extends DType>({ x, letters }: Term<D>, others: Letters): Term<D> {
  const axes = letters.map((_, i) => i).filter((i) => !others.includes(letters[i]!));
  if (axes.length === 0) return { x, letters };
  const sum = x.sum(axes) as AnyTensor<D>;
  return { x: sum, letters: letters.filter((letter) => others.includes(letter)) };
}

/** Multiplies, and sums over the letters of both that are not needed later. */
function contract<D extends DType>(a: Term<D>, b: Term<D>, later: Letters): Term<D> {
  const shared = a.letters.filter((letter) => b.letters.includes(letter));
  const batch = shared.filter((letter) => later.includes(letter));
  const inner = shared.filter((letter) => !later.includes(letter));
  const rows = a.letters.filter((letter) => !shared.includes(letter));
  const columns = b.letters.filter((letter) => !shared.includes(letter));
  const letters = [...batch, ...rows, ...columns];
  if (inner.length === 0) {
    const left = arranged(a, [...batch, ...rows]);
    const right = arranged(b, [...batch, ...columns]);
    const shape = [...sizes(b, batch), ...rows.map(() => 1), ...sizes(b, columns)];
    const wide = left.reshape([...left.shape, ...columns.map(() => 1)]);
    return { x: wide.mul(right.reshape(shape)) as AnyTensor<D>, letters };
  }
  const left = arranged(repeated(a, b, inner), [...batch, ...rows, ...inner]);
  const right = arranged(repeated(b, a, inner), [...batch, ...inner, ...columns]);
  const [m, k, n] = [total(a, rows), total(repeated(a, b, inner), inner), total(b, columns)];
  const product = matmul(
    left.reshape([...sizes(a, batch), m, k]),
    right.reshape([...sizes(b, batch), k, n]),
  );
  const before = product.shape.slice(0, batch.length);
  return { x: product.reshape([...before, ...sizes(a, rows), ...sizes(b, columns)]), letters };
}

const sizeOf = <D extends DType>({ x, letters }: Term<D>, letter: string): number =>
  x.shape[letters.indexOf(letter)]!;

const sizes = <D extends DType>(term: Term<D>, letters: Letters): readonly number[] =>
  letters.map((letter) => sizeOf(term, letter));

const total = <D extends DType>(term: Term<D>, letters: Letters): number =>
  sizes(term, letters).reduce((p, q) => p * q, 1);

/** Axes of size 1 repeated where the other operand has more; all other sizes must be equal. */
function repeated<D extends DType>(term: Term<D>, other: Term<D>, inner: Letters): Term<D> {
  const shape = term.letters.map((letter) => {
    const size = sizeOf(term, letter);
    if (!inner.includes(letter)) return size;
    const wanted = sizeOf(other, letter);
    const isOne = whenKnown(size) === "compiling" && size === 1;
    const isFree = isOne || (whenKnown(wanted) === "compiling" && wanted === 1);
    demand(isFree || size === wanted, `einsum: ${letter} has the sizes ${size} and ${wanted}`);
    return isOne ? wanted : size;
  });
  return { x: term.x.expand(shape), letters: term.letters };
}

const arranged = <D extends DType>({ x, letters }: Term<D>, wanted: Letters): AnyTensor<D> =>
  x.permute(wanted.map((letter) => letters.indexOf(letter)));

function inOrder<D extends DType>(term: Term<D>, output: Letters): AnyTensor<D> {
  return arranged(summed(term, output), output);
}
