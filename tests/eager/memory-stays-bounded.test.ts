// Users never dispose of tensors, and finalizers do not run inside a synchronous loop.
import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";

const library = new URL("../../dist/stdlib/index.js", import.meta.url).href;

/** Runs a loop in a process of its own; the result and the most megabytes that were resident. */
function measure(body: string): { readonly result: number; readonly megabytes: number } {
  const program = `
    import { zeros } from ${JSON.stringify(library)};
    const result = (() => { ${body} })();
    const { maxRSS } = process.resourceUsage();
    console.log(JSON.stringify({ result, megabytes: (maxRSS * 1024) / 1e6 }));`;
  const args = ["--input-type=module", "--eval", program];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
}

it("a loop over 20,000 tensors of 1 MB stays under 400 MB", { timeout: 180_000 }, () => {
  const { result, megabytes } = measure(`
    let x = zeros([262144]);
    for (let i = 0; i < 20000; i++) x = x.add(1);
    return x.max().item();`);
  expect(result).toBe(20000);
  expect(megabytes).toBeLessThan(400);
});

it("so does a loop over two million tensors of a few bytes", { timeout: 180_000 }, () => {
  const { result, megabytes } = measure(`
    let x = zeros([4]);
    for (let i = 0; i < 2000000; i++) x = x.add(1);
    return x.max().item();`);
  expect(result).toBe(2000000);
  expect(megabytes).toBeLessThan(400);
});

it("tensors that live on are found again, small and large", { timeout: 180_000 }, () => {
  const { result } = measure(`
    const kept = Array.from({ length: 300 }, (_, i) => zeros([i % 2 ? 262144 : 5]).add(i));
    for (let i = 0; i < 50000; i++) zeros([16]);
    return kept.reduce((sum, x) => sum + x.max().item() + x.min().item(), 0);`);
  expect(result).toBe((2 * (299 * 300)) / 2);
});

it("operands that do not fit the pool together still meet", { timeout: 180_000 }, () => {
  const { result, megabytes } = measure(`
    const a = zeros([30e6]).add(1);
    const b = zeros([30e6]).add(2);
    return a.add(b).max().item();`);
  expect(result).toBe(3);
  expect(megabytes).toBeGreaterThan(360);
});
