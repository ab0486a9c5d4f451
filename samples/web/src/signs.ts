/** The part of the page that learns signs of the user's: the model's last layer is trained on few drawings. */

import type { Model } from "../gen/digits.js";
import { DrawingPad } from "./drawing-pad.ts";
import { element } from "./element.ts";
import { showFact, spellTime } from "./facts.ts";
import { onceAFrame } from "./once-a-frame.ts";

/** As many as the model has kinds; the user may call them otherwise. */
const names = ["star", "heart", "house", "spiral", "cross"];
/** How often all drawings are gone through after each new one. */
const rounds = 30;
/** Small enough that the first drawings leave room for doubt. */
const rate = 0.002;
const featureCount = 84;
const invitation = "Draw a sign, then say which it is.";

/** A drawing that was given a name: what the network sees in it. */
interface Lesson {
  readonly features: Float32Array;
  readonly kind: number;
}

/** The place of one sign in the list. */
interface Row {
  readonly name: HTMLInputElement;
  readonly fill: HTMLElement;
  readonly button: HTMLButtonElement;
}

export function startSigns(model: Model): void {
  new SignTeacher(model);
}

class SignTeacher {
  readonly #model: Model;
  readonly #says = element("#lesson", HTMLElement);
  readonly #rows: readonly Row[];
  readonly #pad: DrawingPad;
  #lessons: Lesson[] = [];

  constructor(model: Model) {
    this.#model = model;
    this.#rows = names.map((name, kind) => this.#makeRow(name, kind));
    const guess = onceAFrame(() => this.#guess());
    this.#pad = new DrawingPad(element("#sign-pad", HTMLCanvasElement), guess);
    this.#says.textContent = invitation;
    element("#clear-sign", HTMLButtonElement).addEventListener("click", () => {
      this.#pad.clear();
      this.#says.textContent = invitation;
    });
    element("#forget", HTMLButtonElement).addEventListener("click", () => this.#forget());
  }

  #makeRow(text: string, kind: number): Row {
    const item = document.createElement("li");
    const name = document.createElement("input");
    const bar = document.createElement("div");
    const fill = document.createElement("i");
    const button = document.createElement("button");
    name.value = text;
    name.setAttribute("aria-label", `Name of sign ${kind + 1}`);
    bar.className = "bar";
    bar.append(fill);
    button.type = "button";
    button.addEventListener("click", () => this.#learn(kind));
    const row = { name, fill, button };
    name.addEventListener("input", () => this.#label(row, kind));
    this.#label(row, kind);
    item.append(name, bar, button);
    element("#signs", HTMLElement).append(item);
    return row;
  }

  #label({ name, button }: Row, kind: number): void {
    const count = this.#lessons.filter((lesson) => lesson.kind === kind).length;
    button.textContent = count === 0 ? "It is this" : `It is this (${count})`;
    button.setAttribute("aria-label", `${button.textContent}: ${name.value}`);
  }

  /** Undefined where nothing is drawn. */
  #features(): Float32Array | undefined {
    const image = this.#pad.image();
    return image && this.#model.features(image).data;
  }

  #learn(kind: number): void {
    const features = this.#features();
    if (features === undefined) {
      this.#says.textContent = "Draw something first.";
      return;
    }
    this.#lessons.push({ features, kind });
    const all = new Float32Array(this.#lessons.length * featureCount);
    this.#lessons.forEach((lesson, i) => all.set(lesson.features, i * featureCount));
    const kinds = Int32Array.from(this.#lessons, (lesson) => lesson.kind);
    const start = performance.now();
    let loss = 0;
    for (let i = 0; i < rounds; i++) loss = this.#model.learn(all, kinds, rate);
    const step = (performance.now() - start) / rounds;
    showFact("A step of learning", { call: spellTime(step) });
    this.#rows.forEach((row, i) => this.#label(row, i));
    this.#pad.clear();
    this.#says.textContent = `Learned from ${this.#lessons.length} in ${spellTime(step * rounds)}; loss ${loss.toPrecision(2)}. Draw the next.`;
  }

  #forget(): void {
    this.#model.state.reset();
    this.#lessons = [];
    this.#rows.forEach((row, i) => this.#label(row, i));
    this.#pad.clear();
    this.#says.textContent = invitation;
  }

  #guess(): void {
    const image = this.#pad.image();
    const known = this.#lessons.length > 0;
    const scores = image && known ? this.#model.predict(image).data : undefined;
    this.#rows.forEach(({ fill }, kind) => {
      fill.style.width = `${100 * (scores?.[kind] ?? 0)}%`;
    });
    if (scores !== undefined) {
      const best = scores.indexOf(Math.max(...scores));
      this.#says.textContent = `This looks like: ${this.#rows[best]?.name.value}.`;
    }
  }
}
