// Users must see at once that the fault is not theirs, and how to report it; never a stack trace unasked.

import { afterEach, expect, it, vi } from "vitest";
import { runCommand } from "#glim/cli/terminal/run-command.js";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

async function said(error: unknown): Promise<{ readonly code: number; readonly text: string }> {
  let text = "";
  vi.spyOn(process.stderr, "write").mockImplementation((chunk) => {
    text += chunk;
    return true;
  });
  const code = await runCommand(false, () => Promise.reject(error));
  return { code, text };
}

it("one line, whose fault it is, and what to send", async () => {
  const { code, text } = await said(new TypeError("x is not a function\nat length"));
  expect(code).toBe(1);
  expect(text).toBe(
    [
      "error[GLIM9001]: a bug in Glim: TypeError: x is not a function",
      "  why: The program is not to blame; Glim met a situation that its authors had ruled out.",
      "  fix: Please report it with the model file, or with what `glim dump` prints for it.",
      "       GLIM_DEBUG=1 shows where in Glim it happened.",
      "",
      "`glim explain GLIM9001` says more, with examples.",
      "",
    ].join("\n"),
  );
});

it("with GLIM_DEBUG the stack, too", async () => {
  vi.stubEnv("GLIM_DEBUG", "1");
  const { text } = await said(new Error("deep inside"));
  expect(text).toMatch(/Error: deep inside\n\s+at .*an-unexpected-exception/);
});

it("anything that is thrown", async () => {
  expect((await said("text")).text).toContain("a bug in Glim: text\n");
  expect((await said(undefined)).code).toBe(1);
});
