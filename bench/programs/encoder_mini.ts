/** An encoder of sentences of MiniLM's size: normalisation after each part, mean of all tokens. */

import { nn, Rng, scaledDotProductAttention, script, type Tensor } from "glim";

const [layers, dim, heads, inner, vocab, length] = [6, 384, 12, 1536, 8192, 128];

class Block extends nn.Module {
  readonly qkv = new nn.Linear(dim, 3 * dim);
  readonly proj = new nn.Linear(dim, dim);
  readonly ln1 = new nn.LayerNorm(dim);
  readonly fc1 = new nn.Linear(dim, inner);
  readonly fc2 = new nn.Linear(inner, dim);
  readonly ln2 = new nn.LayerNorm(dim);

  forward(x: Tensor): Tensor {
    const y = this.ln1.forward(x.add(this.attend(x)));
    return this.ln2.forward(y.add(this.fc2.forward(this.fc1.forward(y).gelu())));
  }

  private attend(x: Tensor): Tensor {
    const [T] = x.shape;
    const all = this.qkv
      .forward(x)
      .reshape([T, 3 * heads, dim / heads])
      .transpose(0, 1);
    const [q, k, v] = [0, heads, 2 * heads].map((start) => all.narrow(0, start, heads));
    const y = scaledDotProductAttention(q!, k!, v!);
    return this.proj.forward(y.transpose(0, 1).reshape([T, dim]));
  }
}

class Encoder extends nn.Module {
  readonly wte = new nn.Embedding(vocab, dim);
  readonly wpe = new nn.Parameter(new Rng(3).normal([length, dim]).mul(0.02));
  readonly ln = new nn.LayerNorm(dim);
  readonly blocks = Array.from({ length: layers }, () => new Block());

  forward(tokens: Tensor<["T"], "i32">): Tensor {
    let x = this.ln.forward(this.wte.forward(tokens).add(this.wpe));
    for (const block of this.blocks) x = block.forward(x);
    return x.mean(0);
  }
}

const net = new Encoder();

export const encoder_mini = script((tokens: Tensor<[128], "i32">) => net.forward(tokens));
