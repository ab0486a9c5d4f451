/** Other shapes and places of the same elements. */

import {
  call,
  type Mapping,
  type Mappings,
  map,
  options,
  rankOf,
  shapeOf,
  type Texts,
  type Values,
} from "../mapping.ts";
import type { Argument } from "../samples.ts";

/** PyTorch takes sizes one by one or as a list. */
const sizes = (given: string | undefined, value: Argument | undefined): string =>
  Array.isArray(value) && value.length === 1 && Array.isArray(value[0])
    ? `${given}`.slice(1, -1)
    : `${given}`;

const reshape: Mapping = map(
  "x *sizes",
  ({ x, sizes: given }, values) => `${x}.reshape(${sizes(given, values.sizes)})`,
);
const reshapeAs: Mapping = map("x y", ({ x, y }) => `${x}.reshape(${y}.shape)`);

/** Axes of a single value, which PyTorch lets be named, are left out. */
const transposed: Mapping = map("x a b", ({ x, a, b }, values) =>
  rankOf(values.x) === 0 ? `${x}` : `${x}.transpose(${a}, ${b})`,
);
const matrixTranspose: Mapping = map("x", ({ x }, values) =>
  rankOf(values.x) === 0 ? `${x}` : `${x}.transpose(-2, -1)`,
);
const wholeTranspose: Mapping = map("x", ({ x }, values) =>
  rankOf(values.x) < 2 ? `${x}` : `${x}.transpose(0, 1)`,
);

/** Several tensors in one argument, or as arguments. */
const joined = (name: string): Mapping => map("tensors", ({ tensors }) => `${name}(${tensors})`);

const split: Mapping = map("x sizes dim", ({ x, sizes: given, dim }) =>
  call(`${x}.split`, given, dim),
);

const triangle = (name: string): Mapping =>
  map("x diagonal", ({ x, diagonal }) => call(`${x}.${name}`, diagonal));

/** A call that ends with a diagonal's place and its axes. */
export function diagonalCall(
  name: string,
  operands: readonly (string | undefined)[],
  { offset, dim1, dim2 }: Texts,
): string {
  const axes = options({ dim1, dim2 });
  return call(name, ...operands, offset ?? (axes && "0"), axes);
}

/** PyTorch's widths, from the last axis on, as a pair for each axis in order. */
function widthsText({ x, widths }: Values): string {
  const flat = Array.isArray(widths) ? widths : [];
  const pairs = shapeOf(x).map((_, i, { length }) => {
    const at = 2 * (length - 1 - i);
    return [flat[at] ?? 0, flat[at + 1] ?? 0];
  });
  return JSON.stringify(pairs);
}

export const shapes: Mappings = {
  reshape,
  view: reshape,
  reshape_as: reshapeAs,
  view_as: reshapeAs,
  permute: map("x dims", ({ x, dims }) => `${x}.permute(${dims})`),
  transpose: transposed,
  swapaxes: transposed,
  T: wholeTranspose,
  t: wholeTranspose,
  H: wholeTranspose,
  mT: matrixTranspose,
  mH: matrixTranspose,
  movedim: map(
    "x source destination",
    ({ x, source, destination }) => `${x}.movedim(${source}, ${destination})`,
  ),
  squeeze: map("x dim", ({ x, dim }, values) =>
    rankOf(values.x) === 0 ? `${x}` : call(`${x}.squeeze`, dim),
  ),
  unsqueeze: map("x dim", ({ x, dim }) => `${x}.unsqueeze(${dim})`),
  flatten: map("x start_dim end_dim", ({ x, start_dim, end_dim }) =>
    call(`${x}.flatten`, start_dim, end_dim),
  ),
  ravel: map("x", ({ x }) => `${x}.flatten()`),
  unflatten: map("x dim sizes", ({ x, dim, sizes: given }) => `${x}.unflatten(${dim}, ${given})`),
  expand: map("x sizes", ({ x, sizes: given }) => `${x}.expand(${given})`),
  expand_as: map("x y", ({ x, y }) => `${x}.expand(${y}.shape)`),
  broadcast_to: map("x sizes", ({ x, sizes: given }) => `broadcastTo(${x}, ${given})`),
  broadcast_tensors: map("*tensors", ({ tensors }) => `broadcastTensors(${tensors})`),
  broadcast_shapes: map("*shapes", (_, values) => {
    const given = Array.isArray(values.shapes) ? values.shapes : [];
    const [first, ...rest] = given.map((shape) => `full(${JSON.stringify(shape)}, 0)`);
    return `[...${first}${rest.map((y) => `.add(${y})`).join("")}.shape]`;
  }),
  sum_to_size: map(
    "x *sizes",
    ({ x, sizes: given }, values) => `sumToSize(${x}, ${sizes(given, values.sizes)})`,
  ),
  repeat: map("x sizes", ({ x, sizes: given }) => `${x}.repeat(${given})`),
  tile: map("x sizes", ({ x, sizes: given }) => `${x}.tile(${given})`),
  repeat_interleave: map("x repeats dim", ({ x, repeats, dim }, values) =>
    call(`${rankOf(values.x) === 0 ? `${x}.reshape([1])` : x}.repeatInterleave`, repeats, dim),
  ),
  cat: map("tensors dim", ({ tensors, dim }) => call("cat", tensors, dim)),
  stack: map("tensors dim", ({ tensors, dim }) => call("stack", tensors, dim)),
  hstack: joined("hstack"),
  vstack: joined("vstack"),
  dstack: joined("dstack"),
  column_stack: joined("columnStack"),
  atleast_1d: map("x", ({ x }) => `atleast1d(${x})`),
  atleast_2d: map("x", ({ x }) => `atleast2d(${x})`),
  atleast_3d: map("x", ({ x }) => `atleast3d(${x})`),
  block_diag: map("*tensors", ({ tensors }) => `blockDiag(${tensors})`),
  split,
  split_with_sizes: split,
  chunk: map("x chunks dim", ({ x, chunks, dim }) => call(`${x}.chunk`, chunks, dim)),
  tensor_split: map("x parts dim", ({ x, parts, dim }) => call("tensorSplit", x, parts, dim)),
  vsplit: map("x parts", ({ x, parts }) => `tensorSplit(${x}, ${parts}, 0)`),
  hsplit: map(
    "x parts",
    ({ x, parts }, values) => `tensorSplit(${x}, ${parts}, ${rankOf(values.x) === 1 ? 0 : 1})`,
  ),
  dsplit: map("x parts", ({ x, parts }) => `tensorSplit(${x}, ${parts}, 2)`),
  unbind: map("x dim", ({ x, dim }) => call(`${x}.unbind`, dim)),
  flip: map("x dims", ({ x, dims }) => (dims === "[]" ? `${x}` : `${x}.flip(${dims})`)),
  fliplr: map("x", ({ x }) => `${x}.flip(1)`),
  flipud: map("x", ({ x }) => `${x}.flip(0)`),
  roll: map("x shifts dims", ({ x, shifts, dims }) => call(`${x}.roll`, shifts, dims)),
  rot90: map("x k dims", ({ x, k, dims }) => call(`${x}.rot90`, k, dims)),
  tril: triangle("tril"),
  triu: triangle("triu"),
  diag: map("x diagonal", ({ x, diagonal }) => call(`${x}.diag`, diagonal)),
  diagonal: map("x offset dim1 dim2", ({ x, offset, dim1, dim2 }) =>
    diagonalCall(`${x}.diagonal`, [], { offset, dim1, dim2 }),
  ),
  diag_embed: map("x offset dim1 dim2", ({ x, offset, dim1, dim2 }) =>
    diagonalCall(`${x}.diagEmbed`, [], { offset, dim1, dim2 }),
  ),
  diagflat: map("x offset", ({ x, offset }) => call(`${x}.flatten().diag`, offset)),
  unfold: map("x dim size step", ({ x, dim, size, step }, values) =>
    rankOf(values.x) === 0
      ? `windows(${x}.reshape([1]), ${dim}, ${size}, ${step}).reshape([1])`
      : `windows(${x}, ${dim}, ${size}, ${step})`,
  ),
  meshgrid: map("*tensors", ({ tensors, indexing }, values) => {
    const given = Array.isArray(values.tensors) ? values.tensors : [];
    return `meshgrid(${Array.isArray(given[0]) ? `${tensors}`.slice(1, -1) : tensors}, { indexing: ${indexing} })`;
  }),
  combinations: map("x r with_replacement", ({ x, r, with_replacement }) =>
    call("combinations", x, r, options({ withReplacement: with_replacement })),
  ),
  as_strided: map("x size stride storage_offset", ({ x, size, stride, storage_offset }) =>
    call("asStrided", x, size, stride, options({ offset: storage_offset })),
  ),
  narrow: map("x dim start length", ({ x, dim, start, length }, values) =>
    typeof values.start === "number"
      ? `${x}.narrow(${dim}, ${start}, ${length})`
      : `${x}.take(arange(${length}).add(${start}), ${dim})`,
  ),
  narrow_copy: map(
    "x dim start length",
    ({ x, dim, start, length }) => `${x}.narrow(${dim}, ${start}, ${length})`,
  ),
  constant_pad_nd: map("x widths value", ({ x, value }, values) =>
    call("pad", x, widthsText(values), options({ value })),
  ),
  "nn.functional.pad": map("x widths mode value", ({ x, mode, value }, values) =>
    call("pad", x, widthsText(values), options({ mode, value })),
  ),
  "nn.functional.unfold": map(
    "x kernel_size dilation padding stride",
    ({ x, kernel_size, dilation, padding, stride }) =>
      call("unfold", x, kernel_size, options({ dilation, padding, stride })),
  ),
  "nn.functional.pixel_shuffle": map(
    "x upscale_factor",
    ({ x, upscale_factor }) => `pixelShuffle(${x}, ${upscale_factor})`,
  ),
  "nn.functional.pixel_unshuffle": map(
    "x downscale_factor",
    ({ x, downscale_factor }) => `pixelUnshuffle(${x}, ${downscale_factor})`,
  ),
  "fft.fftshift": map("x dim", ({ x, dim }, values) =>
    call("fft.fftshift", x, dim ?? JSON.stringify(shapeOf(values.x).map((_, i) => i))),
  ),
};
