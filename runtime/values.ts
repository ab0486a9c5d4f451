/**
 * Texts, lists, records, maps and the tensors inside of them, as the bytes in which modules take and
 * give them (docs/artefact.md). Part of the loader; bindings of modules without such values lack it.
 */

type DType = keyof typeof arrays;

export type ValueType =
  | "f64"
  | "bool"
  | "str"
  | { readonly list: Cell }
  | { readonly record: readonly (readonly [name: string, cell: Cell])[] }
  | { readonly map: readonly [key: ValueType, value: Cell] }
  | { readonly tensor: DType; readonly shape: readonly (number | string)[] }
  /** One of the module's named types. */
  | { readonly ref: string };

/** Of a parameter or result: a value, or one of several kinds. */
export type WholeType = ValueType | { readonly cell: Cell };

/** What a place may hold: codes, with types where the code is not all. */
export type Cell = readonly (readonly [code: number, type?: ValueType])[];

type ObjectType = Exclude<ValueType, string>;

/** A part that is still to be written: where it is, how deep, what it may be, and what it is. */
type Task = readonly [path: string, depth: number, cell: Cell, value: unknown];

type Parts = Record<string | number, HostValue>;

/** A part that is still to be read: what it may be, and where it belongs. */
type Part = readonly [cell: Cell, target: object, key: string | number];

export type NamedTypes = Readonly<Record<string, ValueType>>;

/** The host's side of a result. */
export type HostValue =
  | undefined
  | null
  | number
  | boolean
  | string
  | readonly HostValue[]
  | { readonly [field: string]: HostValue }
  | ReadonlyMap<HostValue, HostValue>
  | ReadonlySet<HostValue>
  | { readonly data: ArrayLike<number>; readonly shape: readonly number[] };

type Exports = Readonly<Record<string, (...numbers: readonly number[]) => number>>;

/** Checks a tensor and gives its elements; named sizes become known. */
type Take = (
  leaf: { readonly name: string; readonly dtype: DType },
  axes: readonly (number | string)[],
  x: unknown,
  known: Sizes,
) => Float32Array | Float64Array | Int32Array | Uint8Array | Int8Array;

type Sizes = Record<string, number | undefined>;

/** Objects may lie so deep in each other. */
const deepest = 10_000;
const arrays = {
  f32: Float32Array,
  i32: Int32Array,
  bool: Uint8Array,
  f64: Float64Array,
  u8: Uint8Array,
  i8: Int8Array,
};
const kinds = ["undefined", "null", "boolean", "number", "string"];
const titles = ["Undefined", "Null", "Boolean", "Number", "String", "Array", "Object", "Map"];

const isSet = (value: Cell): boolean => !value.some(([, type]) => type);
const cellOf = (type: WholeType, codeOf: (type: ValueType) => number): Cell =>
  typeof type === "object" && "cell" in type ? type.cell : [[codeOf(type), type]];
const padded = (bytes: number): number => Math.ceil(bytes / 8) * 8;

/** The bytes of `x`, given for the parameter `name`. `refuse` says what does not fit. */
export function encodeValue(
  name: string,
  type: WholeType,
  x: unknown,
  types: NamedTypes = {},
  known: Sizes,
  take: Take,
  refuse: (code: string, message: string) => never,
): Uint8Array {
  let view = new DataView(new ArrayBuffer(256));
  let at = 0;

  const room = (bytes: number): number => {
    const start = at;
    at += padded(bytes);
    if (at > view.byteLength) {
      const old = new Uint8Array(view.buffer);
      view = new DataView(new ArrayBuffer(at * 2));
      new Uint8Array(view.buffer).set(old);
    }
    return start;
  };
  const word = (n: number): void => {
    const start = room(8);
    view.setFloat64(start, n, true);
  };

  const resolve = (t: ValueType): ValueType => (Object(t).ref ? resolve(types[Object(t).ref]!) : t);
  const codeOf = (t: ValueType): number => {
    const it = resolve(t);
    if (typeof it === "string") return { bool: 2, f64: 3, str: 4 }[it];
    return "list" in it ? 5 : "record" in it ? 6 : "map" in it ? 7 : 8;
  };

  /** The code of what `v` is, where a cell has a tensor and may have a list. */
  const codeFor = (cell: Cell, v: unknown): number => {
    const primitive = kinds.indexOf(v === null ? "null" : typeof v);
    if (primitive >= 0) return primitive;
    const kind = Object.prototype.toString.call(v).slice(8, -1);
    if (kind === "Map" || kind === "Set") return 7;
    const isView = ArrayBuffer.isView(v);
    const mayBeTensor = isView || ArrayBuffer.isView(Object(v).data);
    if (mayBeTensor && kind !== "Float64Array" && cell.some(([c]) => c === 8)) return 8;
    return isView || kind === "Array" ? 5 : typeof v === "object" ? 6 : -1;
  };

  const due = ([code, type]: Cell[number]): string => {
    const it = Object(type && resolve(type));
    if (it.tensor) return arrays[it.tensor as DType].name;
    return it.map && isSet(it.map[1]) ? "Set" : titles[code]!;
  };

  const misfit = (path: string, cell: Cell, v: unknown): never => {
    const found = Object.prototype.toString.call(v).slice(8, -1);
    return refuse(
      "GLIM3002",
      `${path}: expected ${cell.map(due).join(" or ") || "nothing"}, found ${found}`,
    );
  };

  /** Writes what needs no more, and leaves its parts for later. */
  const put = ([path, depth, cell, v]: Task): void => {
    const code = codeFor(cell, v);
    const [, type] = cell.find(([c]) => c === code) ?? misfit(path, cell, v);
    if (depth > deepest) refuse("GLIM3002", `${path}: objects in objects, too deep`);
    if (cell.length > 1) word(code);
    const t = type && resolve(type);
    if (t === "f64" || t === "bool") word(Number(v));
    else if (t === "str") putText(String(v));
    else if (t && typeof t !== "string") putObject(path, depth + 1, t, v);
  };

  const putText = (text: string): void => {
    word(text.length);
    const start = room(2 * text.length);
    for (let i = 0; i < text.length; i++) view.setUint16(start + 2 * i, text.charCodeAt(i), true);
  };

  const putObject = (path: string, depth: number, t: ObjectType, v: unknown): void => {
    const parts: Task[] = [];
    if ("list" in t) {
      const list = Object(v);
      const isPlain = t.list.length === 1 && t.list[0]![0] === 3;
      word(list.length);
      for (let i = 0; i < list.length; i++) {
        // Numbers by themselves, without a text for each one's place.
        if (isPlain && typeof list[i] === "number") word(list[i]);
        else parts.push([`${path}[${i}]`, depth, t.list, list[i]]);
      }
    } else if ("record" in t) {
      for (const [key, cell] of t.record)
        parts.push([`${path}.${key}`, depth, cell, Object(v)[key]]);
    } else if ("map" in t) {
      const [key, value] = t.map;
      const set = isSet(value);
      if (set === "get" in Object(v)) misfit(path, [[7, t]], v);
      word(Object(v).size);
      Object(v).forEach((item: unknown, k: unknown) => {
        const place = `${path}.get(${typeof k === "string" ? JSON.stringify(k) : String(k)})`;
        parts.push([place, depth, [[codeOf(key), key]], k]);
        if (!set) parts.push([place, depth, value, item]);
      });
    } else if ("tensor" in t) {
      // A size that each tensor says by itself.
      const axes = t.shape.map((d, i) => {
        if (d !== "_") return d;
        delete known[`_${i}`];
        return `_${i}`;
      });
      const given = take({ name: path, dtype: t.tensor }, axes, v, known);
      const elements = t.tensor === "bool" ? given.map((e) => (e ? 1 : 0)) : given;
      for (const d of axes) word(typeof d === "number" ? d : known[d]!);
      const start = room(elements.byteLength);
      const bytes = new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
      new Uint8Array(view.buffer).set(bytes, start);
    }
    while (parts.length) work.push(parts.pop()!);
  };

  const work: Task[] = [[name, 0, cellOf(type, codeOf), x]];
  for (let task = work.pop(); task; task = work.pop()) put(task);
  return new Uint8Array(view.buffer, 0, at);
}

/** The value whose bytes begin at `start`. */
export function decodeValue(
  { memory }: Exports,
  start: number,
  type: WholeType,
  types: NamedTypes = {},
): HostValue {
  const { buffer } = Object(memory);
  const view = new DataView(buffer);
  let at = start;

  const word = (): number => {
    at += 8;
    return view.getFloat64(at - 8, true);
  };
  const text = (): string => {
    const length = word();
    const units = new Uint16Array(buffer, at, length);
    let made = "";
    for (let i = 0; i < length; i += 8192)
      made += Reflect.apply(String.fromCharCode, null, units.subarray(i, i + 8192));
    at += padded(2 * length);
    return made;
  };
  /** Reads what needs no more, and leaves the parts for later. */
  const read = (t: ValueType): HostValue => {
    if (t === "f64") return word();
    if (t === "bool") return word() === 1;
    if (t === "str") return text();
    if ("ref" in t) return read(types[t.ref]!);
    if ("list" in t) {
      const list: HostValue[] = new Array(word());
      const isPlain = t.list.length === 1 && t.list[0]![0] === 3;
      for (let i = list.length - 1; !isPlain && i >= 0; i--) work.push([t.list, list, i]);
      return isPlain ? list.fill(0).map(word) : list;
    }
    if ("record" in t) {
      const record: Parts = {};
      for (const [key, cell] of t.record.toReversed()) work.push([cell, record, key]);
      return record;
    }
    if ("map" in t) {
      const [key, value] = t.map;
      const set = new Set<HostValue>();
      const map = new Map<HostValue, HostValue>();
      const entries = Array.from({ length: word() }, (): Parts => ({}));
      work.push(() => {
        for (const { k, v } of entries) {
          if (isSet(value)) set.add(k);
          else map.set(k, v);
        }
      });
      for (const entry of entries.toReversed()) {
        work.push([value, entry, "v"], [[[8, key]], entry, "k"]);
      }
      return isSet(value) ? set : map;
    }
    const shape = t.shape.map(word);
    const length = shape.reduce((n, d) => n * d, 1);
    const data = new arrays[t.tensor](buffer, at, length).slice();
    at += padded(data.byteLength);
    return { data, shape };
  };

  const whole: Parts = {};
  const work: (Part | (() => void))[] = [[cellOf(type, () => 8), whole, 0]];
  for (let part = work.pop(); part; part = work.pop()) {
    if (typeof part === "function") part();
    else {
      const [cell, target, key] = part;
      const code = cell.length > 1 ? word() : cell[0]?.[0];
      const found = cell.find(([c]) => c === code)?.[1];
      Reflect.set(target, key, found ? read(found) : code === 1 ? null : undefined);
    }
  }
  return whole[0];
}

/** Writes what was encoded where the module has room for it; numbers stay what they are. */
export const placeValues = (wasm: Exports, given: unknown[]): number[] =>
  given.splice(0).map((x) => {
    if (!(x instanceof Uint8Array)) return Number(x);
    const at = wasm.glim_room!(x.length);
    new Uint8Array(Object(wasm.memory).buffer, at).set(x);
    return at;
  });

/** What a union's tag says it is. `refuse` is for packages of strangers, which may say what their signature does not list. */
export function giveOption<S, R>(
  tag: R,
  options: readonly (readonly [code: number, structure: S])[],
  give: (structure: S) => R,
  refuse: (code: string, message: string) => never,
): R | null {
  const [code, structure] =
    options.find(([c]) => c === tag) ?? refuse("GLIM5000", "a value of no known kind");
  return code === 1 ? null : give(structure);
}

/** Runs `call`; where it traps, `explain` may throw a better error. */
export function guard<T>(call: (args: T) => void, args: T, explain: () => void): void {
  try {
    call(args);
  } catch (e) {
    if (e instanceof WebAssembly.RuntimeError || e instanceof RangeError) explain();
    throw e;
  }
}
