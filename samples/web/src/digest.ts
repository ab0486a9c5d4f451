/** What shows that all machines compute the same bits: digests of results, and what they must be. */

/** What is digested, by how it is called: tests compare this table with what Node computes, eagerly and compiled. */
export const digestTable = {
  "Scores of 16 pictures": "9cce033a6ed54ada0c850fb6ce414a0a07a5447e7a57caef2c9e34f69d720c4e",
  "Their probabilities": "7d7c9bd504fdf43a789a35b3ba7eaa259e24646d89585d0edb3d664f18f73a00",
  "What 20 steps of learning give":
    "882175b613852711b31e74718d075e40943dd2ab98db0826d0b35987ec4162bb",
} as const;

export type Digested = keyof typeof digestTable;

/** Of 64 tokens, from the first one on; only where there are weights for it. */
export const storyDigest = "8929b00f37f22e214b39612bb26e4aecd847ecbd0318044822164f085f43cff8";

const count = 16;
const rate = 0.05;

/** Images that are the same everywhere, and like nothing: every element is a division of small integers. */
export const patterns = (): Float32Array =>
  Float32Array.from(
    { length: count * 784 },
    (_, i) => ((i * 7919 + (i >> 7) * 104729) % 256) / 255,
  );

/** Which sign each of the images is taken for in learning. */
export const kindsOfPatterns = (): Int32Array =>
  Int32Array.from({ length: count }, (_, i) => i % 5);

type Give = (images: Float32Array) => { readonly data: Float32Array };

/** The part of the model that is needed here. */
interface Digestible {
  readonly logits: Give;
  readonly classify: Give;
  readonly features: Give;
  readonly predict: Give;
  learn(features: Float32Array, kinds: Int32Array, rate: number): number;
  readonly state: {
    save(): object;
    load(saved: object): void;
    reset(): void;
  };
}

/** A digest of each; undefined where pages may not hash, which is without HTTPS. What was learned is forgotten. */
export async function digestsOf(model: Digestible): Promise<Record<Digested, string | undefined>> {
  const images = patterns();
  const [scores, probabilities] = [model.logits(images).data, model.classify(images).data];
  const features = model.features(images).data;
  // From zeros: what the last layer begins with otherwise is random.
  const zeros = Object.entries(model.state.save()).map(([name, x]) => [
    name,
    typeof x === "number" ? 0 : new Float32Array(x.data.length),
  ]);
  model.state.load(Object.fromEntries(zeros));
  for (let i = 0; i < 20; i++) model.learn(features, kindsOfPatterns(), rate);
  const learned = model.predict(images).data;
  model.state.reset();
  return {
    "Scores of 16 pictures": await digestOf(scores),
    "Their probabilities": await digestOf(probabilities),
    "What 20 steps of learning give": await digestOf(learned),
  };
}

/** SHA-256 of the elements' bits. */
export async function digestOf(data: Float32Array | Int32Array): Promise<string | undefined> {
  const hash = await globalThis.crypto?.subtle?.digest("SHA-256", data.slice().buffer);
  return hash && Array.from(new Uint8Array(hash), (b) => b.toString(16).padStart(2, "0")).join("");
}
