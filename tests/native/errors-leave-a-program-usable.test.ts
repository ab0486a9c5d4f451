// A model inside of a program must never end it: what fails, nests without end, wants too much memory or is called
// wrongly gives an error through glim.h, with its line where there is one, and the model goes on.

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { compileToC } from "#glim/cli/c/compile-to-c.js";
import { canBuild, make, makeFolder, removeFolders, writeFiles } from "./native.ts";

afterAll(removeFolders);

const model = `
import { nn, script, type Tensor, tensor, zeros } from "glim";

class Tally extends nn.Module {
  readonly sums = new nn.Buffer(zeros([2]));
  calls = 0;
}
const tally = new Tally();

function depth(n: number): number {
  return n <= 0 ? 0 : 1 + depth(n - 1);
}

export const nest = script((n: number) => depth(n));
export const greet = script((name: string, times = 2) => ("hello " + name + "! ").repeat(times));
export const pick = script((at: Tensor<["N"], "i32">) => tensor([1, 2, 3]).take(at));
export const grow = script((n: number) => {
  const all: number[] = [];
  for (let i = 0; i < n; i++) all.push(i);
  return all.length;
});
export const add = script((x: Tensor<[2]>) => {
  tally.calls += 1;
  tally.sums.assign(tally.sums.add(x));
  return tally.sums;
});
`;

const main = `
#include <stdio.h>
#include <stdlib.h>
#include "model.h"

static glim_model *m;

static void run(const char *entry, glim_array argument) {
  glim_array result;
  int code = glim_run(m, entry, &argument, 1, &result, 1);
  if (code) printf("%d %s\\n", code, glim_error(m));
  else if (result.type == GLIM_NUMBER) printf("%g\\n", result.number);
  else if (result.type == GLIM_VALUE) {
    char *text = glim_utf8(&result);
    printf("%s\\n", text);
    free(text);
  } else {
    for (uint32_t i = 0; i < result.shape[0]; i++) printf("%g ", ((const float *)result.data)[i]);
    printf("\\n");
  }
}

int main(void) {
  glim_options options = {.memory = 4 << 20};
  m = glim_open(&model_module, &options);
  if (!m) return puts(glim_error(NULL)), 1;
  run("nest", glim_number(100));
  run("nest", glim_number(1e9));
  run("nest", glim_number(100));
  run("grow", glim_number(1000));
  run("grow", glim_number(1e8));
  run("grow", glim_number(1000));
  glim_array name = glim_text("W\\xc3\\xb6rld \\xf0\\x9f\\x8c\\x8d");
  run("greet", name);
  free((void *)name.data);
  run("pick", glim_tensor(GLIM_I32, (int[]){2, 0}, 1, (uint32_t[]){2}));
  run("pick", glim_tensor(GLIM_I32, (int[]){2, 7}, 1, (uint32_t[]){2}));
  run("pick", glim_number(1));
  run("nothing", glim_number(1));
  run("add", glim_tensor(GLIM_F32, (float[]){1, 2}, 1, (uint32_t[]){2}));
  run("add", glim_tensor(GLIM_F32, (float[]){1, 2, 3}, 1, (uint32_t[]){3}));
  glim_array calls, sums;
  glim_get_state(m, "tally.calls", &calls);
  glim_array next = glim_tensor(GLIM_F32, (float[]){10, 20}, 1, (uint32_t[]){2});
  glim_set_state(m, "tally.sums", &next);
  glim_get_state(m, "tally.sums", &sums);
  printf("%g %g\\n", calls.number, *(const float *)sums.data);
  printf("%d %s\\n", glim_get_state(m, "tally.none", &sums), glim_error(m));
  run("add", glim_tensor(GLIM_F32, (float[]){1, 2}, 1, (uint32_t[]){2}));
  for (size_t i = 0; i < glim_entry_count(m); i++) {
    const glim_entry *e = glim_entry_at(m, i);
    printf("%s(%s) ", e->name, e->parameters[0].name);
  }
  glim_close(m);
  options.memory = 1000;
  printf("\\n%s\\n", glim_open(&model_module, &options) ? "open" : glim_error(NULL));
}
`;

it.skipIf(!canBuild)("errors leave a program usable", { timeout: 120_000 }, async () => {
  const folder = makeFolder();
  const file = path.join(folder, "model.ts");
  writeFileSync(file, model);
  const { files } = await compileToC(file, { train: true });
  writeFiles(folder, files);
  writeFileSync(path.join(folder, "main.c"), main);
  make(folder, "model", "MAIN=main.c", "CFLAGS=-O1 -fsanitize=address,undefined");
  const said = execFileSync(path.join(folder, "model"), { encoding: "utf8" });
  expect(said.split("\n")).toEqual([
    "100",
    "5000 calls nest too deeply (model.ts:10:1)",
    "100",
    "1000",
    "5000 out of memory",
    "1000",
    "hello Wörld 🌍! hello Wörld 🌍! ",
    "3 1 ",
    "5000 take: an index lies outside of axis 0 of f32[3] (model.ts:16:58)",
    "3002 at: expected i32[N], found a number",
    "3004 there is no entry nothing",
    "1 2 ",
    "3002 x: expected f32[2], found f32[3]",
    "1 10",
    "3004 there is no state tally.none",
    "11 22 ",
    "nest(n) greet(name) pick(at) grow(n) add(x) ",
    "out of memory",
    "",
  ]);
});
