/** Owns the page around a chart: it needs nothing else, and follows the reader's light or dark setting. */

import { type Chart, escapeText } from "./draw-chart.ts";

export const chartPage = ({ svg, metrics }: Chart): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${escapeText(metrics.join(", "))}</title>
<style>
body { margin: 0; display: grid; place-items: center; min-height: 100vh; background: #fff }
svg { max-width: 100%; height: auto }
@media (prefers-color-scheme: dark) { body { background: #16181c } }
</style>
${svg}</html>
`;
