/** Inputs that are the same in every process: pseudo-random numbers by their position. */

function hash(i) {
  let x = Math.imul(i, 2654435769) + 12345;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** Numbers from −2 to 2, or whole ones below `below`. */
export function givenInput({ shape, below }) {
  const length = shape.reduce((a, b) => a * b, 1);
  const data =
    below === undefined
      ? Float32Array.from({ length }, (_, i) => (hash(i) / 2 ** 32) * 4 - 2)
      : Int32Array.from({ length }, (_, i) => hash(i) % below);
  return { shape, below, data };
}
