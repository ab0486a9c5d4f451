// Ten lines of numpy are enough to read what we ship: the file is what other tools know.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { packageText, source } from "./sample-package.ts";

const reader = `
import json, sys
import numpy as np
file = open(sys.argv[1], "rb").read()
length = int.from_bytes(file[:8], "little")
types = {"F64": "<f8", "F32": "<f4", "I32": "<i4", "U8": "u1", "BOOL": "?"}
for name, t in json.loads(file[8 : 8 + length]).items():
    if name == "__metadata__": continue
    start, end = (8 + length + at for at in t["data_offsets"])
    array = np.frombuffer(file[start:end], types[t["dtype"]]).reshape(t["shape"])
    if name != "glim.program": print(json.dumps([name, array.tolist()]))
`;

const python = spawnSync("python3", ["-c", "import numpy"]);

it.skipIf(python.status !== 0)("weights and state by their names", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "glim-python-"));
  try {
    const file = path.join(folder, "model.glim");
    writeFileSync(file, (await packageText(source)).bytes);
    const { stdout, stderr } = spawnSync("python3", ["-c", reader, file], { encoding: "utf8" });
    expect(stderr).toBe("");
    const lines = stdout.trim().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      ["glim.state", [0]],
      ["tally.sums", [0, 0, 0]],
      [
        "weight",
        [
          [1, 2, 3],
          [4, 5, 6],
          [7, 8, 9],
        ],
      ],
      ["tally.flags", [true, false]],
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
