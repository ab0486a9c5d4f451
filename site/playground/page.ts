/** The page's part of the playground: the editor with what is wrong, and what became of the program. */

import { Editor } from "./editor.ts";
import { examples } from "./examples.ts";
import type { Answer, EntryResult, Problem, Ready } from "./messages.ts";

const views = ["Result", "Source graph", "Graph", "Loops", "wat"] as const;
type View = (typeof views)[number];

/** After so long without an answer, a program counts as one without an end. */
const patience = 20_000;
const pause = 400;

/** Builds the playground in an element; `folder` is the URL of the files that it loads. */
export function start(root: HTMLElement, folder: string): void {
  root.replaceChildren();
  new Page(root, folder);
}

function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  fields: Partial<HTMLElementTagNameMap[K]> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = Object.assign(document.createElement(tag), fields);
  element.append(...children);
  return element;
}

class Page {
  readonly #folder: string;
  readonly #editor: Editor;
  readonly #state = make("p", { className: "state" });
  readonly #problems = make("ol", { className: "problems" });
  readonly #tabs = make("div", { className: "tabs" });
  readonly #panel = make("div", { className: "panel", tabIndex: 0 });
  readonly #args: Record<string, string> = {};
  #worker: Worker;
  #view: View = "Result";
  #answer: Answer | undefined;
  /** Whether the compiler is loaded and waits for a program. */
  #isFree = false;
  /** Whether the editor has a program that the compiler was not given yet. */
  #isDue = false;
  #due: ReturnType<typeof setTimeout> | undefined;
  #limit: ReturnType<typeof setTimeout> | undefined;

  constructor(root: HTMLElement, folder: string) {
    this.#folder = folder;
    const chooser = make("select", {}, ...Object.keys(examples).map((n) => make("option", {}, n)));
    chooser.addEventListener("change", () => {
      for (const name of Object.keys(this.#args)) delete this.#args[name];
      this.#editor.text = examples[chooser.value] ?? "";
      this.#ask(0);
    });
    this.#editor = new Editor(Object.values(examples)[0] ?? "", () => this.#ask(pause));
    this.#state.setAttribute("role", "status");
    this.#state.textContent = "Loading the compiler, some 5 MB …";
    this.#problems.setAttribute("aria-label", "What is wrong");
    this.#panel.setAttribute("role", "tabpanel");
    this.#panel.id = "playground-panel";
    this.#panel.setAttribute("aria-label", "What became of the program");
    this.#makeTabs();
    root.append(
      make("label", { className: "chooser" }, "Example ", chooser),
      make(
        "div",
        { className: "halves" },
        make("div", {}, this.#editor.element, this.#state, this.#problems),
        make("div", {}, this.#tabs, this.#panel),
      ),
    );
    this.#worker = this.#startWorker();
    this.#ask(0);
  }

  #startWorker(): Worker {
    const worker = new Worker(`${this.#folder}worker.js`, { type: "module" });
    worker.addEventListener(
      "message",
      ({ data }: MessageEvent<Answer | Ready | { readonly failed: string }>) => {
        if ("failed" in data) this.#state.textContent = data.failed;
        else {
          if (!("ready" in data)) this.#take(data);
          this.#goOn();
        }
      },
    );
    worker.addEventListener("error", (event) => {
      this.#state.textContent = `The compiler cannot be loaded: ${event.message}`;
    });
    return worker;
  }

  #ask(after: number): void {
    clearTimeout(this.#due);
    this.#isDue = true;
    if (!this.#isFree) return;
    this.#state.textContent = "Compiling …";
    this.#due = setTimeout(() => this.#send(), after);
  }

  #send(): void {
    this.#isDue = false;
    this.#isFree = false;
    this.#worker.postMessage({ source: this.#editor.text, args: this.#args });
    this.#limit = setTimeout(() => this.#giveUp(), patience);
  }

  /** The compiler can take a program; one that was stopped is not started again by itself. */
  #goOn(): void {
    this.#isFree = true;
    if (this.#isDue) this.#ask(0);
  }

  #giveUp(): void {
    this.#worker.terminate();
    this.#worker = this.#startWorker();
    // What was stopped is not what stands in the editor by now.
    if (this.#isDue) return;
    this.#state.textContent = `Stopped: no end after ${patience / 1000} seconds.`;
    this.#answer = undefined;
    this.#editor.mark([]);
    this.#problems.replaceChildren();
    this.#showView();
  }

  #take(answer: Answer): void {
    clearTimeout(this.#limit);
    // An answer about what stood in the editor before is of no use any more.
    if (!this.#isDue) this.#show(answer);
  }

  #show(answer: Answer): void {
    this.#answer = answer;
    const { problems, compiled } = answer;
    const count = `${problems.length} ${problems.length === 1 ? "error" : "errors"}`;
    this.#state.textContent = compiled
      ? `Compiled in ${compiled.ms.toFixed(0)} ms to ${compiled.bytes.toLocaleString("en")} bytes.`
      : `${count}.`;
    this.#editor.mark(problems.flatMap(({ span }) => span ?? []));
    this.#problems.replaceChildren(...problems.map((p) => this.#problem(p)));
    this.#showView();
  }

  #problem({ code, message, why, fix, span }: Problem): HTMLElement {
    const place = span && this.#editor.placeOf(span.start);
    const where = make("button", { type: "button" }, place ? `line ${place.line}` : "");
    if (span) where.addEventListener("click", () => this.#editor.select(span.start, span.end));
    const head = make(
      "p",
      {},
      ...(place ? [where, " "] : []),
      make("strong", {}, code),
      ` ${message}`,
    );
    const rest = [why, fix].filter((text) => text !== "");
    return make("li", {}, head, ...rest.map((text) => make("p", { className: "why" }, text)));
  }

  #makeTabs(): void {
    this.#tabs.setAttribute("role", "tablist");
    this.#tabs.setAttribute("aria-label", "Views of the program");
    for (const view of views) {
      const tab = make("button", { type: "button" }, view);
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", "playground-panel");
      tab.addEventListener("click", () => {
        this.#view = view;
        this.#showView();
      });
      this.#tabs.append(tab);
    }
    this.#tabs.addEventListener("keydown", ({ key }) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
      if (step === undefined) return;
      const at = (views.indexOf(this.#view) + step + views.length) % views.length;
      this.#view = views[at] ?? "Result";
      this.#showView();
      this.#tabs.querySelector<HTMLElement>("[aria-selected=true]")?.focus();
    });
  }

  #showView(): void {
    this.#tabs.querySelectorAll("button").forEach((tab) => {
      const isSelected = tab.textContent === this.#view;
      tab.setAttribute("aria-selected", String(isSelected));
      tab.tabIndex = isSelected ? 0 : -1;
    });
    this.#panel.replaceChildren(...this.#content());
  }

  #content(): readonly Node[] {
    const { compiled, printed = [] } = this.#answer ?? {};
    if (this.#answer && !compiled) {
      return [
        make("p", { className: "why" }, "There is nothing to show of a program with errors."),
      ];
    }
    const texts = compiled && {
      "Source graph": compiled.source,
      Graph: compiled.graph,
      Loops: compiled.loops,
      wat: compiled.wat,
    };
    if (this.#view !== "Result") return [make("pre", {}, texts?.[this.#view] ?? "")];
    const log = printed.length > 0 ? [make("pre", {}, printed.join("\n"))] : [];
    return [...log, ...(compiled?.entries ?? []).map((entry) => this.#entry(entry))];
  }

  #entry({ name, signature, args, result, isSame }: EntryResult): HTMLElement {
    const input = make("input", { value: args, spellcheck: false });
    input.addEventListener("change", () => {
      this.#args[name] = input.value;
      this.#ask(0);
    });
    const bits =
      isSame === undefined
        ? ""
        : isSame
          ? "Eager mode gives the same bits."
          : "Eager mode gives other bits: please report this program.";
    return make(
      "section",
      {},
      make("h2", {}, make("code", {}, signature)),
      make("label", {}, "Arguments, as JSON ", input),
      make("pre", { className: "result" }, result),
      make("p", { className: "why" }, bits),
    );
  }
}
