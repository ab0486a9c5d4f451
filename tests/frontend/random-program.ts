/** Writes random script functions and classes, which end, from a tape of numbers. */

import { ClassWriter } from "./random-classes.ts";
import { ExpressionWriter, type Names, type Tape } from "./random-expressions.ts";
import { type Line, TensorWriter } from "./random-tensors.ts";

export const nothing: Names = {
  numbers: [],
  free: [],
  booleans: [],
  lists: [],
  records: [],
  texts: [],
  maps: [],
  tables: [],
  options: [],
  functions: [],
  vectors: [],
  matrices: [],
  runs: [],
  stacks: [],
  blends: [],
  classes: [],
  objects: [],
  families: [],
  loops: [],
  inLoop: false,
};

/** What needs no mixing in at the end: entries return these. */
const shown: Names = { ...nothing, numbers: ["a", "b"], booleans: ["flag"] };

const finish = "return [a, b, flag, t];";

const constants: ReadonlySet<string> = new Set(["weight", "bias"]);

/** Mixes the values of the names that `outer` does not have into `t`, so that a wrong one shows in the result. */
function mixIn(names: Names, outer: Names): string {
  const own = (kind: Exclude<keyof Names, "inLoop">): readonly string[] =>
    names[kind].slice(outer[kind].length).filter((name) => !constants.has(name));
  const tensors = [
    ...own("vectors"),
    ...own("matrices").map((name) => `${name}.reshape([6])`),
    ...own("runs"),
    ...own("stacks").map((name) => `cat(${name})`),
  ];
  const values = [
    ...own("objects").flatMap((name) => [`${name}.x`, `Number(${name}.on)`, `${name}.half`]),
    ...own("families").flatMap((name) => [`${name}.at(-1)!.x`, `${name}.length`]),
    ...own("texts").flatMap((name) => [`${name}.length`, `${name}.charCodeAt(${name}.length - 1)`]),
    ...own("maps").map((name) => `${name}.size`),
    ...own("tables").flatMap((name) => [
      `${name}.length`,
      `${name}.at(-1)!.x`,
      `Number(${name}[0]!.on)`,
    ]),
    ...own("options").map((name) => `(${name}?.x ?? 5)`),
    ...own("numbers"),
    ...own("booleans").map((name) => `Number(${name})`),
    ...own("lists").flatMap((name) => [`${name}[0]!`, `${name}[1]!`, `${name}.length`]),
    ...own("records").flatMap((name) => [`${name}.x`, `Number(${name}.on)`]),
  ];
  const lines = values.map((value) => `t = mix(t, ${value});\n`);
  return [...lines, ...tensors.map((name) => `t = mixed(t, ${name});\n`)].join("");
}

export class ProgramWriter {
  readonly #tape: Tape;
  readonly #write: ExpressionWriter;
  readonly #tensors: TensorWriter;
  readonly #classes: ClassWriter;
  readonly #start: Names;
  #count = 0;

  constructor(tape: Tape, names: Names) {
    this.#tape = tape;
    this.#write = new ExpressionWriter(tape);
    this.#tensors = new TensorWriter(tape, this.#write);
    this.#classes = new ClassWriter(tape, this.#write);
    this.#start = names;
  }

  entry(name: string): string {
    const body = `${this.#body(6)}${finish}\n`;
    const given = this.#hasTensors ? body.replaceAll(finish, "return [a, b, flag, t, out];") : body;
    return `export const ${name} = script((a: number, b: number, flag: boolean) => {\n${given}});\n`;
  }

  helper(name: string): string {
    const body = this.#body(2).replaceAll(finish, "return t + b;");
    return `function ${name}(a: number, b = 3, flag = true): number {\n${body}return t + a;\n}\n`;
  }

  /** A function of a vector and a number. */
  blend(name: string): string {
    const body = this.#body(1).replaceAll(finish, "return out;");
    return `function ${name}(v: Tensor, a: number, b = 2, flag = false): Tensor {\n${body}return out.add(v);\n}\n`;
  }

  definition(name: string): string {
    return this.#classes.definition(name, this.#start, (names) => {
      const [body, known] = this.#lines(names, 1, this.#tape.below(3));
      const text = `${body}${mixIn(known, names)}`.replaceAll(finish, "return t;");
      return `let t = z;\n${text}return t + ${this.#write.number(names, 2)}`;
    });
  }

  get #hasTensors(): boolean {
    return this.#start.vectors.length > 0;
  }

  #body(least: number): string {
    const [body, names] = this.#lines(this.#start, 3, least + this.#tape.below(6));
    const out = this.#hasTensors ? "let out: Tensor = full([3], a);\n" : "";
    return `let t = 0;\n${out}${body}${mixIn(names, shown)}`;
  }

  #name(prefix: string): string {
    return `${prefix}${this.#count++}`;
  }

  /** Lines, and the names that are known behind them. */
  #lines(outer: Names, depth: number, count: number): Line {
    let names = outer;
    let text = "";
    for (let i = 0; i < count; i++) {
      const [line, next] = this.#statement(names, depth);
      text += `${line}\n`;
      names = next;
    }
    return [text, names];
  }

  /** The lines of an inner block, whose own names take part in the result. */
  #statements(outer: Names, depth: number, most: number): string {
    const [text, names] = this.#lines(outer, depth, this.#tape.below(most));
    return names === outer ? text : text + mixIn(names, outer);
  }

  #block(names: Names, depth: number): string {
    return `{\n${this.#statements(names, depth, 4)}}`;
  }

  #statement(names: Names, depth: number): Line {
    const { vectors, classes } = names;
    if (vectors.length + classes.length > 0 && this.#tape.below(2) === 1) {
      const isOfTensors = classes.length === 0 || (vectors.length > 0 && this.#tape.below(2) === 0);
      return (isOfTensors ? this.#tensors : this.#classes).statement(names, (p) => this.#name(p));
    }
    const kind = this.#tape.below(depth > 0 ? 25 : 12);
    switch (kind) {
      case 8:
      case 9:
        return this.#heapDeclaration(names);
      case 10:
      case 11:
        return [this.#heapWrite(names), names];
      case 20:
      case 21:
        return [this.#heapLoop(names, depth), names];
      case 0:
        return [this.#assignment(names), names];
      case 1: {
        const name = this.#name("n");
        const line = `let ${name} = ${this.#write.number(names, 2)};`;
        return [line, { ...names, numbers: [...names.numbers, name], free: [...names.free, name] }];
      }
      case 2: {
        const name = this.#name("p");
        return [
          `let ${name} = ${this.#write.boolean(names, 2)};`,
          { ...names, booleans: [...names.booleans, name] },
        ];
      }
      case 3: {
        const name = this.#name("xs");
        const other = this.#tape.pick(["", ...names.lists]);
        const next = { ...names, lists: [...names.lists, name] };
        // Two names for one list: a write to it shows under both.
        if (other !== "") return [`let ${name} = ${other};`, next];
        const [x, y] = [this.#write.number(names, 1), this.#write.number(names, 1)];
        return [`let ${name} = [${x}, ${y}];`, next];
      }
      case 4: {
        const name = this.#name("r");
        const line = `let ${name} = { x: ${this.#write.number(names, 1)}, on: ${this.#write.boolean(names, 1)} };`;
        return [line, { ...names, records: [...names.records, name] }];
      }
      case 5:
        return [this.#jump(names), names];
      case 6:
        return [this.#objectWrite(names), names];
      case 7:
        return [`${this.#tape.pick(names.booleans)} = ${this.#write.boolean(names, 2)};`, names];
      case 12:
        return this.#closure(names, depth);
      case 13:
      case 14:
        return [this.#loop(names, depth), names];
      case 15:
        return [this.#switch(names, depth), names];
      case 16:
        return [this.#forOf(names, depth), names];
      default:
        return [this.#if(names, depth), names];
    }
  }

  /** Texts, maps, lists of records, and records that may be missing. */
  #heapDeclaration(names: Names): Line {
    const record = (): string => this.#write.record(names);
    switch (this.#tape.below(4)) {
      case 0: {
        const name = this.#name("s");
        const line = `let ${name} = ${this.#write.text(names, 2)};`;
        return [line, { ...names, texts: [...names.texts, name] }];
      }
      case 1: {
        const name = this.#name("m");
        const entry = `[[${this.#write.text(names, 1)}, ${this.#write.number(names, 1)}]]`;
        const line = `const ${name} = new Map<string, number>(${this.#tape.pick(["", entry])});`;
        return [line, { ...names, maps: [...names.maps, name] }];
      }
      case 2: {
        const name = this.#name("rs");
        const line = `let ${name}: { x: number; on: boolean }[] = [${record()}];`;
        return [line, { ...names, tables: [...names.tables, name] }];
      }
      default: {
        const name = this.#name("q");
        const type = "{ x: number; on: boolean } | undefined";
        const line = `let ${name}: ${type} = ${this.#tape.pick(["undefined", record()])};`;
        return [line, { ...names, options: [...names.options, name] }];
      }
    }
  }

  #heapWrite(names: Names): string {
    const { texts, maps, tables, options, lists } = names;
    switch (this.#tape.below(8)) {
      case 0:
        if (texts.length === 0) break;
        return `${this.#tape.pick(texts)} = ${this.#write.text(names, 2)};`;
      case 1: {
        if (texts.length === 0) break;
        const name = this.#tape.pick(texts);
        return `if (${name}.length < 40) ${name} += ${this.#write.text(names, 1)};`;
      }
      case 2: {
        if (maps.length === 0) break;
        const name = this.#tape.pick(maps);
        const key = this.#write.text(names, 1);
        return this.#tape.below(4) === 0
          ? `${name}.delete(${key});`
          : `if (${name}.size < 9) ${name}.set(${key}, ${this.#write.number(names, 1)});`;
      }
      case 3: {
        if (tables.length === 0) break;
        const name = this.#tape.pick(tables);
        return `if (${name}.length < 9) ${name}.push(${this.#write.record(names)});`;
      }
      case 4: {
        if (tables.length === 0) break;
        const element = this.#write.elementOf(names, this.#tape.pick(tables));
        return this.#tape.below(2) === 0
          ? `${element}.x = ${this.#write.number(names, 1)};`
          : `${element}.on = ${this.#write.boolean(names, 1)};`;
      }
      case 5: {
        if (options.length === 0) break;
        return `${this.#tape.pick(options)} = ${this.#tape.pick(["undefined", this.#write.record(names)])};`;
      }
      case 6: {
        if (tables.length === 0) break;
        const name = this.#tape.pick(tables);
        const order = this.#tape.pick(["a.x - b.x", "b.x - a.x"]);
        const line = `${name}.sort((a, b) => ${order});`;
        const last = name === "rows" ? line : `${name} = ${name}.slice(-2);`;
        return this.#tape.pick([line, `${name}.reverse();`, last]);
      }
      default: {
        if (lists.length === 0) break;
        const name = this.#tape.pick(lists);
        if (this.#tape.below(3) === 0) return `if (${name}.length > 2) ${name}.pop();`;
        return `if (${name}.length < 9) ${name}.push(${this.#write.number(names, 1)});`;
      }
    }
    return this.#assignment(names);
  }

  /** A loop over what only a run can count. */
  #heapLoop(names: Names, depth: number): string {
    const label = this.#name("loop");
    const item = this.#name("v");
    const inside: Names = { ...names, loops: [...names.loops, label], inLoop: true };
    const { lists, texts, maps, tables, stacks, families } = names;
    const choice = this.#tape.below(stacks.length + families.length > 0 ? 6 : 4);
    const block = (own: Partial<Names>): string => this.#block({ ...inside, ...own }, depth - 1);
    if (choice === 0 && texts.length > 0) {
      const body = block({ texts: [...texts, item] });
      return `${label}: for (let ${item} of ${this.#tape.pick(texts)}) ${body}`;
    }
    if (choice === 1 && maps.length > 0) {
      const value = this.#name("w");
      const body = block({ texts: [...texts, item], numbers: [...names.numbers, value] });
      return `${label}: for (let [${item}, ${value}] of ${this.#tape.pick(maps)}) ${body}`;
    }
    if (choice === 2 && tables.length > 0) {
      const body = block({ records: [...names.records, item] });
      return `${label}: for (let ${item} of ${this.#tape.pick(tables)}) ${body}`;
    }
    if (choice === 4 && stacks.length > 0) {
      const body = block({ vectors: [...names.vectors, item] });
      return `${label}: for (let ${item} of ${this.#tape.pick(stacks)}) ${body}`;
    }
    if (choice === 5 && families.length > 0) {
      const body = block({ objects: [...names.objects, item] });
      return `${label}: for (let ${item} of ${this.#tape.pick(families)}) ${body}`;
    }
    if (lists.length === 0) return this.#assignment(names);
    const body = block({ numbers: [...names.numbers, item] });
    return `${label}: for (const ${item} of ${this.#tape.pick(lists)}) ${body}`;
  }

  #assignment(names: Names): string {
    const target = this.#tape.pick(names.free);
    const operator = this.#tape.pick(["=", "+=", "-=", "*="]);
    return `${target} ${operator} ${this.#write.number(names, 2)};`;
  }

  #objectWrite(names: Names): string {
    const { lists, records } = names;
    if (this.#tape.below(2) === 1 && records.length > 0) {
      const name = this.#tape.pick(records);
      const choice = this.#tape.below(3);
      if (choice === 0) return `${name}.x = ${this.#write.number(names, 1)};`;
      if (choice === 1) return `${name}.on = ${this.#write.boolean(names, 1)};`;
      return `${name} = { x: ${this.#write.number(names, 1)}, on: ${this.#write.boolean(names, 1)} };`;
    }
    if (lists.length === 0) return this.#assignment(names);
    const name = this.#tape.pick(lists);
    const choice = this.#tape.below(4);
    if (choice === 3) return `${name} = ${this.#tape.pick(lists)};`;
    if (choice === 0) return `${name}[${this.#tape.below(2)}] = ${this.#write.number(names, 1)};`;
    if (choice === 1)
      return `${name} = [${this.#write.number(names, 1)}, ${this.#write.number(names, 1)}];`;
    return `[${name}[0], ${name}[1]] = [${name}[1]!, ${name}[0]!];`;
  }

  #jump(names: Names): string {
    const condition = this.#write.boolean(names, 1);
    const choice = this.#tape.below(4);
    if (choice === 1 && names.inLoop) return `if (${condition}) break;`;
    if (choice === 2 && names.inLoop) return `if (${condition}) continue;`;
    if (choice === 3 && names.loops.length > 0) {
      const label = this.#tape.pick(names.loops);
      return `if (${condition}) ${this.#tape.pick(["break", "continue"])} ${label};`;
    }
    return `if (${condition}) ${finish}`;
  }

  #if(names: Names, depth: number): string {
    const head = `if (${this.#write.boolean(names, 2)}) ${this.#block(names, depth - 1)}`;
    return this.#tape.below(2) === 0 ? head : `${head} else ${this.#block(names, depth - 1)}`;
  }

  #loop(names: Names, depth: number): string {
    const label = this.#name("loop");
    const counter = this.#name("i");
    const inside: Names = {
      ...names,
      numbers: [...names.numbers, counter],
      loops: [...names.loops, label],
      inLoop: true,
    };
    const body = this.#statements(inside, depth - 1, 4);
    const most = 1 + this.#tape.below(5);
    const limit =
      this.#tape.below(2) === 0
        ? String(most)
        : `Math.min(${most}, ${this.#write.number(names, 1)})`;
    switch (this.#tape.below(3)) {
      case 0:
        return `${label}: for (let ${counter} = 0; ${counter} < ${limit}; ${counter}++) {\n${body}}`;
      case 1:
        return `let ${counter} = 0;\n${label}: while (${counter} < ${limit}) {\n${counter}++;\n${body}}`;
      default:
        return `let ${counter} = 0;\n${label}: do {\n${counter}++;\n${body}} while (${counter} < ${limit});`;
    }
  }

  #forOf(names: Names, depth: number): string {
    const label = this.#name("loop");
    const item = this.#name("v");
    const inside: Names = {
      ...names,
      numbers: [...names.numbers, item],
      loops: [...names.loops, label],
      inLoop: true,
    };
    const items = [this.#write.number(names, 1), this.#write.number(names, 1)];
    return `${label}: for (const ${item} of [${items.join(", ")}]) ${this.#block(inside, depth - 1)}`;
  }

  #switch(names: Names, depth: number): string {
    const cases = Array.from({ length: 1 + this.#tape.below(3) }, () => {
      const body = this.#statements(names, depth - 1, 3);
      const end = this.#tape.below(2) === 0 ? "break;\n" : "";
      const head = this.#tape.below(4) === 3 ? undefined : `case ${this.#write.number(names, 1)}:`;
      return { head, text: `{\n${body}}\n${end}` };
    });
    let hasDefault = false;
    const text = cases.map(({ head, text: body }, i) => {
      const plain = head === undefined && !hasDefault;
      hasDefault ||= plain;
      return `${plain ? "default:" : (head ?? `case ${i}:`)} ${body}`;
    });
    return `switch (${this.#write.number(names, 1)}) {\n${text.join("")}}`;
  }

  #closure(names: Names, depth: number): Line {
    const name = this.#name("f");
    const inside: Names = {
      ...names,
      numbers: [...names.numbers, "z"],
      free: [...names.free, "z"],
      loops: [],
      inLoop: false,
    };
    const body = this.#statements(
      { ...inside, functions: names.functions },
      depth - 1,
      3,
    ).replaceAll(finish, "return z;");
    const line = `const ${name} = (z: number): number => {\n${body}return ${this.#write.number(inside, 1)};\n};`;
    return [line, { ...names, functions: [...names.functions, name] }];
  }
}
