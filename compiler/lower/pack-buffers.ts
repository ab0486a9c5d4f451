/** Places buffers of known sizes and lifetimes into as little memory as a greedy search finds. */

export interface Lifetime {
  /** In bytes. */
  readonly size: number;
  /** The first and the last moment at which it is needed. */
  readonly from: number;
  readonly to: number;
}

export interface Packing {
  /** The offset of each buffer, a multiple of the alignment. */
  readonly offsets: readonly number[];
  readonly size: number;
}

/** Lines of caches, so that no two buffers share one. */
export const bufferAlign = 64;
export const alignTo = (n: number, align: number): number => Math.ceil(n / align) * align;

/** Large buffers first: what is small fits into the gaps that they leave. For some graphs another order is better. */
export function packBuffers(given: readonly Lifetime[], align = bufferAlign): Packing {
  const buffers = given.map((b) => ({ ...b, size: alignTo(b.size, align) }));
  const length = ({ from, to }: Lifetime): number => to - from + 1;
  const orders: readonly ((a: Lifetime, b: Lifetime) => number)[] = [
    (a, b) => b.size - a.size,
    (a, b) => b.size * length(b) - a.size * length(a),
    (a, b) => length(b) - length(a),
    (a, b) => a.from - b.from,
  ];
  const packings = orders.map((order) => packInOrder(buffers, order));
  return packings.reduce((best, p) => (p.size < best.size ? p : best));
}

/** The most bytes that are needed at one moment: no packing takes less. */
export function liveBytes(buffers: readonly Lifetime[]): number {
  const moments = buffers.flatMap(({ size, from, to }) => [
    { time: from, size: alignTo(size, bufferAlign) },
    { time: to + 1, size: -alignTo(size, bufferAlign) },
  ]);
  // At one moment what ends goes before what begins.
  moments.sort((a, b) => a.time - b.time || a.size - b.size);
  let live = 0;
  let most = 0;
  for (const { size } of moments) {
    live += size;
    most = Math.max(most, live);
  }
  return most;
}

function packInOrder(
  buffers: readonly Lifetime[],
  order: (a: Lifetime, b: Lifetime) => number,
): Packing {
  const offsets: number[] = [];
  const placed: { readonly buffer: Lifetime; readonly offset: number }[] = [];
  const numbers = buffers.map((_, i) => i);
  numbers.sort((i, j) => order(buffers[i]!, buffers[j]!) || i - j);
  for (const i of numbers) {
    const buffer = buffers[i]!;
    const others = placed.filter((p) => p.buffer.from <= buffer.to && buffer.from <= p.buffer.to);
    const offset = bestGap(others, buffer.size);
    offsets[i] = offset;
    const at = placed.findIndex((p) => p.offset > offset);
    placed.splice(at < 0 ? placed.length : at, 0, { buffer, offset });
  }
  const size = Math.max(0, ...buffers.map((b, i) => offsets[i]! + b.size));
  return { offsets, size };
}

/** The start of the smallest gap of at least `size` between buffers in order of their offsets, else behind them. */
function bestGap(
  others: readonly { readonly buffer: Lifetime; readonly offset: number }[],
  size: number,
): number {
  let end = 0;
  let best: { at: number; room: number } | undefined;
  for (const { buffer, offset } of others) {
    const room = offset - end;
    if (room >= size && (best === undefined || room < best.room)) best = { at: end, room };
    end = Math.max(end, offset + buffer.size);
  }
  return best?.at ?? end;
}
