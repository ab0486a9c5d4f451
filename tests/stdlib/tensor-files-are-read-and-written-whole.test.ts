// A file that is half read or half written is worse than none.
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type AnyTensor, GlimError, loadSafetensors, nn, save, tensor } from "glim";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeSafetensors } from "#glim/runtime/files/safetensors.js";

let folder: string;
let server: Server;
let address: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "glim-files-"));
  server = createServer(async (request, response) => {
    const file = join(folder, request.url ?? "");
    const bytes = await readFile(file).catch(() => undefined);
    response.statusCode = request.url === "/broken" ? 500 : bytes ? 200 : 404;
    response.end(bytes);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const at = server.address();
  address = typeof at === "object" && at !== null ? `http://127.0.0.1:${at.port}` : "";
});

afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

async function refusal(result: Promise<unknown>): Promise<GlimError> {
  const error: unknown = await result.then(
    () => undefined,
    (e: unknown) => e,
  );
  if (error instanceof GlimError) return error;
  throw new Error(`nothing was refused, or with ${error}`);
}

const layer = (): nn.Linear => new nn.Linear(3, 2);

describe("a saved module", () => {
  it("loads from a path, a file URL, the web and bytes, bit for bit", async () => {
    const from = layer();
    const path = join(folder, "layer.safetensors");
    await save(path, from);
    const bytes = await readFile(path);
    const plain = new Uint8Array(bytes).buffer;
    for (const source of [
      path,
      pathToFileURL(path),
      pathToFileURL(path).href,
      `${address}/layer.safetensors`,
      new URL(`${address}/layer.safetensors`),
      new Uint8Array(bytes),
      plain,
    ]) {
      const to = await layer().load(source);
      expect(to.weight.toTypedArray()).toEqual(from.weight.toTypedArray());
      expect(to.bias?.toTypedArray()).toEqual(from.bias?.toTypedArray());
    }
  });

  it("leaves no other file behind", async () => {
    await save(pathToFileURL(join(folder, "alone.safetensors")), layer().stateDict());
    const left = (await readdir(folder)).filter((name) => name.includes("alone"));
    expect(left).toEqual(["alone.safetensors"]);
  });

  it("keeps dtypes, shapes and views", async () => {
    const path = join(folder, "kinds.safetensors");
    const kinds = new Map<string, AnyTensor>([
      ["i", tensor([[1, -2, 3]], "i32").transpose(0, 1)],
      ["b", tensor([true, false])],
      ["s", tensor(2.5)],
    ]);
    await save(path, kinds);
    const read = await loadSafetensors(path);
    expect(read.get("i")?.shape).toEqual([3, 1]);
    expect([...(read.get("i")?.toTypedArray() ?? [])]).toEqual([1, -2, 3]);
    expect(read.get("b")?.toList()).toEqual([true, false]);
    expect(read.get("s")?.item()).toBe(2.5);
  });
});

describe("a file that cannot be used", () => {
  it("is named where it does not exist", async () => {
    for (const source of [join(folder, "none"), `${address}/none`]) {
      const { code, message } = await refusal(loadSafetensors(source));
      expect(code).toBe("GLIM2016");
      expect(message).toBe(`${source} does not exist`);
    }
  });

  it('is no hindrance with ifMissing: "keep"', async () => {
    const l = layer();
    const before = l.weight.toTypedArray();
    await l.load(join(folder, "none"), { ifMissing: "keep" });
    expect(l.weight.toTypedArray()).toEqual(before);
  });

  it("is named with what the server said", async () => {
    const { code, message } = await refusal(loadSafetensors(`${address}/broken`));
    expect(code).toBe("GLIM2016");
    expect(message).toMatch(/broken cannot be read: the server answered 500/);
  });

  it("is named with what is wrong in it", async () => {
    const path = join(folder, "cut.safetensors");
    await save(path, layer());
    await writeFile(path, (await readFile(path)).subarray(0, 90));
    const { code, message } = await refusal(loadSafetensors(path));
    expect(code).toBe("GLIM2016");
    expect(message).toMatch(/^.*cut\.safetensors: the file ends after 90 bytes/);
  });

  it("is named with the tensor that cannot be held", async () => {
    const data = new Uint8Array(16).fill(1);
    const bytes = writeSafetensors([["wide", { dtype: "i64", shape: [2], data }]]);
    const { message } = await refusal(loadSafetensors(bytes));
    expect(message).toMatch(/the safetensors file: tensor "wide": .*outside the range of i32/);
  });

  it("is named where it does not fit the module", async () => {
    const path = join(folder, "other.safetensors");
    await save(path, new nn.Linear(4, 2));
    const { code, message } = await refusal(layer().load(path));
    expect(code).toBe("GLIM2018");
    expect(message).toBe(`${path} does not fit Linear: weight is f32[2,4], not f32[2,3]`);
  });
});

describe("a place that cannot be written", () => {
  it("is named, and nothing is left there", async () => {
    const path = join(folder, "no-such-folder", "layer.safetensors");
    const { code, message } = await refusal(save(path, layer()));
    expect(code).toBe("GLIM2019");
    expect(message).toContain(path);
  });

  it("is refused on the web", async () => {
    const { code } = await refusal(save(`${address}/layer.safetensors`, layer()));
    expect(code).toBe("GLIM2019");
  });

  it("keeps the former file when writing fails", async () => {
    const path = join(folder, "folder.safetensors");
    await save(join(folder, "kept.safetensors"), layer());
    await rm(path, { recursive: true, force: true });
    const { mkdir } = await import("node:fs/promises");
    await mkdir(join(path, "inside"), { recursive: true });
    await refusal(save(path, layer()));
    expect(await readdir(path)).toEqual(["inside"]);
    expect((await readdir(folder)).filter((n) => n.includes("unfinished"))).toEqual([]);
  });
});
