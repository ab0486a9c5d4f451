/**
 * Reads the part of Python's pickles that a state_dict consists of. A pickle is a program that may call
 * anything; here nothing is called. Names of functions stay names, a call that describes a tensor becomes
 * a record, and every other call is refused.
 */

import { FileFormatError, quoteName, spellByte, spellCount } from "./file-format-error.ts";

export type PickleValue =
  | { readonly kind: "none" }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "tuple"; readonly items: readonly PickleValue[] }
  | { readonly kind: "list"; readonly items: PickleValue[] }
  | { readonly kind: "dict"; readonly items: [PickleValue, PickleValue][] }
  /** A function or class, as `module.name`. */
  | { readonly kind: "global"; readonly name: string }
  /** What a persistent id stands for. */
  | { readonly kind: "persistent"; readonly id: PickleValue }
  | { readonly kind: "call"; readonly f: string; readonly args: readonly PickleValue[] };

/** The classes whose instances are dictionaries. */
const dictClasses = ["collections.OrderedDict", "builtins.dict", "collections.defaultdict"];

/** What describes a tensor. */
export const rebuildTensor = "torch._utils._rebuild_tensor_v2";
export const rebuildParameter = "torch._utils._rebuild_parameter";
const knownCalls: readonly string[] = [rebuildTensor, rebuildParameter];

const none: PickleValue = { kind: "none" };

/** The value that the pickle describes. */
export const parsePickle = (bytes: Uint8Array): PickleValue => new Unpickler(bytes).run();

class Unpickler {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #stack: PickleValue[] = [];
  /** Lengths of the stack where marks are. */
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PickleValue>();
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  run(): PickleValue {
    for (;;) {
      const at = this.#at;
      const code = this.#unsigned(1);
      if (code === 0x2e) return this.#pop();
      if (!this.#plain(code) && !this.#collect(code) && !this.#refer(code)) {
        const what = `the instruction ${spellByte(code)}, which no state_dict needs`;
        this.#fail(`there is ${what}`, at);
      }
    }
  }

  /** Instructions that push one value. */
  #plain(code: number): boolean {
    switch (code) {
      case 0x80: // PROTO
        this.#protocol(this.#unsigned(1));
        return true;
      case 0x95: // FRAME
        this.#take(8);
        return true;
      case 0x4e:
        return this.#push(none);
      case 0x88:
      case 0x89:
        return this.#push({ kind: "bool", value: code === 0x88 });
      case 0x4b:
        return this.#number(this.#unsigned(1));
      case 0x4d:
        return this.#number(this.#unsigned(2));
      case 0x4a:
        return this.#number(this.#view.getInt32(this.#take(4), true));
      case 0x8a: // LONG1
        return this.#number(this.#long(this.#unsigned(1)));
      case 0x47: // BINFLOAT, the one number that is big-endian
        return this.#number(this.#view.getFloat64(this.#take(8)));
      case 0x58: // BINUNICODE
        return this.#text(this.#unsigned(4));
      case 0x8c: // SHORT_BINUNICODE
        return this.#text(this.#unsigned(1));
      default:
        return false;
    }
  }

  /** Instructions that make tuples, lists and dictionaries. */
  #collect(code: number): boolean {
    switch (code) {
      case 0x28: // MARK
        this.#marks.push(this.#stack.length);
        return true;
      case 0x29:
        return this.#push({ kind: "tuple", items: [] });
      case 0x74:
        return this.#push({ kind: "tuple", items: this.#popToMark() });
      case 0x85:
      case 0x86:
      case 0x87:
        return this.#push({ kind: "tuple", items: this.#popMany(code - 0x84) });
      case 0x5d:
        return this.#push({ kind: "list", items: [] });
      case 0x61:
        return this.#append([this.#pop()]);
      case 0x65:
        return this.#append(this.#popToMark());
      case 0x7d:
        return this.#push({ kind: "dict", items: [] });
      case 0x73:
        return this.#setItems(this.#popMany(2));
      case 0x75:
        return this.#setItems(this.#popToMark());
      default:
        return false;
    }
  }

  /** Instructions that name, remember and call. */
  #refer(code: number): boolean {
    switch (code) {
      case 0x71: // BINPUT
        return this.#remember(this.#unsigned(1));
      case 0x72: // LONG_BINPUT
        return this.#remember(this.#unsigned(4));
      case 0x94: // MEMOIZE
        return this.#remember(this.#memo.size);
      case 0x68:
        return this.#recall(this.#unsigned(1));
      case 0x6a:
        return this.#recall(this.#unsigned(4));
      case 0x63: // GLOBAL
        return this.#push({ kind: "global", name: `${this.#line()}.${this.#line()}` });
      case 0x93: // STACK_GLOBAL
        return this.#stackGlobal();
      case 0x51: // BINPERSID
        return this.#push({ kind: "persistent", id: this.#pop() });
      case 0x52: // REDUCE
      case 0x81: // NEWOBJ
        return this.#call();
      case 0x62: // BUILD: attributes of an object, which a state_dict does not need
        this.#pop();
        return true;
      default:
        return false;
    }
  }

  #fail(message: string, at = this.#at): never {
    throw new FileFormatError("pt", `byte ${spellCount(at)} of the pickle: ${message}`);
  }

  #take(count: number): number {
    const at = this.#at;
    if (count > this.#bytes.length - at) this.#fail("it ends in the middle of an instruction");
    this.#at += count;
    return at;
  }

  #unsigned(bytes: 1 | 2 | 4): number {
    const at = this.#take(bytes);
    if (bytes === 1) return this.#view.getUint8(at);
    return bytes === 2 ? this.#view.getUint16(at, true) : this.#view.getUint32(at, true);
  }

  #protocol(version: number): void {
    if (version < 2 || version > 5) this.#fail(`its protocol is ${version}; 2 to 5 are read`);
  }

  /** Two's complement of any length; what a double does not hold is refused. */
  #long(count: number): number {
    const at = this.#take(count);
    let value = 0n;
    for (let i = count - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.#bytes[at + i]!);
    const signed = Number(BigInt.asIntN(8 * count, value));
    if (!Number.isSafeInteger(signed)) this.#fail(`${signed} is too large a number`);
    return signed;
  }

  #utf8(start: number, end: number): string {
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(this.#bytes.subarray(start, end));
    } catch {
      return this.#fail("a text is not UTF-8", start);
    }
  }

  #line(): string {
    const start = this.#at;
    const end = this.#bytes.indexOf(0x0a, start);
    if (end < 0) this.#fail("a name does not end");
    this.#at = end + 1;
    return this.#utf8(start, end);
  }

  #text(length: number): true {
    const start = this.#take(length);
    return this.#push({ kind: "text", value: this.#utf8(start, start + length) });
  }

  #number(value: number): true {
    return this.#push({ kind: "number", value });
  }

  #push(value: PickleValue): true {
    this.#stack.push(value);
    return true;
  }

  #pop(): PickleValue {
    const least = this.#marks.at(-1) ?? 0;
    if (this.#stack.length <= least) this.#fail("it takes a value that is not there");
    return this.#stack.pop()!;
  }

  #popMany(count: number): PickleValue[] {
    return Array.from({ length: count }, () => this.#pop()).reverse();
  }

  #popToMark(): PickleValue[] {
    const start = this.#marks.pop() ?? this.#fail("it looks for a mark that is not there");
    return this.#stack.splice(start);
  }

  #top(): PickleValue {
    const value = this.#pop();
    this.#stack.push(value);
    return value;
  }

  #append(values: readonly PickleValue[]): true {
    const list = this.#top();
    if (list.kind !== "list") return this.#fail(`it appends to a ${list.kind}`);
    for (const value of values) list.items.push(value);
    return true;
  }

  #setItems(values: readonly PickleValue[]): true {
    const dict = this.#top();
    if (dict.kind !== "dict") return this.#fail(`it sets items of a ${dict.kind}`);
    if (values.length % 2 !== 0) this.#fail("a key has no value");
    for (let i = 0; i < values.length; i += 2) dict.items.push([values[i]!, values[i + 1]!]);
    return true;
  }

  #remember(key: number): true {
    this.#memo.set(key, this.#top());
    return true;
  }

  #recall(key: number): true {
    return this.#push(this.#memo.get(key) ?? this.#fail(`it recalls ${key}, which it never made`));
  }

  #stackGlobal(): true {
    const [module, name] = this.#popMany(2);
    if (module?.kind !== "text" || name?.kind !== "text") return this.#fail("a name is no text");
    return this.#push({ kind: "global", name: `${module.value}.${name.value}` });
  }

  #call(): true {
    const [f, args] = this.#popMany(2);
    if (f?.kind !== "global" || args?.kind !== "tuple") return this.#fail("a call has no name");
    if (dictClasses.includes(f.name)) return this.#push({ kind: "dict", items: [] });
    if (!knownCalls.includes(f.name)) {
      this.#fail(
        `it wants to call ${quoteName(f.name)}; only tensors are read: save model.state_dict()`,
      );
    }
    return this.#push({ kind: "call", f: f.name, args: args.items });
  }
}
