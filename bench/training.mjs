/**
 * node bench/training.mjs: one training step of LeNet (64 images, Adam), in one thread each, in turn. Peers
 * that are not installed are left out; PYTHON names an interpreter with PyTorch.
 */

import { spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { median } from "./measure.mjs";

const file = (name) => fileURLToPath(new URL(`training/${name}`, import.meta.url));
const rounds = Number(process.env.ROUNDS ?? 7);
const pin = spawnSync("taskset", ["--version"]).status === 0 ? ["taskset", "-c", "1"] : [];

function start(command) {
  const [program, ...args] = [...pin, ...command];
  return [program, args];
}

/** Steps a round: as many as take about half a second. */
async function openNode(name) {
  const [program, args] = start([process.execPath, file("peer.mjs"), name]);
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe", "ipc"] });
  let errors = "";
  child.stderr.on("data", (text) => {
    errors += text;
  });
  const answer = () =>
    new Promise((resolve, reject) => {
      const end = () => reject(new Error(errors.trim().split("\n").at(-1) ?? "it ended"));
      child.once("exit", end);
      child.once("message", (message) => {
        child.off("exit", end);
        resolve(message);
      });
    });
  const { about } = await answer();
  const run = (steps) => {
    child.send({ steps });
    return answer();
  };
  return { name, about, run, stop: () => child.kill() };
}

async function openPython() {
  const [program, args] = start([process.env.PYTHON ?? "python3", file("pytorch.py")]);
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "ignore"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error("no PyTorch");
    return JSON.parse(value);
  };
  const { about } = await answer();
  const run = (steps) => {
    child.stdin.write(`${steps}\n`);
    return answer();
  };
  return { name: "pytorch", about, run, stop: () => child.kill() };
}

const peers = [];
for (const open of [
  () => openNode("glim"),
  () => openNode("tfjs"),
  () => openNode("jax-js"),
  openPython,
]) {
  try {
    const peer = await open();
    // Once to compile what is compiled late, once to see how long a step takes.
    await peer.run(2);
    const { times } = await peer.run(2);
    const steps = Math.min(200, Math.max(2, Math.round(500 / median(times))));
    peers.push({ ...peer, steps, medians: [] });
  } catch (error) {
    console.log(`left out: ${error.message}`);
  }
}
for (let round = 0; round < rounds; round++) {
  for (const peer of peers) {
    const { times, loss, memory } = await peer.run(peer.steps);
    peer.medians.push(median(times));
    Object.assign(peer, { loss, memory });
  }
}
const [glim] = peers;
const glimTime = median(glim.medians);
for (const { name, about, medians, loss, memory, stop } of peers) {
  const time = median(medians);
  console.log(
    `${name.padEnd(8)} ${time.toFixed(2).padStart(9)} ms a step, ${(time / glimTime).toFixed(2)} times Glim's; least ${Math.min(...medians).toFixed(2)}; ${memory.toFixed(0)} MiB at most; loss ${loss.toPrecision(3)}; ${about}`,
  );
  stop();
}
