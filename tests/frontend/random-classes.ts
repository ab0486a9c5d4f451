/** Writes random classes that extend each other, and statements of their instances. */

import type { ExpressionWriter, Names, Tape } from "./random-expressions.ts";
import type { Line } from "./random-tensors.ts";

/** Writes the lines of a method, which knows `names`, up to the end of the number that it gives. */
type Body = (names: Names) => string;

const methods = ["m0", "m1"];

export class ClassWriter {
  readonly #tape: Tape;
  readonly #write: ExpressionWriter;

  constructor(tape: Tape, write: ExpressionWriter) {
    this.#tape = tape;
    this.#write = write;
  }

  /**
   * A class, which extends one of `names.classes` if there are any. A method calls only those before it and what
   * it overrides, so that all calls end.
   */
  definition(name: string, names: Names, body: Body): string {
    const { classes } = names;
    const parent = classes.length > 0 ? this.#tape.pick(classes) : undefined;
    const numbers = ["this.x", `this.own${name}`];
    const lists = parent === undefined || this.#tape.below(2) === 0 ? ["this.parts"] : [];
    const inside: Names = {
      ...names,
      numbers,
      free: numbers,
      booleans: ["this.on"],
      texts: ["this.name"],
      lists,
      vectors: names.vectors.length > 0 ? ["this.v"] : [],
      objects: [],
      families: [],
      records: [],
      functions: [],
    };
    const parts = [`own${name} = ${this.#tape.below(5)};`, this.#making(parent, inside)];
    for (const [i, method] of methods.entries()) {
      if (parent !== undefined && this.#tape.below(2) === 0) continue;
      const functions = methods.slice(0, i).map((other) => `this.${other}`);
      if (parent !== undefined) functions.push(`super.${method}`);
      const known = { ...inside, functions, numbers: [...numbers, "z"], free: [...numbers, "z"] };
      const overridden = parent !== undefined && this.#tape.below(3) > 0;
      const end = overridden ? ` + super.${method}(z)` : "";
      parts.push(`${method}(z: number): number {\n${body(known)}${end};\n}`);
    }
    parts.push(...this.#others(parent, inside));
    const fields = [`x: number;\non = false;\nname = "n";\nparts: number[] = [1, 2];`];
    if (names.vectors.length > 0) fields.push("v: Tensor = full([3], 0.5);");
    const top = parent === undefined ? fields : [];
    const head = parent === undefined ? name : `${name} extends ${parent}`;
    const reader = `const own${name}Of = (e: ${classes[0] ?? name}, other: number): number =>
  e instanceof ${name} ? e.own${name} : other;\n`;
    return `class ${head} {\n${[...top, ...parts].join("\n")}\n}\n${reader}`;
  }

  #making(parent: string | undefined, inside: Names): string {
    const names = {
      ...inside,
      numbers: ["x"],
      free: ["x"],
      booleans: ["on"],
      texts: [],
      lists: [],
      vectors: [],
    };
    const number = this.#write.number(names, 1);
    const first =
      parent === undefined
        ? `this.x = x;\nthis.on = on;`
        : `super(${number}, ${this.#write.boolean(names, 1)});`;
    const later = this.#tape.pick([
      "",
      `this.x += ${number};`,
      `this.name = "c";`,
      "this.parts = [x, 3];",
    ]);
    return `constructor(x: number, on = false) {\n${first}\n${later}\n}`;
  }

  /** An accessor, and a method of tensors. */
  #others(parent: string | undefined, inside: Names): readonly string[] {
    const parts: string[] = [];
    if (parent === undefined || this.#tape.below(2) === 1) {
      const base = parent === undefined ? "this.x / 2" : "super.half";
      parts.push(`get half(): number { return ${base} + ${this.#write.number(inside, 0)}; }`);
    }
    if (inside.vectors.length > 0 && (parent === undefined || this.#tape.below(2) === 1)) {
      const base = parent === undefined ? "v.mul(z)" : "super.blend(v, z)";
      const kept = this.#tape.pick(["", "this.v = this.v.add(v);\n", "this.v = v.tanh();\n"]);
      const other = this.#tape.pick(["this.v", "v", "full([3], this.x)"]);
      parts.push(`blend(v: Tensor, z: number): Tensor {\n${kept}return ${base}.add(${other});\n}`);
    }
    return parts;
  }

  /** A declaration of an instance or a list of them, or a change of one. */
  statement(names: Names, fresh: (prefix: string) => string): Line {
    const { objects, families, classes } = names;
    const root = classes[0]!;
    const free = objects.filter((name) => name !== "own");
    const number = (): string => this.#write.number(names, 1);
    switch (this.#tape.below(8)) {
      case 1: {
        const name = fresh("os");
        const items = [this.#write.object(names), this.#write.object(names)];
        const line = `let ${name}: ${root}[] = [${items.slice(0, 1 + this.#tape.below(2)).join(", ")}];`;
        return [line, { ...names, families: [...families, name] }];
      }
      case 2: {
        if (families.length === 0) break;
        const list = this.#tape.pick(families);
        const change = this.#tape.pick([
          `if (${list}.length < 6) ${list}.push(${this.#write.object(names)});`,
          `${this.#write.elementOf(names, list)} = ${this.#write.object(names)};`,
          `${list}.sort((a, b) => placeIn(a.x, 99) - placeIn(b.x, 99));`,
          `for (const e of ${list}) e.x += e.m0(${number()});`,
        ]);
        return [change, names];
      }
      case 3:
        if (free.length === 0) break;
        return [`${this.#tape.pick(free)} = ${this.#write.object(names)};`, names];
      case 4: {
        if (objects.length === 0) break;
        const name = this.#tape.pick(objects);
        const change = this.#tape.pick([
          `.x = ${number()}`,
          `.m1(${number()})`,
          ".name += `o`",
          ".parts.push(3)",
        ]);
        return [`if (${name}.parts.length + ${name}.name.length < 20) ${name}${change};`, names];
      }
      case 5:
        if (objects.length === 0) break;
        return [`${this.#tape.pick(objects)}.on = ${this.#write.boolean(names, 1)};`, names];
    }
    const name = fresh("o");
    const other =
      this.#tape.below(3) === 0
        ? `${this.#write.boolean(names, 1)} ? ${this.#write.object(names)} : `
        : "";
    const line = `let ${name}: ${root} = ${other}${this.#write.object(names)};`;
    return [line, { ...names, objects: [...objects, name] }];
  }
}
