/**
 * Writes random loops of numbers as graph text: counters, bits, remainders, quotients and places in a list,
 * with numbers at the edges of what 32-bit integers are. Many of them go into the list that the program
 * gives, so that no bit is lost. Choices come from a list of numbers; no loop has more than a few rounds.
 */

const numbers = [
  ...["0", "1", "2", "3", "7", "-1", "-5", "10", "255", "0.5", "-2.5"],
  ...["0", "1", "2", "3", "-1", "-1", "-3", "4", "-7", "5", "8"],
  ...["1073741824", "32767", "32768", "2147483647", "-2147483648", "4294967296"],
  ...["9007199254740991", '"-0"', '"NaN"', '"Infinity"', "1e300"],
];
const unary = [
  "neg",
  "neg",
  "neg",
  "abs",
  "floor",
  "ceil",
  "trunc",
  "round",
  "sign",
  "bitNot",
  "clz32",
];
const binary = [
  ...["add", "sub", "mul", "mul", "rem", "div", "min", "max", "add", "sub", "rem", "imul"],
  ...["bitAnd", "bitOr", "bitXor", "shl", "shr", "shrU", "bitAnd", "bitOr"],
];
const relations = ["lt", "le", "gt", "ge", "eq", "ne"];
const mostRounds = 5;

export function writeIntegerLoops(choices: readonly number[]): string {
  return new Writer(choices).program();
}

class Writer {
  readonly #choices: readonly number[];
  #at = 0;
  #names = 0;
  #depth = 0;
  #lines: string[] = [];
  #values: string[] = ["%n", "%m"];

  constructor(choices: readonly number[]) {
    this.#choices = choices;
  }

  program(): string {
    const elements = [0, 1, 2, 3].map(() => this.#number());
    this.#emit(`%list = new ${elements.join(" ")} : @list`);
    this.#emit("%log = new : @list");
    this.#integer("%n");
    this.#integer("%m");
    this.#statements(8);
    this.#loop();
    this.#loop();
    this.#emit("return %log");
    const head = "(%n: f64, %m: f64) -> @list";
    return `module m\ntype @list = list f64\n\nentry func @main${head} {\n${this.#lines.join("")}}\n`;
  }

  #choose(count: number): number {
    return (this.#choices[this.#at++] ?? 0) % count;
  }

  #pick<X>(list: readonly X[]): X {
    return list[this.#choose(list.length)]!;
  }

  #emit(line: string): void {
    this.#lines.push(`${"  ".repeat(this.#depth + 1)}${line}\n`);
  }

  #define(type: string, what: string): string {
    const name = `%v${this.#names++}`;
    this.#emit(`${name} = ${what} : ${type}`);
    return name;
  }

  #number(): string {
    return this.#define("f64", `number ${this.#pick(numbers)}`);
  }

  #value(): string {
    if (this.#choose(4) === 0) return this.#number();
    return this.#values[this.#values.length - 1 - this.#choose(Math.min(6, this.#values.length))]!;
  }

  #keep(name: string): void {
    this.#values.push(name);
    if (this.#choose(2) === 0) this.#emit(`list.push %log ${name}`);
  }

  /** An integer of a few bits, which most of what is computed with it is, too. */
  #integer(of: string): void {
    const bits = this.#pick(["bitAnd 7", "shr 28", "bitOr 0", "bitAnd 255", "shr 20", "shrU 1"]);
    const [fn, by] = bits.split(" ");
    const count = this.#define("f64", `number ${by}`);
    this.#keep(this.#define("f64", `scalar ${fn} ${of} ${count}`));
  }

  #condition(): string {
    const relation = (): string =>
      this.#define("bool", `scalar ${this.#pick(relations)} ${this.#value()} ${this.#value()}`);
    switch (this.#choose(5)) {
      case 0:
        return this.#define(
          "bool",
          `scalar ${this.#pick(["and", "or"])} ${relation()} ${relation()}`,
        );
      case 1: {
        const x = this.#value();
        const whole = this.#define("f64", `scalar ${this.#pick(["trunc", "floor"])} ${x}`);
        return this.#define("bool", `scalar eq ${whole} ${x}`);
      }
      case 2:
        return this.#define("bool", `scalar not ${relation()}`);
      default:
        return relation();
    }
  }

  #statements(count: number): void {
    for (let i = 0; i < count; i++) this.#statement();
  }

  #statement(): void {
    switch (this.#choose(this.#depth < 3 ? 12 : 9)) {
      case 0:
        this.#keep(this.#define("f64", `scalar ${this.#pick(unary)} ${this.#value()}`));
        return;
      case 1: {
        const quotient = this.#define("f64", `scalar div ${this.#value()} ${this.#value()}`);
        this.#keep(this.#define("f64", `scalar ${this.#pick(["floor", "trunc"])} ${quotient}`));
        return;
      }
      case 2:
        this.#keep(this.#define("f64", `list.get %list ${this.#value()} leaf=0`));
        return;
      case 3:
        this.#emit(`list.set %list ${this.#value()} ${this.#value()} leaf=0`);
        return;
      case 4:
        this.#keep(this.#define("f64", "list.length %list"));
        return;
      case 5: {
        const [c, x, y] = [this.#condition(), this.#value(), this.#value()];
        this.#keep(this.#define("f64", `scalar choose ${c} ${x} ${y}`));
        return;
      }
      case 9:
      case 10:
        this.#if();
        return;
      case 11:
        this.#loop();
        return;
      default:
        this.#keep(
          this.#define("f64", `scalar ${this.#pick(binary)} ${this.#value()} ${this.#value()}`),
        );
    }
  }

  #region(write: () => void): void {
    const before = [...this.#values];
    this.#depth++;
    write();
    this.#depth--;
    this.#values = before;
  }

  #if(): void {
    const condition = this.#condition();
    const name = `%v${this.#names++}`;
    this.#emit(`${name} = if ${condition} : f64 {`);
    for (const more of ["} else {", "}"]) {
      this.#region(() => {
        this.#statements(1 + this.#choose(3));
        this.#emit(`yield ${this.#value()}`);
      });
      this.#emit(more);
    }
    this.#keep(name);
  }

  /** A counter from one value to another, and two more values that the rounds hand on. */
  #loop(): void {
    const label = `L${this.#names++}`;
    const [i, round, a, b, result] = [0, 1, 2, 3, 4].map(() => `%v${this.#names++}`);
    const [from, to] = [this.#value(), this.#value()];
    const step = this.#define("f64", `number ${this.#pick(["1", "1", "2", "-1", "0.5", "3"])}`);
    const zero = this.#define("f64", "number 0");
    const limit = this.#define("f64", `number ${mostRounds}`);
    const carried = `${i} = ${from} : f64, ${round} = ${zero} : f64, ${a} = ${this.#value()} : f64, ${b} = ${this.#value()} : f64`;
    this.#emit(`${result} = loop ${label} (${carried}) : f64 {`);
    this.#region(() => {
      const relation = this.#pick(["lt", "le", "ne", "gt", "ge"]);
      const more = this.#define("bool", `scalar ${relation} ${i} ${to}`);
      const few = this.#define("bool", `scalar lt ${round} ${limit}`);
      const goes = this.#define("bool", `scalar and ${more} ${few}`);
      this.#emit(`if ${goes} {`);
      this.#emit("  yield");
      this.#emit("} else {");
      this.#emit(`  break ${label} ${this.#pick([a, b, i])}`);
      this.#emit("}");
      for (const v of [a!, b!, i!]) this.#keep(v);
      this.#integer(i!);
      this.#integer(a!);
      this.#statements(2 + this.#choose(5));
      const next = this.#define("f64", `scalar ${this.#pick(["add", "add", "sub"])} ${i} ${step}`);
      const one = this.#define("f64", "number 1");
      const rounds = this.#define("f64", `scalar add ${round} ${one}`);
      this.#emit(`continue ${label} ${next} ${rounds} ${this.#value()} ${this.#value()}`);
    });
    this.#emit("}");
    this.#keep(result!);
  }
}
