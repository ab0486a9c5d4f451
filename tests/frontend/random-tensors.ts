/**
 * Writes random expressions and statements of tensors: vectors of 3, matrices of 2 by 3, and vectors whose size only
 * a run tells. The last never meet others but where they are put together, because such sizes do not broadcast.
 */

import type { ExpressionWriter, Names, Tape } from "./random-expressions.ts";

/** A line, and the names that are known behind it. */
export type Line = readonly [string, Names];

const unary = ["neg", "abs", "relu", "sqrt", "exp", "tanh", "sigmoid", "floor", "square"];
const binary = ["add", "sub", "mul", "div", "maximum", "minimum"];

/** What writes the operands of an operator that any shape has. */
interface Operands {
  readonly again: () => string;
  readonly number: () => string;
}

export class TensorWriter {
  readonly #tape: Tape;
  readonly #write: ExpressionWriter;

  constructor(tape: Tape, write: ExpressionWriter) {
    this.#tape = tape;
    this.#write = write;
  }

  /** Elementwise operators, and choices, which any shape has. */
  #elementwise({ again, number }: Operands, names: Names, depth: number): string {
    switch (this.#tape.below(6)) {
      case 0:
        return `${again()}.${this.#tape.pick(unary)}()`;
      case 1:
        return `${again()}.${this.#tape.pick(binary)}(${number()})`;
      case 2:
        return `where(${again()}.${this.#tape.pick(["gt", "le"])}(${number()}), ${again()}, ${again()})`;
      case 3:
        return `(${this.#write.boolean(names, depth - 1)} ? ${again()} : ${again()})`;
      default:
        return `${again()}.${this.#tape.pick(binary)}(${again()})`;
    }
  }

  /** An index below `length`, most often one of the run. */
  #place(names: Names, length: number): string {
    const known = String(this.#tape.below(length));
    return this.#tape.pick([known, `placeIn(${this.#write.number(names, 1)}, ${length})`]);
  }

  vector(names: Names, depth: number): string {
    const number = (): string => this.#write.number(names, 1);
    if (depth <= 0) {
      return this.#tape.below(3) < 2
        ? this.#tape.pick(names.vectors)
        : this.#tape.pick([`full([3], ${number()})`, `tensor([${number()}, ${number()}, 2])`]);
    }
    const again = (): string => this.vector(names, depth - 1);
    const matrix = (): string => this.matrix(names, depth - 1);
    switch (this.#tape.below(14)) {
      case 0:
        return this.#tape.pick(names.vectors);
      case 1:
        return `${matrix()}.${this.#tape.pick(["sum", "mean", "max", "min", "prod"])}(0)`;
      case 2:
        return `${matrix()}.at(${this.#place(names, 2)})`;
      case 3:
        return `${matrix()}.transpose(0, 1).matmul(${matrix()}.${this.#tape.pick(["sum", "max"])}(1))`;
      case 4:
        return `cat([${again()}.at("1:"), ${again()}.at(":1")])`;
      case 5:
        return `${again()}.${this.#tape.pick(["flip(0)", "cumsum(0)", "softmax(0)", "roll(1, 0)"])}`;
      case 6:
        return `${again()}.with(${this.#place(names, 3)}, ${number()})`;
      case 7:
        return `${matrix()}.reshape([6]).narrow(0, ${this.#place(names, 4)}, 3)`;
      case 8:
        return `cat([${this.run(names, depth - 1)}, ${again()}]).narrow(0, 0, 3)`;
      case 9:
        if (names.stacks.length === 0) break;
        return this.elementOf(names);
      case 10:
        if (names.blends.length === 0) break;
        return `${this.#tape.pick(names.blends)}(${again()}, ${number()})`;
      case 11:
        if (names.objects.length === 0) break;
        return `${this.#tape.pick(names.objects)}.${this.#tape.pick(["v", `blend(${again()}, ${number()})`])}`;
    }
    return this.#elementwise({ again, number }, names, depth);
  }

  matrix(names: Names, depth: number): string {
    const number = (): string => this.#write.number(names, 1);
    const vector = (): string => this.vector(names, depth - 1);
    if (depth <= 0) {
      return this.#tape.below(3) < 2
        ? this.#tape.pick(names.matrices)
        : `stack([${vector()}, ${vector()}])`;
    }
    const again = (): string => this.matrix(names, depth - 1);
    switch (this.#tape.below(12)) {
      case 0:
        return `stack([${vector()}, ${vector()}])`;
      case 1:
        return `tensor([[${number()}, 1, ${number()}], [2, ${number()}, -0.5]])`;
      case 2:
        return `${again()}.${this.#tape.pick(binary)}(${vector()})`;
      case 3:
        return `${again()}.matmul(${again()}.transpose(0, 1).matmul(${again()}))`;
      case 4:
        return `cat([${again()}.at("1:"), ${again()}.at(":1")])`;
      case 5:
        return `${again()}.transpose(0, 1).reshape([2, 3])`;
      case 6:
        return `${again()}.with(${this.#place(names, 2)}, ${vector()})`;
      case 7:
        return `${again()}.${this.#tape.pick(["softmax(1)", "cumsum(1)", "flip(0)", "cumsum(0)"])}`;
      case 8:
        return `${vector()}.unsqueeze(0).expand([2, 3])`;
    }
    return this.#elementwise({ again, number }, names, depth);
  }

  /** A vector of any size from 0 to some. */
  run(names: Names, depth: number): string {
    const number = (): string => this.#write.number(names, 1);
    const size = (most: number): string => `placeIn(${number()}, ${most})`;
    if (depth <= 0) {
      return names.runs.length > 0 && this.#tape.below(3) < 2
        ? this.#tape.pick(names.runs)
        : `full([${size(4)}], ${number()})`;
    }
    const again = (): string => this.run(names, depth - 1);
    switch (this.#tape.below(9)) {
      case 0:
        return `front(cat([${again()}, ${again()}]), ${size(8)})`;
      case 1:
        return `rest(${again()}, ${size(3)})`;
      case 2:
        return `taken(${again()}, ${number()})`;
      case 3:
        return `${again()}.${this.#tape.pick(["flip(0)", "cumsum(0)"])}`;
      case 4:
        return `${this.vector(names, depth - 1)}.at(\`\${${size(3)}}:\`)`;
      case 5:
        if (names.lists.length === 0) break;
        return `tensor(${this.#tape.pick(names.lists)})`;
      case 6:
        return `${again()}.${this.#tape.pick(unary)}()`;
    }
    return `${again()}.${this.#tape.pick(binary)}(${number()})`;
  }

  elementOf(names: Names): string {
    return this.#write.elementOf(names, this.#tape.pick(names.stacks));
  }

  /** A declaration, an assignment, or a change of a list of tensors. */
  statement(names: Names, fresh: (prefix: string) => string): Line {
    const { stacks } = names;
    switch (this.#tape.below(9)) {
      case 0: {
        const name = fresh("mat");
        const line = `let ${name}: Tensor = ${this.matrix(names, 2)};`;
        return [line, { ...names, matrices: [...names.matrices, name] }];
      }
      case 1: {
        const name = fresh("run");
        const line = `let ${name}: Tensor = ${this.run(names, 2)};`;
        return [line, { ...names, runs: [...names.runs, name] }];
      }
      case 2: {
        const name = fresh("vs");
        const line = `let ${name}: Tensor[] = [${this.vector(names, 1)}];`;
        return [line, { ...names, stacks: [...stacks, name] }];
      }
      case 3: {
        const name = fresh("has");
        const line = `const ${name} = { v: ${this.vector(names, 1)}, n: ${this.#write.number(names, 1)} };`;
        const [vectors, numbers] = [
          [...names.vectors, `${name}.v`],
          [...names.numbers, `${name}.n`],
        ];
        return [line, { ...names, vectors, numbers, free: [...names.free, `${name}.n`] }];
      }
      case 4: {
        if (stacks.length === 0) break;
        const list = this.#tape.pick(stacks);
        if (this.#tape.below(2) === 0) {
          return [`if (${list}.length < 6) ${list}.push(${this.vector(names, 1)});`, names];
        }
        return [`${this.#write.elementOf(names, list)} = ${this.vector(names, 1)};`, names];
      }
      case 5: {
        const name = fresh("v");
        const line = `let ${name}: Tensor = ${this.vector(names, 2)};`;
        return [line, { ...names, vectors: [...names.vectors, name] }];
      }
    }
    return [this.#assignment(names), names];
  }

  #assignment(names: Names): string {
    const { matrices, runs, vectors } = names;
    const choice = this.#tape.below(4);
    if (choice === 1 && runs.length > 0) return `${this.#tape.pick(runs)} = ${this.run(names, 2)};`;
    const free = matrices.filter((name) => name !== "weight");
    if (choice === 2 && free.length > 0) {
      return `${this.#tape.pick(free)} = ${this.matrix(names, 2)};`;
    }
    return `${this.#tape.pick(vectors.filter((name) => name !== "bias"))} = ${this.vector(names, 2)};`;
  }
}
