/**
 * Owns `recomputed`, which `checkpoint` is made of. The operations of a function are kept, not their
 * results; the way back carries them out again. The function itself runs once, so that what it draws at
 * random or writes is the same.
 */

import type { Operation } from "../../compiler/ops/reverse.ts";
import { applyOp } from "./apply-op.ts";
import { contentsOf } from "./cell-contents.ts";
import { isMappedWithin } from "./examples.ts";
import { builtinMark, mark } from "./marks.ts";
import { onlyRecorder, type Recorder, recordWith } from "./recording.ts";
import { type Entry, Tape } from "./tape.ts";
import { type EagerTensor, isTensor } from "./tensor.ts";

/** An operation whose operands are results of earlier ones, by number, or tensors from outside. */
interface Step {
  readonly op: Operation<EagerTensor>["op"];
  readonly attrs: Operation<EagerTensor>["attrs"];
  readonly operands: readonly (number | EagerTensor)[];
  readonly type: Pick<EagerTensor, "kind" | "dtype" | "shape">;
}

class Recipe implements Recorder {
  readonly #steps: Step[] = [];
  readonly #places = new WeakMap<EagerTensor, number>();
  /** Whether operations alone tell the gradient. */
  isWhole = true;

  isActive(): boolean {
    return false;
  }

  noteOwnGradient(): void {
    this.isWhole = false;
  }

  record({ op, operands, attrs, result }: Operation<EagerTensor>): void {
    const { kind, dtype, shape } = result;
    const places = operands.map((x) => {
      const own = contentsOf(x);
      return this.#places.get(own) ?? own;
    });
    this.#places.set(result, this.#steps.length);
    this.#steps.push({ op, attrs, operands: places, type: { kind, dtype, shape } });
  }

  placeOf(x: EagerTensor): number | undefined {
    return this.#places.get(x);
  }

  /** The results of all operations, computed again. */
  run(): readonly EagerTensor[] {
    const made: EagerTensor[] = [];
    for (const { op, operands, attrs, type } of this.#steps) {
      const given = operands.map((x) => (typeof x === "number" ? made[x]! : x));
      made.push(applyOp(op, given, attrs, type));
    }
    return made;
  }
}

/** `f(...args)`; a gradient keeps what it takes to compute it again. */
export function recomputed<A extends unknown[], R>(f: (...args: A) => R, args: A): R {
  const tape = onlyRecorder();
  // What is differentiated twice sees both times, so that what is added would be grouped anew.
  if (!(tape instanceof Tape) || isMappedWithin()) return f(...args);
  const { length } = tape;
  const recipe = new Recipe();
  const value = recordWith(recipe, () => f(...args));
  if (!recipe.isWhole) return value;
  const results = [...new Set(tensorsIn(value).map(contentsOf))].filter(
    (x) => tape.isActive(x) && recipe.placeOf(x) !== undefined,
  );
  tape.forget(length);
  if (results.length > 0) tape.add(new Again(recipe, results));
  return value;
}

mark(recomputed, builtinMark, "recomputed");

class Again implements Entry {
  readonly name = "checkpoint";
  readonly results: readonly EagerTensor[];
  readonly #recipe: Recipe;
  readonly #places: readonly number[];

  constructor(recipe: Recipe, results: readonly EagerTensor[]) {
    this.#recipe = recipe;
    this.#places = results.map((x) => recipe.placeOf(x)!);
    this.results = results;
  }

  /** Records what is computed again, so that the way back goes on through it. */
  reverse(cotangents: readonly (EagerTensor | undefined)[], tape: Tape): void {
    const made = recordWith(tape, () => this.#recipe.run());
    cotangents.forEach((c, i) => {
      if (c !== undefined) tape.contribute(made[this.#places[i]!]!, c);
    });
  }
}

function tensorsIn(v: unknown): readonly EagerTensor[] {
  if (isTensor(v)) return [v];
  if (typeof v !== "object" || v === null) return [];
  return Object.values(v).flatMap(tensorsIn);
}
