/** BERT: Devlin and others, "Pre-training of deep bidirectional transformers", 2018. */
import { arange, nn, scaledDotProductAttention, type Tensor } from "glim";

export interface BertSizes {
  readonly vocab: number;
  readonly context: number;
  readonly dim: number;
  readonly inner: number;
  readonly heads: number;
  readonly layers: number;
}

const eps = 1e-12;

class Embeddings extends nn.Module {
  readonly wordEmbeddings: nn.Embedding;
  readonly positionEmbeddings: nn.Embedding;
  readonly tokenTypeEmbeddings: nn.Embedding;
  readonly LayerNorm: nn.LayerNorm;

  constructor({ vocab, context, dim }: BertSizes) {
    super();
    this.wordEmbeddings = new nn.Embedding(vocab, dim);
    this.positionEmbeddings = new nn.Embedding(context, dim);
    this.tokenTypeEmbeddings = new nn.Embedding(2, dim);
    this.LayerNorm = new nn.LayerNorm(dim, { eps });
  }

  forward(tokens: Tensor<["B", "T"], "i32">, types: Tensor<["B", "T"], "i32">): Tensor {
    const positions = this.positionEmbeddings.forward(arange(tokens.shape[1]));
    const words = this.wordEmbeddings.forward(tokens).add(this.tokenTypeEmbeddings.forward(types));
    return this.LayerNorm.forward(words.add(positions));
  }
}

/** A linear layer whose result is added to what it began with, and normalised. */
class Output extends nn.Module {
  readonly dense: nn.Linear;
  readonly LayerNorm: nn.LayerNorm;

  constructor(inputs: number, dim: number) {
    super();
    this.dense = new nn.Linear(inputs, dim);
    this.LayerNorm = new nn.LayerNorm(dim, { eps });
  }

  forward(x: Tensor, before: Tensor): Tensor {
    return this.LayerNorm.forward(this.dense.forward(x).add(before));
  }
}

class SelfAttention extends nn.Module {
  readonly query: nn.Linear;
  readonly key: nn.Linear;
  readonly value: nn.Linear;
  readonly heads: number;

  constructor({ dim, heads }: BertSizes) {
    super();
    this.query = new nn.Linear(dim, dim);
    this.key = new nn.Linear(dim, dim);
    this.value = new nn.Linear(dim, dim);
    this.heads = heads;
  }

  /** `mask`: `[B, 1, 1, T]`, true where there is a token. */
  forward(x: Tensor, mask: Tensor<["B", 1, 1, "T"], "bool">): Tensor {
    const [batch, T, dim] = x.shape;
    const perHead = (y: Tensor): Tensor =>
      y.reshape([batch, T, this.heads, dim / this.heads]).transpose(1, 2);
    const [q, k, v] = [this.query, this.key, this.value].map((f) => perHead(f.forward(x)));
    const y = scaledDotProductAttention(q!, k!, v!, { mask });
    return y.transpose(1, 2).reshape([batch, T, dim]);
  }
}

class Layer extends nn.Module {
  readonly attention: { readonly self: SelfAttention; readonly output: Output };
  readonly intermediate: { readonly dense: nn.Linear };
  readonly output: Output;

  constructor(sizes: BertSizes) {
    super();
    const { dim, inner } = sizes;
    this.attention = { self: new SelfAttention(sizes), output: new Output(dim, dim) };
    this.intermediate = { dense: new nn.Linear(dim, inner) };
    this.output = new Output(inner, dim);
  }

  forward(x: Tensor, mask: Tensor<["B", 1, 1, "T"], "bool">): Tensor {
    const seen = this.attention.output.forward(this.attention.self.forward(x, mask), x);
    return this.output.forward(this.intermediate.dense.forward(seen).gelu(), seen);
  }
}

export class Bert extends nn.Module {
  readonly embeddings: Embeddings;
  readonly encoder: { readonly layer: readonly Layer[] };
  readonly pooler: { readonly dense: nn.Linear };

  constructor(sizes: BertSizes) {
    super();
    this.embeddings = new Embeddings(sizes);
    this.encoder = { layer: Array.from({ length: sizes.layers }, () => new Layer(sizes)) };
    this.pooler = { dense: new nn.Linear(sizes.dim, sizes.dim) };
  }

  /** The state of each token; `mask` is 1 where there is one, and `types` tell sentences apart. */
  forward(
    tokens: Tensor<["B", "T"], "i32">,
    mask: Tensor<["B", "T"], "i32">,
    types: Tensor<["B", "T"], "i32">,
  ): Tensor {
    const isToken = mask.ne(0).reshape([mask.shape[0], 1, 1, mask.shape[1]]);
    let x = this.embeddings.forward(tokens, types);
    for (const layer of this.encoder.layer) x = layer.forward(x, isToken);
    return x;
  }

  /** One vector for the whole text, of the state of its first token. */
  pool(states: Tensor): Tensor {
    return this.pooler.dense.forward(states.narrow(1, 0, 1).squeeze(1)).tanh();
  }
}

export const bertBase: BertSizes = {
  vocab: 30522,
  context: 512,
  dim: 768,
  inner: 3072,
  heads: 12,
  layers: 12,
};
