/** GPT-2: Radford and others, "Language models are unsupervised multitask learners", 2019. */
import {
  type AnyTensor,
  arange,
  assert,
  nn,
  scaledDotProductAttention,
  type Tensor,
  tensor,
  where,
  zeros,
} from "glim";

export interface Gpt2Sizes {
  readonly vocab: number;
  readonly context: number;
  readonly dim: number;
  readonly heads: number;
  readonly layers: number;
}

class Attention extends nn.Module {
  readonly cAttn: nn.Linear;
  readonly cProj: nn.Linear;
  readonly heads: number;
  readonly context: number;
  // State: what earlier steps left.
  keys: Tensor;
  values: Tensor;

  constructor({ dim, heads, context }: Gpt2Sizes) {
    super();
    this.cAttn = new nn.Linear(dim, 3 * dim);
    this.cProj = new nn.Linear(dim, dim);
    this.heads = heads;
    this.context = context;
    this.keys = zeros([heads, context, dim / heads]);
    this.values = zeros([heads, context, dim / heads]);
  }

  /** All positions from 0 on at once. */
  forward(x: Tensor): Tensor {
    const [q, k, v] = this.project(x);
    return this.join(scaledDotProductAttention(q, k, v, { isCausal: true }));
  }

  /** The position `at` alone, with the keys and values of those before. */
  step(x: Tensor, at: number): Tensor {
    const [q, k, v] = this.project(x);
    const positions = arange(this.context);
    const isHere = positions.eq(at).reshape([this.context, 1]);
    this.keys = where(isHere, k, this.keys);
    this.values = where(isHere, v, this.values);
    const mask = positions.le(at);
    return this.join(scaledDotProductAttention(q, this.keys, this.values, { mask }));
  }

  /** Queries, keys and values: `[heads, T, width]` each. */
  private project(x: Tensor): readonly [Tensor, Tensor, Tensor] {
    const [T, dim] = x.shape;
    const width = dim / this.heads;
    const all = this.cAttn
      .forward(x)
      .reshape([T, 3 * this.heads, width])
      .transpose(0, 1);
    return [
      all.narrow(0, 0, this.heads),
      all.narrow(0, this.heads, this.heads),
      all.narrow(0, 2 * this.heads, this.heads),
    ];
  }

  private join(y: Tensor): Tensor {
    const [heads, T, width] = y.shape;
    return this.cProj.forward(y.transpose(0, 1).reshape([T, heads * width]));
  }
}

class Mlp extends nn.Module {
  readonly cFc: nn.Linear;
  readonly cProj: nn.Linear;

  constructor(dim: number) {
    super();
    this.cFc = new nn.Linear(dim, 4 * dim);
    this.cProj = new nn.Linear(4 * dim, dim);
  }

  forward(x: Tensor): Tensor {
    return this.cProj.forward(this.cFc.forward(x).gelu({ approximate: "tanh" }));
  }
}

class Block extends nn.Module {
  readonly ln1: nn.LayerNorm;
  readonly attn: Attention;
  readonly ln2: nn.LayerNorm;
  readonly mlp: Mlp;

  constructor(sizes: Gpt2Sizes) {
    super();
    this.ln1 = new nn.LayerNorm(sizes.dim);
    this.attn = new Attention(sizes);
    this.ln2 = new nn.LayerNorm(sizes.dim);
    this.mlp = new Mlp(sizes.dim);
  }

  forward(x: Tensor): Tensor {
    const h = x.add(this.attn.forward(this.ln1.forward(x)));
    return h.add(h.pipe(this.ln2, this.mlp));
  }

  step(x: Tensor, at: number): Tensor {
    const h = x.add(this.attn.step(this.ln1.forward(x), at));
    return h.add(h.pipe(this.ln2, this.mlp));
  }
}

export class Gpt2 extends nn.Module {
  readonly wte: nn.Embedding;
  readonly wpe: nn.Embedding;
  readonly h: readonly Block[];
  readonly lnF: nn.LayerNorm;
  readonly context: number;
  /** How many tokens `step` has been given. */
  position = 0;

  constructor(sizes: Gpt2Sizes) {
    super();
    this.wte = new nn.Embedding(sizes.vocab, sizes.dim);
    this.wpe = new nn.Embedding(sizes.context, sizes.dim);
    this.h = Array.from({ length: sizes.layers }, () => new Block(sizes));
    this.lnF = new nn.LayerNorm(sizes.dim);
    this.context = sizes.context;
  }

  /** The scores of the token after each of `tokens`. */
  forward(tokens: Tensor<["T"], "i32">): Tensor {
    let x = this.wte.forward(tokens).add(this.wpe.weight.narrow(0, 0, tokens.shape[0]));
    for (const block of this.h) x = block.forward(x);
    return this.scores(x);
  }

  /** The scores of the token after `token`, which comes after those of the calls before. */
  step(token: number): Tensor {
    const at = this.position;
    assert(at < this.context, "the context is full: reset the state");
    let x = this.wte.forward(tensor([token], "i32")).add(this.wpe.forward(tensor([at], "i32")));
    for (const block of this.h) x = block.step(x, at);
    this.position = at + 1;
    return this.scores(x);
  }

  private scores(x: Tensor): Tensor {
    return this.lnF.forward(x).matmul(this.wte.weight.transpose(0, 1));
  }
}

export const gpt2: Gpt2Sizes = { vocab: 50257, context: 1024, dim: 768, heads: 12, layers: 12 };

/** How the weights of Hugging Face's are read: it stores `[inputs, outputs]`, and masks. */
export const gpt2Weights = {
  rename: (name: string): string => name.replace(/^transformer\./, ""),
  transform: (name: string, t: AnyTensor): AnyTensor =>
    /c_(attn|proj|fc)\.weight$/.test(name) ? t.transpose(0, 1) : t,
  ignore: [/\.attn\.(masked_)?bias$/, /^lm_head\.weight$/],
};
