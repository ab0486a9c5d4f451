/** Draws ratios as bars: how many times as fast as each peer Glim is. Follows light and dark settings. */

const size = { left: 130, right: 70, top: 76, bar: 9, gap: 12, width: 860, foot: 46 };
const names = { "ort-web": "onnxruntime-web", "tfjs-wasm": "TF.js wasm", "jax-js": "jax-js" };
/** Apart from each other also for those who see few colours (Okabe and Ito). */
const colours = { "ort-web": "#0072b2", "tfjs-wasm": "#e69f00", "jax-js": "#cc79a7" };
/** Bars end here; what is slower has its number written. */
const most = 10;

const style = `text{font:12px system-ui,sans-serif;fill:#24292f}.title{font-size:16px;font-weight:600}
.small{font-size:11px;fill:#57606a}.paper{fill:#fff}.grid{stroke:#d0d7de;stroke-width:1}.one{stroke:#24292f;stroke-width:1.5}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.small{fill:#9198a1}.paper{fill:#0d1117}.grid{stroke:#30363d}.one{stroke:#e6edf3}}`;

const escapeText = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

export function drawBars(measured, { node, processor, date }, mean) {
  const peers = Object.keys(names).filter((p) => measured.some((m) => m.peers[p]?.ratio));
  const group = peers.length * (size.bar + 2) + size.gap;
  const height = size.top + measured.length * group + size.foot;
  const inner = size.width - size.left - size.right;
  // Logarithms: twice as fast and twice as slow are as far from 1.
  const low = Math.log(0.5);
  const x = (ratio) =>
    size.left +
    (inner * (Math.log(Math.min(most, Math.max(0.5, ratio))) - low)) / (Math.log(most) - low);
  const bottom = height - size.foot;
  const grid = [0.5, 1, 2, 4, 8].map(
    (
      r,
    ) => `<line class="${r === 1 ? "one" : "grid"}" x1="${x(r)}" x2="${x(r)}" y1="${size.top - 6}" y2="${bottom}"/>
<text class="small" text-anchor="middle" x="${x(r)}" y="${bottom + 16}">${r}×</text>`,
  );
  const legend = peers.map(
    (
      peer,
      i,
    ) => `<rect x="${size.left + i * 150}" y="44" width="12" height="12" rx="2" fill="${colours[peer]}"/>
<text x="${size.left + i * 150 + 18}" y="54">${names[peer]}</text>`,
  );
  const rows = measured.map(({ name, peers: of }, row) => {
    const y = size.top + row * group;
    const bars = peers.flatMap((peer, i) => {
      const ratio = of[peer]?.ratio;
      if (!ratio) return [];
      const [from, to] = [Math.min(x(1), x(ratio)), Math.max(x(1), x(ratio))];
      const at = y + i * (size.bar + 2);
      return [
        `<rect x="${from.toFixed(1)}" y="${at}" width="${Math.max(1, to - from).toFixed(1)}" height="${size.bar}" rx="2" fill="${colours[peer]}"><title>${name}, ${names[peer]}: ${ratio.toFixed(2)}×</title></rect>`,
        `<text class="small" x="${(to + 4).toFixed(1)}" y="${at + size.bar}">${ratio >= 100 ? ratio.toFixed(0) : ratio.toFixed(1)}</text>`,
      ];
    });
    const middle = y + (peers.length * (size.bar + 2)) / 2 + 3;
    return `<text text-anchor="end" x="${size.left - 10}" y="${middle}">${name}</text>${bars.join("\n")}`;
  });
  const title = "How many times as fast as others Glim is";
  const foot = `${processor}, one thread, Node ${node.replace(/^v/, "")}, ${date.slice(0, 10)}; medians of interleaved runs. Against the best of them each time: ${mean.toFixed(2)}× in the geometric mean.`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${height}" viewBox="0 0 ${size.width} ${height}" role="img">
<title>${title}</title><style>${style}</style>
<rect class="paper" width="${size.width}" height="${height}" rx="6"/>
<text class="title" x="20" y="28">${title}</text>
${legend.join("\n")}
${grid.join("\n")}
${rows.join("\n")}
<text class="small" x="20" y="${height - 12}">${escapeText(foot)}</text>
</svg>
`;
}
