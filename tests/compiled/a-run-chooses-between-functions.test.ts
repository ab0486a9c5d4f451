// `kind === "relu" ? relu : gelu` is how programs choose a part: each is known, and only a run knows which is meant.

import { describe, it } from "vitest";
import { bothWays, expectSameBits } from "../gradients/both-ways.ts";

const both = bothWays("fixtures/choices/model.ts");
const x = [0.5, -1, 2, 0.25];

describe("eager and compiled give the same bits", () => {
  it.each([
    ...[true, false].map((is) => ["kept", x, is] as const),
    ...["relu", "gelu", "other"].map((kind) => ["activation", x, kind] as const),
    ...[0, 2].map((n) => ["layers", x, n] as const),
    ...[0, 2].map((n) => ["classes", x, n] as const),
    ...[0, 1, 2, 5].map((n) => ["rounds", x, n] as const),
    ...[true, false].map((flag) => ["captured", x, flag, 3] as const),
    ...[1, 2, 4].map((n) => ["numbers", n] as const),
    ...[2, -3, 5].map((n) => ["counted", n] as const),
    ...[true, false, true].map((is) => ["drawn", x, is] as const),
    ...[1, 2, 3].map((n) => ["asked", x, n] as const),
    ...[2, -3, 5].map((n) => ["written", n] as const),
    ...[true, false].map((is) => ["fields", x, is] as const),
  ])("%s(%j, %j)", (name, ...args) => expectSameBits(both, name, args));
});
