/**
 * Writes random programs on the heap as graph text: texts, lists, records, maps and boxes made, stored,
 * read and dropped, in branches and loops that are left early in every way. Choices come from a list of
 * numbers, and the first choice is always the simplest, so that shrinking the list shrinks the program.
 */

const types = `type @Numbers = list f64
type @Flags = list bool
type @Texts = list str
type @Rec = record {t: str, n: f64, l: @Numbers, next: null|@Rec}
type @Recs = list @Rec
type @Index = map str -> @Rec
type @Counts = map f64 -> undefined|f64|str
type @Owners = map @Rec -> @Texts
type @Box = box f32[4]
type @Boxes = list @Box
type @Any = list undefined|bool|f64|str|@Numbers|@Rec|@Index|@Box
`;

/** The types of values that programs compute with, but numbers and booleans. */
const references = [
  "str",
  "@Numbers",
  "@Texts",
  "@Rec",
  "@Recs",
  "@Index",
  "@Counts",
  "@Owners",
  "@Flags",
  "@Boxes",
  "@Any",
  "@Box",
] as const;
const valued = ["f64", "bool", "f32[4]", ...references] as const;
type T = (typeof valued)[number];

/** Leaves that lists and maps hold, tags included. */
const leavesOf: Readonly<Partial<Record<T, readonly T[]>>> = {
  "@Numbers": ["f64"],
  "@Flags": ["bool"],
  "@Texts": ["str"],
  "@Recs": ["@Rec"],
  "@Boxes": ["@Box"],
  "@Index": ["@Rec"],
  "@Counts": ["f64", "f64", "str"],
  "@Owners": ["@Texts"],
  "@Any": ["f64", "bool", "f64", "str", "@Numbers", "@Rec", "@Index", "@Box"],
};
const keyOf: Readonly<Partial<Record<T, T>>> = {
  "@Index": "str",
  "@Counts": "f64",
  "@Owners": "@Rec",
};
const recordLeaves: readonly T[] = ["str", "f64", "@Numbers", "f64", "@Rec"];
/** Of @Any: the code of each option, by the place of its leaf. */
const anyCodes = [0, 2, 3, 4, 5, 6, 7, 8];

interface Place {
  readonly label: string;
  readonly carried: readonly T[];
  readonly results: readonly T[];
  readonly counter: string;
}

export interface HeapProgram {
  /** `@run` gives values, `@leak` does the same and gives a number. */
  readonly text: string;
}

const params: Readonly<Record<string, T>> = {
  n: "f64",
  b: "bool",
  s: "str",
  l: "@Numbers",
  r: "@Rec",
  x: "f32[4]",
};
const head = (of: Readonly<Record<string, T>>): string =>
  Object.entries(of)
    .map(([name, type]) => `%${name}: ${type}`)
    .join(", ");

/** The program is the entry itself, a function that is inlined, or one that calls itself. */
type Form = "entry" | "inlined" | "recursive";
const forms: readonly Form[] = ["entry", "inlined", "recursive"];

export function writeHeapProgram(choices: readonly number[]): HeapProgram {
  const writer = new Writer(choices);
  const form = writer.pick(forms);
  const given = valued.filter((t) => form !== "recursive" || t !== "f32[4]");
  const results = Array.from({ length: 3 }, () => writer.pick(given));
  const body = writer.body(results);
  const shape = "as [0, 1, 2]";
  const types3 = results.join(", ");
  const entry = (name: string, gives: string, lines: string): string =>
    `entry func @${name}(${head(params)}) -> ${gives} {\n${lines}}\n`;
  if (form === "entry") {
    const leak = body.replace(/^( *)return .*$/gm, "$1return %n");
    const parts = [entry("run", `(${types3}) ${shape}`, body), entry("leak", "f64", leak)];
    return { text: `module random\n${types}\n${parts.join("\n")}` };
  }
  // Tensors are passed in boxes to functions that remain functions.
  const isBoxed = form === "recursive";
  const own = isBoxed ? { ...params, x: "@Box" as const } : params;
  const open = isBoxed ? again(types3) : "";
  const lines = isBoxed ? body.replaceAll("%x", "%t") : body;
  const inner = `func @inner(${head(own)}) -> (${types3}) ${shape} {\n${open}${lines}}\n`;
  const box = isBoxed ? "  %y = box %x : @Box\n" : "";
  const callIt = `${box}  %p, %q, %o = call @inner %n %b %s %l %r ${isBoxed ? "%y" : "%x"} : ${types3}\n`;
  const run = entry("run", `(${types3}) ${shape}`, `${callIt}  return %p %q %o\n`);
  const leak = entry("leak", "f64", `${callIt}  return %n\n`);
  return { text: `module random\n${types}\n${inner}\n${run}\n${leak}` };
}

/** The function calls itself as long as `%n` is more than 1, and drops what that gives. */
const again = (results: string): string => `  %t = unbox %x : f32[4]
  %u = number 1 : f64
  %m = scalar gt %n %u : bool
  if %m {
    %k = scalar sub %n %u : f64
    %p, %q, %o = call @inner %k %b %s %l %r %x : ${results}
    yield
  } else {
    yield
  }
`;

class Writer {
  readonly #choices: readonly number[];
  #next = 0;
  #names = 0;
  #depth = 0;
  #lines: string[] = [];
  #scope = new Map<T, string[]>();
  #loops: Place[] = [];
  #results: readonly T[] = [];

  constructor(choices: readonly number[]) {
    this.#choices = choices;
  }

  choose(count: number): number {
    return (this.#choices[this.#next++] ?? 0) % count;
  }

  pick<X>(list: readonly X[]): X {
    return list[this.choose(list.length)]!;
  }

  body(results: readonly T[]): string {
    this.#results = results;
    for (const [name, type] of Object.entries(params)) this.#know(`%${name}`, type);
    this.#statements(24);
    this.#emit(`return ${results.map((t) => this.#value(t)).join(" ")}`);
    return this.#lines.join("");
  }

  get #hasMore(): boolean {
    return this.#next < this.#choices.length;
  }

  #emit(line: string): void {
    this.#lines.push(`${"  ".repeat(this.#depth + 1)}${line}\n`);
  }

  #know(name: string, type: T): string {
    const known = this.#scope.get(type) ?? [];
    this.#scope.set(type, [...known, name]);
    return name;
  }

  #define(type: T, what: string): string {
    const name = `%v${this.#names++}`;
    this.#emit(`${name} = ${what} : ${type}`);
    return this.#know(name, type);
  }

  #number(value: number): string {
    return this.#define("f64", `number ${value}`);
  }

  /** A value of the type: one that there is, mostly, else a new one. */
  #value(type: T): string {
    const known = this.#scope.get(type);
    if (known !== undefined && known.length > 0 && this.choose(4) < 3)
      return known[known.length - 1 - this.choose(known.length)]!;
    return this.#make(type);
  }

  #make(type: T): string {
    switch (type) {
      case "f64":
        return this.#number(this.choose(5));
      case "bool":
        return this.#define(type, `boolean ${this.choose(2) === 1}`);
      case "str":
        return this.#define(type, `text "${"ab,c".slice(0, this.choose(5))}"`);
      case "f32[4]":
        return this.#tensor();
      case "@Box":
        return this.#define(type, `box ${this.#value("f32[4]")}`);
      case "@Rec":
        return this.#record();
      case "@Any":
        return this.#define(type, `new ${this.#any()}`);
      case "@Counts":
      case "@Index":
      case "@Owners":
        return this.#define(type, "new");
      default: {
        const [leaf] = leavesOf[type]!;
        const elements = Array.from({ length: this.choose(4) }, () => this.#value(leaf!));
        return this.#define(type, ["new", ...elements].join(" "));
      }
    }
  }

  #tensor(): string {
    const known = this.#scope.get("f32[4]");
    const from = known ? this.pick(known) : "%x";
    return this.#define("f32[4]", `add ${from} ${this.pick(known ?? ["%x"])}`);
  }

  #record(): string {
    const [t, n, l] = [this.#value("str"), this.#value("f64"), this.#value("@Numbers")];
    const other = this.#scope.get("@Rec");
    const has = other !== undefined && other.length > 0 && this.choose(2) === 1;
    const next = has ? this.pick(other) : this.#define("@Rec", "empty");
    if (!has) this.#forget("@Rec", next);
    return this.#define("@Rec", `new ${t} ${n} ${l} ${this.#number(has ? 6 : 1)} ${next}`);
  }

  /** What refers to nothing must not be read. */
  #forget(type: T, name: string): void {
    this.#scope.set(
      type,
      this.#scope.get(type)!.filter((n) => n !== name),
    );
  }

  /** The leaves of a value of several kinds. */
  #any(): string {
    const at = this.choose(anyCodes.length);
    return leavesOf["@Any"]!.map((type, i) => {
      if (i === 0) return this.#number(anyCodes[at]!);
      return i === at ? this.#value(type) : this.#nothing(type);
    }).join(" ");
  }

  #nothing(type: T): string {
    if (type === "f64") return this.#number(0);
    if (type === "bool") return this.#define(type, "boolean false");
    const name = this.#define(type, "empty");
    this.#forget(type, name);
    return name;
  }

  /** The leaves of what @Counts maps to. */
  #count(): string {
    const at = this.choose(3);
    const leaves = [this.#number([0, 3, 4][at]!)];
    leaves.push(at === 1 ? this.#value("f64") : this.#number(0));
    leaves.push(at === 2 ? this.#value("str") : this.#nothing("str"));
    return leaves.join(" ");
  }

  #statements(most: number): void {
    for (let i = 0; i < most && this.#hasMore; i++) this.#statement();
  }

  #statement(): void {
    const deep = this.#depth >= 3;
    switch (this.choose(deep ? 8 : 12)) {
      case 0:
        this.#make(this.pick(valued));
        return;
      case 1:
      case 2:
        this.#onList();
        return;
      case 3:
        this.#onRecord();
        return;
      case 4:
      case 5:
        this.#onMap();
        return;
      case 6:
        this.#onText();
        return;
      case 7:
        this.#define("bool", `same ${this.#value("@Rec")} ${this.#value("@Rec")}`);
        return;
      case 8:
      case 9:
        this.#if();
        return;
      case 10:
        this.#loop();
        return;
      default:
        this.#entries();
    }
  }

  #onText(): void {
    const [a, b, i] = [this.#value("str"), this.#value("str"), this.#value("f64")];
    const made = [
      ["str", `texts concat ${a} ${b}`],
      ["str", `texts slice ${a} ${i} ${this.#value("f64")}`],
      ["str", `texts charAt ${a} ${i}`],
      ["bool", `texts equal ${a} ${b}`],
      ["f64", `texts indexOf ${a} ${b} ${i}`],
      ["@Texts", `texts split ${a} ${b} ${this.#number(5)}`],
      ["str", `texts toUpperCase ${a}`],
      ["f64", `texts length ${a}`],
      ["str", `list.join ${this.#value("@Texts")} ${a}`],
    ] as const;
    const [type, what] = this.pick(made);
    const name = this.#define(type, what);
    // Concatenation in loops must not grow without end.
    if (type === "str" && what.includes("concat"))
      this.#define("str", `texts slice ${name} %n ${this.#number(6)}`);
  }

  #onRecord(): void {
    const record = this.#value("@Rec");
    const leaf = this.choose(3);
    const type = recordLeaves[leaf]!;
    if (this.choose(2) === 0) this.#define(type, `field.get ${record} leaf=${leaf}`);
    else this.#emit(`field.set ${record} ${this.#value(type)} leaf=${leaf}`);
    if (this.choose(4) === 3) {
      this.#emit(`field.set ${record} ${this.#number(6)} leaf=3`);
      this.#emit(`field.set ${record} ${this.#value("@Rec")} leaf=4`);
    }
  }

  #onList(): void {
    const type = this.pick(["@Numbers", "@Texts", "@Recs", "@Boxes", "@Flags", "@Any"] as const);
    const list = this.#value(type);
    const leaf = leavesOf[type]![0]!;
    const several = type === "@Any";
    const plain = type === "@Numbers" || type === "@Flags" || several;
    switch (this.choose(plain ? 9 : 7)) {
      case 0:
        this.#emit(`list.push ${list} ${several ? this.#any() : this.#value(leaf)}`);
        return;
      case 1:
        this.#first(list, leaf, several);
        return;
      case 2:
        if (!several)
          this.#emit(`list.set ${list} ${this.#value("f64")} ${this.#value(leaf)} leaf=0`);
        return;
      case 3:
        this.#define("f64", `list.length ${list}`);
        return;
      case 4:
        this.#emit(
          `list.remove ${list} ${this.#number(this.choose(3))} ${this.#number(this.choose(3))}`,
        );
        return;
      case 5:
        this.#define(type, `list.slice ${list} ${this.#number(this.choose(3))} ${this.#number(2)}`);
        return;
      case 6:
        this.#emit(`list.reverse ${list}`);
        return;
      case 7:
        this.#emit(`list.resize ${list} ${this.#number(this.choose(4))}`);
        return;
      default:
        this.#emit(`list.insert ${list} ${this.#number(this.choose(3))} ${this.#number(1)}`);
    }
  }

  /** The first element, where there is one. */
  #first(list: string, leaf: T, several: boolean): void {
    const zero = this.#number(0);
    if (leaf === "f64" || leaf === "bool") {
      this.#define(leaf, `list.get ${list} ${zero} leaf=0`);
      if (several) this.#emit(`list.set ${list} ${zero} ${zero} leaf=0`);
      return;
    }
    const other = this.#value(leaf);
    const length = this.#define("f64", `list.length ${list}`);
    const has = this.#define("bool", `scalar lt ${zero} ${length}`);
    this.#choice(has, leaf, () => this.#define(leaf, `list.get ${list} ${zero} leaf=0`), other);
  }

  /** What `read` gives where `has` is true, else another value. */
  #choice(has: string, type: T, read: () => string, other: string): void {
    const name = `%v${this.#names++}`;
    this.#emit(`${name} = if ${has} : ${type} {`);
    this.#region(() => this.#emit(`yield ${read()}`));
    this.#emit("} else {");
    this.#region(() => this.#emit(`yield ${other}`));
    this.#emit("}");
    this.#know(name, type);
  }

  #onMap(): void {
    const type = this.pick(["@Index", "@Counts", "@Owners"] as const);
    const map = this.#value(type);
    const key = this.#value(keyOf[type]!);
    const leaf = leavesOf[type]![0]!;
    switch (this.choose(6)) {
      case 0:
      case 1:
        this.#emit(
          `map.put ${map} ${key} ${type === "@Counts" ? this.#count() : this.#value(leaf)}`,
        );
        return;
      case 2: {
        const other = this.#value(leaf);
        const has = this.#define("bool", `map.has ${map} ${key}`);
        this.#choice(has, leaf, () => this.#define(leaf, `map.get ${map} ${key} leaf=0`), other);
        return;
      }
      case 3:
        this.#define("bool", `map.remove ${map} ${key}`);
        return;
      case 4:
        this.#define("f64", `map.size ${map}`);
        return;
      default:
        this.#emit(`map.clear ${map}`);
    }
  }

  #region(write: () => void): void {
    const before = new Map(this.#scope);
    this.#depth++;
    write();
    this.#depth--;
    this.#scope = before;
  }

  #if(): void {
    const condition = this.#value("bool");
    const results = Array.from({ length: this.choose(3) }, () => this.pick(valued));
    const names = results.map(() => `%v${this.#names++}`);
    const head = names.length === 0 ? "" : `${names.join(", ")} = `;
    const tail = names.length === 0 ? "" : ` : ${results.join(", ")}`;
    this.#emit(`${head}if ${condition}${tail} {`);
    this.#branch(results);
    this.#emit("} else {");
    this.#branch(results);
    this.#emit("}");
    names.forEach((name, i) => {
      this.#know(name, results[i]!);
    });
  }

  #branch(results: readonly T[]): void {
    this.#region(() => {
      this.#statements(4);
      if (!this.#leave()) this.#emit(["yield", ...this.#all(results)].join(" "));
    });
  }

  #all(of: readonly T[]): string[] {
    return of.map((t) => this.#value(t));
  }

  /** Leaves the function or a loop around, now and then. */
  #leave(): boolean {
    const kind = this.choose(10);
    const loop = this.#loops[this.#loops.length - 1 - this.choose(Math.max(1, this.#loops.length))];
    if (kind === 9) {
      this.#emit(["return", ...this.#all(this.#results)].join(" "));
      return true;
    }
    if (kind === 8 && loop) {
      this.#emit([`break ${loop.label}`, ...this.#all(loop.results)].join(" "));
      return true;
    }
    if (kind === 7 && loop) {
      this.#continue(loop);
      return true;
    }
    return false;
  }

  #continue(loop: Place): void {
    const next = this.#define("f64", `scalar add ${loop.counter} ${this.#number(1)}`);
    this.#emit([`continue ${loop.label}`, next, ...this.#all(loop.carried)].join(" "));
  }

  #loop(): void {
    const label = `L${this.#names++}`;
    const carried = Array.from({ length: 1 + this.choose(2) }, () => this.pick(valued));
    const results = Array.from({ length: this.choose(3) }, () => this.pick(valued));
    const zero = this.#number(0);
    const counter = `%v${this.#names++}`;
    const params = carried.map((t) => ({ name: `%v${this.#names++}`, from: this.#value(t), t }));
    const names = results.map(() => `%v${this.#names++}`);
    const head = names.length === 0 ? "" : `${names.join(", ")} = `;
    const tail = names.length === 0 ? "" : ` : ${results.join(", ")}`;
    const bound = params.map((p) => `, ${p.name} = ${p.from} : ${p.t}`).join("");
    const limit = this.#number(2 + this.choose(2));
    this.#emit(`${head}loop ${label} (${counter} = ${zero} : f64${bound})${tail} {`);
    this.#loops.push({ label, carried, results, counter });
    this.#region(() => {
      for (const p of params) this.#know(p.name, p.t);
      const more = this.#define("bool", `scalar lt ${counter} ${limit}`);
      this.#emit(`if ${more} {`);
      this.#region(() => {
        this.#statements(5);
        if (!this.#leave()) this.#continue(this.#loops.at(-1)!);
      });
      this.#emit("} else {");
      this.#region(() => this.#emit([`break ${label}`, ...this.#all(results)].join(" ")));
      this.#emit("}");
      this.#emit(`throw "no end"`);
    });
    this.#loops.pop();
    this.#emit("");
    names.forEach((name, i) => {
      this.#know(name, results[i]!);
    });
    this.#lines[this.#lines.length - 1] = `${"  ".repeat(this.#depth + 1)}}\n`;
  }

  /** Goes through a map as `for … of` does, while the body may change it. */
  #entries(): void {
    const type = this.pick(["@Index", "@Counts", "@Owners"] as const);
    const map = this.#value(type);
    const label = `L${this.#names++}`;
    const zero = this.#number(0);
    const limit = this.#number(4);
    const [at, place] = [`%v${this.#names++}`, `%v${this.#names++}`];
    this.#emit(`map.hold ${map}`);
    this.#emit(`loop ${label} (${at} = ${zero} : f64) {`);
    this.#region(() => {
      this.#emit(`${place} = map.next ${map} ${at} : f64`);
      const more = this.#define("bool", `scalar le ${zero} ${place}`);
      const few = this.#define("bool", `scalar lt ${place} ${limit}`);
      const goes = this.#define("bool", `scalar and ${more} ${few}`);
      this.#emit(`if ${goes} {`);
      this.#region(() => {
        this.#define(keyOf[type]!, `map.keyAt ${map} ${place}`);
        this.#define(leavesOf[type]![0]!, `map.valueAt ${map} ${place} leaf=0`);
        this.#statements(3);
        const next = this.#define("f64", `scalar add ${place} ${this.#number(1)}`);
        this.#emit(`continue ${label} ${next}`);
      });
      this.#emit("} else {");
      this.#region(() => this.#emit(`break ${label}`));
      this.#emit("}");
      this.#emit(`throw "no end"`);
    });
    this.#emit("}");
    this.#emit(`map.release ${map}`);
  }
}
