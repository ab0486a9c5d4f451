/**
 * Writes random programs whose tensors change their sizes: in variables over rounds and branches, in lists,
 * maps and records, through functions that call themselves. Tensors of different sizes only meet in `cat`,
 * because sizes of the run never broadcast in compiled code.
 */

import { Choices } from "../graph/choices.ts";

const head = `import { cat, script, type Tensor } from "glim";

function halve(x: Tensor, n: number): Tensor {
  if (n < 1 || x.shape[0]! < 2) return x.mul(2);
  const half = Math.floor(x.shape[0]! / 2);
  return cat([halve(x.at(\`\${half}:\`), n - 1), x.at(\`:\${half}\`)]);
}
`;

class Writer {
  readonly #tape: Choices;
  #counters: string[] = [];
  #names = 0;

  constructor(tape: readonly number[]) {
    this.#tape = new Choices(tape);
  }

  program(): string {
    const body = this.#block(4, 0);
    return `${head}
const sizeOf = (x: Tensor | undefined): number => (x === undefined ? -1 : x.shape[0]!);

export const f = script((x: Tensor<["N", 3]>, y: Tensor<["M"]>, n: number, t: number) => {
  let a: Tensor = x;
  const zero = n - n;
  let b: Tensor = x.at(\`\${zero + 1}:\`);
  let u: Tensor = y;
  let v: Tensor = y.mul(0.5);
  let s = 0;
  let maybe: Tensor | undefined = undefined;
  const rows: Tensor[] = [];
  const parts: { part: Tensor; count: number }[] = [];
  const byName = new Map<string, Tensor>([["k0", x]]);
${body}  return { a, b, u, v, s, maybe, rows, parts, byName };
});
`;
  }

  /** A number that is not known when compiling. */
  #number(): string {
    const counter = this.#counters.at(-1);
    if (counter !== undefined && this.#below(3) === 0) return counter;
    return this.#tape.pick(["n", "t", "zero", "zero + 1", "zero + 2", "zero + 3"]);
  }

  #below(n: number): number {
    return this.#tape.below(n);
  }

  #condition(): string {
    const [name, k] = [this.#tape.pick(["a", "b", "u", "v"]), this.#tape.below(4)];
    return this.#tape.pick([
      `${name}.shape[0]! > ${k}`,
      `s > ${k}`,
      `n > ${k}`,
      `(${this.#number()}) % 2 === 0`,
      `rows.length > ${k}`,
      "sizeOf(maybe) < 1",
      `byName.has("k${k}")`,
    ]);
  }

  /** A tensor of one axis. */
  #vector(depth: number): string {
    if (depth === 0) return this.#tape.pick(["u", "v", "y"]);
    const inner = (): string => this.#vector(depth - 1);
    switch (this.#below(9)) {
      case 0:
        return `${this.#matrix(depth - 1)}.sum(1)`;
      case 1:
        return `${this.#matrix(depth - 1)}.at(":", ${this.#below(3)})`;
      case 2:
        return `cat([${inner()}, ${inner()}]).at(\`:\${zero + 8}\`)`;
      case 3:
        return `${inner()}.at(\`:\${${this.#number()}}\`)`;
      case 4:
        return `${inner()}.mul(${this.#tape.pick(["0.5", "-1", "t"])}).add(${this.#below(3)})`;
      case 5:
        return `halve(${inner()}, ${this.#below(3)})`;
      case 6:
        return `(${this.#condition()} ? ${inner()} : ${inner()})`;
      case 7: {
        const x = this.#tape.pick(["u", "v"]);
        return `${x}.at(${x}.gt(${this.#below(3)} - 1))`;
      }
      default:
        return `${inner()}.cumsum(0)`;
    }
  }

  /** A tensor of rows of 3. */
  #matrix(depth: number): string {
    if (depth === 0) return this.#tape.pick(["a", "b", "x"]);
    const inner = (): string => this.#matrix(depth - 1);
    switch (this.#below(8)) {
      case 0: {
        const x = this.#tape.pick(["a", "b"]);
        return `${x}.at(${x}.sum(1).gt(${this.#below(3)} - 1))`;
      }
      case 1:
        return `cat([${inner()}, ${inner()}]).at(\`:\${zero + 8}\`)`;
      case 2:
        return `${inner()}.at(\`\${${this.#number()}}:\`)`;
      case 3:
        return `${inner()}.mul(x.sum(0).mul(0.25))`;
      case 4:
        return `${this.#vector(depth - 1)}.unsqueeze(1).mul(x.sum(0))`;
      case 5:
        return `(rows.length > ${this.#below(2)} ? cat(rows).at(\`:\${zero + 8}\`) : ${inner()})`;
      case 6:
        return `(${this.#tape.pick(["rows.at(-1)", 'byName.get("k1")'])} ?? ${inner()})`;
      default:
        return `${inner()}.relu()`;
    }
  }

  #block(count: number, depth: number): string {
    let text = "";
    const indent = "  ".repeat(depth + 1);
    for (let i = 0; i < count && !(i > 0 && this.#tape.spent); i++) {
      text += `${indent}${this.#statement(depth)}\n`;
    }
    return text;
  }

  #statement(depth: number): string {
    const indent = "  ".repeat(depth + 1);
    const block = (): string => `{\n${this.#block(1 + this.#below(3), depth + 1)}${indent}}`;
    const choice = this.#below(depth < 3 ? 16 : 11);
    switch (choice) {
      case 0:
      case 1:
        return `${this.#tape.pick(["a", "b"])} = ${this.#matrix(2)};`;
      case 2:
      case 3:
        return `${this.#tape.pick(["u", "v"])} = ${this.#vector(2)};`;
      case 4:
        return `rows.push(${this.#matrix(2)});`;
      case 5:
        return `if (rows.length > 0) rows[rows.length - 1] = ${this.#matrix(1)};`;
      case 6:
        return `parts.push({ part: ${this.#vector(1)}, count: ${this.#number()} });`;
      case 7:
        return `byName.set(\`k\${${this.#number()}}\`, ${this.#matrix(1)});`;
      case 8:
        return this.#tape.pick([
          "[a, b] = [b, a];",
          "[u, v] = [v, u];",
          "rows.reverse();",
          "rows.pop();",
          "parts.sort((p, q) => p.part.shape[0]! - q.part.shape[0]!);",
        ]);
      case 9:
        return this.#tape.pick([
          `s += ${this.#vector(1)}.sum().item();`,
          `s += ${this.#matrix(1)}.shape[0]!;`,
          "for (const p of parts) s += p.part.sum().item() * p.count;",
        ]);
      case 10:
        return `maybe = ${this.#tape.pick([this.#vector(1), "undefined"])};`;
      case 11:
      case 12:
        return `if (${this.#condition()}) ${block()}${this.#below(2) === 0 ? ` else ${block()}` : ""}`;
      case 13:
      case 14:
        return this.#loop(block);
      default:
        return "s += sizeOf(maybe);";
    }
  }

  #loop(block: () => string): string {
    const counter = `i${this.#names++}`;
    // Ranges of known bounds are not clamped to sizes of the run.
    this.#counters = [...this.#counters, `zero + ${counter}`];
    const end = this.#tape.pick(["n", "n", "2", "rows.length && 3", "Math.min(3, a.shape[0]!)"]);
    const leave = this.#tape.pick(["", "", `if (${this.#condition()}) break; `]);
    const body = block().replace("{\n", `{\n  ${leave}\n`);
    this.#counters = this.#counters.slice(0, -1);
    return `for (let ${counter} = 0; ${counter} < ${end}; ${counter}++) ${body}`;
  }
}

/** A model file with one entry, `f(x: [N, 3], y: [M], n, t)`. */
export const randomSizeProgram = (tape: readonly number[]): string => new Writer(tape).program();
