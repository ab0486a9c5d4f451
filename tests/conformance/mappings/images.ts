/** `torch.nn.functional`: layers over images and sequences, pooling, resampling. */

import { call, type Mapping, type Mappings, map, options } from "../mapping.ts";
import type { Argument } from "../samples.ts";

const sizeText = (v: Argument | undefined): string => JSON.stringify(v ?? null);

const isEmpty = (v: Argument | undefined): boolean => Array.isArray(v) && v.length === 0;

/** A size that pooling in one direction takes as a number. */
const single = (text: string | undefined): string | undefined => text?.replace(/^\[(\d+)\]$/, "$1");

const poolParameters = "x kernel_size stride padding ceil_mode count_include_pad divisor_override";

const averagePool = (name: string): Mapping =>
  map(poolParameters, (t, values) =>
    call(
      name,
      t.x,
      single(t.kernel_size),
      options({
        stride: isEmpty(values.stride) ? undefined : single(t.stride),
        padding: single(t.padding),
        ceilMode: t.ceil_mode,
        countIncludePad: t.count_include_pad,
        divisorOverride: t.divisor_override,
      }),
    ),
  );

const maxPool = (name: string): Mapping =>
  map("x kernel_size stride padding dilation ceil_mode return_indices", (t, values) => {
    const pooled = call(
      `${name}${t.return_indices === "true" ? "WithIndices" : ""}`,
      t.x,
      single(t.kernel_size),
      options({
        stride: isEmpty(values.stride) ? undefined : single(t.stride),
        padding: single(t.padding),
        dilation: single(t.dilation),
        ceilMode: t.ceil_mode,
      }),
    );
    return t.return_indices === "true" ? `((r) => [r.values, r.indices])(${pooled})` : pooled;
  });

const maxUnpool = (name: string, count: number): Mapping =>
  map("x indices kernel_size stride padding output_size", (t, values) =>
    call(
      name,
      t.x,
      t.indices,
      single(t.kernel_size),
      options({
        stride: single(t.stride),
        padding: single(t.padding),
        outputSize: Array.isArray(values.output_size)
          ? JSON.stringify(values.output_size.slice(-count))
          : undefined,
      }),
    ),
  );

const adaptiveMean = (name: string): Mapping =>
  map("x size", ({ x }, values) => `${name}(${x}, ${sizeText(values.size)})`);

const adaptiveMax = (name: string): Mapping =>
  map("x size return_indices", ({ x, return_indices }, values) => {
    const size = sizeText(values.size);
    return return_indices === "true"
      ? `((r) => [r.values, r.indices])(${name}WithIndices(${x}, ${size}))`
      : `${name}(${x}, ${size})`;
  });

const convolution = (name: string): Mapping =>
  map("x weight bias stride padding dilation groups", (t) =>
    call(
      name,
      t.x,
      t.weight,
      t.bias ?? "undefined",
      options({
        stride: single(t.stride),
        padding: single(t.padding),
        dilation: single(t.dilation),
        groups: t.groups,
      }),
    ),
  );

const transposedConvolution = (name: string): Mapping =>
  map("x weight bias stride padding output_padding groups dilation", (t) =>
    call(
      name,
      t.x,
      t.weight,
      t.bias ?? "undefined",
      options({
        stride: single(t.stride),
        padding: single(t.padding),
        outputPadding: single(t.output_padding),
        groups: t.groups,
        dilation: single(t.dilation),
      }),
    ),
  );

const resized = (x: string | undefined, fields: Readonly<Record<string, string | undefined>>) =>
  call("interpolate", x, options(fields));

export const images: Mappings = {
  "nn.functional.linear": map("x weight bias", ({ x, weight, bias }) =>
    call("linear", x, weight, bias),
  ),
  "nn.functional.bilinear": map("x y weight bias", ({ x, y, weight, bias }) =>
    call("bilinear", x, y, weight, bias),
  ),
  "nn.functional.conv1d": convolution("conv1d"),
  "nn.functional.conv2d": convolution("conv2d"),
  "nn.functional.conv3d": convolution("conv3d"),
  "nn.functional.conv_transpose1d": transposedConvolution("convTranspose1d"),
  "nn.functional.conv_transpose2d": transposedConvolution("convTranspose2d"),
  "nn.functional.conv_transpose3d": transposedConvolution("convTranspose3d"),
  "nn.functional.avg_pool1d": averagePool("avgPool1d"),
  "nn.functional.avg_pool2d": averagePool("avgPool2d"),
  "nn.functional.avg_pool3d": averagePool("avgPool3d"),
  "nn.functional.max_pool1d": maxPool("maxPool1d"),
  "nn.functional.max_pool2d": maxPool("maxPool2d"),
  "nn.functional.max_pool3d": maxPool("maxPool3d"),
  "nn.functional.max_unpool1d": maxUnpool("maxUnpool1d", 1),
  "nn.functional.max_unpool2d": maxUnpool("maxUnpool2d", 2),
  "nn.functional.max_unpool3d": maxUnpool("maxUnpool3d", 3),
  "nn.functional.adaptive_avg_pool1d": adaptiveMean("adaptiveAvgPool1d"),
  "nn.functional.adaptive_avg_pool2d": adaptiveMean("adaptiveAvgPool2d"),
  "nn.functional.adaptive_avg_pool3d": adaptiveMean("adaptiveAvgPool3d"),
  "nn.functional.adaptive_max_pool1d": adaptiveMax("adaptiveMaxPool1d"),
  "nn.functional.adaptive_max_pool2d": adaptiveMax("adaptiveMaxPool2d"),
  "nn.functional.adaptive_max_pool3d": adaptiveMax("adaptiveMaxPool3d"),
  "nn.functional.interpolate": map(
    "x size scale_factor mode align_corners",
    ({ x, size, scale_factor, mode, align_corners }) =>
      resized(x, {
        size: single(size),
        scaleFactor: scale_factor,
        mode,
        alignCorners: align_corners,
      }),
  ),
  "nn.functional.upsample_bilinear": map("x size scale_factor", ({ x, size, scale_factor }) =>
    resized(x, { size, scaleFactor: scale_factor, mode: '"bilinear"', alignCorners: "true" }),
  ),
  "nn.functional.upsample_nearest": map("x size scale_factor", ({ x, size, scale_factor }) =>
    resized(x, { size, scaleFactor: scale_factor, mode: '"nearest"' }),
  ),
  "nn.functional.grid_sample": map(
    "x grid mode padding_mode align_corners",
    ({ x, grid, mode, padding_mode, align_corners }) =>
      call(
        "gridSample",
        x,
        grid,
        options({ mode, paddingMode: padding_mode, alignCorners: align_corners }),
      ),
  ),
};
