// A package says what it holds, weights included: who keeps it, or gets it from elsewhere, can tell whether it is still
// that; and a weight that the program reaches by two names is in the file once, under both.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { openPackage } from "#glim/cli/artefact/open-package.js";
import { inspectPackage, printPackage } from "#glim/cli/artefact/package-inspection.js";
import { fnv64 } from "#glim/compiler/ops/fnv64.js";
import { contentHashOf, verifyContent } from "#glim/runtime/package/content-hash.js";
import { open } from "#glim/runtime/package/open.js";
import { readPackage } from "#glim/runtime/package/read-package.js";
import { packageText, source } from "./sample-package.ts";

const tied = `
import { nn, script, type Tensor, tensor } from "glim";

class Words extends nn.Module {
  readonly table = new nn.Parameter(tensor([[1, 2], [3, 4], [5, 6]]));
  readonly head = this.table;
}
const net = new Words();
export const back = script((x: Tensor<["B", 3]>) =>
  x.matmul(net.table).matmul(net.head.permute([1, 0])),
);
`;

let whole: Uint8Array;
beforeAll(async () => {
  whole = (await packageText(source)).bytes;
});

/** The file with one byte of a tensor, or of its header where the header's own hash is made right. */
function changed(at: number): Uint8Array {
  const file = whole.slice();
  file[at]! ^= 1;
  const view = new DataView(file.buffer);
  const data = 8 + Number(view.getBigUint64(0, true));
  fnv64(file.subarray(8, data)).forEach((word, i) => {
    view.setUint32(data + 16 + 4 * i, word, true);
  });
  return file;
}

describe("the content's hash", () => {
  it("is right in what was written", async () => {
    const { stated, isRight } = await contentHashOf(whole);
    expect(stated).toMatch(/^[0-9a-f]{64}$/);
    expect(isRight).toBe(true);
    await expect(open(whole, { verify: true })).resolves.toBeDefined();
  });

  it("is another one where a weight, the program or a name is", async () => {
    const { tensors, program } = readPackage(whole);
    const { byteOffset } = tensors.get("weight")!.data;
    const header = new TextDecoder("latin1").decode(whole.subarray(0, program.byteOffset));
    const places = [byteOffset + 2, program.byteOffset + program.length - 1];
    for (const at of [...places, header.indexOf('"weight"') + 1]) {
      const file = changed(at);
      expect((await contentHashOf(file)).isRight, `byte ${at}`).toBe(false);
      await expect(verifyContent(file)).rejects.toThrow("its content is not that whose hash");
      await expect(open(file, { verify: true })).rejects.toThrow("its content is not that");
    }
  });

  it("is not in packages of before, which run as they are", async () => {
    const folder = path.resolve(import.meta.dirname, "../fixtures/packages/v2");
    const [name = ""] = readdirSync(folder).filter((file) => file.endsWith(".glim"));
    const file = new Uint8Array(readFileSync(path.join(folder, name)));
    expect(await contentHashOf(file)).toEqual({ stated: undefined, isRight: undefined });
    await expect(open(file)).resolves.toBeDefined();
    await expect(open(file, { verify: true })).rejects.toThrow("it states no hash");
  });
});

it("tied weights are there once, under two names, and inspecting shows both", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "glim-content-"));
  try {
    const file = path.join(folder, "tied.glim");
    const { bytes } = await packageText(tied);
    writeFileSync(file, bytes);
    const opened = await openPackage(file, true);
    expect([...opened.file.tensors.keys()]).toEqual(["net.table"]);
    expect([...opened.file.aliases]).toEqual([["net.head", "net.table"]]);
    const shown = printPackage(file, await inspectPackage(opened));
    expect(shown).toContain("  net.table = net.head: f32[3, 2]  24\n");
    expect(shown).toMatch(/\ncontent sha256 [0-9a-f]{64}: intact\n/);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(file, bytes);
    expect(printPackage(file, await inspectPackage(await openPackage(file)))).toMatch(
      /\ncontent sha256 [0-9a-f]{64}: its content was changed\n/,
    );
    await expect(openPackage(file, true)).rejects.toThrow("its content is not that whose hash");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
