/** Reads the sections of a valid WebAssembly module: how large they are, and its functions. */

import type { DataSegment } from "./sections.ts";

export interface Section {
  readonly id: number;
  /** As the specification calls it; of custom sections their own. */
  readonly name: string;
  /** Bytes in the file, its head included. */
  readonly size: number;
  readonly content: Uint8Array;
}

const sectionNames = [
  "custom",
  "type",
  "import",
  "function",
  "table",
  "memory",
  "global",
  "export",
  "start",
  "element",
  "code",
  "data",
  "data count",
] as const;

export const importSection = 2;
export const codeSection = 10;
export const dataSection = 11;
export const dataCountSection = 12;

export function readSections(module: Uint8Array): readonly Section[] {
  const reader = new Reader(module, 8);
  const sections: Section[] = [];
  while (!reader.atEnd) {
    const start = reader.at;
    const id = reader.byte();
    const content = reader.bytes(reader.unsigned());
    const name = id === 0 ? new Reader(content, 0).text() : (sectionNames[id] ?? `section ${id}`);
    sections.push({ id, name, size: reader.at - start, content });
  }
  return sections;
}

export interface FunctionSize {
  /** Its number among the functions of the module. */
  readonly index: number;
  /** From the section `name`; undefined where there is none. */
  readonly name: string | undefined;
  /** Bytes of its code. */
  readonly size: number;
}

/** The functions that a module has itself, in order. */
export function readFunctions(sections: readonly Section[]): readonly FunctionSize[] {
  const code = sections.find((s) => s.id === codeSection);
  if (code === undefined) return [];
  const names = readNames(sections.find((s) => s.id === 0 && s.name === "name"));
  const reader = new Reader(code.content, 0);
  const imported = countImports(sections.find((s) => s.id === importSection));
  return Array.from({ length: reader.unsigned() }, (_, i) => {
    const size = reader.unsigned();
    reader.bytes(size);
    const index = imported + i;
    return { index, name: names.get(index), size };
  });
}

/** The active segments of a module's data, each at a constant address. */
export function readData(sections: readonly Section[]): readonly DataSegment[] {
  const section = sections.find((s) => s.id === dataSection);
  if (section === undefined) return [];
  const reader = new Reader(section.content, 0);
  return Array.from({ length: reader.unsigned() }, () => {
    // The flags of an active segment, and `i32.const`.
    reader.bytes(2);
    const address = reader.unsigned();
    reader.byte();
    return { address, bytes: reader.bytes(reader.unsigned()) };
  });
}

/** Glim's modules import functions only. */
const countImports = (section: Section | undefined): number =>
  section === undefined ? 0 : new Reader(section.content, 0).unsigned();

const functionNames = 1;

function readNames(section: Section | undefined): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  if (section === undefined) return names;
  const reader = new Reader(section.content, 0);
  reader.text();
  while (!reader.atEnd) {
    const kind = reader.byte();
    const part = new Reader(reader.bytes(reader.unsigned()), 0);
    if (kind !== functionNames) continue;
    for (let left = part.unsigned(); left > 0; left--) names.set(part.unsigned(), part.text());
  }
  return names;
}

class Reader {
  at: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  get atEnd(): boolean {
    return this.at >= this.#bytes.length;
  }

  byte(): number {
    return this.#bytes[this.at++] ?? 0;
  }

  bytes(length: number): Uint8Array {
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }

  /** LEB128. */
  unsigned(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  text(): string {
    return new TextDecoder().decode(this.bytes(this.unsigned()));
  }
}
