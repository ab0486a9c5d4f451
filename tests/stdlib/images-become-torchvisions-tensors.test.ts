// A model trained on what torchvision makes of an image must be given the same numbers: the hashes are of torchvision
// 0.14's `to_tensor` and `normalize` and of Pillow 9.4's grey, for the pixels made here.

import { createHash } from "node:crypto";
import { fromPixels, grad, type Tensor, tensor, toPixels } from "glim";
import { describe, expect, expectTypeOf, it } from "vitest";

const [width, height] = [32, 16];
const bytesOf = (i: number): number[] => [i * 7 + i * i, i * 13 + 5, i * 31 + (i >> 8)];
const colours = Array.from({ length: width * height }, (_, i) => bytesOf(i));
const image = { data: Uint8Array.from(colours.flat()), width, height };
const rgba = {
  data: Uint8ClampedArray.from(colours.flatMap((c, i) => [...Uint8Array.from(c), i % 256])),
  width,
  height,
};
const imageNet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

type Read = ReturnType<typeof fromPixels>;
const hash = (x: Pick<Read, "toTypedArray">): string => {
  const { buffer } = x.toTypedArray();
  return createHash("sha256").update(new Uint8Array(buffer)).digest("hex").slice(0, 16);
};

describe("fromPixels", () => {
  it("gives the bits of torchvision and Pillow", () => {
    expect(fromPixels(image).shape).toEqual([3, height, width]);
    expect(hash(fromPixels(image))).toBe("b18d957f3e07a201");
    expect(hash(fromPixels(image, imageNet))).toBe("326ccfb7848cae42");
    expect(hash(fromPixels(image, { dtype: "u8", channels: 1 }))).toBe("1f943cd519899e6c");
  });

  it("drops alpha unless it is asked for", () => {
    expect(hash(fromPixels(rgba))).toBe(hash(fromPixels(image)));
    const all = fromPixels(rgba, { channels: 4, dtype: "u8", layout: "hwc" });
    expect([all.dtype, all.shape]).toEqual(["u8", [height, width, 4]]);
    expect([...all.toTypedArray()]).toEqual([...rgba.data]);
    expect(fromPixels(image, { channels: 4 }).at(3).min().item()).toBe(1);
  });

  it("lays channels out first or last", () => {
    const last = fromPixels(rgba, { layout: "hwc", ...imageNet });
    expect(hash(last.permute([2, 0, 1]))).toBe(hash(fromPixels(rgba, imageNet)));
  });

  it("takes grey, with alpha and without", () => {
    const grey = { data: Uint8Array.of(0, 51, 255, 102), width: 2, height: 1, channels: 2 };
    expect([...fromPixels(grey, { dtype: "u8" }).toTypedArray()]).toEqual([0, 255]);
    const four = fromPixels(grey, { channels: 4, dtype: "u8", layout: "hwc" });
    expect([...four.toTypedArray()]).toEqual([0, 0, 0, 51, 255, 255, 255, 102]);
    const three = fromPixels({ data: Uint8Array.of(51), width: 1, height: 1 }, { channels: 3 });
    expect(three.toTypedArray()).toEqual(Float32Array.of(0.2, 0.2, 0.2));
  });

  it("is typed, and takes what browsers and Node have", () => {
    expectTypeOf(fromPixels<"f32">)
      .parameter(0)
      .toExtend<{ readonly width: number }>();
    const ofCanvas = (pixels: ImageData) => fromPixels(pixels, { dtype: "u8" });
    expectTypeOf(ofCanvas).returns.toHaveProperty("shape");
    const buffer = Buffer.from(image.data);
    expect(hash(fromPixels({ data: buffer, width, height }))).toBe(hash(fromPixels(image)));
  });

  it.each([
    [null, {}, "image.data is undefined"],
    [{ width, height, data: [1, 2, 3] }, {}, "image.data is an array"],
    [{ width, height, data: new Float32Array(1536) }, {}, "image.data is Float32Array"],
    [{ ...image, width: 0 }, {}, "image.width is 0"],
    [{ ...image, height: 1.5 }, {}, "image.height is 1.5"],
    [{ ...image, width: 33 }, {}, "image.data has 1536 bytes for 33 × 16 pixels"],
    [{ ...image, channels: 4 }, {}, "image.channels is 4"],
    [image, { layout: "nchw" }, 'layout is "nchw"'],
    [image, { channels: 2 }, "channels is 2"],
    [image, { dtype: "i32" }, 'dtype is "i32"'],
    [image, { dtype: "u8", std: 2 }, "std is given for u8"],
    [image, { mean: [0.5] }, "mean has 1 numbers for 3 channels"],
    [image, { std: [1, 0, 1] }, "std has 0"],
    [image, { mean: Number.NaN }, "mean has NaN"],
  ])("refuses %o with %o", (pixels, options, why) => {
    expect(() => Reflect.apply(fromPixels, undefined, [pixels, options])).toThrow(
      `fromPixels: ${why}`,
    );
  });
});

describe("toPixels", () => {
  it("gives back the bytes of what was read", () => {
    for (const options of [{}, imageNet, { layout: "hwc", ...imageNet } as const]) {
      const again = toPixels(fromPixels(rgba, options), { channels: 3, ...options });
      expect(again).toEqual({
        data: new Uint8ClampedArray(image.data),
        width,
        height,
        channels: 3,
      });
      const all = toPixels(fromPixels(rgba, { channels: 4 }));
      expect(all).toEqual({ ...rgba, channels: 4 });
    }
  });

  it("rounds to nearest, ties to even, and clamps", () => {
    const x = tensor([[0.5 / 255, 1.5 / 255, 2.5 / 255, 0.4999, -3, 7, Number.NaN]], "f64");
    expect([...toPixels(x, { channels: 1 }).data]).toEqual([0, 2, 2, 127, 0, 255, 0]);
  });

  it("takes integers as bytes, and booleans as black and white", () => {
    const numbers = toPixels(tensor([[-5, 200, 300]], "i32"), { channels: 1 });
    expect([...numbers.data]).toEqual([0, 200, 255]);
    expect([...toPixels(tensor([[true, false]])).data]).toEqual([255, 255, 255, 255, 0, 0, 0, 255]);
  });

  it.each([
    [1, {}, "x is not a tensor"],
    [tensor([1, 2]), {}, "x is f32[2], neither [H, W] nor one image with channels"],
    [
      tensor([[[[1]]]]),
      {},
      "x is f32[1,1,1,1], neither [H, W] nor one image with channels; x.at(0)",
    ],
    [tensor([[[1], [2]]]), {}, undefined],
    [tensor([[[1, 2]]]), { layout: "hwc" }, 'x is f32[1,1,2] with layout "hwc", [H, W, C]: C is 2'],
    [tensor([[[1]], [[1]], [[1]]]), { channels: 1 }, "channels is 1, but x has 3 channels"],
    [tensor([[1]], "u8"), { mean: 0 }, "mean is given for u8"],
    [tensor(new Float32Array(), [0, 2]), {}, "x is f32[0,2], an image without pixels"],
  ])("of %o with %o refuses what does not fit", (x, options, why) => {
    const call = () => Reflect.apply(toPixels, undefined, [x, options]);
    if (why === undefined) expect(call).not.toThrow();
    else expect(call).toThrow(`toPixels: ${why}`);
  });

  it("refuses to lose a gradient", () => {
    const brightness = (x: Tensor) => {
      const { data } = toPixels(x);
      return x.sum().mul(data[0] ?? 0);
    };
    expect(() => grad(brightness)(fromPixels(image))).toThrow("stopGradient");
  });
});
