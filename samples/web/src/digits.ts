/** The part of the page that says which digit is drawn. */

import { load, type Model } from "../gen/lenet.js";
import { digestOf, expectedDigest } from "./digest.ts";
import { DrawingPad } from "./drawing-pad.ts";
import { element } from "./element.ts";
import { examples } from "./examples.ts";
import { showFact, spellBytes, spellTime, timeOf } from "./facts.ts";

const name = "LeNet-5, digits";
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

/** Once for each picture that is shown, however many strokes came since. */
let isDue = false;
function classifySoon(): void {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(() => {
    isDue = false;
    classify();
  });
}

const pad = new DrawingPad(
  element("#pad", HTMLCanvasElement),
  element("#pen", HTMLElement),
  classifySoon,
);
element("#clear", HTMLButtonElement).addEventListener("click", () => pad.clear());

const chooser = element("#example", HTMLSelectElement);
for (const digit of examples.keys()) chooser.add(new Option(String(digit)));
chooser.addEventListener("change", () => {
  pad.clear();
  for (const stroke of examples.get(Number(chooser.value)) ?? []) pad.stroke(stroke);
});

export async function startDigits(): Promise<void> {
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
  showDigest(await digestOf(model));
}

function showDigest(digest: string | undefined): void {
  const place = element("#digest", HTMLElement);
  const code = document.createElement("code");
  code.textContent = digest ?? "unknown";
  const says =
    digest === undefined
      ? " – pages without HTTPS cannot compute it."
      : digest === expectedDigest
        ? " – the same bits as everywhere."
        : ` – not the bits that it must be, ${expectedDigest}.`;
  place.replaceChildren("Digest of 160 scores: ", code, says);
}
