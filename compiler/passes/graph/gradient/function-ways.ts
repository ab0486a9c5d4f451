/** The two functions that a called one becomes: its way there and its way back. */

import { cloneWithLabels } from "../../../graph/clone.ts";
import {
  type Func,
  makeNode,
  type Param,
  type Region,
  type Value,
  value,
} from "../../../graph/ir.ts";
import { type CalledFunction, paramsOf, resultsOf } from "./called-functions.ts";
import type { SumCarrier } from "./carry-sums.ts";
import type { Emitter } from "./emitter.ts";
import type { Recorder } from "./record-values.ts";
import type { Reversal } from "./reverse-region.ts";
import { type Access, Frame, type Root, type Roots } from "./roots.ts";
import type { Segments } from "./segments.ts";
import type { Sums } from "./sums.ts";

/** A cell that is differentiated for, as functions find it. */
export interface SharedCell {
  readonly box: Root;
  readonly sum: Root;
}

interface Parts {
  readonly build: Emitter;
  readonly roots: Roots;
  readonly sums: Sums;
  readonly carrier: SumCarrier;
  readonly shared: ReadonlyMap<string, SharedCell>;
}

export class FunctionWays {
  readonly #called: CalledFunction;
  readonly #parts: Parts;
  readonly #frame: Frame;
  /** How the way there finds what is kept: it makes it. */
  readonly #access: Access;
  /** What stands for the sums of cells. */
  readonly #cellSums: ReadonlyMap<string, Value>;
  /** Its body with all sums, and the sums of its results behind these. */
  readonly region: Region;

  constructor(called: CalledFunction, parts: Parts) {
    const { roots, sums, carrier } = parts;
    this.#called = called;
    this.#parts = parts;
    this.#frame = new Frame(called.frame);
    const kept = value(roots.main.record.type, "kept");
    this.#access = { frame: this.#frame, held: undefined, kept };
    const { cells, params } = called;
    this.#cellSums = new Map([...cells].map(([name, v]) => [name, sums.define(v)]));
    const given = paramsOf(called).map((v) => sums.define(v));
    const nodes = this.#within(() => carrier.carry(called.region.nodes, []));
    const end = nodes.at(-1)!;
    const results = resultsOf(called).flatMap((v) => sums.of(v) ?? []);
    const operands = [...end.operands, ...results];
    this.region = {
      params: [...params, ...given, kept],
      nodes: [...nodes.slice(0, -1), { ...end, operands }],
    };
  }

  addTo(segments: Segments): void {
    this.#within(() => segments.addFunction(this.region));
  }

  /** Once the way back is made, which tells what must be kept. */
  there(recorder: Recorder): Func {
    const { build, roots } = this.#parts;
    roots.makeRecord(this.#frame);
    const nodes = this.#within(() =>
      build.apart(() => {
        build.nodes.push(...this.#frame.made);
        this.#findCells();
        recorder.body(this.region);
      }),
    );
    const end = nodes.at(-1)!;
    const operands = [...end.operands, this.#frame.record];
    const body = {
      params: [],
      nodes: [...nodes.slice(0, -1), { ...end, op: "return", operands }],
    };
    return this.#func(this.#called.there, this.region.params, operands, body);
  }

  back(reversal: Reversal, newLabel: () => string): Func {
    const { build, roots } = this.#parts;
    const held = value(this.#called.frame, "frame");
    const kept = value(roots.main.record.type, "kept");
    const nodes = roots.within({ frame: this.#frame, held, kept }, () =>
      build.apart(() => {
        this.#findCells();
        reversal.body(this.region);
        build.node("return", []);
      }),
    );
    // The way there has the same values for cells: each function has its own.
    const body = { params: [], nodes: cloneWithLabels(nodes, new Map(), newLabel) };
    return this.#func(this.#called.back, [held, kept], [], body);
  }

  #within<R>(body: () => R): R {
    return this.#parts.roots.within(this.#access, body);
  }

  #findCells(): void {
    const { build, roots, shared } = this.#parts;
    for (const [name, v] of this.#called.cells) {
      const { box, sum } = shared.get(name)!;
      const { span } = build;
      build.nodes.push(makeNode("unbox", [roots.use(box)], {}, [v], span));
      const attrs = { leaf: sum.leaf };
      const known = this.#cellSums.get(name)!;
      build.nodes.push(makeNode("field.get", [roots.kept], attrs, [known], span));
    }
  }

  #func(name: string, params: readonly Value[], results: readonly Value[], body: Region): Func {
    const items = results.map((_, result) => ({ kind: "leaf", result }) as const);
    return {
      name,
      entry: false,
      doc: "",
      params: params.map((v, i): Param => ({ name: `p${i}`, value: v })),
      results: results.map((v) => v.type),
      shape: items.length === 0 ? { kind: "void" } : { kind: "list", items },
      body,
      span: this.#called.func.span,
    };
  }
}
