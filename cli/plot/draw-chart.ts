/** Draws runs as SVG: one panel for each metric, one colour for each run. */

import { type Axis, linearAxis, logAxis } from "./axis.ts";
import { type Curve, makeCurve } from "./curve.ts";
import type { Point, Run } from "./read-run.ts";

export interface ChartOptions {
  /** What the curves run along. */
  readonly x: string;
  /** The metrics to draw, in order; all of them without. */
  readonly metrics?: readonly string[];
  /** Draws values above 0 by their logarithms. */
  readonly log?: boolean;
}

export interface Chart {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
  readonly metrics: readonly string[];
}

const panel = { width: 460, height: 280, left: 58, right: 16, top: 34, bottom: 44 } as const;
const margin = 16;
const legendLine = 22;

/** Apart from each other also for those who see few colours (Okabe and Ito). */
const colours = [
  "#0072b2",
  "#d55e00",
  "#009e73",
  "#cc79a7",
  "#e69f00",
  "#56b4e9",
  "#7f7f7f",
  "#b0a000",
];

export function drawChart(runs: readonly Run[], options: ChartOptions): Chart {
  const metrics = options.metrics ?? metricsOf(runs);
  const columns = Math.min(metrics.length, 2);
  const rows = Math.ceil(metrics.length / columns);
  const legend = legendOf(runs, columns * panel.width);
  const width = columns * panel.width + 2 * margin;
  const height = rows * panel.height + legend.height + 2 * margin;
  const panels = metrics.map((metric, i) => {
    const [x, y] = [i % columns, Math.floor(i / columns)];
    const place = `translate(${margin + x * panel.width} ${margin + legend.height + y * panel.height})`;
    return `<g transform="${place}">${drawPanel(runs, metric, options)}</g>`;
  });
  const title = `<title>${escapeText(metrics.join(", "))} by ${escapeText(options.x)}</title>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
${title}<style>${style}</style>
<clipPath id="inside"><rect x="${panel.left}" y="${panel.top}" width="${inner.width}" height="${inner.height}"/></clipPath>
<rect class="paper" width="${width}" height="${height}"/>
<g transform="translate(${margin} ${margin})">${legend.svg}</g>
${panels.join("\n")}
</svg>
`;
  return { svg, width, height, metrics };
}

const style = `
text { font: 12px system-ui, sans-serif; fill: #333 }
.title { font-size: 14px; font-weight: 600 }
.paper { fill: #fff }
.grid { stroke: #e3e3e3; stroke-width: 1 }
.frame { stroke: #999; stroke-width: 1; fill: none }
.curve { fill: none; stroke-width: 1.8; stroke-linejoin: round }
.faint { stroke-opacity: .28; stroke-width: 1 }
@media (prefers-color-scheme: dark) {
  text { fill: #ddd } .paper { fill: #16181c } .grid { stroke: #2c3036 } .frame { stroke: #777 }
}`;

/** In the order in which they first appear. */
export const metricsOf = (runs: readonly Run[]): readonly string[] => [
  ...new Set(runs.flatMap((run) => [...run.metrics.keys()])),
];

interface Legend {
  readonly svg: string;
  readonly height: number;
}

/** The runs' names, in as many lines as they take; none for one run. */
function legendOf(runs: readonly Run[], width: number): Legend {
  if (runs.length < 2) return { svg: "", height: 0 };
  let [x, y] = [0, 0];
  const items = runs.map(({ name }, i) => {
    // About 7 units for each letter of a font whose measures are not known here.
    const room = 40 + 7 * name.length;
    if (x > 0 && x + room > width) [x, y] = [0, y + legendLine];
    const item = `<line class="curve" x1="${x}" x2="${x + 20}" y1="${y + 8}" y2="${y + 8}" stroke="${colourOf(i)}"/><text x="${x + 26}" y="${y + 12}">${escapeText(name)}</text>`;
    x += room;
    return item;
  });
  return { svg: items.join(""), height: y + legendLine + 6 };
}

const colourOf = (i: number): string => colours[i % colours.length]!;

function drawPanel(runs: readonly Run[], metric: string, { x, log = false }: ChartOptions): string {
  const drawable = (p: Point): Point => (log && p.y <= 0 ? { x: p.x, y: Number.NaN } : p);
  const curves = runs.map((run) => makeCurve((run.metrics.get(metric) ?? []).map(drawable)));
  const points = curves.flatMap((curve) => curve.pieces.flat());
  const title = `<text class="title" x="${panel.left}" y="20">${escapeText(metric)}</text>`;
  if (points.length === 0) {
    return `${title}<text x="${panel.left}" y="60">nothing to draw</text>`;
  }
  const [xs, ys] = [extent(points.map((p) => p.x)), extent(points.map((p) => p.y))];
  const across = linearAxis(...xs, 6);
  const up = log ? logAxis(...ys) : linearAxis(...ys, 5);
  const drawn = curves.map((curve, i) => drawCurve(curve, across, up, colourOf(i)));
  return `${title}${drawAxes(across, up, x)}<g clip-path="url(#inside)">${drawn.join("")}</g>`;
}

const inner = {
  width: panel.width - panel.left - panel.right,
  height: panel.height - panel.top - panel.bottom,
} as const;

/** Not by spreading into Math.min: there may be millions. */
function extent(values: readonly number[]): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const v of values) {
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return [low, high];
}

const placeX = (axis: Axis, x: number): string =>
  (panel.left + axis.place(x) * inner.width).toFixed(1);
const placeY = (axis: Axis, y: number): string =>
  (panel.top + (1 - axis.place(y)) * inner.height).toFixed(1);

function drawAxes(across: Axis, up: Axis, label: string): string {
  const [left, bottom] = [panel.left, panel.top + inner.height];
  const rows = up.ticks.map((tick) => {
    const y = placeY(up, tick);
    return `<line class="grid" x1="${left}" x2="${left + inner.width}" y1="${y}" y2="${y}"/><text text-anchor="end" x="${left - 6}" y="${Number(y) + 4}">${up.label(tick)}</text>`;
  });
  const columns = across.ticks.map((tick) => {
    const x = placeX(across, tick);
    return `<line class="grid" x1="${x}" x2="${x}" y1="${panel.top}" y2="${bottom}"/><text text-anchor="middle" x="${x}" y="${bottom + 16}">${across.label(tick)}</text>`;
  });
  const frame = `<path class="frame" d="M${left} ${panel.top}V${bottom}H${left + inner.width}"/>`;
  const name = `<text text-anchor="middle" x="${left + inner.width / 2}" y="${bottom + 34}">${escapeText(label)}</text>`;
  return rows.join("") + columns.join("") + frame + name;
}

function drawCurve({ pieces, smooth }: Curve, across: Axis, up: Axis, colour: string): string {
  const faint = smooth === undefined ? "curve" : "curve faint";
  const drawn = pieces.map((piece) => drawLine(piece, across, up, colour, faint));
  if (smooth !== undefined) drawn.push(drawLine(smooth, across, up, colour, "curve"));
  return drawn.join("");
}

function drawLine(
  points: readonly Point[],
  across: Axis,
  up: Axis,
  colour: string,
  kind: string,
): string {
  const places = points.map((p) => `${placeX(across, p.x)} ${placeY(up, p.y)}`);
  // A single point has no line: a dot.
  if (places.length === 1) {
    const [x, y] = places[0]!.split(" ");
    return `<circle cx="${x}" cy="${y}" r="3" fill="${colour}"/>`;
  }
  return `<path class="${kind}" stroke="${colour}" d="M${places.join("L")}"/>`;
}

export const escapeText = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
