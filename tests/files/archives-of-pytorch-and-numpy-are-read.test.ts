// Most weights exist as PyTorch's own files, which are programs: tensors are read, and nothing is run.
import { describe, expect, it } from "vitest";
import { bytesSource } from "#glim/runtime/files/byte-source.js";
import { parseNpz } from "#glim/runtime/files/npz.js";
import { parseTorchArchive } from "#glim/runtime/files/torch-archive.js";
import { openZip, readEntryBytes, readStored } from "#glim/runtime/files/zip.js";
import { archives, fileDType, zipOf } from "./archive-material.ts";
import { decodeBytes, latin1 } from "./tensor-file-material.ts";

describe("what torch.save wrote", () => {
  it.each(Object.entries(archives.torch))("%s", async (_name, { file, tensors }) => {
    const read = await parseTorchArchive(decodeBytes(file));
    expect([...read.keys()]).toEqual(Object.keys(tensors));
    for (const [name, { dtype, shape, data }] of Object.entries(tensors)) {
      const found = read.get(name)!;
      expect([found.dtype, found.shape], name).toEqual([fileDType[dtype], shape]);
      expect(Buffer.from(found.data).toString("base64"), name).toBe(data);
    }
  });

  it.each([
    [
      "a module",
      /wants to call "torch\.nn\.modules.*; only tensors are read: save model\.state_dict/,
    ],
    ["the format before 1.6", /not a \.pt file: it is a Python pickle; PyTorch before 1\.6/],
    ["repeated elements", /"tensor" repeats its elements: call \.contiguous\(\)/],
  ])("%s is refused", async (name, message) => {
    const reading = parseTorchArchive(decodeBytes(archives.refused[name]!));
    await expect(reading).rejects.toThrow(message);
  });

  it("a class that is only named is left out", async () => {
    const read = await parseTorchArchive(decodeBytes(archives.refused["another class"]!));
    expect([...read]).toEqual([]);
  });
});

/** A .pt file whose pickle is given as text in which each character is a byte. */
const torchFile = (pickle: string, storage = new Uint8Array(8)): Uint8Array =>
  zipOf({ "x/data.pkl": latin1(`\x80\x02${pickle}.`), "x/data/0": storage });

const text = (s: string): string => `X${String.fromCharCode(s.length)}\0\0\0${s}`;
const storage = `(${text("storage")}ctorch\nFloatStorage\n${text("0")}${text("cpu")}K\x02tQ`;
const tensor = (args: string): string =>
  `ctorch._utils\n_rebuild_tensor_v2\n(${storage}${args}\x89}tR`;

describe("a pickle", () => {
  it("of one tensor is what PyTorch writes", async () => {
    const read = await parseTorchArchive(torchFile(tensor("K\0K\x02\x85K\x01\x85")));
    expect(read.get("tensor")).toEqual({ dtype: "f32", shape: [2], data: new Uint8Array(8) });
  });

  it.each([
    [`cposix\nsystem\n(${text("rm -rf /")}tR`, 'wants to call "posix.system"'],
    [`${text("posix")}${text("system")}\x93)R`, 'wants to call "posix.system"'],
    ["\x92", "0x92, which no state_dict needs"],
    ["h\x05", "it recalls 5, which it never made"],
    ["t", "a mark that is not there"],
    ["", "it takes a value that is not there"],
    ["K", "it ends in the middle of an instruction"],
    ["X\xff\xff\xff\x7fab", "ends in the middle of an instruction"],
    ["]q\0h\0a", "it contains itself"],
    [tensor("K\0K\x03\x85K\x01\x85"), "goes beyond its storage of 8 bytes"],
    [tensor("K\x01K\x02\x85K\x01\x85"), "goes beyond its storage"],
    [tensor("K\0K\x02\x85J\xff\xff\xff\xff\x85"), "not whole numbers from 0"],
    [tensor("K\0K\x02K\x02\x86K\x01\x85"), "2 sizes and 1 strides"],
    [tensor("K\0K\x02\x85K\x01\x85").replace("K\x02tQ", "K\x03tQ"), "3 elements of f32, but"],
    [tensor("K\0)))").replace("FloatStorage", "QInt8Storage"), "a dtype that is not read"],
    [tensor("K\0))").replace("\x010", "\x011").replace(text("0"), text("1")), "the archive lacks"],
  ])("%j is refused", async (pickle, message) => {
    await expect(parseTorchArchive(torchFile(pickle))).rejects.toThrow(message);
  });

  it("that names one storage again and again is refused before memory is full", async () => {
    const one = tensor("K\0M\0\x40\x85K\x01\x85").replace("K\x02tQ", "M\0\x40tQ");
    const many = torchFile(`](${one.repeat(200)}e`, new Uint8Array(0x10000));
    await expect(parseTorchArchive(many)).rejects.toThrow("repeat");
    const few = torchFile(`](${one.repeat(40)}e`, new Uint8Array(0x10000));
    expect((await parseTorchArchive(few)).size).toBe(40);
  });
});

describe("npz", () => {
  it.each(["plain", "compressed"] as const)("%s", async (kind) => {
    const read = await parseNpz(decodeBytes(archives.npz[kind]));
    expect([...read.keys()]).toEqual(["weight", "count", "big"]);
    const { dtype, shape, data } = read.get("weight")!;
    expect([dtype, shape]).toEqual(["f32", [2, 3]]);
    expect([...new Float32Array(data.slice().buffer)]).toEqual([0, 1, 2, 3, 4, 5]);
    expect(read.get("big")?.data.length).toBe(20_000);
  });

  it("that holds something else is refused", async () => {
    await expect(parseNpz(zipOf({ "a.txt": new Uint8Array(3) }))).rejects.toThrow(
      'holds "a.txt", which is no .npy file',
    );
    await expect(parseNpz(zipOf({ "a.npy": new Uint8Array(3) }))).rejects.toThrow(
      'the file "a.npy": not a .npy file',
    );
  });
});

describe("a zip archive", () => {
  const file = zipOf({ a: latin1("one"), b: latin1("two") });
  const open = (bytes: Uint8Array) => openZip(bytesSource(bytes));

  it("has its files", async () => {
    expect([...(await open(file)).entries.keys()]).toEqual(["a", "b"]);
    expect([...(await open(zipOf({}))).entries]).toEqual([]);
  });

  it("that is cut off, or another file, is refused", async () => {
    await expect(open(file.subarray(0, 60))).rejects.toThrow("the file is cut off");
    await expect(open(latin1("\x1f\x8b and so on"))).rejects.toThrow("it is gzip data");
  });

  it("with another checksum is refused when that file is read", async () => {
    const damaged = file.slice();
    damaged[31]! ^= 1;
    const archive = await open(damaged);
    const [one, two] = archive.entries.values();
    await expect(readStored(archive, one!)).rejects.toThrow(
      '"a" is damaged: its checksum does not fit',
    );
    expect(Buffer.from(await readEntryBytes(archive, two!)).toString()).toBe("two");
  });

  it("whose files overlap is refused, before few bytes become many", async () => {
    const whole = zipOf({ a: new Uint8Array(1000), b: new Uint8Array(1000) });
    const at = Buffer.from(whole).lastIndexOf("PK\x01\x02");
    // The second entry of the directory leads to the first file, and both to more than there is.
    const overlapping = Buffer.from(whole);
    overlapping.writeUInt32LE(0, at + 42);
    const both = await open(new Uint8Array(overlapping));
    expect([...both.entries.values()].map(({ header }) => header)).toEqual([0, 0]);
    overlapping.writeUInt32LE(1500, at + 20);
    overlapping.writeUInt32LE(1500, at + 24);
    await expect(open(new Uint8Array(overlapping))).rejects.toThrow("its files overlap");
  });
});
