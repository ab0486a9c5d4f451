/** A small GPT over the characters of a text, after Karpathy's nanoGPT, and the step that trains it. */
import {
  crossEntropy,
  nn,
  optim,
  Rng,
  scaledDotProductAttention,
  script,
  seed,
  type Tensor,
} from "glim";

export interface Sizes {
  readonly vocab: number;
  readonly context: number;
  readonly dim: number;
  readonly heads: number;
  readonly layers: number;
}

class Attention extends nn.Module {
  readonly qkv: nn.Linear;
  readonly proj: nn.Linear;
  readonly heads: number;

  constructor({ dim, heads }: Sizes) {
    super();
    this.qkv = new nn.Linear(dim, 3 * dim);
    this.proj = new nn.Linear(dim, dim);
    this.heads = heads;
  }

  forward(x: Tensor): Tensor {
    const [B, T, dim] = x.shape;
    const all = this.qkv
      .forward(x)
      .reshape([B, T, 3 * this.heads, dim / this.heads])
      .transpose(1, 2);
    const [q, k, v] = all.split([this.heads, this.heads, this.heads], 1);
    const y = scaledDotProductAttention(q, k, v, { isCausal: true });
    return this.proj.forward(y.transpose(1, 2).reshape([B, T, dim]));
  }
}

class Block extends nn.Module {
  readonly ln1: nn.LayerNorm;
  readonly attn: Attention;
  readonly ln2: nn.LayerNorm;
  readonly fc: nn.Linear;
  readonly proj: nn.Linear;

  constructor(sizes: Sizes) {
    super();
    this.ln1 = new nn.LayerNorm(sizes.dim);
    this.attn = new Attention(sizes);
    this.ln2 = new nn.LayerNorm(sizes.dim);
    this.fc = new nn.Linear(sizes.dim, 4 * sizes.dim);
    this.proj = new nn.Linear(4 * sizes.dim, sizes.dim);
  }

  forward(x: Tensor): Tensor {
    const h = x.add(this.attn.forward(this.ln1.forward(x)));
    const wide = this.fc.forward(this.ln2.forward(h)).gelu({ approximate: "tanh" });
    return h.add(this.proj.forward(wide));
  }
}

export class Gpt extends nn.Module {
  readonly wte: nn.Embedding;
  readonly wpe: nn.Embedding;
  readonly blocks: readonly Block[];
  readonly lnF: nn.LayerNorm;

  constructor(sizes: Sizes) {
    super();
    this.wte = new nn.Embedding(sizes.vocab, sizes.dim);
    this.wpe = new nn.Embedding(sizes.context, sizes.dim);
    this.blocks = Array.from({ length: sizes.layers }, () => new Block(sizes));
    this.lnF = new nn.LayerNorm(sizes.dim);
  }

  /** The scores of the character after each of `ids`. */
  forward(ids: Tensor<["B", "T"], "i32">): Tensor {
    let x = this.wte.forward(ids).add(this.wpe.weight.narrow(0, 0, ids.shape[1]));
    for (const block of this.blocks) x = block.forward(x);
    return this.lnF.forward(x).matmul(this.wte.weight.transpose(0, 1));
  }
}

/** All characters of tiny Shakespeare. */
export const characters = "\n !$&',-.3:;?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

export const sizes: Sizes = { vocab: 65, context: 64, dim: 128, heads: 4, layers: 4 };

seed(1);
export const net = new Gpt(sizes);
export const opt = new optim.AdamW(net.parameters(), {
  lr: 1e-3,
  betas: [0.9, 0.99],
  weightDecay: 0.1,
});

/** Learns from texts, `next` being the character after each; gives the loss. */
export const step = script((ids: Tensor<["B", "T"], "i32">, next: Tensor<["B", "T"], "i32">) =>
  opt.minimize(() => crossEntropy(net.forward(ids).reshape([-1, sizes.vocab]), next.reshape([-1]))),
);

const rng = new Rng(2);

/** Draws the character after `ids`. */
export const draw = script((ids: Tensor<[1, "T"], "i32">, temperature = 0.8) => {
  const last = net.forward(ids).at(0, -1).div(temperature);
  return rng.categorical(last).item();
});
