/** One peer in a process of its own: opens it, then makes as many steps as it is told, and sends their times. */

const [, , name] = process.argv;
const count = 64;
let state = 1;
const next = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};
const images = Float32Array.from({ length: count * 784 }, next);
const labels = Int32Array.from({ length: count }, () => Math.floor(next() * 10));

const { open } = await import(`./${name}.mjs`);
const { step, about } = await open(images, labels);
process.send({ about });
process.on("message", async ({ steps }) => {
  const times = [];
  let loss = Number.NaN;
  for (let i = 0; i < steps; i++) {
    const start = performance.now();
    loss = await step();
    times.push(performance.now() - start);
  }
  process.send({ times, loss, memory: process.resourceUsage().maxRSS / 1024 });
});
