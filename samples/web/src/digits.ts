/** The part of the page that says which digit is drawn. */

import { load, type Model } from "../gen/digits.js";
import { digestsOf, digestTable } from "./digest.ts";
import { showDigest } from "./digests.ts";
import { DrawingPad } from "./drawing-pad.ts";
import { element } from "./element.ts";
import { examples } from "./examples.ts";
import { showFact, spellBytes, spellTime, timeOf } from "./facts.ts";
import { onceAFrame } from "./once-a-frame.ts";

const name = "LeNet-5, digits and signs";
const guess = element("#guess", HTMLElement);
let model: Model | undefined;

const bars = Array.from({ length: 10 }, (_, digit) => {
  const item = document.createElement("li");
  const [label, bar, fill, percent] = ["span", "div", "i", "span"].map((tag) =>
    document.createElement(tag),
  ) as [HTMLElement, HTMLElement, HTMLElement, HTMLElement];
  label.textContent = String(digit);
  bar.className = "bar";
  bar.append(fill);
  item.append(label, bar, percent);
  element("#bars", HTMLElement).append(item);
  return { fill, percent };
});

function classify(): void {
  const image = pad.image();
  const scores = image && model?.classify(image).data;
  bars.forEach(({ fill, percent }, digit) => {
    const part = 100 * (scores?.[digit] ?? 0);
    fill.style.width = `${part}%`;
    percent.textContent = `${part.toFixed(1)} %`;
  });
  if (model === undefined) return;
  if (scores === undefined) guess.textContent = "Nothing is drawn yet.";
  else {
    const best = scores.indexOf(Math.max(...scores));
    guess.textContent = `This looks like a ${best}.`;
  }
}

const pad = new DrawingPad(element("#pad", HTMLCanvasElement), onceAFrame(classify));
element("#clear", HTMLButtonElement).addEventListener("click", () => pad.clear());

const chooser = element("#example", HTMLSelectElement);
for (const digit of examples.keys()) chooser.add(new Option(String(digit)));
chooser.addEventListener("change", () => {
  pad.clear();
  for (const stroke of examples.get(Number(chooser.value)) ?? []) pad.stroke(stroke);
});

/** The model, once it is there. */
export async function startDigits(): Promise<Model> {
  const start = performance.now();
  let bytes = 0;
  model = await load(undefined, {
    onProgress: (done, total) => {
      bytes = done;
      guess.textContent = `Loading the model: ${Math.round((100 * done) / total)} %`;
    },
  });
  const ready = performance.now() - start;
  classify();
  const image = new Float32Array(784);
  const out = new Float32Array(10);
  const call = timeOf(() => model?.classify.into(image, out));
  showFact(name, { loaded: spellBytes(bytes), ready: spellTime(ready), call: spellTime(call) });
  const digests = await digestsOf(model);
  for (const [what, due] of Object.entries(digestTable)) {
    showDigest(what, digests[what as keyof typeof digests], due);
  }
  return model;
}
