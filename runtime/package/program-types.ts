/** The parts of a program that its signature must agree with: types, functions and cells of state. */

import * as format from "../../compiler/ops/program-format.ts";

export interface ProgramType {
  readonly kind: number;
  readonly detail: number;
}

export interface ProgramCell {
  readonly isHidden: boolean;
  readonly options: readonly { readonly code: number; readonly type: ProgramType | undefined }[];
}

export interface ProgramObject {
  readonly kind: number;
  /** Of an element, of each field, of a map's value. */
  readonly cells: readonly ProgramCell[];
  /** Of a map's keys, of a box's tensor. */
  readonly type: ProgramType | undefined;
  /** Of a box: numbers of sizes. */
  readonly sizes: readonly number[];
}

export interface ProgramFunction {
  readonly isEntry: boolean;
  readonly params: readonly ProgramType[];
  readonly results: readonly ProgramType[];
  /** Of each parameter, numbers of sizes. */
  readonly shapes: readonly (readonly number[])[];
  /** Numbers of the named sizes that a caller gives. */
  readonly symbols: readonly number[];
}

/** Reads words in order; a RangeError where there are none. */
class Reader {
  readonly #view: DataView;
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.at = at * 4;
  }

  next(): number {
    this.at += 4;
    return this.#view.getUint32(this.at - 4, true);
  }

  /** As many things as the next word says, each of a word or more. */
  list<T>(read: () => T): T[] {
    const count = this.next();
    if (count > this.#view.byteLength) throw new RangeError("more than there is");
    return Array.from({ length: count }, read);
  }
}

export class ProgramTypes {
  readonly #section: (id: number) => Uint8Array;
  readonly types: readonly ProgramType[];
  /** Numbers of entries and other functions by their names. */
  readonly functions: ReadonlyMap<string, ProgramFunction>;

  constructor(section: (id: number) => Uint8Array) {
    this.#section = section;
    const types = new Reader(section(format.sectionTypes));
    this.types = types.list(() => ({ kind: types.next(), detail: types.next() }));
    this.functions = this.#readFunctions();
  }

  #type = (number: number): ProgramType => {
    const type = this.types[number];
    if (type === undefined) throw new RangeError("there is no such type");
    return type;
  };

  object(number: number): ProgramObject {
    const bytes = this.#section(format.sectionHeapTypes);
    const reader = new Reader(bytes, new Reader(bytes, 1 + number).next());
    const kind = reader.next();
    reader.list(() => reader.next());
    const cell = (): ProgramCell => {
      const first = reader.next();
      const count = first & (format.hiddenField - 1);
      const options = Array.from({ length: count }, () => {
        const code = reader.next();
        const type = reader.next();
        return { code, type: type === 0 ? undefined : this.#type(type - 1) };
      });
      return { isHidden: first >= format.hiddenField, options };
    };
    if (kind === format.objectRecord) {
      return { kind, cells: reader.list(cell), type: undefined, sizes: [] };
    }
    if (kind === format.objectList) return { kind, cells: [cell()], type: undefined, sizes: [] };
    const type = this.#type(reader.next());
    if (kind === format.objectMap) return { kind, cells: [cell()], type, sizes: [] };
    return { kind, cells: [], type, sizes: reader.list(() => reader.next()) };
  }

  #readFunctions(): ReadonlyMap<string, ProgramFunction> {
    const bytes = this.#section(format.sectionFunctions);
    const places = new Reader(bytes);
    return new Map(places.list(() => this.#readFunction(new Reader(bytes, places.next()))));
  }

  #readFunction(reader: Reader): readonly [name: string, func: ProgramFunction] {
    const isEntry = reader.next() === 1;
    const [at, length] = [reader.next(), reader.next()];
    const name = this.#section(format.sectionStrings).slice(at, at + length);
    reader.next();
    reader.next();
    const registers = reader.list(() => reader.next());
    const results = reader.list(() => this.#type(reader.next()));
    const shapes = registers.map(() => reader.list(() => reader.next()));
    const types = reader.list(() => reader.next());
    const symbols = reader.list(() => {
      const symbolNumber = reader.next();
      for (let rest = 0; rest < 3; rest++) reader.next();
      return symbolNumber;
    });
    const params = registers.map((r) => this.#type(types[r] ?? -1));
    return [new TextDecoder().decode(name), { isEntry, params, results, shapes, symbols }];
  }

  /** The type of each cell of the state. */
  state(): readonly { readonly type: ProgramType; readonly shape: readonly number[] }[] {
    const reader = new Reader(this.#section(format.sectionState));
    const tensors = this.#section(format.sectionTensors);
    reader.next();
    return reader.list(() => {
      const type = this.#type(reader.next());
      const place = reader.next();
      if (type.kind !== format.kindTensor) return { type, shape: [] };
      const record = new Reader(tensors, 1 + 12 * place + 3);
      return { type, shape: record.list(() => record.next()) };
    });
  }
}
