/** Layers and stacks of transformers: Vaswani and others, "Attention is all you need", 2017. */

import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import { type AttentionMask, MultiheadAttention } from "./attention.ts";
import { Dropout } from "./dropout.ts";
import { Linear } from "./linear.ts";
import { Module } from "./module.ts";
import { LayerNorm } from "./norms.ts";

export interface TransformerOptions {
  /** The size between the two linear layers. */
  readonly feedForward?: number;
  readonly dropout?: number;
  readonly activation?: "relu" | "gelu";
  readonly eps?: number;
  readonly batchFirst?: boolean;
  /** Whether each part is normalised before it, and not after. */
  readonly normFirst?: boolean;
}

export interface EncodeOptions {
  readonly mask?: AttentionMask | undefined;
  readonly keyPaddingMask?: AttentionMask | undefined;
  readonly isCausal?: boolean;
}

/** Self-attention and two linear layers. */
export class TransformerEncoderLayer extends Module {
  readonly selfAttn: MultiheadAttention;
  readonly linear1: Linear;
  readonly dropout: Dropout;
  readonly linear2: Linear;
  readonly norm1: LayerNorm;
  readonly norm2: LayerNorm;
  readonly dropout1: Dropout;
  readonly dropout2: Dropout;
  readonly activation: "relu" | "gelu";
  readonly normFirst: boolean;

  constructor(
    dim: number,
    heads: number,
    {
      feedForward = 2048,
      dropout = 0.1,
      activation = "relu",
      eps = 1e-5,
      batchFirst = false,
      normFirst = false,
    }: TransformerOptions = {},
  ) {
    super();
    this.selfAttn = new MultiheadAttention(dim, heads, { batchFirst, dropout });
    this.linear1 = new Linear(dim, feedForward);
    this.dropout = new Dropout(dropout);
    this.linear2 = new Linear(feedForward, dim);
    this.norm1 = new LayerNorm(dim, { eps });
    this.norm2 = new LayerNorm(dim, { eps });
    this.dropout1 = new Dropout(dropout);
    this.dropout2 = new Dropout(dropout);
    this.activation = activation;
    this.normFirst = normFirst;
  }

  forward(x: Tensor, options: EncodeOptions = {}): Tensor {
    if (this.normFirst) {
      const h = x.add(this.attend(this.norm1.forward(x), options));
      return h.add(this.feed(this.norm2.forward(h)));
    }
    const h = this.norm1.forward(x.add(this.attend(x, options)));
    return this.norm2.forward(h.add(this.feed(h)));
  }

  private attend(x: Tensor, { mask, keyPaddingMask, isCausal = false }: EncodeOptions): Tensor {
    const y = this.selfAttn.forward(x, x, x, { attnMask: mask, keyPaddingMask, isCausal });
    return this.dropout1.forward(y);
  }

  private feed(x: Tensor): Tensor {
    const inner = this.linear1.forward(x);
    const active = this.activation === "relu" ? inner.relu() : inner.gelu();
    return this.dropout2.forward(this.linear2.forward(this.dropout.forward(active)));
  }
}

export interface DecodeOptions {
  /** Of the targets among themselves. */
  readonly mask?: AttentionMask | undefined;
  readonly keyPaddingMask?: AttentionMask | undefined;
  readonly isCausal?: boolean;
  /** Of the targets on the memory. */
  readonly memoryMask?: AttentionMask | undefined;
  readonly memoryKeyPaddingMask?: AttentionMask | undefined;
}

/** Self-attention, attention to what an encoder gave, and two linear layers. */
export class TransformerDecoderLayer extends Module {
  readonly selfAttn: MultiheadAttention;
  readonly multiheadAttn: MultiheadAttention;
  readonly linear1: Linear;
  readonly dropout: Dropout;
  readonly linear2: Linear;
  readonly norm1: LayerNorm;
  readonly norm2: LayerNorm;
  readonly norm3: LayerNorm;
  readonly dropout1: Dropout;
  readonly dropout2: Dropout;
  readonly dropout3: Dropout;
  readonly activation: "relu" | "gelu";
  readonly normFirst: boolean;

  constructor(
    dim: number,
    heads: number,
    {
      feedForward = 2048,
      dropout = 0.1,
      activation = "relu",
      eps = 1e-5,
      batchFirst = false,
      normFirst = false,
    }: TransformerOptions = {},
  ) {
    super();
    this.selfAttn = new MultiheadAttention(dim, heads, { batchFirst, dropout });
    this.multiheadAttn = new MultiheadAttention(dim, heads, { batchFirst, dropout });
    this.linear1 = new Linear(dim, feedForward);
    this.dropout = new Dropout(dropout);
    this.linear2 = new Linear(feedForward, dim);
    this.norm1 = new LayerNorm(dim, { eps });
    this.norm2 = new LayerNorm(dim, { eps });
    this.norm3 = new LayerNorm(dim, { eps });
    this.dropout1 = new Dropout(dropout);
    this.dropout2 = new Dropout(dropout);
    this.dropout3 = new Dropout(dropout);
    this.activation = activation;
    this.normFirst = normFirst;
  }

  forward(x: Tensor, memory: Tensor, options: DecodeOptions = {}): Tensor {
    if (this.normFirst) {
      const h = x.add(this.attend(this.norm1.forward(x), options));
      const seen = h.add(this.look(this.norm2.forward(h), memory, options));
      return seen.add(this.feed(this.norm3.forward(seen)));
    }
    const h = this.norm1.forward(x.add(this.attend(x, options)));
    const seen = this.norm2.forward(h.add(this.look(h, memory, options)));
    return this.norm3.forward(seen.add(this.feed(seen)));
  }

  private attend(x: Tensor, { mask, keyPaddingMask, isCausal = false }: DecodeOptions): Tensor {
    const y = this.selfAttn.forward(x, x, x, { attnMask: mask, keyPaddingMask, isCausal });
    return this.dropout1.forward(y);
  }

  private look(
    x: Tensor,
    memory: Tensor,
    { memoryMask, memoryKeyPaddingMask }: DecodeOptions,
  ): Tensor {
    const masks = { attnMask: memoryMask, keyPaddingMask: memoryKeyPaddingMask };
    return this.dropout2.forward(this.multiheadAttn.forward(x, memory, memory, masks));
  }

  private feed(x: Tensor): Tensor {
    const inner = this.linear1.forward(x);
    const active = this.activation === "relu" ? inner.relu() : inner.gelu();
    return this.dropout3.forward(this.linear2.forward(this.dropout.forward(active)));
  }
}

/** Encoder layers one after another, and perhaps a normalisation at the end. */
export class TransformerEncoder extends Module {
  readonly layers: readonly TransformerEncoderLayer[];
  readonly norm: LayerNorm | undefined;

  constructor(
    layers: readonly TransformerEncoderLayer[],
    { norm }: { readonly norm?: LayerNorm } = {},
  ) {
    super();
    this.layers = layers;
    this.norm = norm;
  }

  forward(x: Tensor, options: EncodeOptions = {}): Tensor {
    let y = x;
    for (const layer of this.layers) y = layer.forward(y, options);
    return this.norm === undefined ? y : this.norm.forward(y);
  }
}

/** Decoder layers one after another, and perhaps a normalisation at the end. */
export class TransformerDecoder extends Module {
  readonly layers: readonly TransformerDecoderLayer[];
  readonly norm: LayerNorm | undefined;

  constructor(
    layers: readonly TransformerDecoderLayer[],
    { norm }: { readonly norm?: LayerNorm } = {},
  ) {
    super();
    this.layers = layers;
    this.norm = norm;
  }

  forward(x: Tensor, memory: Tensor, options: DecodeOptions = {}): Tensor {
    let y = x;
    for (const layer of this.layers) y = layer.forward(y, memory, options);
    return this.norm === undefined ? y : this.norm.forward(y);
  }
}

export interface StackOptions extends TransformerOptions {
  /** Of the encoder; 6 by default. */
  readonly encoderLayers?: number;
  /** Of the decoder; 6 by default. */
  readonly decoderLayers?: number;
}

export interface TranslateOptions {
  /** Of the source. */
  readonly encode?: EncodeOptions;
  /** Of the target, and of the target on the source. */
  readonly decode?: DecodeOptions;
}

/** An encoder of the source, and a decoder of the target that looks at it. */
export class Transformer extends Module {
  readonly encoder: TransformerEncoder;
  readonly decoder: TransformerDecoder;

  constructor(
    dim = 512,
    heads = 8,
    { encoderLayers = 6, decoderLayers = 6, ...layer }: StackOptions = {},
  ) {
    super();
    const norm = (): LayerNorm => new LayerNorm(dim, { eps: layer.eps ?? 1e-5 });
    const encoders = Array.from(
      { length: encoderLayers },
      () => new TransformerEncoderLayer(dim, heads, layer),
    );
    const decoders = Array.from(
      { length: decoderLayers },
      () => new TransformerDecoderLayer(dim, heads, layer),
    );
    this.encoder = new TransformerEncoder(encoders, { norm: norm() });
    this.decoder = new TransformerDecoder(decoders, { norm: norm() });
  }

  forward(source: Tensor, target: Tensor, { encode, decode }: TranslateOptions = {}): Tensor {
    return this.decoder.forward(target, this.encoder.forward(source, encode), decode);
  }
}
