/** A profile as a flame graph: the run, the lines of the source, the kernels; wide is long. */

import { escapeText } from "../plot/draw-chart.ts";
import type { KernelRates, Profile } from "./kernel-rates.ts";
import { nameOf, spell, spellPlace } from "./print-profile.ts";

const graph = { width: 1200, margin: 16, row: 22, head: 40 } as const;
const least = 0.5;
/** What a letter is taken to be wide. */
const letter = 6.2;

const style = `text{font:11px ui-monospace,monospace;fill:#1b1f24}.paper{fill:#fff}.title{font-size:14px}
rect.box{stroke:#fff;stroke-width:1}
@media (prefers-color-scheme:dark){.paper{fill:#16181c}.title{fill:#e6e6e6}rect.box{stroke:#16181c}}`;

interface Box {
  readonly x: number;
  readonly width: number;
  readonly depth: number;
  readonly text: string;
  readonly about: string;
  readonly colour: string;
}

export function flameGraph(profile: Profile): string {
  const { entry, milliseconds } = profile;
  const boxes = boxesOf(profile);
  const height = graph.head + 3 * graph.row + graph.margin;
  const title = `${entry}: ${spell(milliseconds)} ms`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${graph.width}" height="${height}" viewBox="0 0 ${graph.width} ${height}" role="img">
<title>${escapeText(title)}</title><style>${style}</style>
<rect class="paper" width="${graph.width}" height="${height}"/>
<text class="title" x="${graph.margin}" y="26">${escapeText(title)}</text>
${boxes
  .filter((b) => b.width >= least)
  .map(draw)
  .join("\n")}
</svg>
`;
}

function boxesOf(profile: Profile): readonly Box[] {
  const { milliseconds, kernels, entry } = profile;
  const inner = graph.width - 2 * graph.margin;
  const wide = (ms: number): number => (inner * ms) / milliseconds;
  const boxes: Box[] = [];
  const lines = byPlace(kernels);
  let x: number = graph.margin;
  const whole = `${entry} ${spell(milliseconds)} ms`;
  boxes.push({ x, width: inner, depth: 0, text: whole, about: whole, colour: "#c9d3df" });
  for (const [place, of] of lines) {
    const time = of.reduce((sum, k) => sum + k.milliseconds, 0);
    const about = `${place}: ${spell(time)} ms`;
    boxes.push({ x, width: wide(time), depth: 1, text: place, about, colour: "#9ec9e2" });
    for (const k of of) {
      const width = wide(k.milliseconds);
      boxes.push({
        x,
        width,
        depth: 2,
        text: nameOf(k.kernel),
        about: spellKernel(k),
        colour: colourOf(k),
      });
      x += width;
    }
  }
  return boxes;
}

function byPlace(kernels: readonly KernelRates[]): readonly (readonly [string, KernelRates[]])[] {
  const lines = new Map<string, KernelRates[]>();
  for (const k of kernels) {
    const place = spellPlace(k.kernel.place);
    lines.set(place, [...(lines.get(place) ?? []), k]);
  }
  return [...lines];
}

const spellKernel = (k: KernelRates): string =>
  `${nameOf(k.kernel)} ${k.kernel.result}: ${spell(k.milliseconds)} ms, ${spell(k.gflops)} GFLOP/s, ` +
  `${spell(k.gigabytesPerSecond)} GB/s, ${(100 * k.ceilingShare).toFixed(0)} % of the ceiling`;

/** From red, far below the ceiling, to green, at it. */
const colourOf = ({ ceilingShare }: KernelRates): string =>
  `hsl(${Math.round(120 * Math.min(1, ceilingShare))} 65% 68%)`;

function draw({ x, width, depth, text, about, colour }: Box): string {
  const y = graph.head + depth * graph.row;
  const room = Math.floor((width - 6) / letter);
  const shown = text.length <= room ? text : room > 3 ? `${text.slice(0, room - 1)}…` : "";
  const label =
    shown === "" ? "" : `<text x="${(x + 4).toFixed(1)}" y="${y + 15}">${escapeText(shown)}</text>`;
  const box = `x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${graph.row - 1}"`;
  return `<g><title>${escapeText(about)}</title><rect class="box" ${box} fill="${colour}"/>${label}</g>`;
}
