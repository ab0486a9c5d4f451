import { tensor } from "glim";
import { expect, it } from "vitest";
import { load } from "../dist/colors.js";
import { distances } from "../models/colors.ts";

it("gives the same bits compiled as it does eagerly", async () => {
  const color = Float32Array.of(0.1, 0.2, 0.3);
  const palette = Float32Array.of(0.3, 0.2, 0.1, 1, 1, 1);
  const eager = distances(tensor(color), tensor(palette).reshape([2, 3]));
  const { data } = (await load()).distances(color, palette);
  expect(data).toEqual(eager.toTypedArray());
});
