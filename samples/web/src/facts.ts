/** The table of what was loaded and how long things take. */

const rows = new Map<string, HTMLTableRowElement>();

export interface Fact {
  readonly loaded?: string;
  readonly ready?: string;
  readonly call?: string;
}

export function showFact(model: string, fact: Fact): void {
  let row = rows.get(model);
  if (row === undefined) {
    row = document.createElement("tr");
    for (const text of [model, "", "", ""]) row.insertCell().textContent = text;
    rows.set(model, row);
    document.querySelector("#facts")?.append(row);
  }
  [fact.loaded, fact.ready, fact.call].forEach((text, i) => {
    const cell = row.cells[i + 1];
    if (cell && text !== undefined) cell.textContent = text;
  });
}

export const spellBytes = (n: number): string =>
  `${Math.round(n / 1000).toLocaleString("en-US")} KB`;
export const spellTime = (ms: number): string =>
  ms < 1 ? `${(1000 * ms).toFixed(0)} µs` : `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;

/** The median time of a call, in milliseconds. Clocks of pages are coarse, so calls are timed in tens. */
export function timeOf(call: () => void): number {
  const times = Array.from({ length: 15 }, () => {
    const start = performance.now();
    for (let i = 0; i < 10; i++) call();
    return (performance.now() - start) / 10;
  });
  return times.sort((a, b) => a - b)[7] ?? 0;
}
