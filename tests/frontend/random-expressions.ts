/** Writes random expressions of script: numbers, booleans and texts, of what is known where they stand. */

/** Choices; where the tape ends, the simplest one is taken, so that shorter tapes are simpler programs. */
export class Tape {
  readonly #numbers: readonly number[];
  #at = 0;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  below(count: number): number {
    const next = this.#numbers[this.#at++] ?? 0;
    return next % count;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
}

/** What can be named at a place. */
export interface Names {
  readonly numbers: readonly string[];
  /** Those that may be assigned. */
  readonly free: readonly string[];
  readonly booleans: readonly string[];
  readonly lists: readonly string[];
  readonly records: readonly string[];
  readonly texts: readonly string[];
  readonly maps: readonly string[];
  /** Lists of records, which have at least one element. */
  readonly tables: readonly string[];
  /** Records that may be missing. */
  readonly options: readonly string[];
  readonly functions: readonly string[];
  /** Tensors: vectors of 3, matrices of 2 by 3, vectors of a run's size, lists of the first; none in some programs. */
  readonly vectors: readonly string[];
  readonly matrices: readonly string[];
  readonly runs: readonly string[];
  readonly stacks: readonly string[];
  /** Functions of a vector and a number that give a vector. */
  readonly blends: readonly string[];
  /** Classes, the first of which the others extend; their instances; lists of these with at least one. */
  readonly classes: readonly string[];
  readonly objects: readonly string[];
  readonly families: readonly string[];
  readonly loops: readonly string[];
  readonly inLoop: boolean;
}

export class ExpressionWriter {
  readonly #tape: Tape;

  constructor(tape: Tape) {
    this.#tape = tape;
  }

  number(names: Names, depth: number): string {
    const kind = this.#tape.below(depth > 0 ? 20 : 3);
    const sub = (): string => this.number(names, depth - 1);
    switch (kind) {
      case 13:
        if (names.vectors.length > 0) return this.#readNumber(names, depth);
        return this.#tape.pick(names.numbers);
      case 14:
        if (names.classes.length > 0) return this.#objectNumber(names, depth);
        return this.#tape.pick(names.numbers);
      case 0:
        return this.#tape.pick(names.numbers);
      case 1:
        return this.#tape.pick(["0", "1", "2", "3", "-1", "0.5", "7", "-0", "1e3"]);
      case 2: {
        const { lists, records } = names;
        if (lists.length > 0 && this.#tape.below(2) === 0) {
          return `${this.#tape.pick(lists)}[${this.#tape.below(2)}]!`;
        }
        return records.length > 0
          ? `${this.#tape.pick(records)}.x`
          : this.#tape.pick(names.numbers);
      }
      case 3:
        return `(${this.boolean(names, depth - 1)} ? ${sub()} : ${sub()})`;
      case 4:
        return `Math.${this.#tape.pick(["floor", "abs", "sqrt", "sign", "round", "trunc"])}(${sub()})`;
      case 5:
        return `Math.${this.#tape.pick(["min", "max"])}(${sub()}, ${sub()})`;
      case 6:
        return names.functions.length > 0 ? `${this.#tape.pick(names.functions)}(${sub()})` : sub();
      case 7:
        return `${this.#tape.pick(names.free)}${this.#tape.pick(["++", "--"])}`;
      case 8:
        return `(${sub()} ${this.#tape.pick(["||", "&&"])} ${sub()})`;
      case 10:
      case 11:
        return this.#heapNumber(names, depth);
      case 12:
        return this.#quotient(names);
      case 9:
        return `(${sub()} ${this.#tape.pick(["|", "&", "^", ">>", ">>>", "<<"])} ${sub()})`;
      default:
        return `(${sub()} ${this.#tape.pick(["+", "-", "*", "/", "%"])} ${sub()})`;
    }
  }

  /** Remainders and quotients of one number, some where a condition tells what it is. */
  #quotient(names: Names): string {
    const x = this.#tape.pick(names.numbers);
    const c = this.#tape.pick(["4", "2", "3", "-2"]);
    const [div, rem] = [`${x} / ${c}`, `${x} % ${c}`];
    const forms = [div, rem, `${rem} === 0 ? ${div} : ${rem}`, `${x} === 0 ? ${rem} : ${div}`];
    return `(${this.#tape.pick([...forms, `(${x} === 0 ? ${rem} : 1) + ${div}`])})`;
  }

  /** What is read out of a tensor. */
  #readNumber(names: Names, depth: number): string {
    const { matrices, runs, stacks } = names;
    const vector = this.#tape.pick(names.vectors);
    const place = (): string => `placeIn(${this.number(names, depth - 1)}, 3)`;
    const size = runs.length > 0 ? `${this.#tape.pick(runs)}.shape[0]!` : `${vector}.shape[0]!`;
    return this.#tape.pick([
      `${vector}.${this.#tape.pick(["sum()", "max()", "mean()", "argmax(0)", "at(1)"])}.item()`,
      `${vector}.at(${place()}).item()`,
      `${vector}.toList()[${place()}]!`,
      `${this.#tape.pick(matrices)}.at(1, ${place()}).item()`,
      `${this.#tape.pick(runs.length > 0 ? runs : matrices)}.sum().item()`,
      size,
      stacks.length > 0 ? `cat(${this.#tape.pick(stacks)}).sum().item()` : size,
    ]);
  }

  /** A field, or what a method gives, of an instance whose class a run may have to tell. */
  #objectNumber(names: Names, depth: number): string {
    const { classes, families } = names;
    const object = this.#instance(names);
    const kind = this.#tape.pick(classes);
    const number = (): string => this.number(names, depth - 1);
    const listed = families.length > 0 ? this.#tape.pick(families) : `[${object}]`;
    return this.#tape.pick([
      `${object}.x`,
      `${object}.${this.#tape.pick(["m0", "m1"])}(${number()})`,
      `${object}.half`,
      `own${kind}Of(${object}, ${number()})`,
      `${listed}.map((e) => e.m0(2)).reduce((p, q) => p + q, 0)`,
      `(${listed}.find((e) => e.on)?.x ?? ${number()})`,
      `${object}.name.length`,
    ]);
  }

  /** A name of an instance, or an element of a list of them. */
  #instance(names: Names): string {
    const { objects, families } = names;
    if (families.length > 0 && (objects.length === 0 || this.#tape.below(3) === 2)) {
      return this.elementOf(names, this.#tape.pick(families));
    }
    return objects.length > 0 ? this.#tape.pick(objects) : this.object(names);
  }

  /** An instance that is there already, or a new one of some class. */
  object(names: Names): string {
    const { objects, families } = names;
    const choice = this.#tape.below(4);
    if (choice === 1 && objects.length > 0) return this.#tape.pick(objects);
    if (choice === 2 && families.length > 0)
      return this.elementOf(names, this.#tape.pick(families));
    return `new ${this.#tape.pick(names.classes)}(${this.#tape.pick(names.numbers)})`;
  }

  #heapNumber(names: Names, depth: number): string {
    const { lists, texts, maps, tables, options } = names;
    const choice = this.#tape.below(8);
    if (choice === 0 && lists.length > 0) return this.elementOf(names, this.#tape.pick(lists));
    if (choice === 1 && texts.length > 0) {
      const text = this.#tape.pick(texts);
      return this.#tape.pick([`${text}.length`, `${text}.indexOf(${this.text(names, 0)})`]);
    }
    if (choice === 2 && maps.length > 0) {
      const key = this.text(names, 0);
      return `(${this.#tape.pick(maps)}.get(${key}) ?? ${this.number(names, depth - 1)})`;
    }
    if (choice === 3 && tables.length > 0) {
      return `${this.elementOf(names, this.#tape.pick(tables))}.x`;
    }
    if (choice === 4 && options.length > 0) return `(${this.#tape.pick(options)}?.x ?? 4)`;
    if (choice === 5 && tables.length > 0) {
      return `${this.#tape.pick(tables)}.filter((e) => e.on).map((e) => e.x).reduce((p, q) => p + q, 0)`;
    }
    if (choice === 6 && lists.length > 0) {
      const other = this.#tape.pick(lists);
      const from = this.#tape.pick(["0", "1", "-1", names.numbers[0]!]);
      const asked = ["length", `indexOf(1, ${from})`, "findIndex((e) => e > 1)"];
      asked.push(`concat(${other}, 2).length`, `join(${this.text(names, 0)}).length`);
      return `${this.#tape.pick(lists)}.${this.#tape.pick(asked)}`;
    }
    return `Number(${this.text(names, 0)})`;
  }

  boolean(names: Names, depth: number): string {
    const kind = this.#tape.below(depth > 0 ? 11 : 3);
    const sub = (): string => this.boolean(names, depth - 1);
    const number = (): string => this.number(names, depth - 1);
    switch (kind) {
      case 0:
        return this.#tape.pick(names.booleans);
      case 1:
        if (names.objects.length > 0) {
          const object = this.#tape.pick(names.objects);
          // Behind the first class no type is left.
          const kind = names.classes[1 + this.#tape.below(names.classes.length)];
          return kind === undefined ? `${object}.on` : `(${object} instanceof ${kind})`;
        }
        if (names.vectors.length > 0)
          return `${this.#tape.pick(names.vectors)}.gt(0.5).any().item()`;
        return this.#tape.pick(["true", "false"]);
      case 2:
        return names.records.length > 0
          ? `${this.#tape.pick(names.records)}.on`
          : this.#tape.pick(names.booleans);
      case 8:
        return `(${this.text(names, 1)} ${this.#tape.pick(["<", "===", "!==", ">="])} ${this.text(names, 1)})`;
      case 9: {
        const { maps, options, tables, records } = names;
        if (maps.length > 0) return `${this.#tape.pick(maps)}.has(${this.text(names, 0)})`;
        if (options.length > 0) return `(${this.#tape.pick(options)} === undefined)`;
        return tables.length > 0 && records.length > 0
          ? `(${this.elementOf(names, this.#tape.pick(tables))} === ${this.#tape.pick(records)})`
          : sub();
      }
      case 3:
        return `!${sub()}`;
      case 4:
        return `(${sub()} ${this.#tape.pick(["&&", "||"])} ${sub()})`;
      default:
        return `(${number()} ${this.#tape.pick(["<", "<=", ">", ">=", "===", "!=="])} ${number()})`;
    }
  }

  text(names: Names, depth: number): string {
    const kind = this.#tape.below(depth > 0 ? 9 : 2);
    const sub = (): string => this.text(names, depth - 1);
    const number = (): string => this.number(names, depth - 1);
    switch (kind) {
      case 0:
        return this.#tape.pick(['""', '"a"', '"ab"', '"-é😀"', '"7"', ...names.texts]);
      case 1:
        return names.texts.length > 0 ? this.#tape.pick(names.texts) : '"x"';
      case 2:
        return `\`\${${number()}}|\${${sub()}}\`.slice(0, 30)`;
      case 3:
        return `(${sub()} + ${this.#tape.pick([sub(), number(), this.boolean(names, 0)])}).slice(0, 30)`;
      case 4:
        return `${sub()}.slice(${number()}, ${this.#tape.pick(["3", "-1", number()])})`;
      case 5:
        return `(${this.boolean(names, depth - 1)} ? ${sub()} : ${sub()})`;
      case 6:
        return `${sub()}.${this.#tape.pick(["trim()", "replaceAll('a', 'bb')", "padStart(3, '.')"])}`;
      case 7:
        return `${sub()}.split("|").join(${this.#tape.pick(['","', sub()])}).slice(0, 30)`;
      default:
        return `String(${number()})`;
    }
  }

  /** A record that is there already, or a new one. */
  record(names: Names): string {
    const { records, tables } = names;
    const choice = this.#tape.below(4);
    if (choice === 1 && records.length > 0) return this.#tape.pick(records);
    if (choice === 2 && tables.length > 0) return this.elementOf(names, this.#tape.pick(tables));
    return `{ x: ${this.number(names, 1)}, on: ${this.boolean(names, 1)} }`;
  }

  /** An element of a list, at a place that is known only when running. */
  elementOf(names: Names, list: string): string {
    const place = this.number(names, 1);
    return `${list}[placeIn(${place}, ${list}.length)]!`;
  }
}
