/** A decoder as Llama's, with rotary positions and shared key heads: story tokens one after another. */
import {
  arange,
  assert,
  cat,
  math,
  nn,
  scaledDotProductAttention,
  script,
  type Tensor,
  tensor,
  where,
  zeros,
} from "glim";

// The sizes of stories260K, of llama2.c.
const cfg = { dim: 64, inner: 172, layers: 5, heads: 8, keyHeads: 4, vocab: 512, context: 512 };
const width = cfg.dim / cfg.heads;

/** The angles by which each pair of features turns at each position: `[context, 1, width / 2, 1]`. */
function angles(f: (angle: number) => number): Tensor {
  const rows = Array.from({ length: cfg.context }, (_, position) =>
    Array.from({ length: width / 2 }, (_, i) => f(position * math.pow(10000, (-2 * i) / width))),
  );
  return tensor(rows).reshape([cfg.context, 1, width / 2, 1]);
}
const cosines = angles(math.cos);
const sines = angles(math.sin);

/** Turns the pairs of features of `x: [T, heads, width]`. */
function rotate(x: Tensor, cos: Tensor, sin: Tensor): Tensor {
  const [T, heads] = x.shape;
  const pairs = x.reshape([T, heads, width / 2, 2]);
  const a = pairs.narrow(-1, 0, 1);
  const b = pairs.narrow(-1, 1, 1);
  const turned = cat([a.mul(cos).sub(b.mul(sin)), a.mul(sin).add(b.mul(cos))], -1);
  return turned.reshape([T, heads, width]);
}

/** `[S, keyHeads, width]` as `[heads, S, width]`: each key head serves several heads. */
function forHeads(x: Tensor): Tensor {
  const S = x.shape[0];
  const copies = cfg.heads / cfg.keyHeads;
  const repeated = x.unsqueeze(2).expand([S, cfg.keyHeads, copies, width]);
  return repeated.reshape([S, cfg.heads, width]).transpose(0, 1);
}

class Attention extends nn.Module {
  readonly wq = new nn.Linear(cfg.dim, cfg.dim, { bias: false });
  readonly wk = new nn.Linear(cfg.dim, cfg.keyHeads * width, { bias: false });
  readonly wv = new nn.Linear(cfg.dim, cfg.keyHeads * width, { bias: false });
  readonly wo = new nn.Linear(cfg.dim, cfg.dim, { bias: false });
  // State: what earlier steps left.
  keys = zeros([cfg.context, cfg.keyHeads, width]);
  values = zeros([cfg.context, cfg.keyHeads, width]);

  /** All positions from 0 on at once. */
  forward(x: Tensor, cos: Tensor, sin: Tensor): Tensor {
    const T = x.shape[0];
    const q = rotate(this.wq.forward(x).reshape([T, cfg.heads, width]), cos, sin);
    const k = rotate(this.wk.forward(x).reshape([T, cfg.keyHeads, width]), cos, sin);
    const v = this.wv.forward(x).reshape([T, cfg.keyHeads, width]);
    const y = scaledDotProductAttention(q.transpose(0, 1), forHeads(k), forHeads(v), {
      isCausal: true,
    });
    return this.wo.forward(y.transpose(0, 1).reshape([T, cfg.dim]));
  }

  /** The position `at` alone, with the keys and values of those before. */
  step(x: Tensor, cos: Tensor, sin: Tensor, at: number): Tensor {
    const q = rotate(this.wq.forward(x).reshape([1, cfg.heads, width]), cos, sin);
    const k = rotate(this.wk.forward(x).reshape([1, cfg.keyHeads, width]), cos, sin);
    const v = this.wv.forward(x).reshape([1, cfg.keyHeads, width]);
    const positions = arange(cfg.context);
    const isHere = positions.eq(at).reshape([cfg.context, 1, 1]);
    this.keys = where(isHere, k, this.keys);
    this.values = where(isHere, v, this.values);
    const [keys, values] = [forHeads(this.keys), forHeads(this.values)];
    const mask = positions.le(at);
    const y = scaledDotProductAttention(q.transpose(0, 1), keys, values, { mask });
    return this.wo.forward(y.transpose(0, 1).reshape([1, cfg.dim]));
  }
}

class FeedForward extends nn.Module {
  readonly w1 = new nn.Linear(cfg.dim, cfg.inner, { bias: false });
  readonly w2 = new nn.Linear(cfg.inner, cfg.dim, { bias: false });
  readonly w3 = new nn.Linear(cfg.dim, cfg.inner, { bias: false });

  forward(x: Tensor): Tensor {
    return this.w2.forward(this.w1.forward(x).silu().mul(this.w3.forward(x)));
  }
}

class Block extends nn.Module {
  readonly attentionNorm = new nn.RMSNorm(cfg.dim, { eps: 1e-5 });
  readonly attention = new Attention();
  readonly ffnNorm = new nn.RMSNorm(cfg.dim, { eps: 1e-5 });
  readonly feedForward = new FeedForward();

  forward(x: Tensor, cos: Tensor, sin: Tensor): Tensor {
    const h = x.add(this.attention.forward(this.attentionNorm.forward(x), cos, sin));
    return h.add(h.pipe(this.ffnNorm, this.feedForward));
  }

  step(x: Tensor, cos: Tensor, sin: Tensor, at: number): Tensor {
    const h = x.add(this.attention.step(this.attentionNorm.forward(x), cos, sin, at));
    return h.add(h.pipe(this.ffnNorm, this.feedForward));
  }
}

export class Llama extends nn.Module {
  readonly tokEmbeddings = new nn.Embedding(cfg.vocab, cfg.dim);
  readonly layers = Array.from({ length: cfg.layers }, () => new Block());
  readonly norm = new nn.RMSNorm(cfg.dim, { eps: 1e-5 });
  position = 0;

  /** The scores of the token after each of `tokens`. */
  forward(tokens: Tensor<["T"], "i32">): Tensor {
    const T = tokens.shape[0];
    const [cos, sin] = [cosines.narrow(0, 0, T), sines.narrow(0, 0, T)];
    let x = this.tokEmbeddings.forward(tokens);
    for (const layer of this.layers) x = layer.forward(x, cos, sin);
    return this.scores(x);
  }

  /** The scores of the token after `token`, which comes after those of the calls before. */
  step(token: number): Tensor {
    const at = this.position;
    assert(at < cfg.context, "the context is full: reset the state");
    const here = tensor([at], "i32");
    const [cos, sin] = [cosines.take(here), sines.take(here)];
    let x = this.tokEmbeddings.forward(tensor([token], "i32"));
    for (const layer of this.layers) x = layer.step(x, cos, sin, at);
    this.position = at + 1;
    return this.scores(x);
  }

  private scores(x: Tensor): Tensor {
    return this.norm.forward(x).matmul(this.tokEmbeddings.weight.transpose(0, 1));
  }
}

export const net = await new Llama().load(new URL("./stories260K.safetensors", import.meta.url), {
  ifMissing: "keep",
});

/** The scores of the token after each of `tokens`. */
export const logits = script((tokens: Tensor<["T"], "i32">) => net.forward(tokens), {
  dims: { T: [1, cfg.context] },
});

/** The likeliest token after `token`, which comes after those of the calls before. */
export const next = script((token: number) => net.step(token).argmax(-1).item());
