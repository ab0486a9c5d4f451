/** The bits of results, as the numeric contract compares them: every NaN is one value. */

export function bitsOf(data: ArrayLike<number>): string[] {
  return Array.from(data, (x) => {
    if (Number.isNaN(x)) return "NaN";
    return Object.is(x, -0) ? "-0" : String(x);
  });
}
