// Most headers are read by JSON.parse, which hides much: whatever it takes, the reader of bytes must take as well.

import fc from "fast-check";
import { expect, test } from "vitest";
import { readCanonicalHeader } from "#glim/runtime/files/canonical-header.js";
import { HeaderReader } from "#glim/runtime/files/header-reader.js";
import {
  readSafetensorsHeader,
  type SafetensorsHeader,
} from "#glim/runtime/files/safetensors-header.js";

const encoder = new TextEncoder();

function byteByByte(bytes: Uint8Array): SafetensorsHeader | undefined {
  try {
    return readSafetensorsHeader(new HeaderReader("safetensors", bytes, 0, bytes.length));
  } catch {
    return undefined;
  }
}

const atOnce = (text: string): SafetensorsHeader | undefined =>
  readCanonicalHeader(encoder.encode(text));

const entry = '{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}';

test("what programs write is read at once", () => {
  const text = `{"__metadata__":{"a":"é"},"w":${entry},"\u{1f600}":${entry}}   `;
  expect(atOnce(text)).toEqual(byteByByte(encoder.encode(text)));
  expect(atOnce(text)?.entries.map((e) => e.name)).toEqual(["w", "\u{1f600}"]);
});

test.each([
  `{"w":${entry},"w":${entry}}`,
  `{"w":{"dtype":"F32","dtype":"F32","shape":[],"data_offsets":[0,4]}}`,
  `{"w":{"dtype":"F32","shape":[9007199254740993],"data_offsets":[0,4]}}`,
  `{"w":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}`,
  `{"w":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}`,
  `{"w":{"dtype":"F32","shape":[],"data_offsets":[0,4,4]}}`,
  `{"w":{"dtype":"F32","shape":[],"data_offsets":[0,4],"more":1}}`,
  `{"w":{"dtype":"F99","shape":[],"data_offsets":[0,4]}}`,
  `{"w":{"dtype":"F32","shape":[${"1,".repeat(999)}1],"data_offsets":[0,4]}}`,
  `{"__metadata__":{"a":1}}`,
  `{"\\ud800":${entry}}`,
  `{ "w":${entry}}`,
  `{"w":${entry}}\u00a0`,
  "[]",
  "null",
  "{",
])("%s is not", (text) => {
  expect(atOnce(text)).toBeUndefined();
});

test("damaged headers are read byte by byte, or alike", () => {
  const name = fc.constantFrom("w", "0", "10", "a.b", "__proto__", "__metadata__", "é");
  const pair = fc.tuple(name, fc.constantFrom(entry, '{"a":"b"}', entry.replace("24", "023")));
  const header = fc.array(pair, { maxLength: 4 }).map((all) => {
    const pieces = all.map(([key, value]) => `${JSON.stringify(key)}:${value}`);
    return `{${pieces.join(",")}}`;
  });
  const damage = fc.tuple(fc.nat(), fc.constantFrom("", "0", '"', ",", " ", "}", "\\", "e"));
  fc.assert(
    fc.property(header, fc.option(damage), (text, change) => {
      const at = change ? change[0] % text.length : 0;
      const found = change ? text.slice(0, at) + change[1] + text.slice(at + 1) : text;
      const known = atOnce(found);
      if (known) expect(known).toEqual(byteByByte(encoder.encode(found)));
    }),
    { numRuns: 1000, seed: 7 },
  );
});
