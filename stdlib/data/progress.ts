/** Owns the line that shows how a loop comes along: share done, metrics, examples per second, time left. */

/** What the line is written to; Node's `process.stderr` is one. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface ProgressOptions {
  /** How many examples an item is; by default what a loader says of its batches, else 1. */
  readonly batch?: number;
  readonly screen?: Screen;
  /** Milliseconds since any moment. */
  readonly now?: () => number;
}

export interface Progress<T> extends Iterable<T> {
  /** Takes the metrics of the item at hand into the line: `{ loss, accuracy }`. */
  report(metrics: Readonly<Record<string, number>>): void;
}

type Items<T> = Iterable<T> & {
  readonly length?: number;
  readonly batch?: number;
  readonly position?: number;
};

/** How often the line changes on a terminal, and how often another one is printed elsewhere. */
const refresh = { terminal: 100, plain: 10_000 } as const;

/**
 * Goes through `items` and shows how far it has come: on a terminal as one line with a bar, elsewhere as a plain line
 * every ten seconds. At the end the line has the metrics' means, before that their latest values, smoothed.
 */
export function progress<T>(
  items: Items<T>,
  label = "",
  options: ProgressOptions = {},
): Progress<T> {
  const line = new ProgressLine(items, label, options);
  return {
    *[Symbol.iterator]() {
      line.start();
      let isFirst = true;
      try {
        for (const item of items) {
          // A loader that is continued has given out more than this one item.
          if (isFirst) line.skip((items.position ?? 1) - 1);
          isFirst = false;
          yield item;
          line.advance();
        }
      } finally {
        line.end();
      }
    },
    report: (metrics) => line.report(metrics),
  };
}

interface Metric {
  sum: number;
  count: number;
  smooth: number;
}

/** What of the former value stays when another one is reported. */
const inertia = 0.95;

class ProgressLine {
  readonly #total: number | undefined;
  readonly #batch: number | undefined;
  readonly #label: string;
  readonly #screen: Screen;
  readonly #now: () => number;
  readonly #metrics = new Map<string, Metric>();
  #first = 0;
  #done = 0;
  #began = 0;
  #shown = 0;

  constructor(items: Items<unknown>, label: string, options: ProgressOptions) {
    this.#total = items.length;
    this.#batch = options.batch ?? items.batch;
    this.#label = label;
    this.#screen = options.screen ?? standardError();
    this.#now = options.now ?? (() => performance.now());
  }

  start(): void {
    this.skip(0);
    this.#began = this.#now();
    this.#shown = this.#began;
    this.#metrics.clear();
  }

  /** `count` items were done before, in a run that is continued. */
  skip(count: number): void {
    this.#first = count;
    this.#done = count;
  }

  report(metrics: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(metrics)) {
      const m = this.#metrics.get(name) ?? { sum: 0, count: 0, smooth: 0 };
      m.sum += value;
      m.count += 1;
      // At first the mean of what there is, later with weights that fade.
      const share = Math.max(1 / m.count, 1 - inertia);
      m.smooth += share * (value - m.smooth);
      this.#metrics.set(name, m);
    }
  }

  advance(): void {
    this.#done += 1;
    const { isTTY = false } = this.#screen;
    const now = this.#now();
    if (now - this.#shown < (isTTY ? refresh.terminal : refresh.plain)) return;
    this.#shown = now;
    const metrics = [...this.#metrics].map(([name, m]) => [name, m.smooth] as const);
    this.#show(metrics, this.#timeLeft(now), isTTY ? "" : "\n");
  }

  end(): void {
    const means = [...this.#metrics].map(([name, m]) => [name, m.sum / m.count] as const);
    this.#show(means, spellTime((this.#now() - this.#began) / 1000), "\n");
  }

  #show(metrics: readonly (readonly [string, number])[], time: string, end: string): void {
    const { isTTY = false, columns = 80 } = this.#screen;
    const parts = [
      this.#total === undefined ? `${this.#done}` : `${this.#done}/${this.#total}`,
      ...metrics.map(([name, value]) => `${name} ${spellMetric(value)}`),
      this.#rate(),
      time,
    ];
    const text = parts.filter((part) => part !== "").join("  ");
    const label = this.#label === "" ? "" : `${this.#label}  `;
    if (!isTTY) this.#screen.write(`${label}${text}${end}`);
    else {
      const bar = this.#bar(columns - 1 - label.length - text.length - 2);
      const whole = `${label}${bar}${text}`.slice(0, Math.max(columns - 1, 1));
      this.#screen.write(`\r\u001b[2K${whole}${end}`);
    }
  }

  /** As wide as there is room, up to 30 columns; none where there is hardly any. */
  #bar(room: number): string {
    const width = Math.min(room, 30);
    if (this.#total === undefined || width < 5) return "";
    const full = Math.round((width * this.#done) / Math.max(this.#total, 1));
    return `${"█".repeat(Math.min(full, width))}${"░".repeat(Math.max(width - full, 0))}  `;
  }

  #rate(): string {
    const seconds = (this.#now() - this.#began) / 1000;
    const items = this.#done - this.#first;
    if (seconds <= 0 || items === 0) return "";
    const rate = (items * (this.#batch ?? 1)) / seconds;
    const spelled = rate >= 100 ? Math.round(rate) : Number(rate.toPrecision(3));
    return `${spelled} ${this.#batch === undefined ? "items" : "samples"}/s`;
  }

  #timeLeft(now: number): string {
    const items = this.#done - this.#first;
    if (this.#total === undefined || items === 0) return "";
    const left = ((now - this.#began) / 1000 / items) * (this.#total - this.#done);
    return `${spellTime(left)} left`;
  }
}

/** Four digits that count. */
function spellMetric(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e5)
    ? value.toExponential(2)
    : String(Number(value.toPrecision(4)));
}

function spellTime(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`;
}

/** Where there is no terminal at all, as in browsers, lines go to the console. */
function standardError(): Screen {
  if (typeof process !== "undefined" && process.stderr) return process.stderr;
  return { write: (text) => console.info(text.trimEnd()) };
}
