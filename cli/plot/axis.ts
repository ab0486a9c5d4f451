/** Owns the scale of an axis: round numbers that enclose what is drawn. */

export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
  readonly isLog: boolean;
  /** From 0 at `low` to 1 at `high`. */
  place(value: number): number;
  label(tick: number): string;
}

/** About `count` ticks at multiples of 1, 2 or 5 times a power of ten. */
export function linearAxis(low: number, high: number, count: number): Axis {
  if (!(high > low)) {
    const around = Math.abs(low) / 2 || 1;
    return linearAxis(low - around, low + around, count);
  }
  const raw = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((f) => f * power).find((s) => s >= raw * 0.999)!;
  const first = Math.floor(low / step);
  const last = Math.max(Math.ceil(high / step), first + 1);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  const [from, to] = [ticks[0]!, ticks.at(-1)!];
  return {
    low: from,
    high: to,
    ticks,
    isLog: false,
    place: (value) => (value - from) / (to - from),
    label: (tick) => spell(tick, digits),
  };
}

/** Ticks at powers of ten. `low` is above 0. */
export function logAxis(low: number, high: number): Axis {
  const first = Math.floor(Math.log10(low) + 1e-9);
  const last = Math.max(Math.ceil(Math.log10(high) - 1e-9), first + 1);
  const every = Math.ceil((last - first) / 8);
  const powers = Array.from(
    { length: Math.floor((last - first) / every) + 1 },
    (_, i) => first + i * every,
  );
  return {
    low: 10 ** first,
    high: 10 ** last,
    ticks: powers.map((p) => 10 ** p),
    isLog: true,
    place: (value) => (Math.log10(value) - first) / (last - first),
    label: (tick) => spell(tick, Math.max(0, -Math.round(Math.log10(tick)))),
  };
}

/** 12k for 12,000, 3M for 3,000,000. */
function spell(tick: number, digits: number): string {
  const size = Math.abs(tick);
  if (size >= 1e6)
    return size < 1e12 ? `${Number((tick / 1e6).toPrecision(4))}M` : tick.toExponential(0);
  if (size >= 1e4) return `${Number((tick / 1e3).toPrecision(4))}k`;
  return digits > 5 && tick !== 0 ? tick.toExponential(0) : tick.toFixed(digits);
}
