/** Two-dimensional convolution and its gradients as nested loops, in the order of the numeric contract. */

export interface ConvForm {
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
}

export interface Image {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

const at = ({ shape, data }: Image, i: number, j: number, y: number, x: number): number => {
  const [, J, Y, X] = [shape[0]!, shape[1]!, shape[2]!, shape[3]!];
  const isInside = y >= 0 && y < Y && x >= 0 && x < X;
  return isInside ? data[((i * J + j) * Y + y) * X + x]! : 0;
};

/** Adds products in blocks of 512 positions. */
class BlockSum {
  private total: number | undefined;
  private block = 0;
  private position = 0;

  /** One position of the index; undefined where it is a hole. */
  next(product: readonly [number, number] | undefined): void {
    if (this.position > 0 && this.position % 512 === 0) {
      this.total = this.sum;
      this.block = 0;
    }
    this.position++;
    if (product === undefined) return;
    this.block = Math.fround(this.block + Math.fround(product[0] * product[1]));
  }

  get sum(): number {
    return this.total === undefined ? this.block : Math.fround(this.total + this.block);
  }
}

function fill(
  [I, J, Y, X]: readonly [number, number, number, number],
  value: (i: number, j: number, y: number, x: number, sum: BlockSum) => void,
): Float32Array {
  const out = new Float32Array(I * J * Y * X);
  let n = 0;
  for (let i = 0; i < I; i++)
    for (let j = 0; j < J; j++)
      for (let y = 0; y < Y; y++)
        for (let x = 0; x < X; x++) {
          const sum = new BlockSum();
          value(i, j, y, x, sum);
          out[n++] = sum.sum;
        }
  return out;
}

const sizes = (shape: readonly number[]): readonly [number, number, number, number] => [
  shape[0]!,
  shape[1]!,
  shape[2]!,
  shape[3]!,
];

export function plainConv(
  x: Image,
  w: Image,
  { stride, padding, dilation, groups }: ConvForm,
  outShape: readonly number[],
): Float32Array {
  const [O, C, KH, KW] = sizes(w.shape);
  return fill(sizes(outShape), (n, o, oy, ox, sum) => {
    const group = Math.floor(o / (O / groups));
    for (let ky = 0; ky < KH; ky++)
      for (let kx = 0; kx < KW; kx++)
        for (let c = 0; c < C; c++) {
          const y = oy * stride[0]! + ky * dilation[0]! - padding[0]!;
          const column = ox * stride[1]! + kx * dilation[1]! - padding[1]!;
          sum.next([at(x, n, group * C + c, y, column), at(w, o, c, ky, kx)]);
        }
  });
}

export function plainInputGrad(
  g: Image,
  w: Image,
  { stride, padding, dilation, groups }: ConvForm,
  outShape: readonly number[],
): Float32Array {
  const [O, C, KH, KW] = sizes(w.shape);
  return fill(sizes(outShape), (n, channel, y, x, sum) => {
    const group = Math.floor(channel / C);
    for (let ky = 0; ky < KH; ky++)
      for (let kx = 0; kx < KW; kx++)
        for (let o = 0; o < O / groups; o++) {
          const oy = (y + padding[0]! - ky * dilation[0]!) / stride[0]!;
          const ox = (x + padding[1]! - kx * dilation[1]!) / stride[1]!;
          if (!Number.isInteger(oy) || !Number.isInteger(ox)) sum.next(undefined);
          else {
            const output = (group * O) / groups + o;
            sum.next([at(g, n, output, oy, ox), at(w, output, channel % C, ky, kx)]);
          }
        }
  });
}

export function plainWeightGrad(
  x: Image,
  g: Image,
  { stride, padding, dilation, groups }: ConvForm,
  outShape: readonly number[],
): Float32Array {
  const [N, O, OY, OX] = sizes(g.shape);
  const C = outShape[1]!;
  return fill(sizes(outShape), (o, c, ky, kx, sum) => {
    const group = Math.floor(o / (O / groups));
    for (let n = 0; n < N; n++)
      for (let oy = 0; oy < OY; oy++)
        for (let ox = 0; ox < OX; ox++) {
          const y = oy * stride[0]! + ky * dilation[0]! - padding[0]!;
          const column = ox * stride[1]! + kx * dilation[1]! - padding[1]!;
          sum.next([at(x, n, group * C + c, y, column), at(g, n, o, oy, ox)]);
        }
  });
}
