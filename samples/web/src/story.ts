/** The part of the page that tells a story, token by token. Loaded only where there are weights for it. */

import { load, type Model } from "../gen/llama.js";
import { digestOf, storyDigest } from "./digest.ts";
import { showDigest } from "./digests.ts";
import { element } from "./element.ts";
import { showFact, spellBytes, spellTime } from "./facts.ts";

declare const STORY_TOKENS: readonly string[];

const name = "stories260K, text";
/** What begins a story, and what ends one. */
const begin = 1;
const end = 2;
const longest = 256;

export async function startStory(): Promise<void> {
  const button = element("#tell", HTMLButtonElement);
  const state = element("#story-state", HTMLElement);
  const start = performance.now();
  let bytes = 0;
  const model = await load(undefined, {
    onProgress: (done, total) => {
      bytes = done;
      state.textContent = `Loading the model: ${Math.round((100 * done) / total)} %`;
    },
  });
  showFact(name, { loaded: spellBytes(bytes), ready: spellTime(performance.now() - start) });
  showDigest("A story's first 64 tokens", await digestOf(firstTokens(model)), storyDigest);
  state.textContent = "Ready.";
  button.disabled = false;
  let teller: Teller | undefined;
  button.addEventListener("click", () => {
    if (teller?.isTelling) teller.stop();
    else {
      teller = new Teller(model);
      void teller.tell();
    }
  });
}

function firstTokens(model: Model): Int32Array {
  let token = begin;
  return Int32Array.from({ length: 64 }, () => {
    token = model.next(token);
    return token;
  });
}

class Teller {
  readonly #model: Model;
  readonly #button = element("#tell", HTMLButtonElement);
  readonly #state = element("#story-state", HTMLElement);
  readonly #story = element("#story", HTMLTextAreaElement);
  isTelling = false;

  constructor(model: Model) {
    this.#model = model;
  }

  stop(): void {
    this.isTelling = false;
  }

  /** One token for each picture that the screen shows, so that it can be read as it comes. */
  async tell(): Promise<void> {
    this.isTelling = true;
    this.#button.textContent = "Stop";
    this.#story.value = "";
    this.#model.state.reset();
    let token = begin;
    let [count, spent] = [0, 0];
    while (this.isTelling && count < longest) {
      const start = performance.now();
      token = this.#model.next(token);
      spent += performance.now() - start;
      count += 1;
      if (token === begin || token === end) break;
      const text = STORY_TOKENS[token] ?? "";
      this.#story.value += count === 1 ? text.trimStart() : text;
      this.#story.scrollTop = this.#story.scrollHeight;
      this.#state.textContent = `${count} tokens`;
      await new Promise(requestAnimationFrame);
    }
    this.isTelling = false;
    this.#button.textContent = "Tell";
    showFact(name, { call: spellTime(spent / count) });
    this.#state.textContent = `${count} tokens, ${spellTime(spent / count)} each.`;
  }
}
