/** The vision transformer: Dosovitskiy and others, "An image is worth 16 × 16 words", 2020. */
import { cat, nn, type Tensor, zeros } from "glim";

export interface VitSizes {
  readonly image: number;
  readonly patch: number;
  readonly layers: number;
  readonly heads: number;
  readonly dim: number;
  readonly inner: number;
  readonly classes: number;
}

class EncoderBlock extends nn.Module {
  readonly ln1: nn.LayerNorm;
  readonly selfAttention: nn.MultiheadAttention;
  readonly ln2: nn.LayerNorm;
  readonly mlp: nn.Sequential;

  constructor({ dim, heads, inner }: VitSizes) {
    super();
    this.ln1 = new nn.LayerNorm(dim, { eps: 1e-6 });
    this.selfAttention = new nn.MultiheadAttention(dim, heads, { batchFirst: true });
    this.ln2 = new nn.LayerNorm(dim, { eps: 1e-6 });
    // PyTorch's counts dropout, too, so that the second layer is number 3.
    this.mlp = new nn.Sequential(
      new nn.Linear(dim, inner),
      new nn.GELU(),
      new nn.Dropout(0),
      new nn.Linear(inner, dim),
    );
  }

  forward(x: Tensor): Tensor {
    const h = this.ln1.forward(x);
    const seen = x.add(this.selfAttention.forward(h, h, h));
    return seen.add(seen.pipe(this.ln2, this.mlp));
  }
}

class Encoder extends nn.Module {
  readonly posEmbedding: nn.Parameter;
  readonly layers: readonly EncoderBlock[];
  readonly ln: nn.LayerNorm;

  constructor(sizes: VitSizes) {
    super();
    const patches = (sizes.image / sizes.patch) ** 2;
    this.posEmbedding = new nn.Parameter(zeros([1, patches + 1, sizes.dim]));
    this.layers = Array.from({ length: sizes.layers }, () => new EncoderBlock(sizes));
    this.ln = new nn.LayerNorm(sizes.dim, { eps: 1e-6 });
  }

  forward(x: Tensor): Tensor {
    let y = x.add(this.posEmbedding);
    for (const layer of this.layers) y = layer.forward(y);
    return this.ln.forward(y);
  }
}

export class VisionTransformer extends nn.Module {
  readonly classToken: nn.Parameter;
  readonly convProj: nn.Conv2d;
  readonly encoder: Encoder;
  readonly heads: { readonly head: nn.Linear };

  constructor(sizes: VitSizes) {
    super();
    const { dim, patch, classes } = sizes;
    this.classToken = new nn.Parameter(zeros([1, 1, dim]));
    this.convProj = new nn.Conv2d(3, dim, patch, { stride: patch });
    this.encoder = new Encoder(sizes);
    this.heads = { head: new nn.Linear(dim, classes) };
  }

  forward(x: Tensor): Tensor {
    const patches = this.convProj.forward(x).flatten(2).transpose(1, 2);
    const [batch, , dim] = patches.shape;
    const tokens = cat([this.classToken.expand([batch, 1, dim]), patches], 1);
    return this.heads.head.forward(this.encoder.forward(tokens).narrow(1, 0, 1).squeeze(1));
  }
}

export const vitB16: VitSizes = {
  image: 224,
  patch: 16,
  layers: 12,
  heads: 12,
  dim: 768,
  inner: 3072,
  classes: 1000,
};

/** The name here for torchvision's, which numbers layers in words. */
export const vitName = (name: string): string => name.replace("encoder_layer_", "");
