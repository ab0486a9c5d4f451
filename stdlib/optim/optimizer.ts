/** Owns `Optimizer`: which parameters are updated, with which rates, and the state that goes with each. */

import { ParameterCell } from "../../runtime/eager/cell.ts";
import { tensor } from "../../runtime/eager/from-data.ts";
import { codes, GlimError } from "../../runtime/eager/glim-error.ts";
import { demand } from "../../runtime/eager/refuse.ts";
import { asValue } from "../../runtime/eager/tensor.ts";
import type { AnyTensor, Tensor } from "../../runtime/eager/tensor-types.ts";
import type { StateDict } from "../files/read-state-dict.ts";
import { zerosLike } from "../functional/creation.ts";
import { valueAndGrad } from "../gradients/grad.ts";
import { asCell, Buffer, type Parameter } from "../nn/cells.ts";
import { matchStateDict } from "../nn/match-state-dict.ts";
import type { AnyCell } from "../nn/registered.ts";
import { buffersOf } from "./state-buffers.ts";

/** Parameters that share a rate and a weight decay of their own; what is left out is the optimiser's. */
export interface ParameterGroup {
  readonly parameters: readonly Parameter[];
  lr?: number;
  weightDecay?: number;
}

/** What optimisers are given: parameters, or groups of them. */
export type Trained = readonly Parameter[] | readonly ParameterGroup[];

/** What all groups have that do not say otherwise. */
export interface Defaults {
  readonly lr: number;
  readonly weightDecay: number;
}

/** One parameter with its group. */
interface Place {
  readonly parameter: Parameter;
  readonly group: ParameterGroup;
}

/**
 * Changes parameters step by step along their gradients. Parameters that are frozen when the optimiser is made
 * are left out.
 */
export abstract class Optimizer {
  /** The learning rate of the next step, except for groups that have their own. */
  lr: number;
  weightDecay: number;
  readonly groups: readonly ParameterGroup[];
  /** What `apply` takes gradients of, in their order. */
  readonly parameters: readonly Parameter[];
  /** How many steps were made. */
  steps = 0;
  private readonly places: readonly Place[];

  constructor(trained: Trained, { lr, weightDecay }: Defaults) {
    this.lr = atLeastZero("lr", lr);
    this.weightDecay = atLeastZero("weightDecay", weightDecay);
    this.groups = groupsOf(trained);
    this.places = this.groups.flatMap((group) =>
      group.parameters.filter((p) => p.trainable).map((parameter) => ({ parameter, group })),
    );
    this.parameters = this.places.map(({ parameter }) => parameter);
    if (this.parameters.length === 0) refuse("there is no parameter to train");
    if (new Set(this.parameters).size < this.parameters.length) {
      refuse("a parameter is given twice");
    }
  }

  /**
   * Runs `f` in training mode, makes one step along the gradient of what it returns, which is the loss or a record
   * with it, and returns that.
   */
  minimize<R extends Tensor | { readonly loss: Tensor }>(f: () => R): R {
    const { value, grads } = valueAndGrad(f, this.parameters)();
    this.apply(grads);
    return value;
  }

  /** Makes one step: `grads` has a gradient for each of `parameters`. */
  apply(grads: readonly Tensor[]): void {
    const { places } = this;
    demand(
      grads.length === places.length,
      `apply: ${grads.length} gradients for ${places.length} parameters`,
    );
    this.steps += 1;
    for (let i = 0; i < places.length; i++) {
      const { parameter, group } = places[i]!;
      const lr = group.lr ?? this.lr;
      this.update(parameter, grads[i]!, i, lr, group.weightDecay ?? this.weightDecay);
    }
  }

  /** Changes the parameter at `position`; `steps` already counts this step. */
  protected abstract update(
    parameter: Parameter,
    gradient: Tensor,
    position: number,
    lr: number,
    weightDecay: number,
  ): void;

  /** All that later steps depend on, except rates: `steps`, and the buffers by name and position. */
  stateDict(): Map<string, AnyTensor> {
    const buffers = buffersOf(this).map(([name, cell]) => [name, asValue(cell)] as const);
    return new Map<string, AnyTensor>([["steps", tensor(this.steps, "i32")], ...buffers]);
  }

  /** Takes what `stateDict` gave. Where something does not fit, nothing changes. */
  loadStateDict(stateDict: StateDict): void {
    const steps = asCell(new Buffer(tensor(0, "i32")));
    const cells = new Map<string, AnyCell>([["steps", steps], ...buffersOf(this)]);
    const what = { source: "the state dict", target: this.constructor.name };
    for (const [cell, value] of matchStateDict(stateDict, cells, {}, what).values) {
      cell.assign(value);
    }
    this.steps = Number(steps.item());
  }
}

/** The gradient with the weight decay that is added to it, as if the loss had `weightDecay / 2 · |p|²`. */
export const withDecay = (gradient: Tensor, parameter: Parameter, weightDecay: number): Tensor =>
  weightDecay === 0 ? gradient : gradient.add(parameter.mul(weightDecay));

/** A buffer of zeros for each parameter. */
export const zerosFor = (parameters: readonly Parameter[]): readonly Buffer[] =>
  parameters.map((p) => new Buffer(zerosLike(p)));

function groupsOf(trained: Trained): readonly ParameterGroup[] {
  const groups = trained.filter((v): v is ParameterGroup => !isParameter(v));
  if (groups.length === 0) return [{ parameters: trained.filter(isParameter) }];
  if (groups.length < trained.length) refuse("parameters and groups are mixed");
  for (const { lr, weightDecay } of groups) {
    atLeastZero("lr", lr ?? 0);
    atLeastZero("weightDecay", weightDecay ?? 0);
  }
  return groups;
}

const isParameter = (v: unknown): v is Parameter => v instanceof ParameterCell;

export function atLeastZero(name: string, x: number): number {
  if (!(x >= 0)) refuse(`${name} must be at least 0, not ${x}`);
  return x;
}

/** A share that averages keep: from 0 on and below 1. */
export function share(name: string, x: number): number {
  if (!(x >= 0 && x < 1)) refuse(`${name} must be at least 0 and below 1, not ${x}`);
  return x;
}

export function refuse(why: string): never {
  throw new GlimError(codes.argument, `optim: ${why}`);
}
