/** Nothing: what a Node process costs by itself. */

export const open = async () => () => new Float32Array(1);
