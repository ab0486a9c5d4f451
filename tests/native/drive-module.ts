/**
 * Adds to the interpreter a function that opens a package and makes one call, for engines that can do no more than run an
 * export without arguments: the bytes of the package and of the tensors are instructions of it.
 */

import binaryen from "binaryen";

export interface DrivenCall {
  readonly packed: Uint8Array;
  /** The entry, by the number that the interpreter gives it. */
  readonly number: number;
  readonly sizes: readonly number[];
  /** Elements of the parameters, which are tensors. */
  readonly inputs: readonly Uint8Array[];
  /** How many bytes the elements of each result are. */
  readonly resultBytes: readonly number[];
}

/** Longer functions take engines long to read. */
const mostStores = 2000;
const start = 0xcbf29ce484222325n;
const prime = 0x100000001b3n;

/** What `drive` gives for these results: FNV-1a of 64 bits, byte for byte. */
export function hashOfResults(results: readonly Uint8Array[]): bigint {
  let hash = start;
  for (const bytes of results) {
    for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * prime);
  }
  return hash;
}

class Driver {
  readonly m: binaryen.Module;
  readonly #functions: ReadonlyMap<string, string>;
  #fills = 0;

  constructor(interpreter: Uint8Array) {
    this.m = binaryen.readBinary(interpreter);
    this.m.setFeatures(binaryen.Features.All);
    const exports = Array.from({ length: this.m.getNumExports() }, (_, i) =>
      binaryen.getExportInfo(this.m.getExportByIndex(i)),
    );
    this.#functions = new Map(exports.map((e) => [e.name, e.value]));
  }

  call(name: string, ...args: readonly number[]): number {
    return this.m.call(this.#functions.get(`glim_${name}`)!, [...args], binaryen.i32);
  }

  /** What gives nothing. */
  run(name: string, ...args: readonly number[]): number {
    return this.m.call(this.#functions.get(`glim_${name}`)!, [...args], binaryen.none);
  }

  number(n: number): number {
    return this.m.i32.const(n);
  }

  /** Writes `bytes` to where the expression `to` leads. */
  fill(to: number, bytes: Uint8Array): number[] {
    const padded = new Uint8Array(Math.ceil(bytes.length / 8) * 8);
    padded.set(bytes);
    const words = new BigUint64Array(padded.buffer);
    const at = binaryen.createType([binaryen.i32]);
    const calls: number[] = [this.m.local.set(0, to)];
    for (let from = 0; from < words.length; from += mostStores) {
      const name = `fill ${this.#fills++}`;
      const stores = Array.from(words.subarray(from, from + mostStores), (word, i) => {
        const value = this.m.i64.const(BigInt.asIntN(64, word));
        return this.m.i64.store(8 * (from + i), 1, this.m.local.get(0, binaryen.i32), value);
      });
      this.m.addFunction(name, at, binaryen.none, [], this.m.block(null, stores));
      calls.push(this.m.call(name, [this.m.local.get(0, binaryen.i32)], binaryen.none));
    }
    return calls;
  }

  /** Adds the bytes of a result to the hash, which is local 1; its address is local 0, and local 2 counts. */
  hash(result: number, bytes: number): number[] {
    const { m } = this;
    const [at, hash, count] = [
      m.local.get(0, binaryen.i32),
      m.local.get(1, binaryen.i64),
      m.local.get(2, binaryen.i32),
    ];
    const byte = m.i64.load8_u(0, 1, m.i32.add(at, count));
    const next = m.i64.mul(m.i64.xor(hash, byte), m.i64.const(prime));
    const step = m.local.set(2, m.i32.add(m.local.get(2, binaryen.i32), this.number(1)));
    const isLess = m.i32.lt_u(m.local.get(2, binaryen.i32), this.number(bytes));
    return [
      m.local.set(0, m.i32.load(0, 4, this.call("out", this.number(result)))),
      m.local.set(2, this.number(0)),
      m.loop(
        `each ${result}`,
        m.block(null, [m.local.set(1, next), step, m.br(`each ${result}`, isLess)]),
      ),
    ];
  }
}

/** The interpreter with `drive`, which gives the hash of the results. */
export function driveModule(interpreter: Uint8Array, call: DrivenCall): Uint8Array<ArrayBuffer> {
  const driver = new Driver(interpreter);
  const { m } = driver;
  const length = driver.number(call.packed.length);
  const body = [
    ...driver.fill(driver.call("package", length), call.packed),
    driver.run("load", driver.number(call.packed.length)),
    ...call.sizes.map((size, i) =>
      driver.run("size", driver.number(call.number), driver.number(i), driver.number(size)),
    ),
    m.drop(driver.call("prepare", driver.number(call.number))),
    ...call.inputs.flatMap((bytes, i) => driver.fill(driver.call("in", driver.number(i)), bytes)),
    m.drop(driver.call("run")),
    m.local.set(1, m.i64.const(BigInt.asIntN(64, start))),
    ...call.resultBytes.flatMap((bytes, i) => driver.hash(i, bytes)),
    m.local.get(1, binaryen.i64),
  ];
  const locals = [binaryen.i32, binaryen.i64, binaryen.i32];
  m.addFunction("drive", binaryen.none, binaryen.i64, locals, m.block(null, body));
  m.addFunctionExport("drive", "drive");
  const bytes = new Uint8Array(m.emitBinary());
  m.dispose();
  return bytes;
}
