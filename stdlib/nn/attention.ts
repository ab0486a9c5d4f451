/** Attention with several heads: Vaswani and others, "Attention is all you need", 2017. */

import { assert } from "../../runtime/eager/assert.ts";
import { full, where } from "../../runtime/eager/primitives.ts";
import type { AnyTensor, Tensor } from "../../runtime/eager/tensor-types.ts";
import { scaledDotProductAttention } from "../functional/attention.ts";
import { zeros } from "../functional/creation.ts";
import { linear } from "../functional/matmul.ts";
import { Parameter } from "./cells.ts";
import { Dropout } from "./dropout.ts";
import { zeros as startAtZero, xavierUniform } from "./init.ts";
import { Linear } from "./linear.ts";
import { Module } from "./module.ts";

export interface MultiheadAttentionOptions {
  readonly bias?: boolean;
  /** `[batch, time, …]` instead of `[time, batch, …]`. */
  readonly batchFirst?: boolean;
  /** The sizes of keys and values, where they are not the queries'. */
  readonly kdim?: number;
  readonly vdim?: number;
  /** The share of the weights of values that is left out in training. */
  readonly dropout?: number;
}

/** As in PyTorch: of bools, true is what may not be looked at; numbers are added to the scores. */
export type AttentionMask = AnyTensor<"bool"> | Tensor;

export interface AttendOptions {
  /** `[queries, keys]`, or `[batch · heads, queries, keys]`. */
  readonly attnMask?: AttentionMask | undefined;
  /** `[batch, keys]` */
  readonly keyPaddingMask?: AttentionMask | undefined;
  /** Whether query i looks only at keys 0 … i. */
  readonly isCausal?: boolean;
}

export class MultiheadAttention extends Module {
  readonly dim: number;
  readonly heads: number;
  readonly batchFirst: boolean;
  /** `[3 · dim, dim]`: queries, keys and values, where all have one size. */
  readonly inProjWeight: Parameter | undefined;
  readonly qProjWeight: Parameter | undefined;
  readonly kProjWeight: Parameter | undefined;
  readonly vProjWeight: Parameter | undefined;
  readonly inProjBias: Parameter | undefined;
  readonly outProj: Linear;
  readonly dropout: Dropout | undefined;

  constructor(dim: number, heads: number, options: MultiheadAttentionOptions = {}) {
    const { bias = true, batchFirst = false, kdim = dim, vdim = dim, dropout = 0 } = options;
    super();
    assert(dim % heads === 0, `MultiheadAttention: ${heads} heads do not divide ${dim}`);
    this.dim = dim;
    this.heads = heads;
    this.batchFirst = batchFirst;
    const weight = (...shape: readonly number[]): Parameter =>
      xavierUniform(new Parameter(zeros(shape)));
    const isOne = kdim === dim && vdim === dim;
    this.inProjWeight = isOne ? weight(3 * dim, dim) : undefined;
    this.qProjWeight = isOne ? undefined : weight(dim, dim);
    this.kProjWeight = isOne ? undefined : weight(dim, kdim);
    this.vProjWeight = isOne ? undefined : weight(dim, vdim);
    this.inProjBias = bias ? new Parameter(zeros([3 * dim])) : undefined;
    this.outProj = new Linear(dim, dim, { bias });
    if (this.outProj.bias !== undefined) startAtZero(this.outProj.bias);
    this.dropout = dropout === 0 ? undefined : new Dropout(dropout);
  }

  /** `query`: `[time, batch, dim]`, or `[time, dim]`; the result has its shape. */
  forward(query: Tensor, key: Tensor, value: Tensor, options: AttendOptions = {}): Tensor {
    const q = this.perHead(query, this.projected(query, 0));
    const k = this.perHead(key, this.projected(key, 1));
    const v = this.perHead(value, this.projected(value, 2));
    const mask = this.maskFor(q.shape[0], options);
    const { isCausal = false } = options;
    const y = scaledDotProductAttention(q, k, v, { mask, isCausal, dropout: this.dropout });
    return this.outProj.forward(this.joined(query, y));
  }

  /** Part 0, 1 or 2 of the projections: queries, keys, values. */
  private projected(x: Tensor, part: number): Tensor {
    const { inProjWeight, inProjBias, dim } = this;
    const own = part === 0 ? this.qProjWeight : part === 1 ? this.kProjWeight : this.vProjWeight;
    const weight = inProjWeight === undefined ? own! : inProjWeight.narrow(0, part * dim, dim);
    const bias = inProjBias === undefined ? undefined : inProjBias.narrow(0, part * dim, dim);
    return linear(x, weight, bias);
  }

  /** `[batch, heads, time, width]` */
  private perHead(given: Tensor, x: Tensor): Tensor {
    const whole = given.rank === 2 ? x.unsqueeze(0) : this.batchFirst ? x : x.transpose(0, 1);
    const [batch, time] = whole.shape;
    const width = this.dim / this.heads;
    return whole.reshape([batch, time, this.heads, width]).transpose(1, 2);
  }

  private joined(given: Tensor, y: Tensor): Tensor {
    const [batch, , time] = y.shape;
    const whole = y.transpose(1, 2).reshape([batch, time, this.dim]);
    return given.rank === 2 ? whole.squeeze(0) : this.batchFirst ? whole : whole.transpose(0, 1);
  }

  /** What is added to the scores `[batch, heads, queries, keys]`. */
  private maskFor(batch: number, { attnMask, keyPaddingMask }: AttendOptions): Tensor | undefined {
    const scores = attnMask === undefined ? undefined : added(attnMask);
    const perHead =
      scores === undefined || scores.rank === 2
        ? scores
        : scores.reshape([batch, this.heads, scores.shape[1], scores.shape[2]]);
    if (keyPaddingMask === undefined) return perHead;
    const padding = added(keyPaddingMask);
    const keys = padding.reshape([batch, 1, 1, padding.shape[padding.rank - 1]!]);
    return perHead === undefined ? keys : perHead.add(keys);
  }
}

function added(mask: AttentionMask): Tensor {
  if (mask.dtype !== "bool") return mask as Tensor;
  return where(mask as AnyTensor<"bool">, Number.NEGATIVE_INFINITY, full([], 0));
}
