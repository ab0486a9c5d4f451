/** Reads a run log: lines of JSON with a step and metrics. */

import { readFileSync } from "node:fs";
import path from "node:path";
import { Misuse } from "../terminal/failure.ts";
import { shownPath } from "../terminal/shown-path.ts";
import { systemReason } from "../terminal/system-reason.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Run {
  readonly name: string;
  /** The points of each metric, by falling x never; of points with one x the last one. */
  readonly metrics: ReadonlyMap<string, readonly Point[]>;
}

/** `x`: the number that the curves run along; where a file lacks it, the number of the line, from 0. */
export function readRun(file: string, x: string): Run {
  const entries = readEntries(file);
  const byMetric = new Map<string, Map<number, number>>();
  entries.forEach((entry, line) => {
    const at = entry[x] ?? line;
    if (typeof at !== "number") return;
    for (const [name, value] of Object.entries(entry)) {
      if (name === x || typeof value !== "number") continue;
      const points = byMetric.get(name) ?? new Map<number, number>();
      points.set(at, value);
      byMetric.set(name, points);
    }
  });
  const metrics = [...byMetric].map(([name, points]) => [name, sorted(points)] as const);
  return { name: path.basename(file).replace(/\.jsonl$/, ""), metrics: new Map(metrics) };
}

const sorted = (points: ReadonlyMap<number, number>): readonly Point[] =>
  [...points].map(([x, y]) => ({ x, y })).sort((a, b) => a.x - b.x);

/** The last line may be cut off: the run may be writing it. */
function readEntries(file: string): readonly Readonly<Record<string, unknown>>[] {
  const lines = read(file).split("\n");
  return lines.flatMap((text, i) => {
    if (text.trim() === "") return [];
    const entry = parse(text);
    if (entry !== undefined) return [entry];
    if (i === lines.length - 1) return [];
    throw new Misuse(`${shownPath(file)}: line ${i + 1} is not a JSON object`);
  });
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new Misuse(`${shownPath(file)} cannot be read: ${systemReason(error)}`);
  }
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isRecord = typeof value === "object" && value !== null && !Array.isArray(value);
    return isRecord ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
