/**
 * Products of matrices and convolutions as tiles of 4 × 8 in registers. The reduced index runs in blocks of 512 that begin at
 * +0 and are added in order (rule 3 of docs/numerics.md); a bias is added last.
 */

import {
  add,
  advance,
  along,
  define,
  everywhere,
  four,
  i32,
  mul,
  plus,
  shuffle,
  store,
  vector,
} from "./vectors.mjs";

const block = 512;
const rows = 4;
const columns = 8;

/**
 * c[4][8] ← a · b over one block: a is packed by fours, b by eights. `order`: what of c there is already, and
 * whether the bias, one for each row, comes now.
 */
const tile = (name, { isFirst, hasBias }) =>
  define(name, ["a", "b", "end", "c", "stride", "bias"], (b, a, from, end, c, stride, bias) => {
    const sums = Array.from({ length: rows }, () => [0, 1].map(() => b.let("s", vector(0))));
    const pointer = b.let("pa", a);
    along(b, "pb", from, end, 4 * columns, (pb) => {
      const right = [0, 16].map((at) => b.let("b", four(pb, at)));
      sums.forEach((pair, row) => {
        const left = b.let("a", everywhere(pointer, 4 * row));
        pair.forEach((sum, i) => b.set(sum, add(sum, mul(left, right[i]))));
      });
      advance(b, pointer, 4 * rows);
    });
    const to = b.let("to", c);
    sums.forEach((pair, row) => {
      pair.forEach((sum, i) => {
        let value = isFirst ? sum : add(four(to, 16 * i), sum);
        if (hasBias) value = add(value, everywhere(bias, 4 * row));
        store(b, to, 16 * i, value);
      });
      b.set(to, { k: "binary", type: "i32", op: "add", a: to, b: stride });
    });
  });

/** Four rows of `count` elements, interleaved: to[k][4] ← from[4][k]. */
const packRows = (rowBytes) =>
  define("packRows", ["from", "end", "to"], (b, from, end, to) => {
    const out = b.let("out", to);
    along(b, "p", from, end, 16, (p) => {
      const [v0, v1, v2, v3] = [0, 1, 2, 3].map((r) => b.let("v", four(p, r * rowBytes)));
      const low = [shuffle(v0, v1, [0, 4, 1, 5]), shuffle(v2, v3, [0, 4, 1, 5])];
      const high = [shuffle(v0, v1, [2, 6, 3, 7]), shuffle(v2, v3, [2, 6, 3, 7])];
      [low, high].forEach((pair, half) => {
        const [x, y] = pair.map((e) => b.let("t", e));
        store(b, out, 32 * half, shuffle(x, y, [0, 1, 4, 5]));
        store(b, out, 32 * half + 16, shuffle(x, y, [2, 3, 6, 7]));
      });
      advance(b, out, 64);
    });
  });

/** The blocks of a reduced index of `length`, by their first positions. */
const blocksOf = (length) =>
  Array.from({ length: Math.ceil(length / block) }, (_, i) => ({
    from: i * block,
    count: Math.min(block, length - i * block),
    isFirst: i === 0,
    isLast: (i + 1) * block >= length,
  }));

/** b in panels of eight columns, block by block: [block][panel][k][8]. */
export function packPanels(data, k, n) {
  const packed = new Float32Array(k * n);
  let to = 0;
  for (const { from, count } of blocksOf(k)) {
    for (let column = 0; column < n; column += columns) {
      for (let i = from; i < from + count; i++) {
        for (let j = 0; j < columns; j++) packed[to++] = data[i * n + column + j];
      }
    }
  }
  return packed;
}

const cachedRows = 128;

/** [m, k] · [k, n], the right operand packed. */
export function gemm({ m, k, n }, weights) {
  const panels = packPanels(weights, k, n);
  const height = Math.min(m, cachedRows);
  return {
    constants: { panels },
    sizes: { input: m * k, output: m * n, packed: height * block },
    functions: ({ input, output, packed, panels: at }) => [
      tile("first", { isFirst: true }),
      tile("next", { isFirst: false }),
      packRows(4 * k),
      define(
        "run",
        [],
        (b) => {
          for (const { from, count, isFirst } of blocksOf(k)) {
            b.for("m", 0, m, height, (row) => {
              const x = b.let("x", plus(times(row, 4 * k), input + 4 * from));
              const y = b.let("y", plus(times(row, 4 * n), output));
              b.for("r", 0, height, rows, (r) => {
                const source = b.let("source", plus(x, times(r, 4 * k)));
                const end = plus(source, 4 * count);
                b.call("packRows", [source, end, plus(times(r, 4 * count), packed)]);
              });
              b.for("c", 0, n, columns, (c) => {
                const panel = b.let("panel", plus(times(c, 4 * count), at + 4 * from * n));
                const end = b.let("end", plus(panel, 4 * columns * count));
                const column = b.let("column", plus(y, times(c, 4)));
                b.for("t", 0, height, rows, (t) => {
                  const a = plus(times(t, 4 * count), packed);
                  const to = plus(column, times(t, 4 * n));
                  const name = isFirst ? "first" : "next";
                  b.call(name, [a, panel, end, to, i32(4 * n), i32(0)]);
                });
              });
            });
          }
        },
        { exported: true },
      ),
    ],
  };
}

const times = (a, by) => ({ k: "binary", type: "i32", op: "mul", a, b: i32(by) });

/** The filter by fours of its output channels: [group of four][kernel row, kernel column, input channel][4]. */
function packFilter(data, inputs, kernel) {
  const area = kernel * kernel;
  return Float32Array.from(data, (_, i) => {
    const [channel, k] = [i % rows, Math.floor(i / rows) % (area * inputs)];
    const output = Math.floor(i / (rows * area * inputs)) * rows + channel;
    const [tap, input] = [Math.floor(k / inputs), k % inputs];
    return data[(output * inputs + input) * area + tap];
  });
}

/** A convolution that keeps the size: eight neighbours of a row are the columns of a panel. */
export function conv({ inputs, outputs, kernel, size }, filter, bias) {
  const depth = kernel * kernel * inputs;
  const pad = (kernel - 1) / 2;
  const width = size + 2 * pad;
  const plane = width * width;
  return {
    constants: { filter: packFilter(filter, inputs, kernel), bias },
    sizes: {
      input: inputs * size * size,
      output: outputs * size * size,
      padded: pad > 0 ? inputs * plane : 0,
      panel: depth * columns,
    },
    functions: (at) => [
      ...blocksOf(depth).map(({ isFirst, isLast }, i) =>
        tile(`tile${i}`, { isFirst, hasBias: isLast }),
      ),
      ...(pad > 0 ? [padPlanes(at, { inputs, size, pad, width })] : []),
      define(
        "run",
        [],
        (b) => {
          if (pad > 0) b.call("pad", []);
          const from = pad > 0 ? at.padded : at.input;
          b.for("y", 0, size, 1, (y) => {
            b.for("x", 0, size, columns, (x) => {
              const start = b.let("start", plus(times(plus(times(y, width), x), 4), from));
              const to = b.let("to", i32(at.panel));
              for (let tap = 0; tap < kernel * kernel; tap++) {
                const shift = 4 * (Math.floor(tap / kernel) * width + (tap % kernel));
                const first = b.let("first", plus(start, shift));
                along(b, "p", first, plus(first, 4 * plane * inputs), 4 * plane, (p) => {
                  store(b, to, 0, four(p, 0));
                  store(b, to, 16, four(p, 16));
                  advance(b, to, 4 * columns);
                });
              }
              const out = b.let("out", plus(times(plus(times(y, size), x), 4), at.output));
              b.for("o", 0, outputs, rows, (o) => {
                const c = b.let("c", plus(out, times(o, 4 * size * size)));
                blocksOf(depth).forEach(({ from: k, count }, i) => {
                  const a = plus(times(o, 4 * depth), at.filter + 4 * rows * k);
                  const panel = at.panel + 4 * columns * k;
                  const end = i32(panel + 4 * columns * count);
                  const offset = plus(times(o, 4), at.bias);
                  b.call(`tile${i}`, [a, i32(panel), end, c, i32(4 * size * size), offset]);
                });
              });
            });
          });
        },
        { exported: true },
      ),
    ],
  };
}

/** Copies images into frames of zeros, which are there already. */
const padPlanes = ({ input, padded }, { inputs, size, pad, width }) =>
  define("pad", [], (b) => {
    b.for("c", 0, inputs, 1, (c) => {
      b.for("y", 0, size, 1, (y) => {
        const from = b.let("from", plus(times(plus(times(c, size), y), 4 * size), input));
        const row = plus(times(plus(times(c, width), plus(y, pad)), 4 * width), padded + 4 * pad);
        const to = b.let("to", row);
        along(b, "p", from, plus(from, 4 * size), 16, (p) => {
          store(b, to, 0, four(p));
          advance(b, to, 16);
        });
      });
    });
  });

/** Each channel by itself, 3 × 3: nine weights in registers. */
export function depthwise({ channels, size }, filter, bias) {
  const width = size + 2;
  return {
    constants: { filter, bias },
    sizes: { input: channels * size * size, output: channels * size * size, padded: width * width },
    functions: (at) => [
      padPlane(at, { size, width }),
      define("channel", ["weights", "to", "bias"], (b, weights, to, offset) => {
        const taps = Array.from({ length: 9 }, (_, i) => b.let("w", everywhere(weights, 4 * i)));
        const shift = b.let("shift", everywhere(offset));
        const out = b.let("out", to);
        b.for("y", 0, size, 1, (y) => {
          const row = b.let("row", plus(times(y, 4 * width), at.padded));
          along(b, "p", row, plus(row, 4 * size), 16, (p) => {
            const sum = b.let("sum", vector(0));
            taps.forEach((tap, i) => {
              const x = four(p, 4 * (Math.floor(i / 3) * width + (i % 3)));
              b.set(sum, add(sum, mul(x, tap)));
            });
            store(b, out, 0, add(sum, shift));
            advance(b, out, 16);
          });
        });
      }),
      define(
        "run",
        [],
        (b) =>
          b.for("c", 0, channels, 1, (c) => {
            b.call("pad", [plus(times(c, 4 * size * size), at.input)]);
            const to = plus(times(c, 4 * size * size), at.output);
            b.call("channel", [plus(times(c, 36), at.filter), to, plus(times(c, 4), at.bias)]);
          }),
        { exported: true },
      ),
    ],
  };
}

const padPlane = ({ padded }, { size, width }) =>
  define("pad", ["from"], (b, from) => {
    const source = b.let("source", from);
    b.for("y", 0, size, 1, (y) => {
      const to = b.let("to", plus(times(y, 4 * width), padded + 4 * (width + 1)));
      along(b, "p", to, plus(to, 4 * size), 16, (p) => {
        store(b, p, 0, four(source));
        advance(b, source, 16);
      });
    });
  });

/** [1, k] · [k, n]: four panels side by side, so that memory has eight streams to fetch. */
export function gemv({ k, n }, weights) {
  const together = 4;
  return {
    constants: { panels: packPanels(weights, k, n) },
    sizes: { input: k, output: n },
    functions: (at) => [
      ...[true, false].map((isFirst) =>
        define(isFirst ? "first" : "next", ["x", "end", "b", "y"], (b, x, end, panels, y) => {
          const sums = Array.from({ length: 2 * together }, () => b.let("s", vector(0)));
          const right = b.let("right", panels);
          along(b, "px", x, end, 4, (px) => {
            const left = b.let("x", everywhere(px));
            sums.forEach((sum, i) => {
              const at = 4 * columns * block * (i >> 1) + 16 * (i & 1);
              b.set(sum, add(sum, mul(left, four(right, at))));
            });
            advance(b, right, 4 * columns);
          });
          sums.forEach((sum, i) => {
            store(b, y, 16 * i, isFirst ? sum : add(four(y, 16 * i), sum));
          });
        }),
      ),
      define(
        "run",
        [],
        (b) => {
          for (const { from, count, isFirst } of blocksOf(k)) {
            if (count !== block) throw new Error("gemv: blocks of 512 only");
            b.for("c", 0, n, together * columns, (c) => {
              const x = i32(at.input + 4 * from);
              const panels = plus(times(c, 4 * count), at.panels + 4 * from * n);
              const y = plus(times(c, 4), at.output);
              b.call(isFirst ? "first" : "next", [x, plus(x, 4 * count), panels, y]);
            });
          }
        },
        { exported: true },
      ),
    ],
  };
}
