/** Owns `Module`: what has parameters, and how they are listed, loaded and frozen. */

import { ParameterCell } from "../../runtime/eager/cell.ts";
import { asValue } from "../../runtime/eager/tensor.ts";
import type { AnyTensor } from "../../runtime/eager/tensor-types.ts";
import { isTraining } from "../../runtime/eager/training.ts";
import { nameOfSource, type TensorSource } from "../files/open-source.ts";
import { missing, readStateDict, type StateDict } from "../files/read-state-dict.ts";
import type { Parameter } from "./cells.ts";
import { isIgnored, type Loaded, type LoadOptions, matchStateDict } from "./match-state-dict.ts";
import { namedParametersOf, parametersOf } from "./parameters-of.ts";
import { cellsOf, partsOf, registered } from "./registered.ts";

/**
 * A part of a model. Its own fields are registered in order: parameters, buffers and modules, and lists
 * and plain records of them; the name of a parameter is the path to it, as in PyTorch.
 */
export class Module {
  /** Whether `freeze` was called: then the module behaves as outside of training. */
  frozen = false;

  /** Whether the program trains here: inside of `minimize`, of `valueAndGrad(f, parameters)` or of `training`. */
  get training(): boolean {
    return !this.frozen && isTraining();
  }

  /** Every parameter once, in order. */
  parameters(): Parameter[] {
    return parametersOf(this);
  }

  /** Every parameter once, by its first name. */
  namedParameters(): Map<string, Parameter> {
    return new Map(namedParametersOf(this));
  }

  /** Parameters and buffers by all of their names: a shared one stands under each. */
  stateDict(): Map<string, AnyTensor> {
    return new Map(cellsOf(this).map(([name, cell]) => [name, asValue(cell)]));
  }

  /** Keeps optimisers from changing the parameters, and training mode from reaching dropout and batch norms. */
  freeze(): this {
    setFrozen(this, true);
    return this;
  }

  /** Undoes `freeze`. */
  unfreeze(): this {
    setFrozen(this, false);
    return this;
  }

  /**
   * Takes the values of parameters and buffers from a file (a URL, or a path in Node) or a state dict. Files
   * are `.safetensors`, the index of several, PyTorch's `.pt` or NumPy's `.npz`. Names match exactly, or else without `_` and case. Where something does not fit,
   * nothing changes, and the error lists all of it.
   */
  async load(source: TensorSource | StateDict, options: LoadOptions = {}): Promise<this> {
    if (source instanceof Map) {
      loadInto(this, source, options, "the state dict");
      return this;
    }
    const place = source as TensorSource;
    const stateDict = await readStateDict(place, { only: (name) => !isIgnored(name, options) });
    if (stateDict !== undefined) loadInto(this, stateDict, options, nameOfSource(place));
    else if (options.ifMissing !== "keep") missing(nameOfSource(place));
    return this;
  }

  /** As `load` of a state dict; returns the names that did not meet, where the options allow that. */
  loadStateDict(stateDict: StateDict, options: LoadOptions = {}): Loaded {
    return loadInto(this, stateDict, options, "the state dict");
  }

  [registered](): Iterable<readonly [string, unknown]> {
    return Object.entries(this);
  }
}

function setFrozen(module: Module, frozen: boolean): void {
  for (const [, cell] of cellsOf(module)) {
    if (cell instanceof ParameterCell) cell.trainable = !frozen;
  }
  for (const [, part] of partsOf(module, (v) => v instanceof Module)) part.frozen = frozen;
}

function loadInto(
  module: Module,
  stateDict: StateDict,
  options: LoadOptions,
  source: string,
): Loaded {
  const what = { source, target: module.constructor.name };
  const match = matchStateDict(stateDict, new Map(cellsOf(module)), options, what);
  for (const [cell, value] of match.values) cell.assign(value);
  return { missing: match.missing, surplus: match.surplus };
}
