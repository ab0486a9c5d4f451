/** Damages packages, blindly or knowing where things lie: the same seed gives the same bytes. */

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { fnv64 } from "#glim/compiler/ops/fnv64.js";
import * as format from "#glim/compiler/ops/program-format.js";
import { randomNumbers } from "./made-arguments.ts";

const extremes = [
  ...[0, 1, 2, 3, 4, 7, 8, 16, 63, 64, 255, 256, 1024, 65535],
  ...[0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffe, 0x10000, 0x1000000, 0x40000000],
];

class Mutation {
  readonly #random: () => number;
  file: Uint8Array<ArrayBuffer>;
  readonly #view: DataView;
  /** The first byte of the data, and the program's length. */
  readonly #data: number;

  constructor(whole: Uint8Array, seed: number) {
    this.#random = randomNumbers(seed);
    this.file = new Uint8Array(whole);
    this.#view = new DataView(this.file.buffer);
    this.#data = 8 + Number(this.#view.getBigUint64(0, true));
  }

  below(n: number): number {
    return Math.floor(this.#random() * n);
  }

  #word(index: number): number {
    return this.#view.getUint32(this.#place(index), true);
  }

  /** Sections may be empty, at the end of the file. */
  #place(index: number): number {
    return Math.min(this.#data + 4 * index, this.file.length - 4);
  }

  /** Where a section begins and ends, in words of the program. */
  #section(id: number): readonly [from: number, to: number] {
    const at = this.#word(format.headWords + 2 * id) >> 2;
    return [at, at + (this.#word(format.headWords + 2 * id + 1) >> 2)];
  }

  #put(index: number, value: number): void {
    this.#view.setUint32(this.#place(index), value >>> 0, true);
  }

  #somewhere([from, to]: readonly [number, number]): number {
    return from + this.below(Math.max(1, to - from));
  }

  /** A number that does more harm than random bits: extremes, neighbours, words of the same section. */
  #value(section: readonly [number, number], old: number): number {
    switch (this.below(5)) {
      case 0:
        return extremes[this.below(extremes.length)]!;
      case 1:
        return old + this.below(9) - 4;
      case 2:
        return this.#word(this.#somewhere(section));
      case 3:
        return this.below(64);
      default:
        return this.below(2 ** 32);
    }
  }

  blind(): void {
    for (let n = 1 + this.below(8); n > 0; n--) {
      this.file[this.below(this.file.length)] = this.below(256);
    }
  }

  /** Words of any table but the signature. */
  tables(): void {
    const id = 1 + this.below(format.sectionCount - 1);
    const section = this.#section(id);
    for (let n = 1 + this.below(3); n > 0; n--) {
      const at = this.#somewhere(section);
      this.#put(at, this.#value(section, this.#word(at)));
    }
  }

  /** Operations keep their lengths, so that what follows is still read. */
  code(): void {
    const section = this.#section(format.sectionCode);
    const starts: number[] = [];
    for (let at = section[0]; at < section[1]; at += Math.max(1, this.#word(at) >>> 8))
      starts.push(at);
    for (let n = 1 + this.below(3); n > 0; n--) {
      const at = starts[this.below(starts.length)] ?? section[0];
      const first = this.#word(at);
      const other = starts[this.below(starts.length)] ?? at;
      const kind = this.below(4);
      if (kind === 0) this.#put(at, (first & ~255) | (1 + this.below(format.opFailWith)));
      else if (kind === 1 && this.#word(other) >>> 8 === first >>> 8) {
        for (let i = 0; i < first >>> 8; i++) this.#put(at + i, this.#word(other + i));
      } else {
        const place = at + 1 + this.below(Math.max(1, (first >>> 8) - 1));
        this.#put(place, this.#value(section, this.#word(place)));
      }
    }
  }

  /** Words of the head: the version, lengths, places of sections. */
  head(): void {
    const at = this.below(format.headWords + 2 * format.sectionCount);
    this.#put(at, this.#value([0, format.headWords + 2 * format.sectionCount], this.#word(at)));
  }

  /** A byte of the signature, which stays text. */
  signature(): void {
    const [from, to] = this.#section(format.sectionSignature);
    const at = this.#data + 4 * from + this.below(4 * (to - from));
    this.file[at] = 32 + this.below(95);
  }

  /** The header with another byte, and the hash that fits it. */
  header(): void {
    this.file[8 + this.below(this.#data - 8)] = 32 + this.below(95);
    const [low, high] = fnv64(this.file.subarray(8, this.#data));
    this.#put(format.headHash, low);
    this.#put(format.headHash + 1, high);
  }

  length(): void {
    const at = this.below(this.file.length);
    if (this.below(2) === 0) this.file = this.file.slice(0, at);
    else {
      const longer = new Uint8Array(this.file.length + this.below(4096));
      longer.set(this.file);
      this.file = longer;
    }
  }
}

/** How often each damage is done, of a hundred times. */
const kinds = [
  ...Array.from({ length: 35 }, () => "code" as const),
  ...Array.from({ length: 30 }, () => "tables" as const),
  ...Array.from({ length: 15 }, () => "blind" as const),
  ...Array.from({ length: 8 }, () => "signature" as const),
  ...Array.from({ length: 5 }, () => "header" as const),
  ...Array.from({ length: 4 }, () => "head" as const),
  ...Array.from({ length: 3 }, () => "length" as const),
];

/** One of `packages`, damaged. */
export function mutatePackage(packages: readonly Uint8Array[], seed: number): Uint8Array {
  const random = randomNumbers(seed + 0x5bd1e995);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const mutation = new Mutation(pick(packages), seed);
  mutation[pick(kinds)]();
  return mutation.file;
}

/** The packages of all versions that are kept. */
export function wholePackages(): readonly Uint8Array[] {
  const folder = fileURLToPath(new URL("../fixtures/packages/", import.meta.url));
  return readdirSync(folder)
    .flatMap((version) => readdirSync(path.join(folder, version)).map((f) => path.join(version, f)))
    .filter((file) => file.endsWith(".glim"))
    .sort()
    .map((file) => new Uint8Array(readFileSync(path.join(folder, file))));
}
