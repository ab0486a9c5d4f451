// A chart that drops a peak or scales a curve wrongly hides how a training really went.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { linearAxis, logAxis } from "#glim/cli/plot/axis.js";
import { makeCurve } from "#glim/cli/plot/curve.js";
import { glim, makeFolder } from "./glim.ts";

const lines = (...entries: readonly unknown[]): string =>
  entries.map((e) => `${JSON.stringify(e)}\n`).join("");
const run = lines(
  { step: 0, loss: 2, text: "a" },
  { step: 10, loss: 1 },
  { step: 20, loss: 0, accuracy: 0.5 },
);

async function plotted(files: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const folder = await makeFolder(files);
  const outcome = await glim(folder, "plot", ...args);
  return { outcome, read: (name: string) => readFile(path.join(folder, name), "utf8") };
}

describe("a chart", () => {
  it("is written beside the run, with a panel for each metric", async () => {
    const { outcome, read } = await plotted({ "run.jsonl": run }, "run.jsonl");
    expect(outcome).toEqual({ code: 0, stdout: "run.svg: loss, accuracy\n", stderr: "" });
    const svg = await read("run.svg");
    // The panel is 58 to 444 wide and 34 to 236 high.
    expect(svg).toContain('d="M58.0 34.0L251.0 135.0L444.0 236.0"');
    expect(svg).toContain('<circle cx="251.0" cy="');
    expect(svg.match(/class="title"/g)?.length).toBe(2);
    expect(svg).not.toContain("text</text>");
  });

  it("of several runs has their names, whatever is in them", async () => {
    const files = {
      "a.jsonl": run,
      "b & <c>.jsonl": lines({ step: 0, loss: 1 }, { step: 40, loss: 4 }),
    };
    const { outcome, read } = await plotted(
      files,
      ...Object.keys(files),
      "-y",
      "loss",
      "-o",
      "both.html",
    );
    expect(outcome.stdout).toBe("both.html: loss\n");
    const page = await read("both.html");
    expect(page).toContain("<!doctype html>");
    expect(page).toContain(">b &#38; &#60;c&#62;</text>");
    // Both on one scale, from 0 to 40 and from 0 to 4.
    expect(page).toContain('d="M58.0 135.0L154.5 185.5L251.0 236.0"');
    expect(page).toContain('d="M58.0 185.5L444.0 34.0"');
  });

  it("counts lines without steps, sorts, and takes the later of two lines of a step", async () => {
    const text = lines(
      { step: 20, loss: 0 },
      { step: 0, loss: 2 },
      { step: 10, loss: 9 },
      { step: 10, loss: 1 },
    );
    const { read } = await plotted({ "run.jsonl": text }, "run.jsonl");
    expect(await read("run.svg")).toContain('d="M58.0 34.0L251.0 135.0L444.0 236.0"');
    const counted = await plotted(
      { "run.jsonl": lines({ loss: 2 }, { loss: 1 }, { loss: 0 }) },
      "run.jsonl",
    );
    expect(await counted.read("run.svg")).toContain('d="M58.0 34.0L251.0 135.0L444.0 236.0"');
  });

  it("leaves gaps where there are no numbers, and a line that is being written", async () => {
    const text = lines(...[4, 3, null, 1, 0].map((loss, step) => ({ step, loss })));
    const { outcome, read } = await plotted({ "run.jsonl": `${text}{"step":5,"lo` }, "run.jsonl");
    expect(outcome.code).toBe(0);
    expect((await read("run.svg")).match(/class="curve"/g)?.length).toBe(1);
  });
});

describe("refused", () => {
  it.each([
    [["none.jsonl"], "none.jsonl cannot be read: there is no such file"],
    [["bad.jsonl"], "bad.jsonl: line 2 is not a JSON object"],
    [["empty.jsonl"], "empty.jsonl has no numbers to draw"],
    [["run.jsonl", "-y", "los"], "there is no metric los; there are loss, accuracy"],
    [["run.jsonl", "-y", "loss,"], "It is written NAME,NAME."],
    [["run.jsonl", "-o", "run.png"], "the output must be a .svg or .html file"],
  ])("%j", async (args, message) => {
    const files = {
      "run.jsonl": run,
      "bad.jsonl": '{"step":0}\nloss 3\n{"step":1}\n',
      "empty.jsonl": "",
    };
    const { outcome } = await plotted(files, ...args);
    expect([outcome.code, outcome.stdout]).toEqual([2, ""]);
    expect(outcome.stderr).toContain(message);
  });
});

describe("an axis", () => {
  it.each([
    [0, 2, ["0.0", "0.5", "1.0", "1.5", "2.0"]],
    [0, 1407, ["0", "500", "1000", "1500"]],
    [3, 3, ["1", "2", "3", "4", "5"]],
    [0, 0.00012, ["0.00000", "0.00005", "0.00010", "0.00015"]],
    [-40_000, 90_000, ["-50k", "0", "50k", "100k"]],
  ])("from %d to %d has round numbers", (low, high, labels) => {
    const axis = linearAxis(low, high, 5);
    expect(axis.ticks.map(axis.label)).toEqual(labels);
    expect(axis.place(axis.low)).toBe(0);
    expect(axis.place(axis.high)).toBe(1);
    expect(axis.low <= low && axis.high >= high).toBe(true);
  });

  it("of logarithms has powers of ten", () => {
    const axis = logAxis(0.02, 30);
    expect(axis.ticks.map(axis.label)).toEqual(["0.01", "0.1", "1", "10", "100"]);
    expect(axis.place(1)).toBeCloseTo(0.5, 12);
  });
});

describe("a curve of many points", () => {
  const points = Array.from({ length: 100_000 }, (_, x) => ({ x, y: x === 54_321 ? 99 : x % 2 }));
  it("keeps its peaks, in order", () => {
    const { pieces } = makeCurve(points);
    expect(pieces.length).toBe(1);
    expect(pieces[0]!.length).toBeLessThanOrEqual(600);
    expect(pieces[0]).toContainEqual({ x: 54_321, y: 99 });
    expect(pieces[0]!.every((p, i, all) => i === 0 || p.x > all[i - 1]!.x)).toBe(true);
  });

  it("has a smooth line through it", () => {
    const { smooth } = makeCurve(points);
    for (const { x, y } of smooth!.filter((p) => p.x > 100)) {
      const peak = Math.abs(x - 54_321) < 2600 ? 99 / 5000 : 0;
      expect(Math.abs(y - 0.5 - peak)).toBeLessThan(0.02);
    }
    expect(makeCurve(points.slice(0, 50)).smooth).toBeUndefined();
  });
});
