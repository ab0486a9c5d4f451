/** Makes of a run's points what is drawn: few enough to draw, and a smooth line through many. */

import type { Point } from "./read-run.ts";

/** More points than this are drawn as what they lie between. */
const mostPoints = 600;
/** From here on a smooth line is drawn as well. */
const many = 80;

export interface Curve {
  /** Pieces without gaps: infinities and numbers that are none are left out. */
  readonly pieces: readonly (readonly Point[])[];
  /** Means around each place; undefined for few points. */
  readonly smooth: readonly Point[] | undefined;
}

export function makeCurve(points: readonly Point[]): Curve {
  const finite = points.filter((p) => Number.isFinite(p.y));
  return {
    pieces: piecesOf(points).map(thin),
    smooth: finite.length < many ? undefined : thin(smoothed(finite)),
  };
}

function piecesOf(points: readonly Point[]): readonly (readonly Point[])[] {
  const pieces: Point[][] = [[]];
  for (const p of points) {
    if (Number.isFinite(p.y)) pieces.at(-1)!.push(p);
    else if (pieces.at(-1)!.length > 0) pieces.push([]);
  }
  return pieces.filter((piece) => piece.length > 0);
}

/** The least and the greatest of each stretch, so that no peak is lost. */
function thin(points: readonly Point[]): readonly Point[] {
  if (points.length <= mostPoints) return points;
  const size = (2 * points.length) / mostPoints;
  const kept: Point[] = [];
  for (let i = 0; i < mostPoints / 2; i++) {
    const stretch = points.slice(Math.round(i * size), Math.round((i + 1) * size));
    const byY = [...stretch].sort((a, b) => a.y - b.y);
    const pair = [byY[0]!, byY.at(-1)!].sort((a, b) => a.x - b.x);
    kept.push(...(pair[0] === pair[1] ? pair.slice(1) : pair));
  }
  return kept;
}

/** Means over a fortieth of the points on each side: fewer at the start, where curves are steep. */
function smoothed(points: readonly Point[]): readonly Point[] {
  const reach = Math.max(Math.floor(points.length / 40), 2);
  const sums = [0];
  for (const { y } of points) sums.push(sums.at(-1)! + y);
  return points.map(({ x }, i) => {
    const near = Math.min(reach, i);
    const [from, to] = [i - near, Math.min(i + near + 1, points.length)];
    return { x, y: (sums[to]! - sums[from]!) / (to - from) };
  });
}
