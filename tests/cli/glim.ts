/** Runs the real command line in folders of its own. */

import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { onTestFinished, vi } from "vitest";
import { runCommandLine } from "#glim/cli/command-line.js";

const main = new URL("../../dist/cli/main.js", import.meta.url).pathname;

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly done: Promise<Outcome>;
  kill(signal: NodeJS.Signals): void;
  /** What is printed, line by line, as it comes. */
  lines(): AsyncIterable<string>;
}

export function start(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Running {
  const child = spawn(process.execPath, [main, ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const done = new Promise<Outcome>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
  const lines = (): AsyncIterable<string> => createInterface({ input: child.stdout });
  return { done, kill: (signal) => child.kill(signal), lines };
}

export const glim = (cwd: string, ...args: readonly string[]): Promise<Outcome> =>
  start(cwd, args).done;

/**
 * The same command in this process, which has the compiler already: that takes a fifth of the time. What a process
 * does beside the command (handlers, what models print, a second run with a larger stack) needs `glim`.
 */
export async function glimHere(cwd: string, ...args: readonly string[]): Promise<Outcome> {
  // It starts its own process where it was loaded, which must be a folder that stays.
  await import("esbuild");
  const written = { stdout: "", stderr: "" };
  const { log, info, debug } = console;
  const back = { cwd: process.cwd(), color: process.env.NO_COLOR };
  const writers = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      written[name] += String(text);
      return true;
    }),
  );
  process.chdir(cwd);
  process.env.NO_COLOR = "1";
  try {
    return { code: await runCommandLine(args), ...written };
  } finally {
    for (const writer of writers) writer.mockRestore();
    process.chdir(back.cwd);
    if (back.color === undefined) delete process.env.NO_COLOR;
    else process.env.NO_COLOR = back.color;
    Object.assign(console, { log, info, debug });
  }
}

export type Files = Readonly<Record<string, string | Uint8Array>>;

export async function makeFolder(files: Files = {}): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "glim-cli-"));
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  return folder;
}

/** A folder that goes away with the test. */
export async function testFolder(files: Files = {}): Promise<string> {
  const folder = await makeFolder(files);
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Everything in a folder, sorted. */
export async function listing(folder: string): Promise<readonly string[]> {
  return (await readdir(folder, { recursive: true })).toSorted();
}

export const bytesOf = (data: Float32Array | Int32Array | Float64Array): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
