/** What shows that all machines compute the same bits: a digest of results, and what it must be. */

/** Of `digestOf` below; a test compares it with what Node computes, eagerly and compiled. */
export const expectedDigest = "9cce033a6ed54ada0c850fb6ce414a0a07a5447e7a57caef2c9e34f69d720c4e";

const count = 16;

/** Images that are the same everywhere, and like nothing: every element is a division of small integers. */
export const patterns = (): Float32Array =>
  Float32Array.from(
    { length: count * 784 },
    (_, i) => ((i * 7919 + (i >> 7) * 104729) % 256) / 255,
  );

/** The part of the model that is needed here. */
interface Scores {
  logits(images: Float32Array): { readonly data: Float32Array };
}

/** SHA-256 of the bits of the scores; undefined where pages may not hash, which is without HTTPS. */
export async function digestOf(model: Scores): Promise<string | undefined> {
  const { data } = model.logits(patterns());
  const hash = await globalThis.crypto?.subtle?.digest("SHA-256", data.slice().buffer);
  return hash && Array.from(new Uint8Array(hash), (b) => b.toString(16).padStart(2, "0")).join("");
}
