// Who trains for hours looks at this line: a wrong time or a loss of long ago misleads, and a log file is no terminal.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ones } from "glim";
import { batches, progress, RunLog } from "glim/data";
import { describe, expect, it } from "vitest";

/** A screen that keeps what it gets, and a clock that goes on by `tick` milliseconds with each item. */
function watched<T>(
  items: Iterable<T>,
  label: string,
  screen: { isTTY?: boolean; columns?: number },
  tick: number,
) {
  const written: string[] = [];
  let time = 5000;
  const bar = progress(items, label, {
    screen: { ...screen, write: (text: string) => written.push(text) },
    now: () => time,
  });
  const run = (report: (item: T, i: number) => Record<string, number> = () => ({})): string[] => {
    let i = 0;
    for (const item of bar) {
      bar.report(report(item, i++));
      time += tick;
    }
    return written.map((text) => text.replace("\r\u001b[2K", "⟲"));
  };
  return { run, bar, written };
}
const loader = (rows: number, size: number) => batches({ x: ones([rows]) }, { size });

describe("on a terminal", () => {
  it("one line is drawn again and again, and stays at the end", () => {
    const lines = watched(loader(40, 10), "epoch 0", { isTTY: true, columns: 80 }, 1000).run(
      (_, i) => ({ loss: 4 - i }),
    );
    expect(lines).toEqual([
      `⟲epoch 0  ${"█".repeat(8)}${"░".repeat(22)}  1/4  loss 4  10 samples/s  3.0 s left`,
      `⟲epoch 0  ${"█".repeat(15)}${"░".repeat(14)}  2/4  loss 3.5  10 samples/s  2.0 s left`,
      expect.stringMatching(/^⟲epoch 0 {2}█+░+ {2}3\/4 {2}loss 3 {2}10 samples\/s {2}1\.0 s left$/),
      expect.stringMatching(
        /^⟲epoch 0 {2}█+ {2}4\/4 {2}loss 2\.5 {2}10 samples\/s {2}0\.0 s left$/,
      ),
      expect.stringMatching(/^⟲epoch 0 {2}█+ {2}4\/4 {2}loss 2\.5 {2}10 samples\/s {2}4\.0 s\n$/),
    ]);
    expect(lines.every((line) => line.trimEnd().length <= 80)).toBe(true);
  });

  it("it is drawn ten times a second at most", () => {
    expect(watched(loader(1000, 1), "", { isTTY: true }, 1).run().length).toBe(11);
  });

  it("a narrow one loses the bar, then the end", () => {
    const narrow = (columns: number) =>
      watched(loader(8, 4), "epoch 0", { isTTY: true, columns }, 1000).run().at(-1);
    expect(narrow(40)).toBe("⟲epoch 0  █████  2/2  4 samples/s  2.0 s\n");
    expect(narrow(39)).toBe("⟲epoch 0  2/2  4 samples/s  2.0 s\n");
    expect(narrow(20)).toBe("⟲epoch 0  2/2  4 sam\n");
  });
});

describe("elsewhere", () => {
  it("there is a plain line every ten seconds and at the end", () => {
    const lines = watched(loader(30, 1), "epoch 1", {}, 1000).run((_, i) => ({
      loss: i,
      accuracy: 1 / 3,
    }));
    expect(lines.length).toBe(4);
    expect(lines[0]).toBe("epoch 1  10/30  loss 4.5  accuracy 0.3333  1 samples/s  20 s left\n");
    expect(lines.at(-1)).toBe("epoch 1  30/30  loss 14.5  accuracy 0.3333  1 samples/s  30 s\n");
  });
});

describe("the line", () => {
  const plain = <T>(
    items: Iterable<T>,
    tick = 1000,
    report?: (item: T, i: number) => Record<string, number>,
  ) => watched(items, "", {}, tick).run(report);

  it("counts what has no length, in items", () => {
    function* three() {
      yield* [1, 2, 3];
    }
    expect(plain(three())).toEqual(["3  1 items/s  3.0 s\n"]);
  });

  it("spells long times and small numbers", () => {
    const [first] = plain(loader(5000, 1), 10_000, () => ({
      lr: 0.00012345,
      big: 123456,
      no: Number.NaN,
    }));
    expect(first).toBe(
      "1/5000  lr 1.23e-4  big 1.23e+5  no NaN  0.1 samples/s  13 h 53 min left\n",
    );
  });

  it("shows the latest values, smoothed, and in the end the mean of all", () => {
    const lines = plain(loader(400, 1), 100, (_, i) => ({ loss: i < 200 ? 10 : 0 }));
    const losses = lines.map((line) => Number(/loss (\S+)/.exec(line)?.[1]));
    expect(losses.slice(0, 2)).toEqual([10, 10]);
    expect(losses[2]).toBeLessThan(0.1);
    expect(losses.at(-1)).toBe(5);
  });

  it("of a loader that is continued counts from there, and its speed from now", () => {
    const data = loader(40, 2);
    data.restoreState({ ...data.saveState(), position: 15 });
    expect(plain(data)).toEqual(["20/20  2 samples/s  5.0 s\n"]);
  });

  it("ends also where the loop is left early", () => {
    const { bar, written } = watched(loader(40, 2), "", {}, 1000);
    for (const _ of bar) break;
    expect(written).toEqual(["0/20  0.0 s\n"]);
  });
});

describe("a run log", () => {
  it("has a line for each entry as soon as it is written, after those of before", () => {
    const folder = mkdtempSync(join(tmpdir(), "glim-log-"));
    const file = join(folder, "run.jsonl");
    new RunLog(file).write({ step: 0, loss: 1.5 });
    new RunLog(file).write({ step: 1, loss: 0.25, note: "ü" });
    expect(readFileSync(file, "utf8")).toBe(
      '{"step":0,"loss":1.5}\n{"step":1,"loss":0.25,"note":"ü"}\n',
    );
    expect(() => new RunLog(join(folder, "no", "run.jsonl")).write({ step: 0 })).toThrow(
      /cannot be written: ENOENT/,
    );
    rmSync(folder, { recursive: true });
  });
});
