// Sizes that differ by a number are ordered whatever they are: code that computes with the least of
// them must get that size, not the difference.
import { expect, it } from "vitest";
import { printType } from "#glim/compiler/graph/type.js";
import { lawful, lowerFixture } from "./lower-model.ts";

const module = lawful(await lowerFixture("models/size-extremes.ts"));
const resultOf = (name: string): string =>
  String(module.funcs.find((f) => f.name === name)?.results.map(printType));

it("min gives the smaller one", () => expect(resultOf("least")).toBe("f32[N,N]"));
it("max gives the greater one", () => expect(resultOf("greatest")).toBe("f32[N+1,N,N]"));
